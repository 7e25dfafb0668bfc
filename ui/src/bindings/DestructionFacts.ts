// provisional
import type { DestructionGround } from "./DestructionGround";
import type { DestructionState } from "./DestructionState";

export type DestructionFacts = { destruction: string, state: DestructionState, report: string, cases: number, ground: DestructionGround, proposal: number, orderedAt: string, orderedLeaf: number, doneAt: string | null, doneLeaf: number | null, };
