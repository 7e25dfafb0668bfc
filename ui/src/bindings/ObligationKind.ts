// provisional

export type ObligationKind = "case" | "report" | "preserve";
