// provisional
import type { Annotation } from "./Annotation";

export type AnnotateRequest = { case: number, yes: Array<Annotation>, no: Array<Annotation>, };
