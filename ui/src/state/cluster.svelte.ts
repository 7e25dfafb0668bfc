// The cluster before the reviewer: which members are included, which one is open, and the one verdict for all of
// them. What must have been looked at is core's to say; this asks again whenever the set changes.

import type { ClusterAct } from '../bindings/ClusterAct';
import type { ClusterMember } from '../bindings/ClusterMember';
import type { ClusterView } from '../bindings/ClusterView';
import type { Classification } from '../bindings/Classification';
import type { LeftOut } from '../bindings/LeftOut';
import type { Verdict } from '../bindings/Verdict';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { caseNumber } from '../format';
import { t } from '../words';
import { clock } from './clock.svelte';
import { clusterList } from './clusterList.svelte';
import { messages } from './messages.svelte';
import { review } from './review.svelte';
import { sight } from './sight.svelte';

/** What keeps the act from being applied, in the order it is said. */
export type Waits = 'cases' | 'look' | 'verdict' | 'classification' | 'rationale';

class Cluster {
  facts = $state.raw<ClusterView | null>(null);
  /** When `facts` were told, monotonic. */
  at = $state(0);
  loading = $state<number | null>(null);
  problem = $state<WireError | null>(null);
  /** The member that the keys are on. */
  cursor = $state<number | null>(null);
  armed = $state<Verdict | null>(null);
  classification = $state<Classification | null>(null);
  rationale = $state('');
  refusal = $state<WireError | null>(null);
  /** Cases that the last act did not decide. */
  leftOut = $state.raw<LeftOut[]>([]);
  busy = $state(false);
  /** The included cases; null while core's own choice stands. */
  #chosen: number[] | null = null;
  #turn = 0;
  #asked = 0;
  #settling = false;

  get member(): ClusterMember | null {
    return this.facts?.members.find((m) => m.case === this.cursor) ?? null;
  }

  get included(): number[] {
    return this.facts?.members.filter((m) => m.included).map((m) => m.case) ?? [];
  }

  /** The newest act of this person that can still be undone. */
  get undoable(): ClusterAct | null {
    const act = this.facts?.acts.find((a) => a.mine && a.leftMs !== null && a.withdrawn === null);
    return act !== undefined && clock.left(act.leftMs ?? 0, this.at) > 0 ? act : null;
  }

  get waits(): Waits | null {
    if (this.facts === null || this.included.length < 2) return 'cases';
    if (!this.facts.coverage.complete) return 'look';
    if (this.armed === null) return 'verdict';
    if (this.armed === 'confirmed') return this.classification === null ? 'classification' : null;
    if (this.armed === 'not-a-match') return null;
    return this.rationale.trim() === '' ? 'rationale' : null;
  }

