// provisional

export type Receipt = { filedAt: string, recordedAt: string, number: string | null, sha256: string, size: number, text: string | null, };
