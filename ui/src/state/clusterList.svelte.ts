// The clusters on the left: in which order, as far as they were asked for, and which one is selected.

import type { ClusterFilter } from '../bindings/ClusterFilter';
import type { ClusterRow } from '../bindings/ClusterRow';
import type { FingerprintCounts } from '../bindings/FingerprintCounts';
import type { RefreshProgress } from '../bindings/RefreshProgress';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { t } from '../words';
import { clock } from './clock.svelte';
import { messages } from './messages.svelte';

const PAGE = 100;

/** What is shown before core has counted what there is to compare. */
const BEGUN: RefreshProgress = {
  step: 'fingerprint',
  done: 0,
  total: 0,
  perS: 0,
  leftMs: null,
  fingerprinted: 0,
  notComparable: 0,
  compared: 0,
  clusters: 0,
  cases: 0,
  stopped: false,
  skipped: null,
};

class ClusterList {
  rows = $state.raw<ClusterRow[]>([]);
  filter = $state<ClusterFilter>({ order: 'open', all: false });
  selected = $state<number | null>(null);
  open = $state(0);
  compared = $state.raw<FingerprintCounts | null>(null);
  /** How far comparing is, while it goes on. */
  comparing = $state.raw<RefreshProgress | null>(null);
  compareProblem = $state<WireError | null>(null);
  loading = $state(false);
  loaded = $state(false);
  problem = $state<WireError | null>(null);
  #next: string | null = null;
  /** Whether this window asked for the comparison at hand, and since when nothing was heard of it. */
  #asked = false;
  #silentSince = 0;
  #polledAt = 0;
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

  /** Compares pictures that came since the last comparison; core refuses a second one at a time. */
  async compare(): Promise<void> {
    if (this.comparing !== null) return;
    this.compareProblem = null;
    this.comparing = BEGUN;
    this.#asked = true;
    this.#silentSince = clock.now;
    try {
      await desk.compareStart();
    } catch (reason) {
      this.compareProblem = desk.wireError(reason);
      this.comparing = null;
      this.#asked = false;
    }
  }

  /** Called on every beat: once a second, how far it is; at its end the list is asked for again. */
  async tick(): Promise<void> {
    if (clock.now - this.#polledAt < 1000) return;
    this.#polledAt = clock.now;
    const turn = this.#turn;
    try {
      const run = await desk.compareProgress();
      if (turn !== this.#turn) return;
      if (run !== null && run.step !== 'done') {
        this.comparing = run;
        this.#silentSince = 0;
      } else if (this.comparing !== null && clock.now - this.#silentSince > 1500) {
        this.comparing = null;
        await this.load();
        if (this.#asked) messages.say('done', t.clusters.compareDone);
        this.#asked = false;
      }
    } catch {
      // A missed question says nothing; the next beat asks again.
    }
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
    this.comparing = null;
    this.compareProblem = null;
    this.#asked = false;
    this.loading = false;
    this.loaded = false;
    this.problem = null;
    this.#next = null;
  }
}

export const clusterList = new ClusterList();
