// provisional

export type ObligationGroup = "past-due" | "today" | "within14-days" | "later" | "no-fixed-limit" | "preservation";
