// The only door to the shell: one typed function per command, and the events the shell sends.
// Nothing else imports @tauri-apps, so that the whole window can be driven by answering `invoke`.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { AckReceipt } from './bindings/AckReceipt';
import type { AckRequest } from './bindings/AckRequest';
import type { AnnotateRequest } from './bindings/AnnotateRequest';
import type { AttemptInput } from './bindings/AttemptInput';
import type { AttestRequest } from './bindings/AttestRequest';
import type { CaseView } from './bindings/CaseView';
import type { Certificate } from './bindings/Certificate';
import type { Check } from './bindings/Check';
import type { Claim } from './bindings/Claim';
import type { ClusterDecide } from './bindings/ClusterDecide';
import type { ClusterDecided } from './bindings/ClusterDecided';
import type { ClusterFilter } from './bindings/ClusterFilter';
import type { ClusterPage } from './bindings/ClusterPage';
import type { ClusterUndone } from './bindings/ClusterUndone';
import type { ClusterView } from './bindings/ClusterView';
import type { DecideRequest } from './bindings/DecideRequest';
import type { DestroyRequest } from './bindings/DestroyRequest';
import type { EnrichFile } from './bindings/EnrichFile';
import type { EnrichForm } from './bindings/EnrichForm';
import type { Enriched } from './bindings/Enriched';
import type { ExitFacts } from './bindings/ExitFacts';
import type { ExitRequest } from './bindings/ExitRequest';
import type { ExportRequest } from './bindings/ExportRequest';
import type { FeedbackFile } from './bindings/FeedbackFile';
import type { FiledRequest } from './bindings/FiledRequest';
import type { FloodCard } from './bindings/FloodCard';
import type { FormatFacts } from './bindings/FormatFacts';
import type { GapDetail } from './bindings/GapDetail';
import type { GapFilter } from './bindings/GapFilter';
import type { GapsView } from './bindings/GapsView';
import type { Gate } from './bindings/Gate';
import type { Grant } from './bindings/Grant';
import type { GroupingFacts } from './bindings/GroupingFacts';
import type { HandOverRequest } from './bindings/HandOverRequest';
import type { HistoryFilter } from './bindings/HistoryFilter';
import type { HistoryPage } from './bindings/HistoryPage';
import type { HoldFacts } from './bindings/HoldFacts';
import type { HoldRequest } from './bindings/HoldRequest';
import type { ImportRun } from './bindings/ImportRun';
import type { ImportTerms } from './bindings/ImportTerms';
import type { Level } from './bindings/Level';
import type { LocationRequest } from './bindings/LocationRequest';
import type { ObligationBoard } from './bindings/ObligationBoard';
import type { ObligationExport } from './bindings/ObligationExport';
import type { ObligationFilter } from './bindings/ObligationFilter';
import type { ObligationFormat } from './bindings/ObligationFormat';
import type { OrganisationForm } from './bindings/OrganisationForm';
import type { PackageGrouping } from './bindings/PackageGrouping';
import type { PackagePreview } from './bindings/PackagePreview';
import type { PackageProgress } from './bindings/PackageProgress';
import type { PackageVerification } from './bindings/PackageVerification';
import type { ProposalFacts } from './bindings/ProposalFacts';
import type { ProposalFilter } from './bindings/ProposalFilter';
import type { QueueFacts } from './bindings/QueueFacts';
import type { QueueFilter } from './bindings/QueueFilter';
import type { QueuePage } from './bindings/QueuePage';
import type { RefreshProgress } from './bindings/RefreshProgress';
import type { RegisterFilter } from './bindings/RegisterFilter';
import type { RemovalExport } from './bindings/RemovalExport';
import type { RemovalStatus } from './bindings/RemovalStatus';
import type { ReportDetail } from './bindings/ReportDetail';
import type { ReportFacts } from './bindings/ReportFacts';
import type { ReportRow } from './bindings/ReportRow';
import type { Route } from './bindings/Route';
import type { Session } from './bindings/Session';
import type { SourceFacts } from './bindings/SourceFacts';
import type { Status } from './bindings/Status';
import type { SubmissionConfigure } from './bindings/SubmissionConfigure';
import type { SubmissionDryRun } from './bindings/SubmissionDryRun';
import type { SubmissionEndpoint } from './bindings/SubmissionEndpoint';
import type { SubmissionProgress } from './bindings/SubmissionProgress';
import type { SubmissionStatus } from './bindings/SubmissionStatus';
import type { SuppressRequest } from './bindings/SuppressRequest';
import type { ToldFacts } from './bindings/ToldFacts';
import type { TriedInput } from './bindings/TriedInput';
import type { Verification } from './bindings/Verification';
import type { WireError } from './bindings/WireError';
import type { Withdrawal } from './bindings/Withdrawal';

