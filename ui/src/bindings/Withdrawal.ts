// provisional
import type { ProposalFacts } from "./ProposalFacts";
import type { ReportRow } from "./ReportRow";

export type Withdrawal = { proposal: ProposalFacts | null, report: ReportRow, };
