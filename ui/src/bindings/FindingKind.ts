// provisional

export type FindingKind = "must-fix" | "check";
