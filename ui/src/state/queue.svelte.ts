// The queue on the left: which selection, its rows as far as they were asked for, and which row is selected.

import type { CaseView } from '../bindings/CaseView';
import type { Claim } from '../bindings/Claim';
import type { QueueFacts } from '../bindings/QueueFacts';
import type { QueueFilter } from '../bindings/QueueFilter';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { moved, withCase, withClaim, withPage, withSkip, type Row } from './rows';

const PAGE = 100;

export const openFilter = (): QueueFilter => ({
  list: null,
  band: null,
  class: null,
  order: 'urgent',
  decided: false,
  search: null,
});

class Queue {
  facts = $state<QueueFacts[]>([]);
  filter = $state<QueueFilter>(openFilter());
  rows = $state.raw<Row[]>([]);
  selected = $state<number | null>(null);
  loading = $state(false);
  loaded = $state(false);
  problem = $state<WireError | null>(null);
  #next: string | null = null;
  #turn = 0;

  /** How many the chosen queue holds, as the queue list says. */
  get open(): number | null {
    const { list, band } = this.filter;
    return this.facts.find((q) => q.list === list && q.band === band)?.open ?? null;
  }

  get ended(): boolean {
    return this.loaded && this.#next === null;
  }

  /** Starts over from the first page. The selected case stays, listed or not, unless the selection changed. */
  async load(keep = true): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    this.problem = null;
    try {
      const [facts, page] = await Promise.all([
        desk.queues(),
        desk.queuePage($state.snapshot(this.filter), null, PAGE),
      ]);
      if (turn !== this.#turn) return;
      this.facts = facts;
      this.rows = withPage([], page.rows, performance.now());
      this.#next = page.next;
      this.loaded = true;
      const listed = this.rows.some((row) => row.facts.case === this.selected);
      if (this.selected === null || (!keep && !listed)) {
        this.selected = this.rows[0]?.facts.case ?? null;
      }
    } catch (reason) {
      if (turn === this.#turn) this.problem = desk.wireError(reason);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Asks for the next page when there is one and none is under way. */
  async more(): Promise<void> {
    if (this.loading || this.#next === null) return;
    const turn = this.#turn;
    this.loading = true;
    try {
      const page = await desk.queuePage($state.snapshot(this.filter), this.#next, PAGE);
      if (turn !== this.#turn) return;
      this.rows = withPage(this.rows, page.rows, performance.now());
      this.#next = page.next;
    } catch (reason) {
      if (turn === this.#turn) this.problem = desk.wireError(reason);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  async choose(change: Partial<QueueFilter>): Promise<void> {
    this.filter = { ...this.filter, ...change };
    await this.load(false);
  }

  async recount(): Promise<void> {
    try {
      this.facts = await desk.queues();
    } catch {
      // The old counts stand until the next load says why.
    }
  }

  move(by: number): void {
    this.selected = moved(this.rows, this.selected, by);
    const at = this.rows.findIndex((row) => row.facts.case === this.selected);
    if (at > this.rows.length - 20) void this.more();
  }

  take(view: CaseView): void {
    this.rows = withCase(this.rows, view, performance.now());
  }

  claimed(number: number, claim: Claim | null): void {
    this.rows = withClaim(this.rows, number, claim, performance.now());
  }

  skipped(number: number): void {
    this.rows = withSkip(this.rows, number);
  }

  reset(): void {
    this.#turn += 1;
    this.facts = [];
    this.filter = openFilter();
    this.rows = [];
    this.selected = null;
    this.loading = false;
    this.loaded = false;
    this.problem = null;
    this.#next = null;
  }
}

export const queue = new Queue();
