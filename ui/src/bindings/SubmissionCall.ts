// provisional

export type SubmissionCall = "status" | "submit" | "upload" | "fileinfo" | "finish" | "retract";
