// provisional

export type PackageStep = "reading" | "writing" | "closing" | "done";
