// Who is at the console, where they are in it, and when it locks. Roles are enforced in core; here they only
// choose what the rail offers.

import type { Gate } from '../bindings/Gate';
import type { Role } from '../bindings/Role';
import type { Session } from '../bindings/Session';
import type { Status } from '../bindings/Status';
import type { WireError } from '../bindings/WireError';
import * as desk from '../console';
import { loadKeys, type KeySettings } from '../keys';
import { clock } from './clock.svelte';
import { cluster } from './cluster.svelte';
import { clusterList } from './clusterList.svelte';
import { due } from './due.svelte';
import { floods } from './floods.svelte';
import { gaps } from './gaps.svelte';
import { messages } from './messages.svelte';
import { packages } from './packages.svelte';
import { queue } from './queue.svelte';
import { removal } from './removal.svelte';
import { review } from './review.svelte';
import { sight } from './sight.svelte';
import { statement } from './statement.svelte';
import { submission } from './submission.svelte';

export type ViewName =
  'review' | 'clusters' | 'gaps' | 'packages' | 'removal' | 'history' | 'import' | 'due';
export type Sheet = 'palette' | 'keys' | 'machine';

/** What each role may open, in the order of the rail. */
export const VIEWS: Record<Role, ViewName[]> = {
  reviewer: ['review', 'clusters', 'gaps', 'packages', 'history', 'import'],
  supervisor: ['review', 'clusters', 'gaps', 'packages', 'removal', 'history', 'import', 'due'],
  custodian: ['packages', 'removal', 'history', 'due'],
};

/** The notice before the console locks, in milliseconds. */
export const NOTICE_MS = 60_000;

class Console {
  gate = $state<Gate | null>(null);
  problem = $state<WireError | null>(null);
  session = $state<Session | null>(null);
  status = $state<Status | null>(null);
  view = $state<ViewName>('review');
  sheet = $state<Sheet | null>(null);
  keys = $state<KeySettings>(loadKeys());
  inputAt = $state(performance.now());
  /** Why the unlock view is there, when it was not asked for. */
  lockedItself = $state(false);
  /** Which side of Clusters is shown: floods are for supervisors. */
  tab = $state<'clusters' | 'floods'>('clusters');
  /** A case, cluster or card that a view should turn to when it opens: set by links between views. */
  wanted = $state<number | null>(null);
  /** The field there that a link is about; a view takes it when it opens. */
  #field = '';
  #statusAt = 0;
  #asking = false;
  #locking = false;

  async begin(): Promise<void> {
    this.problem = null;
    try {
      this.gate = await desk.gate();
      if (this.gate.state === 'unlocked') {
        const session = await desk.session();
        if (session !== null) this.enter(session);
      }
    } catch (reason) {
      this.problem = desk.wireError(reason);
    }
  }

  async unlock(name: string, passphrase: string): Promise<void> {
    this.enter(await desk.unlock(name, passphrase));
  }

  enter(session: Session): void {
    this.session = session;
    this.view = VIEWS[session.role][0] ?? 'history';
    this.inputAt = performance.now();
    this.lockedItself = false;
    review.policyVersion = session.policy.version;
    void this.poll(true);
  }

  /** The policy in force may be another than when the session began. */
  async reread(): Promise<void> {
    try {
      const session = await desk.session();
      if (session === null || this.session === null) return;
      this.session = session;
      review.policyVersion = session.policy.version;
    } catch (reason) {
      messages.fail(reason);
    }
  }

  async lock(): Promise<void> {
    if (this.#locking) return;
    this.#locking = true;
    try {
      await sight.hide();
      await desk.lock();
      await this.left(false);
    } catch (reason) {
      messages.fail(reason);
    } finally {
      this.#locking = false;
    }
  }

  /** The session is over: nothing of it stays in the window. */
  async left(byItself: boolean): Promise<void> {
    if (this.session === null) return;
    sight.forget();
    this.session = null;
    this.status = null;
    this.sheet = null;
    this.wanted = null;
    this.#field = '';
    statement.fold();
    review.reset();
    queue.reset();
    cluster.reset();
    clusterList.reset();
    floods.reset();
    removal.reset();
    gaps.reset();
    due.reset();
    packages.reset();
    submission.reset();
    this.tab = 'clusters';
    messages.clear();
    this.lockedItself = byItself;
    await this.begin();
  }

  /** The field that a link is about, once. */
  take(): string {
    const field = this.#field;
    this.#field = '';
    return field;
  }

  /** Whether this person may open a view. */
  may(view: ViewName): boolean {
    return this.session !== null && VIEWS[this.session.role].includes(view);
  }

  go(view: ViewName, wanted: number | null = null, field = ''): void {
    if (!this.may(view)) return;
    if (view !== this.view) void sight.hide();
    this.wanted = wanted;
    this.#field = field;
    this.view = view;
    this.sheet = null;
  }

  /** The cards of floods, which supervisors act on; a reviewer sees the number and no card. */
  toFloods(): void {
    if (this.session?.role !== 'supervisor') return;
    this.tab = 'floods';
    this.go('clusters');
  }

  /** Everything that is owed, past due first: where a reminder leads. */
  toDue(): void {
    if (!this.may('due')) return;
    due.unfilter();
    if (this.view === 'due') void due.load();
    this.go('due');
  }

  /** A sign of life. */
  input(): void {
    this.inputAt = performance.now();
  }

  /** Milliseconds until the console locks, once the notice has begun; null before. */
  get notice(): number | null {
    const policy = this.session?.policy;
    if (policy === undefined) return null;
    const left = clock.left(policy.idleLockS * 1000, this.inputAt);
    return left <= Math.min(NOTICE_MS, policy.idleLockS * 500) ? left : null;
  }

  /** Status is asked every five seconds, every second while an import runs. */
  async poll(now = false): Promise<void> {
    if (this.session === null || this.#asking) return;
    const every = this.status?.import?.state === 'running' ? 1000 : 5000;
    if (!now && clock.now - this.#statusAt < every) return;
    this.#statusAt = performance.now();
    this.#asking = true;
    try {
      const status = await desk.status();
      const wasRunning = this.status?.import?.state === 'running';
      if (this.session !== null) this.status = status;
      if (wasRunning && status.import?.state !== 'running') void queue.load();
    } catch {
      // A locked store says so through its own event; a single missed poll says nothing.
    } finally {
      this.#asking = false;
    }
  }
}

export const casement = new Console();
