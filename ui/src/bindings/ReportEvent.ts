// provisional
import type { ReportState } from "./ReportState";
import type { Route } from "./Route";

export type ReportEvent = { at: string, by: string, state: ReportState, leaf: number, proposal: number | null, route: Route | null, reason: string | null, };