/** Who is there, and whether there is a workspace. */
export const gate = () => invoke<Gate>('gate');
export const unlock = (name: string, passphrase: string) =>
  invoke<Session>('unlock', { name, passphrase });
export const lock = () => invoke<void>('lock');
export const session = () => invoke<Session | null>('session');
export const status = () => invoke<Status>('status');

export const queues = () => invoke<QueueFacts[]>('queues');
export const queuePage = (filter: QueueFilter, after: string | null, limit: number) =>
  invoke<QueuePage>('queue_page', { filter, after, limit });
/** Claims the next case of a queue and answers its number; null at the end. */
export const queueNext = (filter: QueueFilter) => invoke<number | null>('queue_next', { filter });

export const caseShow = (number: number) => invoke<CaseView>('case_show', { case: number });
export const caseClaim = (number: number) => invoke<Claim>('case_claim', { case: number });
export const caseHeartbeat = (number: number) => invoke<Claim>('case_heartbeat', { case: number });
export const caseRelease = (number: number) => invoke<void>('case_release', { case: number });
export const caseSkip = (number: number, reason: string) =>
  invoke<void>('case_skip', { case: number, reason });

export const viewOpen = (number: number, level: Level) =>
  invoke<Grant>('view_open', { case: number, level });
/** Why the picture of an exposure did not come; null when nothing went wrong. */
export const viewProblem = (exposure: string) =>
  invoke<WireError | null>('view_problem', { exposure });
export const viewClose = (exposure: string) => invoke<void>('view_close', { exposure });
/** Where the picture of a grant is fetched, once. */
export const veiledAddress = (grant: string) => `veil://localhost/${encodeURIComponent(grant)}`;

export const decide = (request: DecideRequest) => invoke<CaseView>('decide', { request });
export const decisionUndo = (number: number) => invoke<CaseView>('decision_undo', { case: number });
export const decisionCommit = (number: number) =>
  invoke<CaseView>('decision_commit', { case: number });

/** States that the whole file was viewed, outside the veil. */
export const attestView = (request: AttestRequest) => invoke<CaseView>('attest_view', { request });
export const attestWithdraw = (number: number) =>
  invoke<CaseView>('attest_withdraw', { case: number });
export const annotate = (request: AnnotateRequest) => invoke<CaseView>('annotate', { request });
export const annotateUndo = (number: number) => invoke<CaseView>('annotate_undo', { case: number });

export const clusterList = (filter: ClusterFilter, after: string | null, limit: number) =>
  invoke<ClusterPage>('cluster_list', { filter, after, limit });
/** A cluster as these cases would be decided together; null: every case that can be. */
export const clusterShow = (cluster: number, included: number[] | null) =>
  invoke<ClusterView>('cluster_show', { cluster, included });
export const clusterApply = (request: ClusterDecide) =>
  invoke<ClusterDecided>('cluster_apply', { request });
export const clusterUndo = (act: number) => invoke<ClusterUndone>('cluster_undo', { act });

/** Compares pictures that came since; an import does it at its end by itself. */
export const compareStart = () => invoke<void>('compare_start');
export const compareProgress = () => invoke<RefreshProgress | null>('compare_progress');

export const floodList = () => invoke<FloodCard[]>('flood_list');
export const floodRelease = (flood: number, reason: string) =>
  invoke<FloodCard>('flood_release', { flood, reason });
export const floodSuppress = (request: SuppressRequest) =>
  invoke<ProposalFacts>('flood_suppress', { request });
