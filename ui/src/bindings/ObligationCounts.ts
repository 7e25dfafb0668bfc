// provisional

export type ObligationCounts = { pastDue: number, today: number, within14Days: number, later: number, noFixedLimit: number, preservation: number, ended: number, holds: number, };
