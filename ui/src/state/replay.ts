// Acts of one case as lanes: level as steps, claims as bars, verdicts as points. Pure; there are no pixels to replay.

import type { Act } from '../bindings/Act';
import type { Level } from '../bindings/Level';
import type { Verdict } from '../bindings/Verdict';

export const LANES: Level[] = ['hash-only', 'mosaic', 'strong', 'soft'];

export interface Lanes {
  /** First and last time, epoch milliseconds. */
  from: number;
  to: number;
  /** Level from each moment on, in order. */
  levels: { at: number; level: Level }[];
  claims: { from: number; to: number; by: string; open: boolean }[];
  verdicts: { at: number; verdict: Verdict; stands: boolean; leaf: number }[];
  others: { at: number; words: string; leaf: number }[];
}

function levelOf(act: Act): Level | null {
  try {
    const body: unknown = JSON.parse(act.body);
    if (typeof body === 'object' && body !== null) {
      const level = (body as Record<string, unknown>)['level'];
      const known = LANES.find((name) => name === level);
      if (known !== undefined) return known;
    }
  } catch {
    // The words below say it as well.
  }
  return LANES.find((name) => act.what.toLowerCase().includes(name)) ?? null;
}

/** `acts` oldest first. */
export function lanesOf(acts: readonly Act[]): Lanes {
  const times = acts.map((act) => Date.parse(act.at)).filter((at) => !Number.isNaN(at));
  const from = times.length > 0 ? Math.min(...times) : 0;
  const to = times.length > 0 ? Math.max(...times) : 0;
  const lanes: Lanes = {
    from,
    to,
    levels: [{ at: from, level: 'hash-only' }],
    claims: [],
    verdicts: [],
    others: [],
  };
  let held: { from: number; by: string } | null = null;
  const give = (at: number, open: boolean) => {
    if (held !== null) lanes.claims.push({ ...held, to: at, open });
    held = null;
  };
  for (const act of acts) {
    const at = Date.parse(act.at);
    if (Number.isNaN(at)) continue;
    switch (act.kind) {
      case 'view.opened':
        lanes.levels.push({ at, level: levelOf(act) ?? 'mosaic' });
        break;
      case 'view.closed':
        lanes.levels.push({ at, level: 'hash-only' });
        break;
      case 'claim.taken':
        give(at, false);
        held = { from: at, by: act.by };
        break;
      case 'claim.released':
        give(at, false);
        break;
      case 'decision.recorded':
        // A recorded decision ends the claim it was made under.
        give(at, false);
        if (act.verdict !== null) {
          const stands = act.endedBy === null;
          lanes.verdicts.push({ at, verdict: act.verdict, stands, leaf: act.leaf });
        }
        break;
      case 'case.skipped':
        give(at, false);
        lanes.others.push({ at, words: act.words, leaf: act.leaf });
        break;
      default:
        lanes.others.push({ at, words: act.words, leaf: act.leaf });
    }
  }
  give(to, true);
  return lanes;
}

/** A step path over the lanes; `x` and `y` place time and level. */
export function stepPath(
  lanes: Lanes,
  x: (at: number) => number,
  y: (level: Level) => number,
): string {
  const [first, ...rest] = lanes.levels;
  if (first === undefined) return '';
  let path = `M${x(first.at).toFixed(1)} ${y(first.level)}`;
  for (const { at, level } of rest) path += `H${x(at).toFixed(1)}V${y(level)}`;
  return `${path}H${x(lanes.to).toFixed(1)}`;
}
