// provisional

export type DestructionGround = "preservation-ended" | "law-enforcement";
