// The whole window against a scripted shell: what a person presses, and what they then see.

import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { emit } from '@tauri-apps/api/event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import type { Role } from '../src/bindings/Role';
import { casement } from '../src/state/session.svelte';
import { caseView, desk, mine, names, refuse, row, session, type Call } from './desk';

let held: number | null;
let draft: boolean;
let calls: Call[];

function view(n: number) {
  return caseView(n, {
    claim: held === n ? mine : null,
    cannotDecide:
      held === n ? null : { code: 'CLAIM-01', message: 'Claim this case before deciding.' },
    draft:
      draft && held === n
        ? {
            by: 'R-07',
            mine: true,
            verdict: 'confirmed',
            classification: 'B2',
            leftMs: 60_000,
            windowMs: 60_000,
          }
        : null,
  });
}

function shell(role: Role = 'reviewer', locked = true) {
  let open = !locked;
  calls = desk({
    gate: () => ({
      store: '/srv/demo',
      state: open ? 'unlocked' : 'locked',
      accounts: ['rowan', 'sam'],
      problem: null,
    }),
    session: () => (open ? session(role) : null),
    unlock: ({ passphrase }) => {
      if (passphrase !== 'right')
        return refuse(
          'UNLOCK-02',
          'The passphrase did not open this account. Nothing was changed.',
        );
      open = true;
      return session(role);
    },
    lock: () => {
      open = false;
      return null;
    },
    queues: () => [{ list: null, band: null, name: 'All lists', open: 3 }],
    queue_page: () => ({ rows: [row(11), row(12), row(13)], next: null }),
    case_show: ({ case: n }) => view(n as number),
    case_claim: ({ case: n }) => {
      held = n as number;
      return mine;
    },
    case_release: () => {
      held = null;
      return null;
    },
    view_open: ({ level }) => ({
      grant: 'g1',
      exposure: 'e1',
      level,
      samples: 16,
      leaf: 7,
      hidesInMs: 20_000,
    }),
    view_close: () => null,
    decide: ({ request }) => {
      draft = true;
      return view((request as { case: number }).case);
    },
    decision_undo: ({ case: n }) => {
      draft = false;
      return view(n as number);
    },
    history: () => ({ acts: [], total: 0, more: false, people: [] }),
    package_sources: () => [],
    reports: () => [],
    import_runs: () => [],
  });
}

const press = (
  key: string,
  init: KeyboardEventInit = {},
  on: Element = document.activeElement ?? document.body,
) =>
  fireEvent.keyDown(on, {
    key,
    code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key,
    ...init,
  });

async function atTheDesk(role: Role = 'reviewer') {
  shell(role, false);
  render(App);
  await screen.findByTestId('queue');
  await waitFor(() => expect(screen.getByTestId('case-card').dataset['case']).toBe('11'));
}

async function claimed() {
  await atTheDesk();
  await press('Enter');
  await waitFor(() => expect(screen.getByTestId('lease')).toBeTruthy());
}

beforeEach(() => {
  held = null;
  draft = false;
});

describe('unlocking', () => {
  it('says what core says on a wrong passphrase, forgets it, and opens on the right one', async () => {
    shell();
    render(App);
    const field = await screen.findByTestId<HTMLInputElement>('unlock-passphrase');
    await fireEvent.input(field, { target: { value: 'wrong' } });
    await fireEvent.click(screen.getByTestId('unlock-submit'));
    const error = await screen.findByTestId('message-error');
    expect(error.textContent).toContain('UNLOCK-02');
    expect(field.value).toBe('');
    await fireEvent.input(field, { target: { value: 'right' } });
    await fireEvent.click(screen.getByTestId('unlock-submit'));
    expect(await screen.findByTestId('queue')).toBeTruthy();
  });

  it('names the command that makes a workspace where there is none', async () => {
    desk({ gate: () => ({ store: '/srv/none', state: 'absent', accounts: [], problem: null }) });
    render(App);
    expect((await screen.findByTestId('unlock-absent')).textContent).toContain(
      'casectl init STORE',
    );
  });

  it('shows why a damaged workspace does not open', async () => {
    desk({
      gate: () => ({
        store: '/srv/x',
        state: 'damaged',
        accounts: [],
        problem: { code: 'STORE-02', message: 'The header is not ours.' },
      }),
    });
    render(App);
    expect((await screen.findByTestId('unlock-damaged')).textContent).toContain('STORE-02');
  });

  it('returns to the locked console when it locked itself, with nothing of the session left', async () => {
    await claimed();
    await emit('casement://locked');
    expect(await screen.findByTestId('locked-itself')).toBeTruthy();
    expect(document.body.textContent).not.toContain('000011');
  });
});