  async show(cluster: number): Promise<void> {
    if (this.facts?.cluster === cluster || this.loading === cluster) return;
    const turn = ++this.#turn;
    void sight.hide();
    this.#clear();
    this.loading = cluster;
    this.problem = null;
    try {
      const facts = await desk.clusterShow(cluster, null);
      if (turn !== this.#turn) return;
      this.#take(facts);
      this.cursor = facts.members[0]?.case ?? null;
      messages.announce(t.clusters.say.opened(facts.name, facts.cases));
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.facts = null;
      this.problem = desk.wireError(reason);
    } finally {
      if (turn === this.#turn) this.loading = null;
    }
  }

  /** Asks again for the cluster as it is chosen now; of several answers the one asked last counts. */
  async refresh(): Promise<void> {
    const cluster = this.facts?.cluster;
    if (cluster === undefined) return;
    const turn = this.#turn;
    const asked = ++this.#asked;
    const current = () => turn === this.#turn && asked === this.#asked;
    try {
      const facts = await desk.clusterShow(cluster, this.#chosen);
      if (current()) this.#take(facts);
    } catch (reason) {
      if (current()) messages.fail(reason);
    }
  }

  move(by: number): void {
    const members = this.facts?.members ?? [];
    const at = members.findIndex((m) => m.case === this.cursor);
    const to = at < 0 ? 0 : Math.min(members.length - 1, Math.max(0, at + by));
    this.cursor = members[to]?.case ?? this.cursor;
  }

  /** Includes a member or leaves it out; one that cannot be included says why. */
  async toggle(number: number | null = this.cursor): Promise<void> {
    const member = this.facts?.members.find((m) => m.case === number);
    if (this.facts === null || member === undefined) return;
    if (member.blocked !== null) {
      messages.announce(member.blocked.message);
      this.refusal = member.blocked;
      return;
    }
    this.refusal = null;
    this.leftOut = [];
    const include = !member.included;
    this.facts = {
      ...this.facts,
      members: this.facts.members.map((m) =>
        m.case === member.case ? { ...m, included: include } : m,
      ),
    };
    this.#chosen = this.included;
    const say = t.clusters.say;
    messages.announce((include ? say.included : say.left)(caseNumber(member.case)));
    await this.refresh();
  }

  press(verdict: Verdict): void {
    if (!this.#mayDecide()) return;
    this.armed = verdict;
  }

  choose(classification: Classification): void {
    if (!this.#mayDecide()) return;
    this.classification = classification;
  }

  /** One decision for each included case, under one act. Never called by a bare key. */
  async apply(policyVersion: string, leaveOutBlocked = false): Promise<void> {
    const { facts } = this;
    if (facts === null || this.busy || this.waits !== null || !this.#mayDecide()) return;
    const part = (role: 'medoid' | 'farthest') =>
      facts.coverage.required.find((step) => step.role === role)?.case;
    const verdict = this.armed;
    const medoid = part('medoid');
    if (verdict === null || medoid === undefined) return;
    this.busy = true;
    try {
      void sight.hide();
      const done = await desk.clusterApply({
        cluster: facts.cluster,
        cases: this.included,
        medoid,
        farthest: part('farthest') ?? medoid,
        verdict,
        classification: verdict === 'confirmed' ? this.classification : null,
        rationale: this.rationale.trim(),
        policyVersion,
        leaveOutBlocked,
      });
      this.#clear();
      this.leftOut = done.leftOut;
      const say = t.clusters.say;
      messages.say('done', say.applied(done.decided.length), say.appliedMore);
      await this.#after();
    } catch (refused) {
      this.refusal = desk.wireError(refused);
      messages.announce(this.refusal.message);
      await this.refresh();
    } finally {
      this.busy = false;
    }
  }

  /** Takes back the newest act as a whole. The words come back, the verdict does not. */
  async undo(): Promise<void> {
    const act = this.undoable;
    if (act === null || this.busy) return;
    this.busy = true;
    try {
      const undone = await desk.clusterUndo(act.act);
      this.#clear();
      const say = t.clusters.say;
      messages.say(
        'done',
        say.undone(undone.withdrawn.length),
        undone.kept.length > 0 ? say.kept(undone.kept.length) : say.undoneMore,
      );
      await this.#after();
    } catch (refused) {
      this.refusal = desk.wireError(refused);
      await this.refresh();
    } finally {
      this.busy = false;
    }
  }

  /** Called on every beat: an undo window that ran out asks core what became of it. */
  tick(): void {
    const over = this.facts?.acts.some(
      (act) =>
        act.leftMs !== null && act.withdrawn === null && clock.left(act.leftMs, this.at) === 0,
    );
    if (over !== true || this.#settling) return;
    this.#settling = true;
    void this.refresh().finally(() => setTimeout(() => (this.#settling = false), 1000));
  }

  /** Drops what was armed; true when there was something. */
  disarm(): boolean {
    const had = this.armed !== null || this.classification !== null || this.refusal !== null;
    this.armed = null;
    this.classification = null;
    this.refusal = null;
    return had;
  }

  reset(): void {
    this.#turn += 1;
    this.facts = null;
    this.loading = null;
    this.problem = null;
    this.cursor = null;
    this.#clear();
  }

  #mayDecide(): boolean {
    const barred = this.facts?.cannotDecide ?? null;
    // What is still to be looked at is said by the coverage, not by refusing to choose.
    this.refusal = this.facts?.coverage.complete === true ? barred : null;
    if (this.refusal !== null) messages.announce(this.refusal.message);
    return this.facts !== null && this.refusal === null;
  }

  #take(facts: ClusterView): void {
    this.facts = facts;
    this.at = performance.now();
    if (!facts.members.some((m) => m.case === this.cursor))
      this.cursor = facts.members[0]?.case ?? null;
  }

  #clear(): void {
    this.armed = null;
    this.classification = null;
    this.rationale = '';
    this.refusal = null;
    this.leftOut = [];
    this.#chosen = null;
  }

  async #after(): Promise<void> {
    await Promise.all([this.refresh(), review.refresh(), clusterList.load()]);
  }
}

export const cluster = new Cluster();
