// provisional
import type { DestructionFacts } from "./DestructionFacts";
import type { HoldFacts } from "./HoldFacts";
import type { Receipt } from "./Receipt";
import type { ReportEvent } from "./ReportEvent";
import type { ReportRow } from "./ReportRow";
import type { WireError } from "./WireError";

export type ReportDetail = { row: ReportRow, caseNumbers: Array<number>, history: Array<ReportEvent>, receipt: Receipt | null, holds: Array<HoldFacts>, destructions: Array<DestructionFacts>, cannotPropose: WireError | null, cannotWithdraw: WireError | null, };
