// A desk to test against: facts of made-up cases, and a shell that answers `invoke` at the public seam.

import { mockIPC } from '@tauri-apps/api/mocks';
import type { CaseView } from '../src/bindings/CaseView';
import type { Policy } from '../src/bindings/Policy';
import type { QueueRow } from '../src/bindings/QueueRow';
import type { Role } from '../src/bindings/Role';
import type { Session } from '../src/bindings/Session';
import type { Status } from '../src/bindings/Status';

export const policy: Policy = {
  version: '7.3',
  text: '§1 Decide on facts.',
  levelCap: 'strong',
  undoS: 60,
  leaseS: 300,
  viewS: 20,
  budgetS: 3600,
  idleLockS: 600,
  floodK: 200,
};

export const session = (role: Role = 'reviewer'): Session => ({
  name: 'rowan',
  pseudonym: role === 'supervisor' ? 'S-02' : 'R-07',
  role,
  policy,
});

export const status: Status = {
  leaves: 184_203,
  root: 'ab'.repeat(32),
  verifiedAtStart: true,
  openCases: 2,
  obligations: {
    pastDue: 0,
    today: 0,
    within14Days: 0,
    later: 0,
    noFixedLimit: 0,
    preservation: 0,
    ended: 0,
    holds: 0,
  },
  heldCases: 0,
  checkpointAgeMs: null,
  exposureTodayMs: 371_000,
  exposureBudgetMs: 3_600_000,
  import: null,
  airlock: true,
};

export const row = (number: number, over: Partial<QueueRow> = {}): QueueRow => ({
  case: number,
  state: 'suspected',
  draft: null,
  claim: null,
  skippedByMe: false,
  kind: 'near',
  algorithm: 'PDQ',
  distance: 12,
  threshold: 31,
  quality: 92,
  list: 'SYNTH-LIST',
  entry: '1001',
  dataset: 'synth-pairs',
  class: 'A',
  sightings: 1,
  why: ['distance 12 of 31'],
  created: '2026-11-20T10:00:00Z',
  ...over,
});

export const caseView = (number: number, over: Partial<CaseView> = {}): CaseView => ({
  case: number,
  state: 'suspected',
  draft: null,
  claim: null,
  item: {
    blake3: 'ab12'.repeat(16),
    sha256: 'cd34'.repeat(16),
    sha1: 'ef56'.repeat(10),
    md5: '0718'.repeat(8),
    sizeBytes: 20_280,
    mediaType: 'image/jpeg',
    width: 256,
    height: 256,
    bytesAre: 're_encoded',
    asFetchedSha256: null,
  },
  matches: [
    {
      provider: 'SYNTH',
      list: 'SYNTH-LIST',
      listVersion: '2026-11-18',
      entry: '1001',
      label: null,
      algorithm: 'PDQ',
      kind: 'near',
      distance: 12,
      threshold: 31,
      distanceUnit: 'bits',
      quality: 92,
      entryCount: 12,
      rawSha256: null,
    },
  ],
  sightings: [
    {
      findId: 'f-1',
      dataset: 'example/synth-pairs',
      datasetVersion: '0123456',
      versionKind: 'git_commit',
      supplier: null,
      supplierContact: null,
      place: '00001.tar / 000010005.jpg',
      when: '2025-11-02',
      timePrecision: 'exact',
      scanner: 'example-scanner 1.2.3',
      imported: '2026-11-20T10:00:00Z',
      completeness: {
        class: 'B',
        vector: { m: 2, o: 1, t: 2, c: 3, d: 2, p: 1 },
        holdsBack: ['O'],
      },
      trail: [
        {
          kind: 'gap',
          label: 'Source page',
          value: 'Discarded upstream.',
          mono: false,
          note: null,
          remark: null,
        },
        {
          kind: 'present',
          label: 'Member',
          value: '000010005.jpg',
          mono: true,
          note: null,
          remark: null,
        },
      ],
    },
  ],
  view: {
    levels: [
      { level: 'hash-only', samples: 0, refused: null, capped: false },
      { level: 'mosaic', samples: 16, refused: null, capped: false },
      { level: 'strong', samples: 32, refused: null, capped: false },
      {
        level: 'soft',
        samples: 96,
        refused: { code: 'VIEW-02', message: 'Policy 7.3 caps views at strong.' },
        capped: true,
      },
    ],
    todayMs: 371_000,
    budgetMs: 3_600_000,
    seen: [],
  },
  decisions: [],
  attestations: [],
  annotations: [],
  cannotState: null,
  report: null,
  why: [],
  fingerprint: { comparison: 'compared', quality: 92, source: 'scanner', problem: null },
  cluster: null,
  heldBy: null,
  cannotDecide: null,
  ...over,
});

export const mine = { by: 'R-07', mine: true, leftMs: 300_000, leaseMs: 300_000 };

export interface Call {
  cmd: string;
  args: Record<string, unknown>;
}

type Answers = Record<string, (args: Record<string, unknown>) => unknown>;

/** Answers commands; every call is kept, in order. An unknown command is refused as core would. */
export function desk(answers: Answers): Call[] {
  const calls: Call[] = [];
  const all: Answers = { status: () => status, queues: () => [], ...answers };
  mockIPC(
    (cmd, args) => {
      const given = (args ?? {}) as Record<string, unknown>;
      calls.push({ cmd, args: given });
      const answer = all[cmd];
      if (answer === undefined)
        return Promise.reject({ code: 'TEST-00', message: `No answer to ${cmd}.` });
      return answer(given);
    },
    { shouldMockEvents: true },
  );
  return calls;
}

export const refuse = (code: string, message: string) => Promise.reject({ code, message });
export const names = (calls: Call[]) => calls.map((call) => call.cmd);
