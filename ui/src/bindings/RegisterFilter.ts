// provisional
import type { ReportState } from "./ReportState";

export type RegisterFilter = { state: ReportState | null, before: number | null, limit: number, };
