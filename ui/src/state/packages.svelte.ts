// Sources to seal, the check before sealing, the reports that were sealed, and which of them is open. What stands in the
// way is core's to say.

import type { GroupingFacts } from '../bindings/GroupingFacts';
import type { PackageFinding } from '../bindings/PackageFinding';
import type { PackageGrouping } from '../bindings/PackageGrouping';
import type { PackagePreview } from '../bindings/PackagePreview';
import type { PackageProgress } from '../bindings/PackageProgress';
import type { FiledRequest } from '../bindings/FiledRequest';
import type { ReportDetail } from '../bindings/ReportDetail';
import type { ReportRow } from '../bindings/ReportRow';
import type { Route } from '../bindings/Route';
import type { SourceFacts } from '../bindings/SourceFacts';
import type { TriedInput } from '../bindings/TriedInput';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { t } from '../words';
import { clock } from './clock.svelte';
import { messages } from './messages.svelte';
import { removal } from './removal.svelte';

/** What can be opened beside sources and reports. */
export const OFFICE = ['organisation', 'submission', 'verify'] as const;
export type Office = (typeof OFFICE)[number];

/** The acts on a report, so that a refusal stands at the one it answers. */
export type ReportAct = 'propose' | 'file' | 'withdraw';

class Packages {
  grouping = $state<PackageGrouping>('host');
  groupings = $state.raw<GroupingFacts[]>([]);
  sources = $state.raw<SourceFacts[]>([]);
  reports = $state.raw<ReportRow[]>([]);
  loaded = $state(false);
  problem = $state<WireError | null>(null);
  /** `source:KEY`, `report:R-0001` or `office:NAME`. */
  chosen = $state<string | null>(null);
  preview = $state.raw<PackagePreview | null>(null);
  previewProblem = $state<WireError | null>(null);
  /** Everything that happened to the report that is open. */
  detail = $state.raw<ReportDetail | null>(null);
  detailProblem = $state<WireError | null>(null);
  /** The file whose gaps are shown. */
  file = $state<number | null>(null);
  /** The field that a finding leads to, until the part that holds it takes it. */
  field = $state('');
  progress = $state.raw<PackageProgress | null>(null);
  refusal = $state<WireError | null>(null);
  busy = $state(false);
  #turn = 0;
  #asked = 0;
  #polledAt = 0;
  #at: ReportAct | null = null;

  get ids(): string[] {
    return [
      ...this.sources.map((s) => `source:${s.source}`),
      ...this.reports.map((r) => `report:${r.report}`),
      ...OFFICE.map((name) => `office:${name}`),
    ];
  }

  get source(): SourceFacts | null {
    return this.sources.find((s) => `source:${s.source}` === this.chosen) ?? null;
  }

  get report(): ReportRow | null {
    return this.reports.find((r) => `report:${r.report}` === this.chosen) ?? null;
  }

  get office(): Office | null {
    return OFFICE.find((name) => `office:${name}` === this.chosen) ?? null;
  }

  get must(): PackageFinding[] {
    return this.preview?.findings.filter((f) => f.kind === 'must-fix') ?? [];
  }

