// provisional

export type HoldRequest = { report: string | null, case: number | null, reference: string, askedBy: string, };
