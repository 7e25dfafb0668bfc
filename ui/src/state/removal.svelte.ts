// Removal by dataset and the proposals that wait for a second person: what core answered, and which one is open.

import type { AckReceipt } from '../bindings/AckReceipt';
import type { AckRequest } from '../bindings/AckRequest';
import type { ExportRequest } from '../bindings/ExportRequest';
import type { LocationRequest } from '../bindings/LocationRequest';
import type { ProposalFacts } from '../bindings/ProposalFacts';
import type { RemovalDataset } from '../bindings/RemovalDataset';
import type { RemovalStatus } from '../bindings/RemovalStatus';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { t } from '../words';
import { messages } from './messages.svelte';

class Removal {
  status = $state.raw<RemovalStatus | null>(null);
  proposals = $state.raw<ProposalFacts[]>([]);
  /** `set:DATASET` or `ask:PROPOSAL`. */
  chosen = $state<string | null>(null);
  loaded = $state(false);
  problem = $state<WireError | null>(null);
  refusal = $state<WireError | null>(null);
  busy = $state(false);
  receipt = $state.raw<AckReceipt | null>(null);
  /** When the proposals were told, monotonic. */
  at = $state(0);
  #turn = 0;

  get open(): ProposalFacts[] {
    return this.proposals.filter((p) => p.state === 'open');
  }

  get past(): ProposalFacts[] {
    return this.proposals.filter((p) => p.state !== 'open').slice(0, 20);
  }

  /** Everything that can be chosen, in the order of the list. */
  get ids(): string[] {
    return [
      ...this.open.map((p) => `ask:${p.proposal}`),
      ...(this.status?.datasets ?? []).map((d) => `set:${d.dataset}`),
      ...this.past.map((p) => `ask:${p.proposal}`),
    ];
  }

  get dataset(): RemovalDataset | null {
    return this.status?.datasets.find((d) => `set:${d.dataset}` === this.chosen) ?? null;
  }

  get proposal(): ProposalFacts | null {
    return this.proposals.find((p) => `ask:${p.proposal}` === this.chosen) ?? null;
  }

  async load(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const [status, proposals] = await Promise.all([
        desk.removalStatus(),
        desk.proposals({ state: null, kind: null }),
      ]);
      if (turn !== this.#turn) return;
      this.status = status;
      this.proposals = proposals;
      this.at = performance.now();
      this.problem = null;
      this.loaded = true;
      if (this.chosen === null || !this.ids.includes(this.chosen)) this.choose(this.ids[0] ?? null);
    } catch (reason) {
      if (turn === this.#turn) this.problem = desk.wireError(reason);
    }
  }

  choose(id: string | null): void {
    if (this.chosen === id) return;
    this.chosen = id;
    this.refusal = null;
    this.receipt = null;
  }

  move(by: number): string | null {
    const at = this.chosen === null ? -1 : this.ids.indexOf(this.chosen);
    const to = this.ids[Math.min(this.ids.length - 1, Math.max(0, at + by))] ?? null;
    if (to !== null) this.choose(to);
    return to;
  }

  export(request: ExportRequest): Promise<boolean> {
    return this.#act(async () => {
      const done = await desk.removalExport(request);
      const say = t.removal.export;
      messages.say('done', say.done(t.removal.listName(done.export)), say.doneMore(done.sightings));
    });
  }

  locate(request: LocationRequest): Promise<boolean> {
    return this.#act(async () => {
      await desk.removalLocate(request);
      const say = t.removal.location;
      messages.say('done', say.done(request.name), say.doneMore);
    });
  }

  retire(dataset: string, name: string, reason: string): Promise<boolean> {
    return this.#act(async () => {
      await desk.removalRetire(dataset, name, reason);
      const say = t.removal.retire;
      messages.say('done', say.done(name), say.doneMore);
    });
  }

  acknowledge(request: AckRequest): Promise<boolean> {
    return this.#act(async () => {
      const receipt = await desk.removalAck(request);
      this.receipt = receipt;
      const say = t.removal.ack;
      messages.say('done', say.done(receipt.sightings), say.doneMore(receipt.open));
    });
  }

  proposeRelease(dataset: string, version: string | null, reason: string): Promise<boolean> {
    return this.#act(async () => {
      await desk.releasePropose(dataset, version, reason);
      messages.say('done', t.removal.release.done, t.removal.release.doneMore);
    });
  }

  exportRelease(proposal: number, request: ExportRequest): Promise<boolean> {
    return this.#act(async () => {
      const done = await desk.releaseExport(proposal, request);
      messages.say('done', t.removal.export.done(t.removal.listName(done.export)));
    });
  }

  approve(number: number): Promise<boolean> {
    return this.#act(async () => {
      await desk.proposalApprove(number);
      messages.say('done', t.approvals.approved(t.approvals.number(number)));
    });
  }

  refuse(number: number, reason: string): Promise<boolean> {
    return this.#act(async () => {
      await desk.proposalRefuse(number, reason);
      messages.say('done', t.approvals.refused(t.approvals.number(number)));
    });
  }

  withdraw(number: number): Promise<boolean> {
    return this.#act(async () => {
      await desk.proposalWithdraw(number);
      messages.say('done', t.approvals.withdrawn(t.approvals.number(number)));
    });
  }

  reset(): void {
    this.#turn += 1;
    this.status = null;
    this.proposals = [];
    this.chosen = null;
    this.loaded = false;
    this.problem = null;
    this.refusal = null;
    this.busy = false;
    this.receipt = null;
  }

  async #act(what: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refusal = null;
    this.receipt = null;
    try {
      await what();
      await this.load();
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

export const removal = new Removal();
