// The clusters on the left: in which order, as far as they were asked for, and which one is selected.

import type { ClusterFilter } from '../bindings/ClusterFilter';
import type { ClusterRow } from '../bindings/ClusterRow';
import type { FingerprintCounts } from '../bindings/FingerprintCounts';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';

const PAGE = 100;

class ClusterList {
  rows = $state.raw<ClusterRow[]>([]);
  filter = $state<ClusterFilter>({ order: 'open', all: false });
  selected = $state<number | null>(null);
  open = $state(0);
  compared = $state.raw<FingerprintCounts | null>(null);
  loading = $state(false);
  loaded = $state(false);
  problem = $state<WireError | null>(null);
  #next: string | null = null;
  #turn = 0;

  get ended(): boolean {
    return this.loaded && this.#next === null;
  }

  /** Starts over from the first page; as many rows as were listed are asked for again. */
  async load(keep = true): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    this.problem = null;
    try {
      const most = keep ? Math.max(PAGE, this.rows.length) : PAGE;
      const page = await desk.clusterList($state.snapshot(this.filter), null, most);
      if (turn !== this.#turn) return;
      this.rows = page.rows;
      this.#next = page.next;
      this.open = page.open;
      this.compared = page.compared;
      this.loaded = true;
      const listed = this.rows.some((row) => row.cluster === this.selected);
      if (this.selected === null || (!keep && !listed))
        this.selected = this.rows[0]?.cluster ?? null;
    } catch (reason) {
      if (turn === this.#turn) this.problem = desk.wireError(reason);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  async more(): Promise<void> {
    if (this.loading || this.#next === null) return;
    const turn = this.#turn;
    this.loading = true;
    try {
      const page = await desk.clusterList($state.snapshot(this.filter), this.#next, PAGE);
      if (turn !== this.#turn) return;
      const known = new Set(this.rows.map((row) => row.cluster));
      this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(row.cluster))];
      this.#next = page.next;
    } catch (reason) {
      if (turn === this.#turn) this.problem = desk.wireError(reason);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  async choose(change: Partial<ClusterFilter>): Promise<void> {
    this.filter = { ...this.filter, ...change };
    await this.load(false);
  }

  move(by: number): void {
    const at = this.rows.findIndex((row) => row.cluster === this.selected);
    const to = at < 0 ? 0 : Math.min(this.rows.length - 1, Math.max(0, at + by));
    this.selected = this.rows[to]?.cluster ?? this.selected;
    if (to > this.rows.length - 20) void this.more();
  }

  reset(): void {
    this.#turn += 1;
    this.rows = [];
    this.filter = { order: 'open', all: false };
    this.selected = null;
    this.open = 0;
    this.compared = null;
    this.loading = false;
    this.loaded = false;
    this.problem = null;
    this.#next = null;
  }
}

export const clusterList = new ClusterList();
