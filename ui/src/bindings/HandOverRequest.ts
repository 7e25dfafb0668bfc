// provisional

export type HandOverRequest = { report: string, authority: string, reference: string, reason: string, };
