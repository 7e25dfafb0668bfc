// provisional
import type { ReportState } from "./ReportState";
import type { Route } from "./Route";

export type ReportRow = { report: string, state: ReportState, source: string, cases: number, knownAt: string, dueAt: string | null, sealedAt: string, sealedBy: string, packageSha256: string, path: string, route: Route | null, filedAt: string | null, number: string | null, preserveUntil: string | null, holds: Array<string>, destroyed: number, waitsFor: number | null, };
