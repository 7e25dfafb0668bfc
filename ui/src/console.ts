// The only door to the shell: one typed function per command, and the events the shell sends.
// Nothing else imports @tauri-apps, so that the whole window can be driven by answering `invoke`.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { CaseView } from './bindings/CaseView';
import type { Check } from './bindings/Check';
import type { Claim } from './bindings/Claim';
import type { DecideRequest } from './bindings/DecideRequest';
import type { Gate } from './bindings/Gate';
import type { Grant } from './bindings/Grant';
import type { HistoryFilter } from './bindings/HistoryFilter';
import type { HistoryPage } from './bindings/HistoryPage';
import type { ImportRun } from './bindings/ImportRun';
import type { Level } from './bindings/Level';
import type { PackagePreview } from './bindings/PackagePreview';
import type { QueueFacts } from './bindings/QueueFacts';
import type { QueueFilter } from './bindings/QueueFilter';
import type { QueuePage } from './bindings/QueuePage';
import type { ReportFacts } from './bindings/ReportFacts';
import type { Session } from './bindings/Session';
import type { SourceFacts } from './bindings/SourceFacts';
import type { Status } from './bindings/Status';
import type { Verification } from './bindings/Verification';
import type { WireError } from './bindings/WireError';

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

export const history = (filter: HistoryFilter, limit: number) =>
  invoke<HistoryPage>('history', { filter, limit });
export const ledgerVerify = () => invoke<Verification>('ledger_verify');

export const packageSources = () => invoke<SourceFacts[]>('package_sources');
export const packagePreview = (source: string) =>
  invoke<PackagePreview>('package_preview', { source });
export const packageSeal = (source: string, out: string, xsd: string | null) =>
  invoke<ReportFacts>('package_seal', { source, out, xsd });
export const reports = () => invoke<ReportFacts[]>('reports');

/** Starts an import and answers the id of its run. */
export const importStart = (finds: string, bytes: string) =>
  invoke<string>('import_start', { finds, bytes });
export const importStop = () => invoke<void>('import_stop');
export const importRuns = () => invoke<ImportRun[]>('import_runs');

export const pickFile = (title: string) => invoke<string | null>('pick_file', { title });
export const pickFolder = (title: string) => invoke<string | null>('pick_folder', { title });
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
