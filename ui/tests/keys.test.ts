import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ACTS,
  chordOf,
  DEFAULT_KEYS,
  isLetter,
  isTyping,
  Keyboard,
  loadKeys,
  saveKeys,
  type Act,
  type KeySettings,
} from '../src/keys';

let acts: Act[];
let other: string[];
let blocked: boolean;
let settings: KeySettings;
let keyboard: Keyboard;

beforeEach(() => {
  acts = [];
  other = [];
  blocked = false;
  settings = { keys: { ...DEFAULT_KEYS }, letters: true, peek: true };
  keyboard = new Keyboard(() => settings, {
    act: (act) => acts.push(act),
    goto: (nth) => other.push(`view ${nth}`),
    leave: () => other.push('leave'),
    held: () => other.push('held'),
    released: () => other.push('released'),
    blocked: () => blocked,
  });
});

/** Sends a key as the engine would, from whatever element is named. */
function press(
  key: string,
  init: KeyboardEventInit = {},
  on: EventTarget = document.body,
): KeyboardEvent {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key;
  const event = new KeyboardEvent('keydown', {
    key,
    code,
    bubbles: true,
    cancelable: true,
    ...init,
  });
  Object.defineProperty(event, 'target', { value: on });
  keyboard.down(event);
  return event;
}

function release(key: string): void {
  keyboard.up(new KeyboardEvent('keyup', { key, code: `Key${key.toUpperCase()}` }));
}

describe('chords', () => {
  it('writes a press as it stands on the key cap', () => {
    const chord = (key: string, init: KeyboardEventInit = {}) =>
      chordOf(new KeyboardEvent('keydown', { key, ...init }));
    expect(chord('j')).toBe('J');
    expect(chord('V', { shiftKey: true })).toBe('Shift+V');
    expect(chord('?', { shiftKey: true })).toBe('?');
    expect(chord('F6', { shiftKey: true })).toBe('Shift+F6');
    expect(chord('Enter', { ctrlKey: true })).toBe('Ctrl+Enter');
    expect(chord('k', { ctrlKey: true })).toBe('Ctrl+K');
    expect(chord('Shift', { shiftKey: true })).toBe('');
  });

  it('gives no two acts of the design the same key', () => {
    expect(new Set(Object.values(DEFAULT_KEYS)).size).toBe(ACTS.length);
  });

  it('knows which chords are one character', () => {
    expect(['J', '1', '/', '?', 'Shift+V'].every(isLetter)).toBe(true);
    expect(['Enter', 'F6', 'Ctrl+K', 'Escape'].some(isLetter)).toBe(false);
  });
});

describe('acts', () => {
  it('turns every key of the design into its act', () => {
    for (const act of ACTS) {
      const chord = DEFAULT_KEYS[act];
      const bare = chord.replace(/^(Ctrl|Shift)\+/, '');
      press(bare, { ctrlKey: chord.startsWith('Ctrl+'), shiftKey: chord.startsWith('Shift+') });
    }
    expect(acts).toEqual([...ACTS]);
  });

  it('leaves letters to a field that takes text, and keeps the keys with Ctrl', () => {
    for (const field of [document.createElement('textarea'), document.createElement('input')]) {
      acts.length = 0;
      expect(press('c', {}, field).defaultPrevented).toBe(false);
      press('1', {}, field);
      press('/', {}, field);
      press('Enter', {}, field);
      expect(acts).toEqual([]);
      press('k', { ctrlKey: true }, field);
      press('Enter', { ctrlKey: true }, field);
      expect(acts).toEqual(['palette', 'commit']);
    }
  });

  it('does not take Enter from a control that has a use for it', () => {
    press('Enter', {}, document.createElement('button'));
    expect(acts).toEqual([]);
    press('Enter', {}, document.createElement('div'));
    expect(acts).toEqual(['open']);
  });

  it('counts a check box as a control, not as a field', () => {
    const box = document.createElement('input');
    box.type = 'checkbox';
    expect(isTyping(box)).toBe(false);
    expect(isTyping(document.createElement('select'))).toBe(true);
    expect(isTyping(null)).toBe(false);
  });

  it('lets no bare key through an open dialog', () => {
    blocked = true;
    press('c');
    press('F6');
    press('Escape');
    expect(acts).toEqual([]);
    expect(other).toEqual([]);
    press('l', { ctrlKey: true });
    expect(acts).toEqual(['lock']);
  });

  it('switches single characters off, and only those', () => {
    settings.letters = false;
    press('c');
    press('?');
    press('V', { shiftKey: true });
    press('Enter');
    press('k', { ctrlKey: true });
    expect(acts).toEqual(['open', 'palette']);
  });

  it('opens the nth view with Ctrl and a digit', () => {
    press('3', { ctrlKey: true });
    expect(other).toEqual(['view 3']);
  });

  it('repeats moving and nothing else', () => {
    press('j', { repeat: true });
    press('c', { repeat: true });
    press('v', { repeat: true });
    expect(acts).toEqual(['next']);
  });

  it('ignores a composition and a press that was already answered', () => {
    const answered = new KeyboardEvent('keydown', { key: 'c', cancelable: true });
    answered.preventDefault();
    keyboard.down(answered);
    expect(acts).toEqual([]);
  });
});

describe('tap against hold', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it('steps at once and stays when the key is only tapped', () => {
    press('v');
    expect(acts).toEqual(['viewUp']);
    vi.advanceTimersByTime(290);
    release('v');
    vi.advanceTimersByTime(1000);
    expect(other).toEqual([]);
  });

  it('is a peek when held longer than 300 ms, and ends with the key', () => {
    press('v');
    vi.advanceTimersByTime(301);
    expect(other).toEqual(['held']);
    release('v');
    expect(other).toEqual(['held', 'released']);
  });

  it('does not end a peek with another key', () => {
    press('v');
    vi.advanceTimersByTime(400);
    release('j');
    expect(other).toEqual(['held']);
  });

  it('knows no hold when the preference is off', () => {
    settings.peek = false;
    press('v');
    vi.advanceTimersByTime(1000);
    release('v');
    expect(other).toEqual([]);
  });
});

describe('what is kept', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ACTS),
        fc.constantFrom('F2', 'Ctrl+D', 'Z', 'Shift+Z'),
        fc.boolean(),
        fc.boolean(),
        (act, chord, letters, peek) => {
          saveKeys({ keys: { ...DEFAULT_KEYS, [act]: chord }, letters, peek });
          expect(loadKeys()).toEqual({ keys: { ...DEFAULT_KEYS, [act]: chord }, letters, peek });
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each(['', 'null', '[]', '{"keys":{"next":7}}', '{"keys":', '{"keys":{"next":""}}'])(
    'falls back to the design on %j',
    (kept) => {
      localStorage.setItem('casement.keys', kept);
      expect(loadKeys().keys).toEqual(DEFAULT_KEYS);
    },
  );
});
