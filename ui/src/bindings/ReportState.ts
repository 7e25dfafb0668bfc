// provisional

export type ReportState = "sealed" | "approved" | "filed" | "withdrawn";
