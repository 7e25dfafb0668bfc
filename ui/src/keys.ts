// Keys: which act a press means, where single letters stay inert, and tap against hold. Knows no act's effect.

export const ACTS = [
  'next',
  'previous',
  'open',
  'search',
  'why',
  'skip',
  'viewUp',
  'viewDown',
  'hashOnly',
  'include',
  'confirm',
  'reject',
  'cannotTell',
  'escalate',
  'class1',
  'class2',
  'class3',
  'class4',
  'rationale',
  'undo',
  'commit',
  'palette',
  'keys',
  'nextPane',
  'previousPane',
  'lock',
] as const;
export type Act = (typeof ACTS)[number];

/** The keys of the design; each can be bound to another. */
export const DEFAULT_KEYS: Record<Act, string> = {
  next: 'J',
  previous: 'K',
  open: 'Enter',
  search: '/',
  why: 'W',
  skip: 'S',
  viewUp: 'V',
  viewDown: 'Shift+V',
  hashOnly: 'H',
  include: 'Space',
  confirm: 'C',
  reject: 'X',
  cannotTell: 'Q',
  escalate: 'E',
  class1: '1',
  class2: '2',
  class3: '3',
  class4: '4',
  rationale: 'R',
  undo: 'U',
  commit: 'Ctrl+Enter',
  palette: 'Ctrl+K',
  keys: '?',
  nextPane: 'F6',
  previousPane: 'Shift+F6',
  lock: 'Ctrl+L',
};

/** Longer than this is a hold, in milliseconds. */
export const HOLD_MS = 300;

export interface KeySettings {
  keys: Record<Act, string>;
  /** Whether keys made of one character do anything (WCAG 2.1.4). */
  letters: boolean;
  /** Whether holding the step-up key is a peek. */
  peek: boolean;
}

const STORE = 'casement.keys';

export function loadKeys(): KeySettings {
  const settings: KeySettings = { keys: { ...DEFAULT_KEYS }, letters: true, peek: true };
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORE) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return settings;
    const record = kept as Partial<Record<keyof KeySettings, unknown>>;
    settings.letters = record.letters !== false;
    settings.peek = record.peek !== false;
    if (typeof record.keys === 'object' && record.keys !== null) {
      for (const act of ACTS) {
        const chord = (record.keys as Record<string, unknown>)[act];
        if (typeof chord === 'string' && chord !== '') settings.keys[act] = chord;
      }
    }
  } catch {
    // What was kept is not readable: the keys of the design stand.
  }
  return settings;
}

export function saveKeys(settings: KeySettings): void {
  const keys: Partial<Record<Act, string>> = {};
  for (const act of ACTS) {
    if (settings.keys[act] !== DEFAULT_KEYS[act]) keys[act] = settings.keys[act];
  }
  localStorage.setItem(
    STORE,
    JSON.stringify({ keys, letters: settings.letters, peek: settings.peek }),
  );
}

/** A press as it is written on a key cap: `J`, `Shift+V`, `Ctrl+Enter`, `?`. Empty for a bare modifier. */
export function chordOf(event: KeyboardEvent): string {
  const { key } = event;
  if (['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Unidentified'].includes(key))
    return '';
  const name = key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key;
  // With Shift, a letter keeps its name, a sign is already another sign.
  const shifted = event.shiftKey && (name.length > 1 || /[A-Z]/.test(name));
  return `${event.ctrlKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.metaKey ? 'Meta+' : ''}${shifted ? 'Shift+' : ''}${name}`;
}

/** Whether a chord is one character, with or without Shift. */
export const isLetter = (chord: string) => chord.replace(/^Shift\+/, '').length === 1;

/** Whether what is focused takes text, so that letters belong to it. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  return (
    target instanceof HTMLInputElement &&
    !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
  );
}

/** Whether Enter and Space already mean something to what is focused. */
function takesPress(target: EventTarget | null): boolean {
  return (
    isTyping(target) ||
    (target instanceof Element &&
      target.closest('button, a[href], summary, input, [role="button"]') !== null)
  );
}

export interface KeyTarget {
  act(act: Act): void;
  /** Ctrl with a digit: the nth view. */
  goto(nth: number): void;
  /** Escape, after dialogs had their turn. */
  leave(): void;
  /** The step-up key was held longer than a tap. */
  held(): void;
  /** ... and has now been released. */
  released(): void;
  /** Whether a dialog is open: only keys with Ctrl pass it. */
  blocked(): boolean;
}

export class Keyboard {
  #hold: { code: string; timer: ReturnType<typeof setTimeout>; long: boolean } | null = null;

  constructor(
    private readonly settings: () => KeySettings,
    private readonly target: KeyTarget,
  ) {}

  /** Listens until the answer is called. */
  attach(on: Window): () => void {
    const down = (event: KeyboardEvent) => this.down(event);
    const up = (event: KeyboardEvent) => this.up(event);
    on.addEventListener('keydown', down);
    on.addEventListener('keyup', up);
    return () => {
      on.removeEventListener('keydown', down);
      on.removeEventListener('keyup', up);
      this.#drop();
    };
  }

  down(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const chord = chordOf(event);
    if (chord === '') return;
    const blocked = this.target.blocked();
    if (chord === 'Escape') {
      if (!blocked) this.target.leave();
      return;
    }
    const nth = /^Ctrl\+([1-9])$/.exec(chord);
    if (nth !== null) {
      event.preventDefault();
      if (!blocked) this.target.goto(Number(nth[1]));
      return;
    }
    const { keys, letters, peek } = this.settings();
    const act = ACTS.find((name) => keys[name] === chord);
    if (act === undefined) return;
    const bare = !chord.includes('Ctrl+') && !chord.includes('Alt+') && !chord.includes('Meta+');
    if (isLetter(chord) && (!letters || isTyping(event.target))) return;
    if (bare && blocked) return;
    if ((chord === 'Enter' || chord === 'Space') && takesPress(event.target)) return;
    event.preventDefault();
    if (event.repeat && act !== 'next' && act !== 'previous') return;
    if (act === 'viewUp' && peek) {
      this.#drop();
      const hold = {
        code: event.code,
        long: false,
        timer: setTimeout(() => {
          hold.long = true;
          this.target.held();
        }, HOLD_MS),
      };
      this.#hold = hold;
    }
    this.target.act(act);
  }

  up(event: KeyboardEvent): void {
    const hold = this.#hold;
    if (hold === null || event.code !== hold.code) return;
    this.#drop();
    if (hold.long) this.target.released();
  }

  #drop(): void {
    if (this.#hold !== null) clearTimeout(this.#hold.timer);
    this.#hold = null;
  }
}
