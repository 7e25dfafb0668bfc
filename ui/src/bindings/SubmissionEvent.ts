// provisional
import type { SubmissionCall } from "./SubmissionCall";

export type SubmissionEvent = { at: string, leaf: number, call: SubmissionCall, case: number | null, told: boolean, failure: string | null, httpStatus: number | null, code: number | null, meaning: string | null, said: string | null, requestId: string | null, };
