// provisional

export type ObligationFormat = "csv" | "ics";
