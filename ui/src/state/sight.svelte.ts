// One veiled view: asked for, shown, hidden again. It never keeps a picture: hiding drops the address,
// and an answer that comes after its reader has left is closed unseen.

import type { Grant } from '../bindings/Grant';
import type { Level } from '../bindings/Level';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { messages } from './messages.svelte';

export type SightPhase = 'veiled' | 'asking' | 'shown' | 'failed';

class Sight {
  phase = $state<SightPhase>('veiled');
  level = $state<Level>('hash-only');
  grant = $state.raw<Grant | null>(null);
  problem = $state<WireError | null>(null);
  /** The step-up key is being held: the view ends with it. */
  peeking = $state(false);
  /** When the picture stood there, monotonic. */
  since = $state(0);
  /** When the leave was given; it ends `hidesInMs` later. */
  grantedAt = $state(0);
  /** Called when a picture stands there, which from then on counts as looked at. */
  ondrawn: () => void = () => {};
  /** Called when an exposure has been closed in core. */
  onclosed: () => void = () => {};
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  async open(number: number, level: Level): Promise<void> {
    const before = this.#drop();
    const turn = this.#turn;
    if (level === 'hash-only' || document.visibilityState === 'hidden') {
      if (before !== null) await this.#close(before);
      return;
    }
    this.level = level;
    this.phase = 'asking';
    if (before !== null) await this.#close(before, false);
    let grant: Grant;
    try {
      if (turn !== this.#turn) return;
      grant = await desk.viewOpen(number, level);
    } catch (reason) {
      if (turn === this.#turn) this.#fail(desk.wireError(reason));
      return;
    }
    if (turn !== this.#turn) {
      await this.#close(grant.exposure);
      return;
    }
    this.grant = grant;
    this.level = grant.level;
    this.grantedAt = performance.now();
    this.#timer = setTimeout(() => void this.hide(), grant.hidesInMs);
  }

  /** The picture has been drawn. */
  drawn(): void {
    if (this.grant === null || this.phase !== 'asking') return;
    this.phase = 'shown';
    this.since = performance.now();
    this.ondrawn();
  }

  /** The picture did not come: ask why, and close the exposure. */
  async broken(): Promise<void> {
    const exposure = this.grant?.exposure;
    if (exposure === undefined) return;
    const turn = this.#turn;
    let problem: WireError | null;
    try {
      problem = await desk.viewProblem(exposure);
    } catch (reason) {
      problem = desk.wireError(reason);
    }
    if (turn !== this.#turn) return;
    this.#drop();
    this.#fail(problem ?? { code: 'VIEW-00', message: 'The veiled picture did not arrive.' });
    await this.#close(exposure);
  }

  /** Veils at once; the exposure is closed behind it. */
  async hide(): Promise<void> {
    const exposure = this.#drop();
    if (exposure !== null) await this.#close(exposure);
  }

  /** The console has locked and closed the exposure itself: only the window is left to veil. */
  forget(): void {
    this.#drop();
  }

  #fail(problem: WireError): void {
    this.phase = 'failed';
    this.level = 'hash-only';
    this.problem = problem;
    this.peeking = false;
  }

  /** Back to hash-only; answers the exposure that is now to be closed. */
  #drop(): string | null {
    this.#turn += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const exposure = this.grant?.exposure ?? null;
    this.grant = null;
    this.phase = 'veiled';
    this.level = 'hash-only';
    this.problem = null;
    this.peeking = false;
    return exposure;
  }

  async #close(exposure: string, tell = true): Promise<void> {
    try {
      await desk.viewClose(exposure);
    } catch (reason) {
      messages.fail(reason);
    }
    if (tell) this.onclosed();
  }
}

export const sight = new Sight();
