import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sight } from '../src/state/sight.svelte';
import { review } from '../src/state/review.svelte';
import { caseView, desk, mine, names, refuse } from './desk';

let next = 0;
const grant = ({ level }: Record<string, unknown>) => {
  next += 1;
  return {
    grant: `g${next}`,
    exposure: `e${next}`,
    level,
    samples: 32,
    leaf: 100 + next,
    hidesInMs: 20_000,
  };
};

beforeEach(() => {
  next = 0;
  vi.useFakeTimers();
});

describe('a veiled view', () => {
  it('shows only after its leave, and hides itself when the time is over', async () => {
    const calls = desk({ view_open: grant, view_close: () => null });
    await sight.open(1, 'mosaic');
    expect(sight.phase).toBe('asking');
    sight.drawn();
    expect(sight.phase).toBe('shown');
    vi.advanceTimersByTime(19_999);
    expect(sight.phase).toBe('shown');
    vi.advanceTimersByTime(1);
    expect(sight).toMatchObject({ phase: 'veiled', level: 'hash-only', grant: null });
    expect(calls.at(-1)).toEqual({ cmd: 'view_close', args: { exposure: 'e1' } });
  });

  it('tells once when the picture stands there, and never of one that did not come', async () => {
    desk({ view_open: grant, view_close: () => null, view_problem: () => null });
    let told = 0;
    sight.ondrawn = () => (told += 1);
    await sight.open(1, 'mosaic');
    expect(told).toBe(0);
    sight.drawn();
    sight.drawn();
    expect(told).toBe(1);
    await sight.open(1, 'strong');
    await sight.broken();
    sight.drawn();
    expect(told).toBe(1);
  });

  it('closes one exposure before it opens the next', async () => {
    const calls = desk({ view_open: grant, view_close: () => null });
    await sight.open(1, 'mosaic');
    await sight.open(1, 'strong');
    expect(names(calls)).toEqual(['view_open', 'view_close', 'view_open']);
    expect(sight.level).toBe('strong');
  });

  it('closes unseen what arrives after its reader has left', async () => {
    let answer: (value: unknown) => void = () => {};
    const calls = desk({
      view_open: () => new Promise((then) => (answer = then)),
      view_close: () => null,
    });
    const opening = sight.open(1, 'strong');
    await Promise.resolve();
    void sight.hide();
    answer(grant({ level: 'strong' }));
    await opening;
    expect(sight).toMatchObject({ phase: 'veiled', grant: null });
    expect(names(calls)).toEqual(['view_open', 'view_close']);
  });

  it('asks why a picture did not come, and closes its exposure', async () => {
    const calls = desk({
      view_open: grant,
      view_close: () => null,
      view_problem: () => ({ code: 'VIEW-07', message: 'The decoder refused it.' }),
    });
    await sight.open(1, 'mosaic');
    await sight.broken();
    expect(sight).toMatchObject({ phase: 'failed', level: 'hash-only', grant: null });
    expect(sight.problem?.code).toBe('VIEW-07');
    expect(names(calls)).toEqual(['view_open', 'view_problem', 'view_close']);
  });

  it('stays hash-only and says why when the leave is refused', async () => {
    desk({ view_open: () => refuse('VIEW-05', 'The exposure budget of today is used.') });
    await sight.open(1, 'mosaic');
    expect(sight).toMatchObject({ phase: 'failed', level: 'hash-only' });
    expect(sight.problem?.code).toBe('VIEW-05');
  });

  it('opens nothing in a window nobody can see', async () => {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    const calls = desk({ view_open: grant });
    await sight.open(1, 'mosaic');
    expect(calls).toEqual([]);
  });
});

describe('the ladder', () => {
  const show = () => ({
    case_show: () => caseView(1, { claim: mine }),
    view_open: grant,
    view_close: () => null,
  });

  it('goes one rung at a time and names why a rung is closed', async () => {
    const calls = desk(show());
    await review.show(1);
    review.step(1);
    await vi.waitFor(() => expect(sight.grant?.level).toBe('mosaic'));
    review.step(1);
    await vi.waitFor(() => expect(sight.grant?.level).toBe('strong'));
    review.step(1);
    expect(sight.problem?.code).toBe('VIEW-02');
    expect(names(calls).filter((n) => n === 'view_open')).toHaveLength(2);
  });

  it('comes down to hash-only without asking for anything', async () => {
    const calls = desk(show());
    await review.show(1);
    review.step(1);
    await vi.waitFor(() => expect(sight.grant?.level).toBe('mosaic'));
    review.step(-1);
    await vi.waitFor(() => expect(names(calls).at(-1)).toBe('view_close'));
    expect(sight.level).toBe('hash-only');
  });

  it('veils when the reader turns to another case', async () => {
    desk({
      ...show(),
      case_show: ({ case: n }: Record<string, unknown>) => caseView(n as number, { claim: mine }),
    });
    await review.show(1);
    review.step(1);
    await vi.waitFor(() => expect(sight.grant).not.toBeNull());
    const turning = review.show(2);
    expect(sight.grant).toBeNull();
    await turning;
  });
});
