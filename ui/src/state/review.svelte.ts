// The case before the reviewer: its facts, the lease, and the decision being made. Core decides what is allowed;
// this only knows when a decision is complete enough to be sent.

import type { CaseView } from '../bindings/CaseView';
import type { Claim } from '../bindings/Claim';
import type { Classification } from '../bindings/Classification';
import type { Level } from '../bindings/Level';
import type { Verdict } from '../bindings/Verdict';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { caseNumber } from '../format';
import { t } from '../words';
import { clock } from './clock.svelte';
import { messages } from './messages.svelte';
import { queue } from './queue.svelte';
import { sight } from './sight.svelte';

/** What was typed for a case and not yet recorded. */
interface Typed {
  armed: Verdict | null;
  classification: Classification | null;
  rationale: string;
}

const nothing = (): Typed => ({ armed: null, classification: null, rationale: '' });
const LEVELS: Level[] = ['hash-only', 'mosaic', 'strong', 'soft'];

class Review {
  facts = $state.raw<CaseView | null>(null);
  /** When `facts` were told, monotonic. */
  at = $state(0);
  loading = $state<number | null>(null);
  problem = $state<WireError | null>(null);
  typed = $state<Typed>(nothing());
  /** Why core did not take the decision, or what is still missing. */
  refusal = $state<WireError | null>(null);
  busy = $state(false);
  skipping = $state(false);
  sighting = $state(0);
  why = $state(false);
  /** This window held the lease and no longer does. */
  lost = $state(false);
  #kept = new Map<number, Typed>();
  /** Claimed here and not given back. */
  #lease: number | null = null;
  #turn = 0;
  #asked = 0;
  #beatAt = 0;
  #beating = false;
  #settling = new Set<number>();

