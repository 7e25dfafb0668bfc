// How facts are written: pure functions from wire values to text. Nothing here knows a rule.

import type { Band } from './bindings/Band';
import type { CaseState } from './bindings/CaseState';
import type { ObligationState } from './bindings/ObligationState';
import type { ReportState } from './bindings/ReportState';
import type { Verdict } from './bindings/Verdict';
import type { VerdictCounts } from './bindings/VerdictCounts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** `184203` → `184,203`. */
export const count = (n: number) => whole.format(n);

/** `1, 'case', 'cases'` → `1 case`. */
export const many = (n: number, one: string, more: string) => `${count(n)} ${n === 1 ? one : more}`;

/** `4217` → `004217`. */
export const caseNumber = (n: number) => String(n).padStart(6, '0');

/** First four and last four: `ab12…9f3c`. Short values stay whole. */
export const digest = (hex: string) =>
  hex.length > 12 ? `${hex.slice(0, 4)}…${hex.slice(-4)}` : hex;

/** Whole seconds as m:ss, rounded up so that 0:00 means over. */
export function clockLeft(ms: number): string {
  return mmss(Math.ceil(Math.max(0, ms) / 1000));
}

/** Whole seconds as m:ss, rounded down. */
export function clockSpent(ms: number): string {
  return mmss(Math.floor(Math.max(0, ms) / 1000));
}

function mmss(seconds: number): string {
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  const s = String(seconds % 60).padStart(2, '0');
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/** `380000` → `6 min 20 s`; whole minutes lose their seconds. */
export function spoken(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const m = Math.floor(seconds / 60);
  const s = seconds % 60;
  if (m === 0) return `${s} s`;
  return s === 0 ? `${count(m)} min` : `${count(m)} min ${s} s`;
}

/** `20280` → `19.8 KiB`. */
export function bytes(n: number): string {
  let value = n;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (value < 1024) return `${oneDigit.format(value)} ${unit}`;
    value /= 1024;
  }
  return `${oneDigit.format(value)} TiB`;
}

/** `2026-11-21T14:31:08Z` → `2026-11-21`; anything that is no time is shown as it came. */
export function day(at: string): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? at : new Date(ms).toISOString().slice(0, 10);
}

/** `2026-11-21T14:31:08Z` → `14:31:08`. */
export function time(at: string): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? at : new Date(ms).toISOString().slice(11, 19);
}

/** `2026-11-21T14:31:08Z` → `2026-11-21 14:31`. */
export const dayAndTime = (at: string) => `${day(at)} ${time(at).slice(0, 5)}`;

/** `2026-11-21` → `Saturday 2026-11-21`. */
export function namedDay(at: string): string {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return at;
  const name = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(ms);
  return `${name} ${day(at)}`;
}

/** Keeps the beginning and the end of a long path or address. */
export function middle(text: string, most = 48): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) * 0.6);
  return `${text.slice(0, head)}…${text.slice(-(most - 1 - head))}`;
}

/** The last part of a path, as a file is called. */
export const fileName = (path: string) => path.split(/[\\/]/).filter(Boolean).pop() ?? path;

/** What a match distance is called in a list row. */
export function distanceWords(row: {
  kind: string;
  distance: number | null;
  threshold: number | null;
}): string {
  if (row.kind === 'exact') return 'exact';
  if (row.distance === null) return 'near';
  return row.threshold === null ? `${row.distance}` : `${row.distance} of ${row.threshold}`;
}

/** The tone and glyph of a verdict or state. */
export type Mark =
  | 'suspected'
  | 'mine'
  | 'other'
  | 'draft'
  | 'confirmed'
  | 'rejected'
  | 'cannot'
  | 'escalated'
  | 'held'
  | 'packaged'
  | 'filed';

export const markOf: Record<Verdict | CaseState, Mark> = {
  suspected: 'suspected',
  confirmed: 'confirmed',
  'not-a-match': 'rejected',
  'cannot-tell': 'cannot',
  escalated: 'escalated',
  packaged: 'packaged',
};

/** The glyph of where a report stands. */
export const reportMark = (of: { state: ReportState; waitsFor: number | null }): Mark =>
  of.state === 'filed'
    ? 'filed'
    : of.state === 'withdrawn'
      ? 'held'
      : of.waitsFor !== null || of.state === 'approved'
        ? 'draft'
        : 'packaged';

/** The glyph of where an obligation stands. */
export const dueMark = (row: { state: ObligationState }): Mark =>
  (
    ({
      'can-be-undone': 'draft',
      unreported: 'confirmed',
      sealed: 'packaged',
      'waits-for-second': 'draft',
      approved: 'draft',
      kept: 'filed',
      held: 'held',
      ended: 'suspected',
    }) satisfies Record<ObligationState, Mark>
  )[row.state];

/** A time left as a table says it: `3 h 34 min`, `11 d`. */
export function span(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 60) return `${minutes} min`;
  if (minutes >= 48 * 60) return `${count(Math.floor(minutes / 1440))} d`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Key of a queue in the queue list: list and band together name it. */
export const queueKey = (list: string | null, band: Band | null) => `${list ?? ''}\n${band ?? ''}`;

/** Verdict counts as words, those that are not zero: `3 confirmed, 1 not a match`. */
export function decidedWords(
  counts: VerdictCounts,
  words: Record<keyof VerdictCounts, (n: number) => string>,
): string {
  return (Object.keys(words) as (keyof VerdictCounts)[])
    .filter((key) => counts[key] > 0)
    .map((key) => words[key](counts[key]))
    .join(', ');
}

/** What a list is called when it is written: `example-synth-pairs-tombstones.jsonl`. */
export function listFileName(dataset: string, kind: string, format: string): string {
  const stem = dataset.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return `${stem === '' ? 'dataset' : stem.toLowerCase()}-${kind}.${format}`;
}

/** How long ago, in the largest whole unit: `5 d ago`. */
export function ago(at: string, now = Date.now()): string {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return at;
  return `${unit(Math.max(0, now - ms))} ago`;
}

/** A long time left in the largest whole unit: `6 d`, `5 h`, `12 min`. */
export const unit = (ms: number) => {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
};
