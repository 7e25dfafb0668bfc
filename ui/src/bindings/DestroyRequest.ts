// provisional
import type { DestructionGround } from "./DestructionGround";

export type DestroyRequest = { report: string | null, case: number | null, ground: DestructionGround, reference: string, askedBy: string, reason: string, };
