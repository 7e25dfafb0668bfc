// provisional

export type SubmissionState = "open" | "filed" | "rehearsed" | "retracted" | "failed" | "orphaned" | "receipt-lost";
