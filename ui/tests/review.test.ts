import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaseView } from '../src/bindings/CaseView';
import type { DecideRequest } from '../src/bindings/DecideRequest';
import { clock } from '../src/state/clock.svelte';
import { queue } from '../src/state/queue.svelte';
import { review } from '../src/state/review.svelte';
import { sight } from '../src/state/sight.svelte';
import { caseView, desk, mine, names, refuse, row, type Call } from './desk';

const drafted = (request: DecideRequest): CaseView =>
  caseView(request.case, {
    claim: mine,
    draft: {
      by: 'R-07',
      mine: true,
      verdict: request.verdict,
      classification: request.classification,
      leftMs: 60_000,
      windowMs: 60_000,
    },
  });

const answers = {
  case_show: ({ case: n }: Record<string, unknown>) => caseView(n as number, { claim: mine }),
  case_claim: () => mine,
  case_release: () => null,
  decide: ({ request }: Record<string, unknown>) => drafted(request as DecideRequest),
};
const sent = (calls: Call[]) =>
  calls.filter((c) => c.cmd === 'decide').map((c) => c.args['request']);
const flush = () => vi.waitFor(() => expect(review.busy).toBe(false));

beforeEach(() => {
  review.policyVersion = '7.3';
});

describe('a decision is sent as soon as nothing it needs is missing', () => {
  it('Confirm waits for a classification, which records it', async () => {
    const calls = desk(answers);
    await review.show(1);
    review.press('confirmed');
    expect(review.missing).toBe('classification');
    expect(sent(calls)).toEqual([]);
    review.choose('B2');
    await flush();
    expect(sent(calls)).toEqual([
      { case: 1, verdict: 'confirmed', classification: 'B2', rationale: '', policyVersion: '7.3' },
    ]);
    expect(review.facts?.draft?.verdict).toBe('confirmed');
    expect(review.typed.armed).toBeNull();
  });

  it('a classification chosen first records with Confirm', async () => {
    const calls = desk(answers);
    await review.show(1);
    review.choose('A1');
    expect(sent(calls)).toEqual([]);
    review.press('confirmed');
    await flush();
    expect(sent(calls)).toMatchObject([{ verdict: 'confirmed', classification: 'A1' }]);
  });

  it('Not a match records at once and carries no classification', async () => {
    const calls = desk(answers);
    await review.show(1);
    review.choose('A1');
    review.press('not-a-match');
    await flush();
    expect(sent(calls)).toMatchObject([{ verdict: 'not-a-match', classification: null }]);
  });

  it.each(['cannot-tell', 'escalated'] as const)('%s waits for words', async (verdict) => {
    const calls = desk(answers);
    await review.show(1);
    review.press(verdict);
    expect(review.missing).toBe('rationale');
    await review.commit();
    expect(sent(calls)).toEqual([]);
    review.typed.rationale = '  needs the source page ';
    await review.commit();
    expect(sent(calls)).toMatchObject([{ verdict, rationale: 'needs the source page' }]);
  });

  it('shows what core refuses and keeps what was typed', async () => {
    desk({
      ...answers,
      decide: () => refuse('DECIDE-04', 'The policy has changed. Read it again.'),
    });
    await review.show(1);
    review.typed.rationale = 'two lists';
    review.press('not-a-match');
    await flush();
    expect(review.refusal?.code).toBe('DECIDE-04');
    expect(review.typed).toMatchObject({ armed: 'not-a-match', rationale: 'two lists' });
  });

  it('sends nothing while core says this person may not decide', async () => {
    const barred = { code: 'CLAIM-01', message: 'Claim this case before deciding.' };
    const calls = desk({ ...answers, case_show: () => caseView(1, { cannotDecide: barred }) });
    await review.show(1);
    review.press('not-a-match');
    expect(review.refusal).toEqual(barred);
    expect(sent(calls)).toEqual([]);
  });
});

