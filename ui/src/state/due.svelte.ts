// What is owed: the board as core reckons it, which row is open, and the acts on what is kept.

import type { DestroyRequest } from '../bindings/DestroyRequest';
import type { HoldRequest } from '../bindings/HoldRequest';
import type { ObligationBoard } from '../bindings/ObligationBoard';
import type { ObligationFilter } from '../bindings/ObligationFilter';
import type { ObligationFormat } from '../bindings/ObligationFormat';
import type { ObligationRow } from '../bindings/ObligationRow';
import type { ReportDetail } from '../bindings/ReportDetail';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { t } from '../words';
import { messages } from './messages.svelte';

const PAGE = 200;
const everything = (): ObligationFilter => ({ kind: null, owner: null, after: null, limit: PAGE });
/** The acts beside the board, so that a refusal stands at the one it answers. */
export type DueAct = 'export' | 'hold' | 'lift' | 'extend' | 'destroy';

class Due {
  board = $state.raw<ObligationBoard | null>(null);
  rows = $state.raw<ObligationRow[]>([]);
  filter = $state<ObligationFilter>(everything());
  /** Id of the row that is open. */
  chosen = $state<string | null>(null);
  /** The report of that row, with its holds and destructions. */
  detail = $state.raw<ReportDetail | null>(null);
  problem = $state<WireError | null>(null);
  refusal = $state<WireError | null>(null);
  busy = $state(false);
  /** When the board was told, monotonic. */
  at = $state(0);
  #turn = 0;
  #act: DueAct | null = null;

  get row(): ObligationRow | null {
    return this.rows.find((row) => row.id === this.chosen) ?? null;
  }

  /** Owners that the board names. */
  get owners(): string[] {
    return [...new Set(this.rows.map((row) => row.owner))].sort();
  }

  async load(wanted: string | null = null): Promise<void> {
    const turn = ++this.#turn;
    try {
      const board = await desk.obligations($state.snapshot(this.filter));
      if (turn !== this.#turn) return;
      this.board = board;
      this.rows = board.rows;
      this.at = performance.now();
      this.problem = null;
      const named = wanted === null ? undefined : this.rows.find((row) => row.report === wanted);
      const next = named ?? this.row ?? this.rows[0] ?? null;
      this.chosen = next?.id ?? null;
      await this.#show();
    } catch (reason) {
      if (turn === this.#turn) this.problem = desk.wireError(reason);
    }
  }

  async more(): Promise<void> {
    const after = this.board?.next ?? null;
    if (after === null) return;
    const turn = this.#turn;
    try {
      const board = await desk.obligations({ ...$state.snapshot(this.filter), after });
      if (turn !== this.#turn) return;
      this.board = board;
      this.rows = [...this.rows, ...board.rows];
    } catch (reason) {
      messages.fail(reason);
    }
  }

  async filterBy(change: Partial<ObligationFilter>): Promise<void> {
    this.filter = { ...this.filter, ...change };
    await this.load();
  }

  /** Back to everything that is owed, its first row chosen. */
  unfilter(): void {
    this.filter = everything();
    this.chosen = null;
  }

  async choose(id: string): Promise<void> {
    if (this.chosen === id) return;
    this.chosen = id;
    this.refusal = null;
    await this.#show();
  }

  move(by: number): string | null {
    const at = this.rows.findIndex((row) => row.id === this.chosen);
    const to = this.rows[at < 0 ? 0 : Math.min(this.rows.length - 1, Math.max(0, at + by))];
    if (to !== undefined) void this.choose(to.id);
    return to?.id ?? null;
  }

  refusalOf(act: DueAct): WireError | null {
    return this.#act === act ? this.refusal : null;
  }

  export(path: string, format: ObligationFormat): Promise<boolean> {
    return this.#do('export', async () => {
      const done = await desk.obligationsExport(path, format);
      messages.say('done', t.due.export.done(done.entries));
    });
  }

  hold(request: HoldRequest): Promise<boolean> {
    return this.#do('hold', async () => {
      const hold = await desk.holdAdd(request);
      messages.say('done', t.due.hold.done(hold.hold));
      await this.load();
    });
  }

  lift(hold: string, reason: string): Promise<boolean> {
    return this.#do('lift', async () => {
      await desk.holdLift(hold, reason);
      messages.say('done', t.due.hold.asked, t.packages.org.askedMore);
      await this.load();
    });
  }

  extend(report: string, until: string, reason: string): Promise<boolean> {
    return this.#do('extend', async () => {
      await desk.preserveExtend(report, until, reason);
      messages.say('done', t.due.extend.done);
      await this.load();
    });
  }

  destroy(request: DestroyRequest): Promise<boolean> {
    return this.#do('destroy', async () => {
      await desk.destroyPropose(request);
      messages.say('done', t.due.destroy.done, t.packages.org.askedMore);
      await this.load();
    });
  }

  reset(): void {
    this.#turn += 1;
    this.board = null;
    this.rows = [];
    this.filter = everything();
    this.chosen = null;
    this.detail = null;
    this.problem = null;
    this.refusal = null;
    this.busy = false;
  }

  async #show(): Promise<void> {
    const report = this.row?.report ?? null;
    if (report === null) {
      this.detail = null;
      return;
    }
    if (this.detail?.row.report !== report) this.detail = null;
    try {
      const detail = await desk.registerShow(report);
      if (this.row?.report === report) this.detail = detail;
    } catch (reason) {
      messages.fail(reason);
    }
  }

  async #do(act: DueAct, what: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.#act = act;
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
    }
  }
}

export const due = new Due();
