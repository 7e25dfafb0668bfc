// Queue rows as pure functions: a page is added, a case changes its own row, the selection moves.

import type { CaseView } from '../bindings/CaseView';
import type { Claim } from '../bindings/Claim';
import type { QueueRow } from '../bindings/QueueRow';

/** A row and when it was told, in monotonic milliseconds, so that its countdowns can run. */
export interface Row {
  facts: QueueRow;
  at: number;
}

/** Adds a page; a case that is already listed takes its newer facts and keeps its place. */
export function withPage(rows: readonly Row[], page: readonly QueueRow[], at: number): Row[] {
  const place = new Map(rows.map((row, index) => [row.facts.case, index]));
  const out = [...rows];
  for (const facts of page) {
    const index = place.get(facts.case);
    if (index === undefined) {
      place.set(facts.case, out.length);
      out.push({ facts, at });
    } else {
      out[index] = { facts, at };
    }
  }
  return out;
}

/** Brings the row of a case up to date with the case; the row keeps its place. */
export function withCase(rows: readonly Row[], view: CaseView, at: number): Row[] {
  return rows.map((row) =>
    row.facts.case === view.case
      ? { at, facts: { ...row.facts, state: view.state, draft: view.draft, claim: view.claim } }
      : row,
  );
}

export function withClaim(
  rows: readonly Row[],
  number: number,
  claim: Claim | null,
  at: number,
): Row[] {
  return rows.map((row) =>
    row.facts.case === number ? { at, facts: { ...row.facts, claim } } : row,
  );
}

export function withSkip(rows: readonly Row[], number: number): Row[] {
  return rows.map((row) =>
    row.facts.case === number
      ? { ...row, facts: { ...row.facts, skippedByMe: true, claim: null } }
      : row,
  );
}

/** The case `by` rows away from the selected one, stopping at the ends; the first when none is selected. */
export function moved(rows: readonly Row[], selected: number | null, by: number): number | null {
  if (rows.length === 0) return null;
  const from = rows.findIndex((row) => row.facts.case === selected);
  const to = from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + by));
  return rows[to]?.facts.case ?? null;
}