  /** Shows a case without pixels. What was typed for it before comes back. */
  async show(number: number): Promise<void> {
    if (this.facts?.case === number || this.loading === number) return;
    const turn = ++this.#turn;
    this.#leave();
    this.loading = number;
    this.problem = null;
    try {
      const facts = await desk.caseShow(number);
      if (turn !== this.#turn) return;
      this.#take(facts);
      this.typed = this.#kept.get(number) ?? nothing();
      messages.announce(t.say.opened(caseNumber(number)));
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.facts = null;
      this.problem = desk.wireError(reason);
    } finally {
      if (turn === this.#turn) this.loading = null;
    }
  }

  /** Asks again for the case that is shown; of several answers the one asked last counts. */
  async refresh(): Promise<void> {
    const number = this.facts?.case;
    if (number === undefined) return;
    const turn = this.#turn;
    const asked = ++this.#asked;
    const current = () => turn === this.#turn && asked === this.#asked;
    try {
      const facts = await desk.caseShow(number);
      if (current()) this.#take(facts);
    } catch (reason) {
      if (current()) messages.fail(reason);
    }
  }

  /** The case whose lease this person holds, as far as the window knows. */
  get held(): number | null {
    if (this.facts?.claim?.mine === true) return this.facts.case;
    if (this.#lease !== null) return this.#lease;
    return queue.rows.find((row) => row.facts.claim?.mine === true)?.facts.case ?? null;
  }

  /** Gives back the lease that is held, before another is taken. */
  async giveBack(): Promise<void> {
    const number = this.held;
    if (number === null) return;
    await sight.hide();
    try {
      this.#lease = null;
      await desk.caseRelease(number);
      queue.claimed(number, null);
    } catch {
      // The lease was already over; taking the next one tells if anything stands in the way.
    }
  }

  /** Claims a case; a lease held on another one is given back first. */
  async claim(number: number): Promise<void> {
    if (this.held === number) return;
    await this.giveBack();
    try {
      const claim = await desk.caseClaim(number);
      this.#beatAt = performance.now();
      this.#lease = number;
      queue.claimed(number, claim);
      this.lost = false;
      messages.announce(t.say.claimed(caseNumber(number)));
    } catch (reason) {
      messages.fail(reason);
    }
    if (this.facts?.case === number) await this.refresh();
    else {
      // An answer that is under way may be older than the claim.
      this.loading = null;
      await this.show(number);
    }
  }

  async release(): Promise<void> {
    if (this.facts?.claim?.mine !== true) return;
    await this.giveBack();
    this.facts = { ...this.facts, claim: null };
    await this.refresh();
  }

  async skip(reason: string): Promise<void> {
    const number = this.facts?.case;
    if (number === undefined || this.busy) return;
    this.busy = true;
    void sight.hide();
    try {
      await desk.caseSkip(number, reason);
      this.skipping = false;
      this.typed = nothing();
      this.refusal = null;
      this.#kept.delete(number);
      queue.skipped(number);
      if (this.facts !== null) this.facts = { ...this.facts, claim: null };
      messages.say('done', t.say.skipped(caseNumber(number)), t.say.skippedMore);
      await this.refresh();
    } catch (refused) {
      this.refusal = desk.wireError(refused);
    } finally {
      this.busy = false;
    }
  }

  /** One step along the ladder, or why not. */
  step(by: 1 | -1): void {
    const from = LEVELS.indexOf(sight.level);
    const level = LEVELS[Math.max(0, from + by)];
    if (level === undefined) {
      messages.announce(t.sight.top);
      return;
    }
    this.look(level);
  }

  look(level: Level): void {
    const facts = this.facts;
    if (facts === null) return;
    if (level === sight.level && sight.phase !== 'failed') return;
    const rung = facts.view.levels.find((l) => l.level === level);
    if (rung?.refused) {
      void sight.hide();
      sight.problem = rung.refused;
      sight.phase = 'failed';
      messages.announce(rung.refused.message);
      return;
    }
    void sight.open(facts.case, level);
  }

  /** A verdict was pressed: it is recorded when nothing it needs is missing. */
  press(verdict: Verdict): void {
    if (!this.#mayDecide()) return;
    this.refusal = null;
    this.typed.armed = verdict;
    if (this.missing === null) void this.record();
  }

  choose(classification: Classification): void {
    if (!this.#mayDecide()) return;
    this.refusal = null;
    this.typed.classification = classification;
    if (this.typed.armed === 'confirmed') void this.record();
  }

  /** What the armed verdict still waits for. */
  get missing(): 'verdict' | 'classification' | 'rationale' | null {
    const { armed, classification, rationale } = this.typed;
    if (armed === null) return 'verdict';
    if (armed === 'confirmed') return classification === null ? 'classification' : null;
    if (armed === 'not-a-match') return null;
    return rationale.trim() === '' ? 'rationale' : null;
  }

  async record(policyVersion = this.policyVersion): Promise<void> {
    const facts = this.facts;
    const { armed, classification, rationale } = this.typed;
    if (facts === null || armed === null || this.busy) return;
    this.busy = true;
    this.refusal = null;
    try {
      const after = await desk.decide({
        case: facts.case,
        verdict: armed,
        classification: armed === 'confirmed' ? classification : null,
        rationale: rationale.trim(),
        policyVersion,
      });
      this.#after(after, nothing());
      messages.announce(t.say.drafted(t.verdict[armed]));
    } catch (refused) {
      this.refusal = desk.wireError(refused);
      messages.announce(this.refusal.message);
      if (this.refusal.code.startsWith('CLAIM')) await this.refresh();
    } finally {
      this.busy = false;
    }
  }

  /** The policy the reviewer has before them; set when the session begins. */
  policyVersion = '';

  async undo(): Promise<void> {
    const facts = this.facts;
    if (facts?.draft?.mine !== true || this.busy) return;
    this.busy = true;
    const draft = facts.decisions.findLast((d) => d.status === 'draft');
    try {
      const after = await desk.decisionUndo(facts.case);
      // The words come back, the verdict does not: nothing may be recorded twice by one key.
      this.#after(after, { ...nothing(), rationale: draft?.rationale ?? '' });
      messages.say('done', t.say.withdrawn, t.say.withdrawnMore);
    } catch (refused) {
      this.refusal = desk.wireError(refused);
      await this.refresh();
    } finally {
      this.busy = false;
    }
  }

  /** Ctrl+Enter: the draft is committed now, or a complete decision is recorded. */
  async commit(): Promise<void> {
    const facts = this.facts;
    if (facts === null || this.busy) return;
    if (facts.draft?.mine !== true) {
      if (this.typed.armed !== null && this.missing === null && this.#mayDecide())
        await this.record();
      return;
    }
    this.busy = true;
    try {
      this.#after(await desk.decisionCommit(facts.case), nothing());
      messages.say('done', t.say.committed, t.say.committedMore(caseNumber(facts.case)));
    } catch (refused) {
      this.refusal = desk.wireError(refused);
      await this.refresh();
    } finally {
      this.busy = false;
    }
  }

  /** Called on every beat: countdowns that ran out ask core what became of them. */
  tick(inputAt: number): void {
    const facts = this.facts;
    for (const row of queue.rows) {
      const { draft } = row.facts;
      if (draft?.mine === true && clock.left(draft.leftMs, row.at) === 0)
        void this.#settle(row.facts.case);
    }
    if (facts === null) return;
    if (facts.draft !== null && clock.left(facts.draft.leftMs, this.at) === 0)
      void this.#settle(facts.case);
    const { claim } = facts;
    if (claim?.mine !== true) return;
    if (clock.left(claim.leftMs, this.at) === 0) void this.#settle(facts.case);
    else if (clock.now - this.#beatAt >= claim.leaseMs / 3 && inputAt > this.#beatAt)
      void this.#beat(facts.case);
  }

  async #beat(number: number): Promise<void> {
    if (this.#beating) return;
    this.#beating = true;
    this.#beatAt = performance.now();
    try {
      const claim: Claim = await desk.caseHeartbeat(number);
      if (this.facts?.case === number) {
        const draft = this.facts.draft && {
          ...this.facts.draft,
          leftMs: clock.left(this.facts.draft.leftMs, this.at),
        };
        this.at = performance.now();
        this.facts = { ...this.facts, claim, draft };
      }
      queue.claimed(number, claim);
    } catch {
      await this.refresh();
    } finally {
      this.#beating = false;
    }
  }

  /** A countdown is over: core has the last word. Asked once at a time per case. */
  async #settle(number: number): Promise<void> {
    if (this.#settling.has(number)) return;
    this.#settling.add(number);
    try {
      const after = await desk.caseShow(number);
      if (this.facts?.case === number) this.#take(after);
      else queue.take(after);
      if (after.draft === null)
        messages.announce(t.say.settled(caseNumber(number), t.state[after.state]));
    } catch {
      // The next beat asks again.
    } finally {
      setTimeout(() => this.#settling.delete(number), 1000);
    }
  }

  #mayDecide(): boolean {
    const barred = this.facts?.cannotDecide ?? null;
    if (this.facts === null || this.busy) return false;
    this.refusal = barred;
    if (barred !== null) messages.announce(barred.message);
    return barred === null;
  }

  #after(facts: CaseView, typed: Typed): void {
    this.#kept.delete(facts.case);
    if (this.facts?.case === facts.case) {
      this.typed = typed;
      this.#take(facts);
    } else {
      queue.take(facts);
    }
    void queue.recount();
  }

  #take(facts: CaseView): void {
    this.#asked += 1;
    const hadIt = this.facts?.case === facts.case && this.facts.claim?.mine === true;
    const open = facts.state === 'suspected' && facts.draft === null;
    if (this.facts?.case !== facts.case) this.sighting = 0;
    if (facts.claim?.mine === true) this.lost = false;
    else if (this.#lease === facts.case) this.#lease = null;
    else if (hadIt) {
      void sight.hide();
      this.lost = open;
    }
    this.facts = facts;
    this.at = performance.now();
    queue.take(facts);
  }

  /** The reader turns away: the view is veiled and what was typed is kept for the way back. */
  #leave(): void {
    void sight.hide();
    const { armed, classification, rationale } = this.typed;
    if (this.facts !== null && (armed !== null || classification !== null || rationale !== '')) {
      this.#kept.set(this.facts.case, { armed, classification, rationale });
    }
    this.typed = nothing();
    this.refusal = null;
    this.skipping = false;
    this.lost = false;
  }

  reset(): void {
    this.#turn += 1;
    this.#kept.clear();
    this.#lease = null;
    this.#settling.clear();
    this.facts = null;
    this.loading = null;
    this.problem = null;
    this.typed = nothing();
    this.refusal = null;
    this.busy = this.skipping = false;
    this.sighting = 0;
    this.why = false;
    this.lost = false;
  }
}

export const review = new Review();
