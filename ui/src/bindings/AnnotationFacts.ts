// provisional
import type { Annotation } from "./Annotation";
import type { DecisionStatus } from "./DecisionStatus";

export type AnnotationFacts = { leaf: number, at: string, by: string, mine: boolean, yes: Array<Annotation>, no: Array<Annotation>, status: DecisionStatus, endedBy: number | null, };
