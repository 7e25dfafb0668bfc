// provisional
import type { SubmissionEnvironment } from "./SubmissionEnvironment";
import type { SubmissionEvent } from "./SubmissionEvent";
import type { SubmissionState } from "./SubmissionState";

export type SubmissionFacts = { submission: number, report: string, environment: SubmissionEnvironment, state: SubmissionState, number: string | null, files: number, filesDone: number, begunAt: string, begunBy: string, leaf: number, endedAt: string | null, expiresAt: string | null, what: string, receiptSha256: string | null, latest: Array<SubmissionEvent>, };
