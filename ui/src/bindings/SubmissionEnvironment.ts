// provisional

export type SubmissionEnvironment = "test" | "production";