/** Writes one file of feedback per list into a folder. */
export const floodFeedback = (out: string) => invoke<FeedbackFile[]>('flood_feedback', { out });

export const history = (filter: HistoryFilter, limit: number) =>
  invoke<HistoryPage>('history', { filter, limit });
export const ledgerVerify = () => invoke<Verification>('ledger_verify');

/** What each rule of grouping would make of the cases that wait. */
export const packageGroupings = () => invoke<GroupingFacts[]>('package_groupings');
export const packageSources = (grouping: PackageGrouping) =>
  invoke<SourceFacts[]>('package_sources', { grouping });
export const packagePreview = (source: string, grouping: PackageGrouping) =>
  invoke<PackagePreview>('package_preview', { source, grouping });
export const packageSeal = (
  source: string,
  grouping: PackageGrouping,
  out: string,
  xsd: string | null,
) => invoke<ReportFacts>('package_seal', { source, grouping, out, xsd });
export const packageProgress = () => invoke<PackageProgress | null>('package_progress');
/** Stops sealing after the case at hand; nothing is sealed then. */
export const packageStop = () => invoke<void>('package_stop');
/** Every check of a sealed package, read again byte by byte. */
export const packageVerify = (path: string) =>
  invoke<PackageVerification>('package_verify', { path });
/** Puts what was tried into the reports about these cases. */
export const triedRecord = (tried: TriedInput) => invoke<ToldFacts>('tried_record', { tried });
export const organisationShow = () => invoke<OrganisationForm>('organisation_show');
/** Sets who reports, or proposes it where a second person must approve: then the proposal. */
export const organisationChange = (organisation: OrganisationForm, reason: string) =>
  invoke<ProposalFacts | null>('organisation_change', { organisation, reason });

/** Every report with where it stands, newest first. */
export const registerList = (filter: RegisterFilter) =>
  invoke<ReportRow[]>('report_register', { filter });
export const registerShow = (report: string) => invoke<ReportDetail>('report_show', { report });
export const reportPropose = (report: string, route: Route, reason: string) =>
  invoke<ProposalFacts>('report_propose', { report, route, reason });
/** Records a filing that was done by hand. */
export const reportFiled = (request: FiledRequest) =>
  invoke<ReportRow>('report_filed', { request });
export const reportWithdraw = (report: string, reason: string) =>
  invoke<Withdrawal>('report_withdraw', { report, reason });
/** What was written of a report for others. */
export const reportExits = (report: string) => invoke<ExitFacts[]>('report_exits', { report });
export const reportExit = (request: ExitRequest) => invoke<ExitFacts>('report_exit', { request });
/** Asks a second person to let a report go to law enforcement. */
export const handOverPropose = (request: HandOverRequest) =>
  invoke<ProposalFacts>('hand_over_propose', { request });
export const obligations = (filter: ObligationFilter) =>
  invoke<ObligationBoard>('obligation_list', { filter });
export const obligationsExport = (path: string, format: ObligationFormat) =>
  invoke<ObligationExport>('obligation_export', { path, format });
export const holdAdd = (request: HoldRequest) => invoke<HoldFacts>('hold_add', { request });
export const holdLift = (hold: string, reason: string) =>
  invoke<ProposalFacts>('hold_lift_propose', { hold, reason });
/** Keeps a filed report until a later time. */
export const preserveExtend = (report: string, until: string, reason: string) =>
  invoke<ReportRow>('preserve_extend', { report, until, reason });
export const destroyPropose = (request: DestroyRequest) =>
  invoke<ProposalFacts>('destroy_propose', { request });
export const certificate = (destruction: string) =>
  invoke<Certificate>('destroy_certificate', { destruction });

export const submissionStatus = () =>
  invoke<SubmissionStatus>('submission_status', { report: null });
export const submissionConfigure = (request: SubmissionConfigure) =>
  invoke<SubmissionEndpoint>('submission_configure', { configure: request });
export const submissionOff = () => invoke<void>('submission_off');
/** Asks a second person to let reports go to production for some hours. */
export const submissionUnlock = (hours: number, reason: string) =>
  invoke<ProposalFacts>('submission_unlock', { hours, reason });
