// provisional
import type { FindingView } from "./FindingView";

export type FindingPlace = { view: FindingView, case: number | null, field: string, };
