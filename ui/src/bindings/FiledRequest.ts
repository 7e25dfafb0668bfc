// provisional

export type FiledRequest = { report: string, number: string | null, receipt: string, at: string | null, };
