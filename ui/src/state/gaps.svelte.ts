// What is missing from trails: the list, the gap that is open, and what was attached or tried. Classes are core's.

import type { AttemptInput } from '../bindings/AttemptInput';
import type { EnrichFile } from '../bindings/EnrichFile';
import type { EnrichForm } from '../bindings/EnrichForm';
import type { Enriched } from '../bindings/Enriched';
import type { GapDetail } from '../bindings/GapDetail';
import type { GapFilter } from '../bindings/GapFilter';
import type { GapRow } from '../bindings/GapRow';
import type { GapsView } from '../bindings/GapsView';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { t } from '../words';
import { messages } from './messages.svelte';

/** What a row is known by. */
export const gapKey = (row: GapRow) => `${row.dataset}\n${row.field}\n${row.reason}`;

const everything = (): GapFilter => ({
  group: 'dataset',
  reason: null,
  classes: [],
  field: null,
  dataset: null,
});

class Gaps {
  view = $state.raw<GapsView | null>(null);
  filter = $state<GapFilter>(everything());
  chosen = $state<string | null>(null);
  detail = $state.raw<GapDetail | null>(null);
  problem = $state<WireError | null>(null);
  detailProblem = $state<WireError | null>(null);
  refusal = $state<WireError | null>(null);
  busy = $state(false);
  /** The case that a link from another view is about: the form opens for it. */
  of = $state<number | null>(null);
  /** What the last attachment did. */
  done = $state.raw<Enriched | null>(null);
  #turn = 0;
  #asked = 0;

  get rows(): GapRow[] {
    return this.view?.groups.flatMap((group) => group.rows) ?? [];
  }

  get row(): GapRow | null {
    return this.rows.find((row) => gapKey(row) === this.chosen) ?? null;
  }

  async load(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const view = await desk.gapList($state.snapshot(this.filter));
      if (turn !== this.#turn) return;
      this.view = view;
      this.problem = null;
      if (this.row === null) this.chosen = null;
      const first = this.rows[0];
      if (this.chosen === null) {
        this.detail = null;
        if (first !== undefined) await this.choose(first);
      } else if (this.row !== null) await this.show(this.row);
    } catch (reason) {
      if (turn === this.#turn) this.problem = desk.wireError(reason);
    }
  }

  /** Turns to the gap of a case: the field named, or else the first of its dataset. */
  async turnTo(number: number, field: string): Promise<void> {
    this.filter = everything();
    await this.load();
    try {
      const facts = await desk.caseShow(number);
      const sets = new Set(facts.sightings.map((s) => s.dataset));
      const rows = this.rows.filter((row) => sets.has(row.datasetName));
      const name = field.replace(/^find\./, '');
      const named = rows.find((row) => row.field === name);
      const row = named ?? rows[0];
      if (row === undefined) return;
      await this.choose(row);
      this.of = number;
    } catch (reason) {
      messages.fail(reason);
    }
  }

  async filterBy(change: Partial<GapFilter>): Promise<void> {
    this.filter = { ...this.filter, ...change };
    await this.load();
  }

  async choose(row: GapRow): Promise<void> {
    if (this.chosen === gapKey(row)) return;
    this.chosen = gapKey(row);
    this.of = null;
    this.detail = null;
    this.refusal = null;
    this.done = null;
    await this.show(row);
  }

  async show(row: GapRow, after: number | null = null): Promise<void> {
    const asked = ++this.#asked;
    try {
      const detail = await desk.gapShow(row.dataset, row.field, row.reason, after);
      if (asked !== this.#asked) return;
      const before = this.detail;
      this.detail =
        after === null || before === null
          ? detail
          : {
              ...detail,
              page: { ...detail.page, cases: [...before.page.cases, ...detail.page.cases] },
            };
      this.detailProblem = null;
    } catch (reason) {
      if (asked === this.#asked) this.detailProblem = desk.wireError(reason);
    }
  }

  move(by: number): GapRow | null {
    const at = this.rows.findIndex((row) => gapKey(row) === this.chosen);
    const to = this.rows[at < 0 ? 0 : Math.min(this.rows.length - 1, Math.max(0, at + by))];
    if (to !== undefined) void this.choose(to);
    return to ?? null;
  }

  attachForm(form: EnrichForm): Promise<boolean> {
    return this.#act(() => desk.enrichForm(form));
  }

  attachFile(file: EnrichFile): Promise<boolean> {
    return this.#act(() => desk.enrichFile(file));
  }

  record(attempt: AttemptInput): Promise<boolean> {
    return this.#act(async () => {
      await desk.attemptRecord(attempt);
      return null;
    });
  }

  reset(): void {
    this.#turn += 1;
    this.#asked += 1;
    this.view = null;
    this.filter = everything();
    this.chosen = null;
    this.detail = null;
    this.problem = null;
    this.detailProblem = null;
    this.refusal = null;
    this.busy = false;
    this.of = null;
    this.done = null;
  }

  async #act(what: () => Promise<Enriched | null>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refusal = null;
    this.done = null;
    try {
      const done = await what();
      const problem = done?.problems[0];
      if (done === null) messages.say('done', t.gaps.recorded);
      else if (done.attempt.counts.facts === 0 && problem !== undefined)
        messages.announce(problem.wrong);
      else
        messages.say('done', t.gaps.done(done.attempt.counts.facts, done.attempt.counts.matched));
      await this.load();
      this.done = done;
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

export const gaps = new Gaps();
