// provisional

export type SubmissionDocument = { name: string, case: number | null, bytes: number, sha256: string, };