  async load(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const [groupings, sources, reports] = await Promise.all([
        desk.packageGroupings(),
        desk.packageSources(this.grouping),
        desk.registerList({ state: null, before: null, limit: 500 }),
      ]);
      if (turn !== this.#turn) return;
      this.groupings = groupings;
      this.sources = sources;
      this.reports = reports;
      this.problem = null;
      this.loaded = true;
      const gone = this.chosen === null || !this.ids.includes(this.chosen);
      await this.choose(gone ? (this.ids[0] ?? null) : this.chosen);
    } catch (reason) {
      if (turn === this.#turn) this.problem = desk.wireError(reason);
    }
  }

  async group(by: PackageGrouping): Promise<void> {
    this.grouping = by;
    if (this.source !== null) this.chosen = null;
    await this.load();
  }

  async choose(id: string | null): Promise<void> {
    if (id !== this.chosen) {
      this.refusal = null;
      this.file = null;
      this.preview = null;
      this.detail = null;
    }
    this.chosen = id;
    this.previewProblem = null;
    const asked = ++this.#asked;
    if (this.report !== null) await this.#show(this.report.report, asked);
    const source = this.source?.source;
    if (source === undefined) return;
    try {
      const preview = await desk.packagePreview(source, this.grouping);
      if (asked === this.#asked) this.preview = preview;
    } catch (reason) {
      if (asked === this.#asked) this.previewProblem = desk.wireError(reason);
    }
  }

  move(by: number): string | null {
    const at = this.chosen === null ? -1 : this.ids.indexOf(this.chosen);
    const to = this.ids[Math.min(this.ids.length - 1, Math.max(0, at + by))] ?? null;
    if (to !== null) void this.choose(to);
    return to;
  }

  /** Takes the field a finding leads to, when it is one of these. */
  take(...fields: string[]): string {
    const field = this.field;
    if (!fields.includes(field)) return '';
    this.field = '';
    return field;
  }

  /** Why this act was refused, when it was the last one. */
  refusalOf(act: ReportAct): WireError | null {
    return this.#at === act ? this.refusal : null;
  }

  propose(report: string, route: Route, reason: string): Promise<boolean> {
    this.#at = 'propose';
    return this.act(async () => {
      await desk.reportPropose(report, route, reason);
      messages.say('done', t.register.propose.done, t.register.propose.doneMore);
      await Promise.all([this.load(), removal.load()]);
    });
  }

  fileByHand(request: FiledRequest): Promise<boolean> {
    this.#at = 'file';
    return this.act(async () => {
      await desk.reportFiled(request);
      messages.say('done', t.register.file.done(request.report), t.register.file.doneMore);
      await this.load();
    });
  }

  withdraw(report: string, reason: string): Promise<boolean> {
    this.#at = 'withdraw';
    return this.act(async () => {
      const done = await desk.reportWithdraw(report, reason);
      const say = t.register.withdraw;
      if (done.proposal === null) messages.say('done', say.done(report), say.doneMore);
      else messages.say('done', say.asked, say.askedMore);
      await Promise.all([this.load(), removal.load()]);
    });
  }

  tell(tried: TriedInput): Promise<boolean> {
    return this.act(async () => {
      const told = await desk.triedRecord(tried);
      messages.say('done', t.packages.tried.done, t.packages.tried.doneMore(told.cases));
      await this.choose(this.chosen);
    });
  }

  seal(source: string, out: string, xsd: string | null): Promise<boolean> {
    return this.act(async () => {
      const done = await desk.packageSeal(source, this.grouping, out, xsd);
      messages.say('done', t.packages.done(done.report), t.packages.doneMore(done.files));
      this.chosen = `report:${done.report}`;
      await this.load();
    });
  }

  /** Sealing stops after the case at hand, and nothing is sealed. */
  async stop(): Promise<void> {
    try {
      await desk.packageStop();
    } catch (reason) {
      messages.fail(reason);
    }
  }

  /** Called on every beat: how far sealing is. */
  async tick(): Promise<void> {
    if (!this.busy || this.source === null || clock.now - this.#polledAt < 500) return;
    this.#polledAt = clock.now;
    try {
      this.progress = await desk.packageProgress();
    } catch {
      // A missed question says nothing; the next beat asks again.
    }
  }

  async #show(report: string, asked: number): Promise<void> {
    this.detailProblem = null;
    try {
      const detail = await desk.registerShow(report);
      if (asked === this.#asked) this.detail = detail;
    } catch (reason) {
      if (asked === this.#asked) this.detailProblem = desk.wireError(reason);
    }
  }

  reset(): void {
    this.#turn += 1;
    this.#asked += 1;
    this.grouping = 'host';
    this.groupings = [];
    this.sources = [];
    this.reports = [];
    this.loaded = false;
    this.problem = null;
    this.chosen = null;
    this.preview = null;
    this.previewProblem = null;
    this.detail = null;
    this.detailProblem = null;
    this.file = null;
    this.field = '';
    this.progress = null;
    this.refusal = null;
    this.busy = false;
  }

  async act(what: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refusal = null;
    try {
      await what();
      return true;
    } catch (refused) {
      this.refusal = desk.wireError(refused);
      messages.announce(this.refusal.message);
      return false;
    } finally {
      this.busy = false;
      this.progress = null;
    }
  }
}

export const packages = new Packages();
