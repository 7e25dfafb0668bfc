// Every text the window shows, in one typed catalogue. Short sentences, present tense; an unknown is a statement.

import type { CaseState } from './bindings/CaseState';
import type { ImportState } from './bindings/ImportState';
import type { Level } from './bindings/Level';
import type { Role } from './bindings/Role';
import type { Verdict } from './bindings/Verdict';
import { count, many } from './format';
import type { Act } from './keys';
import type { ViewName } from './state/session.svelte';
import { clusters, floods, near } from './words/clusters';
import { gaps } from './words/gaps';
import { approvals, removal } from './words/removal';
import { decision, evidence, queue, sight, trail } from './words/review';
import { due, register } from './words/register';
import { statement } from './words/statement';
import { idle, keys, machine, palette } from './words/sheets';
import { packages, submission } from './words/packages';
import { history, importing } from './words/views';

const verdict: Record<Verdict, string> = {
  confirmed: 'Confirmed',
  'not-a-match': 'Not a match',
  'cannot-tell': 'Cannot tell',
  escalated: 'Escalated',
};
const verdictAct: Record<Verdict, string> = {
  confirmed: 'Confirm',
  'not-a-match': 'Not a match',
  'cannot-tell': 'Cannot tell',
  escalated: 'Escalate',
};
const state: Record<CaseState, string> = {
  suspected: 'Suspected',
  packaged: 'Packaged',
  ...verdict,
};
const level: Record<Level, string> = {
  'hash-only': 'Hash-only',
  mosaic: 'Mosaic',
  strong: 'Strong',
  soft: 'Soft',
};
const role: Record<Role, string> = {
  reviewer: 'Reviewer',
  supervisor: 'Supervisor',
  custodian: 'Custodian',
};
const view: Record<ViewName, string> = {
  review: 'Review',
  clusters: 'Clusters',
  gaps: 'Gaps',
  packages: 'Packages',
  due: 'Due',
  removal: 'Removal',
  history: 'History',
  import: 'Import',
};
const act: Record<Act, string> = {
  next: 'next row',
  previous: 'previous row',
  open: 'claim the case',
  search: 'search',
  why: 'why this first',
  skip: 'skip with a reason',
  viewUp: 'level up, hold to peek',
  viewDown: 'level down',
  hashOnly: 'hash-only, hide now',
  include: 'include a cluster member, or leave it out',
  confirm: 'confirm',
  reject: 'not a match',
  cannotTell: 'cannot tell',
  escalate: 'escalate',
  class1: 'classification A1',
  class2: 'classification A2',
  class3: 'classification B1',
  class4: 'classification B2',
  rationale: 'to the rationale',
  undo: 'undo the draft',
  commit: 'record or commit',
  palette: 'palette',
  keys: 'all keys',
  nextPane: 'next pane',
  previousPane: 'previous pane',
  lock: 'lock the console',
};
const run: Record<ImportState, string> = {
  running: 'Importing',
  done: 'Done',
  stopped: 'Stopped by a person',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

export const t = {
  name: 'Casement',
  verdict,
  verdictAct,
  state,
  level,
  role,
  view,
  act,
  run,
  loading: (n: number) => (n === 0 ? 'Loading' : `Loading, ${count(n)} so far`),
  again: 'Try again',
  dismiss: 'Dismiss',
  none: 'none',
  you: 'you',
  other: 'another person',
  more: (n: number) => `Show ${count(n)} more`,
  rail: { label: 'Views', lock: 'Lock', toView: (name: string, n: number) => `${name}, Ctrl ${n}` },
  top: {
    exposure: 'Exposure today',
    exposureName: (spent: string, budget: string) =>
      `Exposure today, ${spent} of ${budget}, weighted`,
    palette: 'Search or run',
    theme: (next: 'light' | 'dark') => `Use the ${next} theme`,
    historyOwn: 'your acts',
    historyAll: 'every act, append-only',
    gaps: 'what provenance is missing, why, and whom to ask',
    due: 'what is owed, to whom, and by when',
    clusters: 'one act, one decision for each case',
    removal: 'out of the corpora, until every place has answered',
    reviewRead: 'read only: a supervisor neither claims nor decides',
  },
  bar: {
    sealed: 'Originals sealed',
    offline: 'Offline',
    leaves: (n: number, ok: boolean) =>
      `Ledger ${many(n, 'leaf', 'leaves')}, ${ok ? 'verified at start' : 'not verified'}`,
    airlock: 'Airlock confined',
    noAirlock: 'Airlock missing: hash-only',
    import: (percent: number | null, left: string | null) =>
      `Import ${percent === null ? 'running' : `${percent} %`}${left === null ? '' : `, ${left} left`}`,
    held: (n: number) => `${many(n, 'case', 'cases')} held by flood cards`,
    heldWhy: 'One list entry produced more cases than the policy sends to people one by one.',
    pastDue: (n: number) => `${count(n)} past due`,
    today: (n: number) => `${count(n)} due today`,
    dueWhy: (pastDue: number, today: number) =>
      `Owed: ${count(pastDue)} past due, ${count(today)} due today.`,
    checkpoint: (age: string | null) =>
      age === null ? 'No checkpoint handed out' : `Checkpoint ${age} ago`,
    checkpointWhy:
      'Kept by somebody else, it tells later whether history was rewritten. casectl checkpoint writes one.',
    policy: (version: string) => `Policy ${version}`,
    keys: 'All keys',
  },
  digest: {
    copy: (shown: string, name: string) => `${shown}, copy ${name}`,
    copied: (name: string) => `${name} copied.`,
    refused: 'The clipboard refused. The whole value:',
  },
  completeness: {
    word: 'Completeness',
    title: (of: string) => `Completeness class ${of}`,
    held: (what: string) => `Completeness. Kept from the next class by ${what}.`,
    classes: {
      A: 'traceable to origin',
      B: 'traceable in part',
      C: 'to a supplier only',
      D: 'not traceable',
    },
  },
  unlock: {
    workspace: 'Workspace',
    sealed: 'sealed on this machine',
    account: 'Account',
    passphrase: 'Passphrase',
    show: 'Show the passphrase',
    unlock: 'Unlock',
    opening: 'Opening',
    forgotten:
      'Forgotten? A supervisor or custodian can add a new account. Nobody can read a passphrase.',
    foot: 'Originals are never shown. Views are hash-only until you take a step.',
    path: 'Folder',
    network: 'Network',
    networkNone: 'none is used',
    ledger: 'Ledger',
    ledgerHow: 'recomputed when you unlock',
    itself: 'The console locked itself.',
    itselfMore: 'No one was at the keys. Nothing that was recorded is lost.',
    absent: 'There is no workspace here.',
    absentMore: 'A custodian makes one with',
    damaged: 'The workspace cannot be opened.',
    noAccounts: 'This workspace has no account. A custodian adds one with',
    reading: 'Looking for the workspace',
  },
  say: {
    opened: (n: string) => `Case ${n} opened, hash-only.`,
    claimed: (n: string) => `Case ${n} claimed.`,
    skipped: (n: string) => `Case ${n} skipped.`,
    skippedMore: 'It stays in the queue for others.',
    shown: (name: string, samples: number) => `${name}, ${samples} samples shown.`,
    hidden: 'View hidden.',
    drafted: (name: string) => `Draft: ${name}. It can be undone.`,
    withdrawn: 'Withdrawn.',
    withdrawnMore: 'The draft stays in the history; the case is open again.',
    committed: 'Committed.',
    committedMore: (n: string) => `Case ${n} is decided. A later decision can supersede it.`,
    settled: (n: string, name: string) => `Case ${n}: ${name}.`,
    tenLeft: 'Ten seconds left to undo.',
    leaseEnds: 'The lease ends in one minute.',
  },
  queue,
  evidence,
  sight,
  decision,
  statement,
  trail,
  clusters,
  near,
  floods,
  gaps,
  removal,
  approvals,
  packages,
  submission,
  register,
  due,
  history,
  import: importing,
  palette,
  keys,
  machine,
  messages: 'Messages',
  idle,
};