describe('at the desk', () => {
  it('opens the first case without pixels and without a claim', async () => {
    await atTheDesk();
    expect(screen.getByTestId('tile').dataset['level']).toBe('hash-only');
    expect(names(calls)).not.toContain('case_claim');
    expect(names(calls)).not.toContain('view_open');
  });

  it('moves with J and K and names the row to a screen reader', async () => {
    await atTheDesk();
    const list = screen.getByTestId('queue');
    await press('j');
    await waitFor(() => expect(screen.getByTestId('case-card').dataset['case']).toBe('12'));
    expect(list.getAttribute('aria-activedescendant')).toBe('case-12');
    const option = list.querySelector('[role="option"][aria-selected="true"]');
    expect(option?.textContent?.replace(/\s+/g, ' ')).toMatch(
      /Case 000012 , suspected, PDQ 12 of 31/,
    );
    await press('k');
    await waitFor(() => expect(screen.getByTestId('case-card').dataset['case']).toBe('11'));
  });

  it('types letters into the rationale and does nothing else with them', async () => {
    await claimed();
    const field = screen.getByTestId<HTMLTextAreaElement>('rationale');
    field.focus();
    for (const key of ['c', 'x', 'j', '4', '/', '?']) await press(key, {}, field);
    expect(names(calls)).not.toContain('decide');
    expect(screen.queryByTestId('keys-sheet')).toBeNull();
    expect(screen.getByTestId('verdict-confirmed').getAttribute('aria-checked')).toBe('false');
    await press('Escape', {}, field);
    expect(document.activeElement?.getAttribute('data-testid')).toBe('queue');
  });

  it('records Confirm with a class, counts down, and takes it back with U', async () => {
    await claimed();
    await press('c');
    expect((await screen.findByTestId('armed')).textContent).toContain('Confirm: choose 1 to 4');
    await press('4');
    const left = await screen.findByTestId('undo-left');
    expect(left.textContent?.trim()).toMatch(/^Commits in (1:00|0:59)$/);
    expect(screen.getByTestId('class-B2').getAttribute('aria-checked')).toBe('true');
    await press('u');
    await waitFor(() => expect(screen.queryByTestId('draft')).toBeNull());
    expect(names(calls).filter((n) => n === 'decide' || n === 'decision_undo')).toEqual([
      'decide',
      'decision_undo',
    ]);
  });

  it('veils at once when the window loses the focus, and closes the exposure', async () => {
    await claimed();
    await press('v');
    const picture = await waitFor(() => {
      const img = document.querySelector('[data-testid="tile"] img');
      expect(img).not.toBeNull();
      return img as HTMLImageElement;
    });
    expect(picture.getAttribute('src')).toBe('veil://localhost/g1');
    await fireEvent.load(picture);
    expect(screen.getByTestId('tile').dataset['phase']).toBe('shown');
    await fireEvent.blur(window);
    expect(document.querySelector('[data-testid="tile"] img')).toBeNull();
    await waitFor(() => expect(names(calls)).toContain('view_close'));
  });

  it('hides a peek with the key that opened it', async () => {
    await claimed();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await press('v');
    await vi.advanceTimersByTimeAsync(350);
    await fireEvent.keyUp(document.body, { key: 'v', code: 'KeyV' });
    expect(screen.getByTestId('tile').dataset['level']).toBe('hash-only');
    expect(names(calls).filter((n) => n === 'view_open' || n === 'view_close')).toEqual([
      'view_open',
      'view_close',
    ]);
  });

  it('asks for the reason of a skip in place and leaves with Esc', async () => {
    await claimed();
    await press('s');
    const field = await screen.findByTestId('skip-reason');
    expect(document.activeElement).toBe(field);
    await press('Escape', {}, field);
    await waitFor(() => expect(screen.queryByTestId('skip-reason')).toBeNull());
    expect(names(calls)).not.toContain('case_skip');
  });

  it('binds another key and then uses it', async () => {
    await atTheDesk();
    await press('?');
    await fireEvent.click(await screen.findByTestId('key-next'));
    await press('k', {}, screen.getByTestId('key-next'));
    expect(screen.getByTestId('key-next').textContent).toContain('already: previous row');
    await press('n', {}, screen.getByTestId('key-next'));
    expect(casement.keys.keys.next).toBe('N');
    casement.sheet = null;
    await waitFor(() => expect(screen.queryByTestId('keys-sheet')).toBeNull());
    await press('n', {}, document.body);
    await waitFor(() => expect(screen.getByTestId('case-card').dataset['case']).toBe('12'));
    casement.keys.keys.next = 'J';
  });
});

describe('roles', () => {
  it('gives a supervisor the case to read, and no act on it', async () => {
    await atTheDesk('supervisor');
    expect(screen.queryByTestId('verdict-confirmed')).toBeNull();
    for (const key of ['Enter', 'v', 'c', 'x']) await press(key, {}, document.body);
    expect(names(calls).filter((n) => /claim|view_open|decide/.test(n))).toEqual([]);
  });

  it('opens for a custodian where a custodian works', async () => {
    shell('custodian', false);
    render(App);
    await screen.findByTestId('rail-packages');
    expect(screen.queryByTestId('rail-review')).toBeNull();
    expect(document.querySelector('main')?.dataset['view']).toBe('packages');
  });
});
