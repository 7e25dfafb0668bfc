// provisional

export type PackageGrouping = "host" | "page" | "dataset" | "supplier";
