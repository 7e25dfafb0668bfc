// provisional
import type { ObligationGroup } from "./ObligationGroup";
import type { ObligationKind } from "./ObligationKind";
import type { ObligationState } from "./ObligationState";

export type ObligationRow = { id: string, kind: ObligationKind, group: ObligationGroup, state: ObligationState, case: number | null, report: string | null, cases: number, since: string, dueAt: string | null, rule: string, law: string | null, used: number | null, leftMs: number | null, filedAt: string | null, number: string | null, holds: Array<string>, owner: string, };
