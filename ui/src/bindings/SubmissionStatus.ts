// provisional
import type { SubmissionEndpoint } from "./SubmissionEndpoint";
import type { SubmissionEnvironment } from "./SubmissionEnvironment";
import type { SubmissionFacts } from "./SubmissionFacts";
import type { SubmissionReady } from "./SubmissionReady";

export type SubmissionStatus = { active: SubmissionEnvironment | null, endpoints: Array<SubmissionEndpoint>, ready: Array<SubmissionReady>, submissions: Array<SubmissionFacts>, };
