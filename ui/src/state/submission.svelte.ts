// Sending reports: what is configured, what a run would send, how far the run at hand is. Whether anything may be sent is
// core's to say.

import type { SubmissionConfigure } from '../bindings/SubmissionConfigure';
import type { SubmissionDryRun } from '../bindings/SubmissionDryRun';
import type { SubmissionEndpoint } from '../bindings/SubmissionEndpoint';
import type { SubmissionFacts } from '../bindings/SubmissionFacts';
import type { SubmissionProgress } from '../bindings/SubmissionProgress';
import type { SubmissionStatus } from '../bindings/SubmissionStatus';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { t } from '../words';
import { clock } from './clock.svelte';
import { messages } from './messages.svelte';
import { packages } from './packages.svelte';
import { removal } from './removal.svelte';

class Submission {
  status = $state.raw<SubmissionStatus | null>(null);
  problem = $state<WireError | null>(null);
  refusal = $state<WireError | null>(null);
  busy = $state(false);
  /** What a run of the report that is open would send. */
  dry = $state.raw<SubmissionDryRun | null>(null);
  progress = $state.raw<SubmissionProgress | null>(null);
  #polledAt = 0;
  #running = false;

  get endpoint(): SubmissionEndpoint | null {
    const { status } = this;
    return status?.endpoints.find((of) => of.environment === status.active) ?? null;
  }

  runs(report: string): SubmissionFacts[] {
    return this.status?.submissions.filter((run) => run.report === report) ?? [];
  }

  async load(): Promise<void> {
    try {
      this.status = await desk.submissionStatus();
      this.problem = null;
    } catch (reason) {
      this.problem = desk.wireError(reason);
    }
  }

  /** Another report is open: what was read of the one before is dropped. */
  turn(): void {
    this.dry = null;
    this.refusal = null;
  }

  configure(request: SubmissionConfigure): Promise<boolean> {
    return this.#act(async () => {
      const of = await desk.submissionConfigure(request);
      messages.say('done', t.submission.form.done(of.host));
      await this.load();
    });
  }

  off(): Promise<boolean> {
    return this.#act(async () => {
      await desk.submissionOff();
      messages.say('done', t.submission.form.offDone);
      await this.load();
    });
  }

  unlock(hours: number, reason: string): Promise<boolean> {
    return this.#act(async () => {
      await desk.submissionUnlock(hours, reason);
      messages.say('done', t.submission.unlock.asked, t.packages.org.askedMore);
      await this.load();
    });
  }

  dryRun(report: string): Promise<boolean> {
    return this.#act(async () => {
      this.dry = await desk.submissionDryRun(report);
    });
  }

  start(report: string, resume: boolean): Promise<boolean> {
    return this.#act(async () => {
      await desk.submissionRun(report, resume);
      this.#running = true;
      await this.tick(true);
    });
  }

  stop(report: string): Promise<boolean> {
    return this.#act(async () => {
      await desk.submissionStop(report);
      this.#running = true;
      await this.tick(true);
    });
  }

  /** Asks a second person to record as filed what has no receipt. */
  record(report: string, reason: string): Promise<boolean> {
    return this.#act(async () => {
      await desk.submissionRecord(report, reason);
      messages.say('done', t.submission.lost.asked, t.packages.org.askedMore);
      await Promise.all([packages.load(), removal.load()]);
    });
  }

  /** Called on every beat: once a second, how far the run is; at its end everything is asked for again. */
  async tick(now = false): Promise<void> {
    if (!now && clock.now - this.#polledAt < 1000) return;
    if (!this.#running && !now && this.progress === null) return;
    this.#polledAt = clock.now;
    try {
      this.progress = await desk.submissionProgress();
      if (this.#running && (this.progress === null || this.progress.ended !== null)) {
        this.#running = false;
        this.dry = null;
        await Promise.all([this.load(), packages.load()]);
      }
    } catch {
      // A missed question says nothing; the next beat asks again.
    }
  }

  reset(): void {
    this.status = null;
    this.problem = null;
    this.refusal = null;
    this.busy = false;
    this.dry = null;
    this.progress = null;
    this.#running = false;
  }

  async #act(what: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.refusal = null;
    try {
      await what();
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

export const submission = new Submission();