describe('undo and commit', () => {
  it('Ctrl+Enter commits a draft; undo brings the words back, not the verdict', async () => {
    const calls = desk({
      ...answers,
      case_show: () => ({
        ...drafted({
          case: 1,
          verdict: 'escalated',
          classification: null,
          rationale: '',
          policyVersion: '7.3',
        }),
        decisions: [
          {
            leaf: 9,
            at: '',
            by: 'R-07',
            mine: true,
            verdict: 'escalated',
            classification: null,
            rationale: 'why',
            policyVersion: '7.3',
            levelSeen: 'hash-only',
            status: 'draft',
            supersedes: null,
            endedBy: null,
          },
        ],
      }),
      decision_undo: () => caseView(1, { claim: mine }),
      decision_commit: () => caseView(1, { state: 'escalated' }),
    });
    await review.show(1);
    await review.undo();
    expect(review.typed).toEqual({ armed: null, classification: null, rationale: 'why' });
    await review.undo();
    expect(names(calls).filter((n) => n === 'decision_undo')).toHaveLength(1);
    await review.refresh();
    await review.commit();
    expect(names(calls)).toContain('decision_commit');
    expect(review.facts?.state).toBe('escalated');
  });

  it('asks core once the window is over, and believes the answer', async () => {
    vi.useFakeTimers();
    clock.start();
    let over = false;
    const calls = desk({
      ...answers,
      case_show: () =>
        over
          ? caseView(1, { state: 'confirmed' })
          : drafted({
              case: 1,
              verdict: 'confirmed',
              classification: 'B2',
              rationale: '',
              policyVersion: '7.3',
            }),
    });
    await review.show(1);
    const asked = () => names(calls).filter((n) => n === 'case_show').length;
    vi.advanceTimersByTime(59_000);
    review.tick(0);
    expect(asked()).toBe(1);
    over = true;
    vi.advanceTimersByTime(1_250);
    review.tick(0);
    review.tick(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked()).toBe(2);
    expect(review.facts).toMatchObject({ state: 'confirmed', draft: null });
  });
});

describe('the lease', () => {
  it('gives an earlier case back before claiming another', async () => {
    const calls = desk({
      ...answers,
      queues: () => [],
      queue_page: () => ({ rows: [row(1), row(2)], next: null }),
    });
    await queue.load();
    await review.show(1);
    await review.claim(2);
    const order = calls
      .filter((c) => /claim|release/.test(c.cmd))
      .map((c) => `${c.cmd} ${String(c.args['case'])}`);
    expect(order).toEqual(['case_release 1', 'case_claim 2']);
  });

  it('is renewed every third of its length, and only while someone is there', async () => {
    vi.useFakeTimers();
    clock.start();
    const calls = desk({ ...answers, case_heartbeat: () => mine });
    await review.show(1);
    await review.claim(2);
    const beats = () => names(calls).filter((n) => n === 'case_heartbeat').length;
    const input = performance.now();
    vi.advanceTimersByTime(101_000);
    review.tick(input);
    expect(beats()).toBe(0);
    review.tick(performance.now());
    await vi.advanceTimersByTimeAsync(0);
    expect(beats()).toBe(1);
    review.tick(performance.now());
    expect(beats()).toBe(1);
  });

  it('once lost, keeps what was typed, veils, and names the holder', async () => {
    vi.useFakeTimers();
    clock.start();
    let gone = false;
    const other = { by: 'R-12', mine: false, leftMs: 200_000, leaseMs: 300_000 };
    desk({ ...answers, case_show: () => caseView(1, { claim: gone ? other : mine }) });
    await review.show(1);
    review.typed.rationale = 'half a sentence';
    gone = true;
    vi.advanceTimersByTime(300_250);
    review.tick(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(review.lost).toBe(true);
    expect(review.facts?.claim?.by).toBe('R-12');
    expect(review.typed.rationale).toBe('half a sentence');
    expect(sight.phase).toBe('veiled');
  });

  it('keeps typed words per case while the reader looks at others', async () => {
    desk(answers);
    await review.show(1);
    review.typed.rationale = 'for one';
    await review.show(2);
    expect(review.typed.rationale).toBe('');
    await review.show(1);
    expect(review.typed.rationale).toBe('for one');
  });
});

describe('answers that overtake each other', () => {
  it('believes what was asked after the claim, not what was asked before it', async () => {
    const waiting: ((facts: CaseView) => void)[] = [];
    desk({ ...answers, case_show: () => new Promise((then) => waiting.push(then)) });
    const showing = review.show(5);
    const claiming = review.claim(5);
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]?.(caseView(5, { claim: mine }));
    await claiming;
    waiting[0]?.(caseView(5));
    await showing;
    expect(review.facts?.claim).toEqual(mine);
    expect(review.loading).toBeNull();
  });
});
