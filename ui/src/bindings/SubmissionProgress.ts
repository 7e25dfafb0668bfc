// provisional
import type { SubmissionCall } from "./SubmissionCall";
import type { SubmissionState } from "./SubmissionState";
import type { WireError } from "./WireError";

export type SubmissionProgress = { report: string, step: SubmissionCall | null, attempt: number, files: number, filesDone: number, bytes: number, bytesDone: number, stopping: boolean, notes: Array<string>, ended: SubmissionState | null, problem: WireError | null, };