export const submissionDryRun = (report: string) =>
  invoke<SubmissionDryRun>('submission_dry_run', { report });
/** Sends an approved report in the background; `resume`: ends what an earlier run left behind. */
export const submissionRun = (report: string, resume: boolean) =>
  invoke<void>('submission_run', { report, resume });
/** Stops the run at hand and takes the report back; without one, takes back what an earlier run left. */
export const submissionStop = (report: string) => invoke<void>('submission_stop', { report });
/** Asks a second person to record a report as filed whose receipt never arrived. */
export const submissionRecord = (report: string, reason: string) =>
  invoke<ProposalFacts>('submission_record', { report, reason });
export const submissionProgress = () => invoke<SubmissionProgress | null>('submission_progress');

/** Starts an import and answers the id of its run. */
export const importStart = (finds: string, bytes: string, terms: ImportTerms) =>
  invoke<string>('import_start', { finds, bytes, terms });
/** Every format that is read, and what its source cannot give. */
export const importFormats = () => invoke<FormatFacts[]>('import_formats');
export const importStop = () => invoke<void>('import_stop');
export const importRuns = () => invoke<ImportRun[]>('import_runs');

export const gapList = (filter: GapFilter) => invoke<GapsView>('gap_list', { filter });
/** One gap with the cases concerned, fifty at a time; `after` is where the page before ended. */
export const gapShow = (dataset: number, field: string, reason: string, after: number | null) =>
  invoke<GapDetail>('gap_show', { dataset, field, reason, after });
export const enrichForm = (form: EnrichForm) => invoke<Enriched>('enrich_form', { form });
export const enrichFile = (file: EnrichFile) => invoke<Enriched>('enrich_file', { file });
export const attemptRecord = (attempt: AttemptInput) =>
  invoke<Enriched>('attempt_record', { attempt });

export const removalStatus = () => invoke<RemovalStatus>('removal_status');
export const removalExport = (request: ExportRequest) =>
  invoke<RemovalExport>('removal_export', { request });
export const removalLocate = (request: LocationRequest) =>
  invoke<void>('removal_locate', { request });
/** No longer asks a place; what it answered stays on record. */
export const removalRetire = (dataset: string, name: string, reason: string) =>
  invoke<void>('removal_retire', { dataset, name, reason });
export const removalAck = (request: AckRequest) => invoke<AckReceipt>('removal_ack', { request });
export const releasePropose = (dataset: string, version: string | null, reason: string) =>
  invoke<ProposalFacts>('release_propose', { dataset, version, reason });
export const releaseExport = (proposal: number, request: ExportRequest) =>
  invoke<RemovalExport>('release_export', { proposal, request });

/** Acts that need two persons, newest first. */
export const proposals = (filter: ProposalFilter) =>
  invoke<ProposalFacts[]>('proposals', { filter });
export const proposalApprove = (proposal: number) =>
  invoke<ProposalFacts>('proposal_approve', { proposal });
export const proposalRefuse = (proposal: number, reason: string) =>
  invoke<ProposalFacts>('proposal_refuse', { proposal, reason });
export const proposalWithdraw = (proposal: number) =>
  invoke<ProposalFacts>('proposal_withdraw', { proposal });

export const pickFile = (title: string) => invoke<string | null>('pick_file', { title });
export const pickFolder = (title: string) => invoke<string | null>('pick_folder', { title });
/** Where to write a file; it starts with a suggested name. */
export const pickSave = (title: string, name: string) =>
  invoke<string | null>('pick_save', { title, name });
export const doctor = () => invoke<Check[]>('doctor');

/** Calls back when the console locked itself; answers how to stop listening. */
export const onLocked = (then: () => void) => listen('casement://locked', then);

/** Any rejection as a WireError: a command that broke before it could answer still gets a code. */
export function wireError(reason: unknown): WireError {
  if (typeof reason === 'object' && reason !== null && 'code' in reason && 'message' in reason) {
    const { code, message } = reason;
    return { code: String(code), message: String(message) };
  }
  return { code: 'WINDOW-01', message: 'The console did not answer this command.' };
}
