// provisional

export type ObligationExport = { path: string, entries: number, sha256: string, leaf: number, };
