// provisional
import type { ObligationCounts } from "./ObligationCounts";
import type { ObligationRow } from "./ObligationRow";

export type ObligationBoard = { now: string, counts: ObligationCounts, rows: Array<ObligationRow>, next: string | null, rule: string, law: string, };
