// provisional

export type SubmissionReady = { report: string, name: string, files: number, unfinished: boolean, };
