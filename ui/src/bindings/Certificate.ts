// provisional
import type { CertificateItem } from "./CertificateItem";
import type { DestructionGround } from "./DestructionGround";

export type Certificate = { destruction: string, organisation: string, report: string, number: string | null, filedAt: string, preservedUntil: string, ground: DestructionGround, reference: string, askedBy: string, reason: string, proposal: number, proposedBy: string, proposedAt: string, proposedLeaf: number, approvedBy: string, approvedAt: string, approvedLeaf: number, orderedLeaf: number, doneAt: string, doneLeaf: number, ledgerLeaves: number, ledgerRoot: string, items: Array<CertificateItem>, done: Array<string>, notGuaranteed: Array<string>, text: string, };
