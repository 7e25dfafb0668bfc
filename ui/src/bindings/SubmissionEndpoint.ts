// provisional
import type { SubmissionEnvironment } from "./SubmissionEnvironment";

export type SubmissionEndpoint = { environment: SubmissionEnvironment, base: string, host: string, user: string, upload: boolean, timeoutS: number, retries: number, retryAfterS: number, configSha256: string, unlockedUntil: string | null, };
