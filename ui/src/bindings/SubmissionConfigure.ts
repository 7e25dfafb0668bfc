// provisional
import type { SubmissionEnvironment } from "./SubmissionEnvironment";

export type SubmissionConfigure = { environment: SubmissionEnvironment, base: string, user: string, password: string, upload: boolean, timeoutS: number, retries: number, retryAfterS: number, };
