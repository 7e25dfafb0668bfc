// provisional
import type { ObligationKind } from "./ObligationKind";

export type ObligationFilter = { kind: ObligationKind | null, owner: string | null, after: string | null, limit: number, };
