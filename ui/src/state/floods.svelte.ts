// List entries with more cases than people are sent one by one: the cards, and which one is open.

import type { FeedbackFile } from '../bindings/FeedbackFile';
import type { FloodCard } from '../bindings/FloodCard';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { t } from '../words';
import { messages } from './messages.svelte';

class Floods {
  cards = $state.raw<FloodCard[]>([]);
  selected = $state<number | null>(null);
  loaded = $state(false);
  problem = $state<WireError | null>(null);
  /** Why the last act on a card was refused. */
  refusal = $state<WireError | null>(null);
  busy = $state(false);
  /** Files of list feedback that were just written. */
  written = $state.raw<FeedbackFile[] | null>(null);
  #turn = 0;

  get card(): FloodCard | null {
    return this.cards.find((card) => card.flood === this.selected) ?? null;
  }

  get held(): number {
    return this.cards.filter((card) => card.state === 'held').length;
  }

  async load(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const cards = await desk.floodList();
      if (turn !== this.#turn) return;
      this.cards = cards;
      this.problem = null;
      this.loaded = true;
      if (this.card === null) this.selected = cards[0]?.flood ?? null;
    } catch (reason) {
      if (turn === this.#turn) this.problem = desk.wireError(reason);
    }
  }

  choose(flood: number): void {
    this.selected = flood;
    this.refusal = null;
  }

  move(by: number): void {
    const at = this.cards.findIndex((card) => card.flood === this.selected);
    const to = this.cards[at < 0 ? 0 : Math.min(this.cards.length - 1, Math.max(0, at + by))];
    if (to !== undefined) this.choose(to.flood);
  }

  /** Sends the cases of a card to the queues. True when it was done. */
  async release(card: FloodCard, reason: string): Promise<boolean> {
    return this.#act(async () => {
      await desk.floodRelease(card.flood, reason);
      messages.say('done', t.floods.released(card.name), t.floods.releasedMore);
    });
  }

  /** Asks a second person to put a card aside for some days. True when it was asked. */
  async suppress(card: FloodCard, days: number, reason: string): Promise<boolean> {
    return this.#act(async () => {
      await desk.floodSuppress({ flood: card.flood, days, reason });
      messages.say('done', t.floods.asked, t.floods.askedMore);
    });
  }

  async exportFeedback(out: string): Promise<void> {
    await this.#act(async () => {
      this.written = await desk.floodFeedback(out);
    });
  }

  reset(): void {
    this.#turn += 1;
    this.cards = [];
    this.selected = null;
    this.loaded = false;
    this.problem = null;
    this.refusal = null;
    this.busy = false;
    this.written = null;
  }

  async #act(what: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refusal = null;
    try {
      await what();
      await this.load();
      return true;
    } catch (refused) {
      this.refusal = desk.wireError(refused);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

export const floods = new Floods();
