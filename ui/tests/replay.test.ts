import { describe, expect, it } from 'vitest';
import type { Act } from '../src/bindings/Act';
import type { Verdict } from '../src/bindings/Verdict';
import { lanesOf, stepPath } from '../src/state/replay';

let leaf = 0;
const act = (at: string, kind: string, over: Partial<Act> = {}): Act => ({
  leaf: ++leaf,
  at: `2026-11-21T${at}Z`,
  by: 'R-07',
  role: 'reviewer',
  kind,
  words: kind,
  what: '',
  case: 1,
  verdict: null,
  endedBy: null,
  leafHash: '',
  body: '{}',
  ...over,
});
const at = (time: string) => Date.parse(`2026-11-21T${time}Z`);
const decided = (time: string, verdict: Verdict, endedBy: number | null = null) =>
  act(time, 'decision.recorded', { verdict, endedBy });

describe('replay', () => {
  const acts = [
    act('14:00:00', 'claim.taken'),
    act('14:00:10', 'view.opened', { body: '{"level":"mosaic"}' }),
    act('14:00:14', 'view.closed', { body: '{"level":"mosaic"}' }),
    decided('14:01:00', 'cannot-tell', 99),
    act('14:05:00', 'claim.taken', { by: 'R-12' }),
    act('14:05:05', 'view.opened', { body: 'not json', what: 'strong 32' }),
    act('14:05:20', 'view.closed'),
    act('14:05:30', 'view.attested'),
    decided('14:06:00', 'confirmed'),
  ];

  it('draws the level that was open, from the leaf or else from its words', () => {
    expect(lanesOf(acts).levels).toEqual([
      { at: at('14:00:00'), level: 'hash-only' },
      { at: at('14:00:10'), level: 'mosaic' },
      { at: at('14:00:14'), level: 'hash-only' },
      { at: at('14:05:05'), level: 'strong' },
      { at: at('14:05:20'), level: 'hash-only' },
    ]);
  });

  it('ends a claim with its decision, and keeps a superseded verdict beside the one that stands', () => {
    const { claims, verdicts } = lanesOf(acts);
    expect(claims).toEqual([
      { from: at('14:00:00'), to: at('14:01:00'), by: 'R-07', open: false },
      { from: at('14:05:00'), to: at('14:06:00'), by: 'R-12', open: false },
    ]);
    expect(verdicts.map((v) => [v.verdict, v.stands])).toEqual([
      ['cannot-tell', false],
      ['confirmed', true],
    ]);
  });

  it('leaves nothing out: an attestation is shown, and is not a view', () => {
    expect(lanesOf(acts).others.map((o) => o.words)).toEqual(['view.attested']);
  });

  it('shows a claim that nothing has ended as open', () => {
    const { claims } = lanesOf([act('14:00:00', 'claim.taken'), act('14:02:00', 'policy.set')]);
    expect(claims).toEqual([{ from: at('14:00:00'), to: at('14:02:00'), by: 'R-07', open: true }]);
  });

  it('draws steps, not slopes, and nothing for no acts', () => {
    const lanes = lanesOf(acts.slice(0, 3));
    const path = stepPath(
      lanes,
      (when) => (when - lanes.from) / 1000,
      (level) => (level === 'hash-only' ? 0 : 1),
    );
    expect(path).toBe('M0.0 0H10.0V1H14.0V0H14.0');
    expect(lanesOf([])).toMatchObject({ claims: [], verdicts: [], others: [] });
  });
});
