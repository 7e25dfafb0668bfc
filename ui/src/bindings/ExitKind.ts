// provisional

export type ExitKind = "inhope" | "nca" | "law-enforcement" | "corpus-owner";
