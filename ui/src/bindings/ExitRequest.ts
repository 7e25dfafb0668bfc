// provisional
import type { ExitKind } from "./ExitKind";

export type ExitRequest = { report: string, to: ExitKind, out: string, priority: number | null, proposal: number | null, };
