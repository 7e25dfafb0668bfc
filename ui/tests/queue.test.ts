import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moved, withCase, withClaim, withPage, withSkip } from '../src/state/rows';
import { queue } from '../src/state/queue.svelte';
import { caseView, desk, mine, names, refuse, row } from './desk';

const numbers = (rows: readonly { facts: { case: number } }[]) => rows.map((r) => r.facts.case);
const caseNumbers = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 });

describe('rows', () => {
  it('lists every case once, in the order it first came, whatever the pages repeat', () => {
    fc.assert(
      fc.property(fc.array(caseNumbers, { maxLength: 5 }), (pages) => {
        const rows = pages.reduce<ReturnType<typeof withPage>>(
          (all, page) =>
            withPage(
              all,
              page.map((n) => row(n)),
              0,
            ),
          [],
        );
        expect(numbers(rows)).toEqual([...new Set(pages.flat())]);
      }),
    );
  });

  it('takes the newer facts of a case that a later page repeats', () => {
    const rows = withPage(withPage([], [row(1), row(2)], 0), [row(1, { skippedByMe: true })], 50);
    expect(rows[0]).toMatchObject({ at: 50, facts: { case: 1, skippedByMe: true } });
    expect(rows[1]?.at).toBe(0);
  });

  it('changes only the row of the case, in its place', () => {
    const before = withPage([], [row(1), row(2), row(3)], 0);
    const draft = {
      by: 'R-07',
      mine: true,
      verdict: 'confirmed',
      classification: 'B2',
      leftMs: 60_000,
      windowMs: 60_000,
    } as const;
    const after = withCase(before, caseView(2, { draft, claim: mine }), 9);
    expect(numbers(after)).toEqual([1, 2, 3]);
    expect(after[1]).toMatchObject({
      at: 9,
      facts: { draft, claim: mine, why: ['distance 12 of 31'] },
    });
    expect(after[0]).toBe(before[0]);
    expect(after[2]).toBe(before[2]);
  });

  it('gives a claim up with a skip', () => {
    const rows = withSkip(withClaim(withPage([], [row(1)], 0), 1, mine, 3), 1);
    expect(rows[0]?.facts).toMatchObject({ skippedByMe: true, claim: null });
  });

  it('moves one row at a time and stops at both ends', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1 }),
        fc.integer({ min: -30, max: 30 }),
        fc.nat(),
        (list, by, pick) => {
          const rows = withPage(
            [],
            list.map((n) => row(n)),
            0,
          );
          const from = pick % list.length;
          const to = Math.min(list.length - 1, Math.max(0, from + by));
          expect(moved(rows, list[from] ?? null, by)).toBe(list[to]);
        },
      ),
    );
    expect(moved([], 1, 1)).toBeNull();
    expect(moved(withPage([], [row(7)], 0), null, 1)).toBe(7);
    expect(moved(withPage([], [row(7), row(8)], 0), 404, 1)).toBe(7);
  });
});

describe('the queue', () => {
  const facts = [{ list: null, band: null, name: 'All lists', open: 3 }];

  it('asks page after page with the mark it was given, and stops at the end', async () => {
    const calls = desk({
      queues: () => facts,
      queue_page: ({ after }) =>
        after === null ? { rows: [row(1), row(2)], next: 'm2' } : { rows: [row(3)], next: null },
    });
    await queue.load();
    expect(queue.selected).toBe(1);
    expect(queue.open).toBe(3);
    expect(queue.ended).toBe(false);
    await queue.more();
    await queue.more();
    expect(numbers(queue.rows)).toEqual([1, 2, 3]);
    expect(queue.ended).toBe(true);
    expect(calls.filter((c) => c.cmd === 'queue_page').map((c) => c.args['after'])).toEqual([
      null,
      'm2',
    ]);
  });

  it('says why when core refuses, and keeps the filter for another try', async () => {
    desk({ queue_page: () => refuse('STORE-05', 'The store did not answer.') });
    await queue.choose({ search: '42' });
    expect(queue.problem).toEqual({ code: 'STORE-05', message: 'The store did not answer.' });
    expect(queue.filter.search).toBe('42');
  });

  it('drops the answer to a question that was overtaken', async () => {
    const waiting: ((page: unknown) => void)[] = [];
    desk({ queues: () => facts, queue_page: () => new Promise((then) => waiting.push(then)) });
    const first = queue.choose({ class: 'A' });
    const second = queue.choose({ class: 'B' });
    await Promise.resolve();
    waiting[1]?.({ rows: [row(2)], next: null });
    await second;
    waiting[0]?.({ rows: [row(1)], next: null });
    await first;
    expect(numbers(queue.rows)).toEqual([2]);
  });

  it('keeps the selected case over a reload when it is still there', async () => {
    const calls = desk({
      queues: () => facts,
      queue_page: () => ({ rows: [row(1), row(2)], next: null }),
    });
    await queue.load();
    queue.move(1);
    await queue.load();
    expect(queue.selected).toBe(2);
    expect(names(calls)).toEqual(['queues', 'queue_page', 'queues', 'queue_page']);
  });
});
