// provisional

export type DestructionState = "ordered" | "done";
