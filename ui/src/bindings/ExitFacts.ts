// provisional
import type { ExitFile } from "./ExitFile";
import type { ExitKind } from "./ExitKind";

export type ExitFacts = { report: string, to: ExitKind, at: string, by: string, leaf: number, path: string, files: Array<ExitFile>, told: number, leftOut: number, proposal: number | null, };
