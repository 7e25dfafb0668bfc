// The cluster being decided: who is included, what is asked of core, and when one act may be sent.

import { beforeEach, describe, expect, it } from 'vitest';
import type { ClusterMember } from '../src/bindings/ClusterMember';
import type { ClusterView } from '../src/bindings/ClusterView';
import { cluster } from '../src/state/cluster.svelte';
import { desk, names, refuse, type Call } from './desk';

const none = { confirmed: 0, notAMatch: 0, cannotTell: 0, escalated: 0 };

const member = (number: number, over: Partial<ClusterMember> = {}): ClusterMember => ({
  case: number,
  included: true,
  blocked: null,
  role: null,
  toMedoid: number - 10,
  state: 'suspected',
  draft: null,
  claim: null,
  heldBy: null,
  list: 'SYNTH-LIST',
  entry: '1001',
  algorithm: 'PDQ',
  distance: 12,
  threshold: 31,
  quality: 90,
  source: 'airlock',
  class: 'B',
  dataset: 'example/synth-pairs',
  sightings: 1,
  lookedAt: null,
  ...over,
});

/** Core's part: the ends of what is included, and whether both were looked at. */
function view(included: number[] | null, looked: boolean): ClusterView {
  const all = [10, 11, 12, 13];
  const chosen = included ?? [10, 11, 12];
  const first = chosen[0] ?? 10;
  const last = chosen.at(-1) ?? first;
  const seen = looked ? ({ level: 'mosaic', ms: 2000 } as const) : null;
  return {
    cluster: 10,
    name: 'K-0010',
    cases: 4,
    open: 4,
    held: 0,
    threshold: 31,
    decided: none,
    members: all.map((n) =>
      member(n, {
        included: chosen.includes(n),
        role: n === first ? 'medoid' : n === last ? 'farthest' : null,
        blocked: n === 13 ? { code: 'CLAIM-03', message: 'R-12 holds case 000013.' } : null,
      }),
    ),
    more: 0,
    coverage: {
      complete: looked,
      included: chosen.length,
      lookedAt: looked ? 2 : 0,
      required: [
        { role: 'medoid', case: first, toMedoid: 0, lookedAt: seen },
        { role: 'farthest', case: last, toMedoid: last - first, lookedAt: seen },
      ],
    },
    acts: [],
    cannotDecide: looked ? null : { code: 'CLUSTER-03', message: 'Look at case 000010 first.' },
  };
}

let looked: boolean;
let calls: Call[];
let applied: () => unknown;

beforeEach(async () => {
  cluster.reset();
  looked = true;
  applied = () => ({
    act: 99,
    cluster: 10,
    decided: [10, 11, 12],
    lookedAt: [10, 12],
    leftOut: [],
    leftMs: 60_000,
  });
  calls = desk({
    cluster_show: ({ included }) => view(included as number[] | null, looked),
    cluster_apply: () => applied(),
    cluster_list: () => ({
      rows: [],
      next: null,
      open: 0,
      compared: { compared: 0, waiting: 0, lowQuality: 0, notComparable: 0 },
    }),
  });
  await cluster.show(10);
});

const last = (cmd: string) => calls.filter((call) => call.cmd === cmd).at(-1)?.args;

describe('the set of members', () => {
  it('leaves the first choice to core, and asks again with the set that was chosen', async () => {
    expect(last('cluster_show')).toEqual({ cluster: 10, included: null });
    await cluster.toggle(12);
    expect(last('cluster_show')).toEqual({ cluster: 10, included: [10, 11] });
    await cluster.toggle(12);
    expect(last('cluster_show')).toEqual({ cluster: 10, included: [10, 11, 12] });
  });

  it('takes the ends from core when one is left out', async () => {
    await cluster.toggle(12);
    expect(cluster.facts?.members.find((m) => m.role === 'farthest')?.case).toBe(11);
  });

  it('says why a member cannot be included, and asks nothing', async () => {
    const before = calls.length;
    await cluster.toggle(13);
    expect(cluster.refusal?.code).toBe('CLAIM-03');
    expect(calls.length).toBe(before);
    expect(cluster.included).toEqual([10, 11, 12]);
  });

  it('stops moving at both ends', () => {
    cluster.move(-1);
    expect(cluster.cursor).toBe(10);
    cluster.move(99);
    expect(cluster.cursor).toBe(13);
  });
});

describe('the act', () => {
  it('is never sent by a verdict or a classification alone', () => {
    cluster.press('confirmed');
    cluster.choose('B2');
    expect(cluster.waits).toBeNull();
    expect(names(calls)).not.toContain('cluster_apply');
  });

  it('waits for what core says must be looked at, though a verdict is chosen', async () => {
    looked = false;
    await cluster.refresh();
    cluster.press('not-a-match');
    expect(cluster.armed).toBe('not-a-match');
    expect(cluster.waits).toBe('look');
    await cluster.apply('7.3');
    expect(names(calls)).not.toContain('cluster_apply');
  });

  it('waits for two cases, a classification or a rationale', async () => {
    cluster.press('confirmed');
    expect(cluster.waits).toBe('classification');
    cluster.press('escalated');
    expect(cluster.waits).toBe('rationale');
    cluster.rationale = '  ';
    expect(cluster.waits).toBe('rationale');
    await cluster.toggle(11);
    await cluster.toggle(12);
    expect(cluster.waits).toBe('cases');
  });

  it('names the included cases and the ends that were shown', async () => {
    cluster.press('confirmed');
    cluster.choose('B2');
    await cluster.apply('7.3');
    expect(last('cluster_apply')).toEqual({
      request: {
        cluster: 10,
        cases: [10, 11, 12],
        medoid: 10,
        farthest: 12,
        verdict: 'confirmed',
        classification: 'B2',
        rationale: '',
        policyVersion: '7.3',
        leaveOutBlocked: false,
      },
    });
    expect(cluster.armed).toBeNull();
  });

  it('keeps what was typed when core refuses, and asks what changed', async () => {
    applied = () => refuse('CLUSTER-05', 'The farthest member is another by now.');
    cluster.press('not-a-match');
    cluster.rationale = 'Same layout.';
    await cluster.apply('7.3');
    expect(cluster.refusal?.code).toBe('CLUSTER-05');
    expect(cluster.armed).toBe('not-a-match');
    expect(cluster.rationale).toBe('Same layout.');
    expect(calls.at(-1)?.cmd).toBe('cluster_show');
  });
});
