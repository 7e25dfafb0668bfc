// provisional

export type FindingView = "review" | "clusters" | "gaps" | "packages" | "history" | "import" | "organisation";
