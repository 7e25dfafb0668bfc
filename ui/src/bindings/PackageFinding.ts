// provisional
import type { FindingKind } from "./FindingKind";
import type { FindingPlace } from "./FindingPlace";

export type PackageFinding = { kind: FindingKind, code: string, title: string, text: string, case: number | null, field: string, element: string | null, remedy: string, goto: FindingPlace, count: number | null, };
