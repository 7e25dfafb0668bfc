// Which of the two statements is unfolded for the case that is shown, and what became of the last one sent.

import type { AnnotateRequest } from '../bindings/AnnotateRequest';
import type { AttestRequest } from '../bindings/AttestRequest';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { t } from '../words';
import { messages } from './messages.svelte';
import { review } from './review.svelte';

export type Fold = 'annotate' | 'attest';

class Statement {
  open = $state<Fold | null>(null);
  refusal = $state<WireError | null>(null);
  busy = $state(false);

  toggle(of: Fold): void {
    this.refusal = null;
    this.open = this.open === of ? null : of;
  }

  /** Another case: what was unfolded for the one before is folded. */
  fold(): void {
    this.open = null;
    this.refusal = null;
  }

  annotate(request: AnnotateRequest): Promise<boolean> {
    const say = t.statement.annotating;
    return this.#act(() => desk.annotate(request), say.done, say.doneMore);
  }

  withdrawAnnotations(number: number): Promise<boolean> {
    return this.#act(() => desk.annotateUndo(number), t.statement.annotating.withdrawn);
  }

  attest(request: AttestRequest): Promise<boolean> {
    const say = t.statement.attesting;
    return this.#act(() => desk.attestView(request), say.done, say.doneMore);
  }

  withdrawAttestation(number: number): Promise<boolean> {
    return this.#act(() => desk.attestWithdraw(number), t.statement.attesting.withdrawn);
  }

  async #act(what: () => Promise<unknown>, done: string, more = ''): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refusal = null;
    try {
      await what();
      messages.say('done', done, more);
      this.open = null;
      await review.refresh();
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

export const statement = new Statement();
