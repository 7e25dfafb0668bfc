// provisional

export type ExitFile = { name: string, sha256: string, };
