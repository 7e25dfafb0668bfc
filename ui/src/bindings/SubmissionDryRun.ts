// provisional
import type { SubmissionDocument } from "./SubmissionDocument";
import type { SubmissionEnvironment } from "./SubmissionEnvironment";
import type { WireError } from "./WireError";

export type SubmissionDryRun = { report: string, environment: SubmissionEnvironment | null, host: string | null, problems: Array<WireError>, requests: number, files: number, fileBytes: number, documentBytes: number, documents: Array<SubmissionDocument>, packageSha256: string, };
