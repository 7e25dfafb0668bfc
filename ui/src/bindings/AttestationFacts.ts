// provisional
import type { DecisionStatus } from "./DecisionStatus";

export type AttestationFacts = { leaf: number, at: string, by: string, mine: boolean, exif: boolean, statement: string, status: DecisionStatus, endedBy: number | null, };
