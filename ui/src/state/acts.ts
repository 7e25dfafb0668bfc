// What each key does, view by view. Views other than Review lend their list through `lists`.

import type { Classification } from '../bindings/Classification';
import type { Verdict } from '../bindings/Verdict';
import type { Act, KeyTarget } from '../keys';
import { t } from '../words';
import { messages } from './messages.svelte';
import { queue } from './queue.svelte';
import { review } from './review.svelte';
import { casement, VIEWS } from './session.svelte';
import { sight } from './sight.svelte';

/** What J, K and Enter mean in a view other than Review. */
export interface ListKeys {
  move(by: number): void;
  open?(): void;
  search?(): void;
  /** Any other act; true when the view has one for it. */
  act?(act: Act): boolean;
  /** Escape; true when the view had something to leave. */
  leave?(): boolean;
}

let list: ListKeys | null = null;

/** A view lends its list while it is shown; the answer gives it back. */
export function lendList(keys: ListKeys): () => void {
  list = keys;
  return () => {
    if (list === keys) list = null;
  };
}

export const VERDICT_OF: Partial<Record<Act, Verdict>> = {
  confirm: 'confirmed',
  reject: 'not-a-match',
  cannotTell: 'cannot-tell',
  escalate: 'escalated',
};
export const CLASS_OF: Partial<Record<Act, Classification>> = {
  class1: 'A1',
  class2: 'A2',
  class3: 'B1',
  class4: 'B2',
};

/** Puts the focus on the element a test id names. */
export function focusOn(testid: string): void {
  document.querySelector<HTMLElement>(`[data-testid="${testid}"]`)?.focus();
}

/** The same, or on the first control within it that takes the focus. */
export function focusIn(testid: string): void {
  const element = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
  element?.focus();
  if (element === null || document.activeElement === element) return;
  element
    .querySelector<HTMLElement>('button, input, textarea, select, summary, [tabindex="0"]')
    ?.focus();
}

function panes(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-pane]')];
}

/** F6: the next pane, its list or itself. */
export function movePane(by: 1 | -1): void {
  const all = panes();
  if (all.length === 0) return;
  const from = all.findIndex((pane) => pane.contains(document.activeElement));
  const pane = all[(from + by + all.length) % all.length];
  const inner = pane?.querySelector<HTMLElement>('[data-pane-focus]');
  (inner ?? pane)?.focus();
  pane?.scrollIntoView({ block: 'nearest' });
}

/** The acts of looking, in every view that shows a veiled item. */
export function look(act: Act): boolean {
  if (act === 'viewUp') review.step(1);
  else if (act === 'viewDown') review.step(-1);
  else if (act === 'hashOnly') void sight.hide();
  else return false;
  return true;
}

function inReview(act: Act): void {
  const reviewer = casement.session?.role === 'reviewer';
  const verdict = VERDICT_OF[act];
  const classification = CLASS_OF[act];
  switch (act) {
    case 'next':
      return queue.move(1);
    case 'previous':
      return queue.move(-1);
    case 'search':
      return focusOn('queue-search');
    case 'why':
      review.why = !review.why;
      if (review.why) {
        const row = queue.rows.find((r) => r.facts.case === queue.selected);
        messages.announce(row === undefined ? '' : `${t.queue.why}: ${row.facts.why.join('; ')}`);
      }
      return;
  }
  if (!reviewer) return;
  if (act === 'open' && queue.selected !== null) void review.claim(queue.selected);
  else if (look(act)) return;
  else if (verdict !== undefined) {
    review.press(verdict);
    if (review.missing === 'rationale' && review.refusal === null) focusOn('rationale');
  } else if (classification !== undefined) review.choose(classification);
  else if (act === 'skip' && review.facts !== null) review.skipping = true;
  else if (act === 'undo') void review.undo();
  else if (act === 'commit') void review.commit();
  else if (act === 'rationale') focusOn('rationale');
}

export const keyTarget: KeyTarget = {
  act(act) {
    if (casement.session === null) return;
    if (act === 'palette') casement.sheet = casement.sheet === 'palette' ? null : 'palette';
    else if (act === 'keys') casement.sheet = 'keys';
    else if (act === 'lock') void casement.lock();
    else if (casement.sheet !== null) return;
    else if (act === 'nextPane') movePane(1);
    else if (act === 'previousPane') movePane(-1);
    else if (casement.view === 'review') inReview(act);
    else if (list?.act?.(act) === true) return;
    else if (act === 'next') list?.move(1);
    else if (act === 'previous') list?.move(-1);
    else if (act === 'open') list?.open?.();
    else if (act === 'search') list?.search?.();
  },
  goto(nth) {
    const role = casement.session?.role;
    const view = role === undefined ? undefined : VIEWS[role][nth - 1];
    if (view !== undefined) casement.go(view);
  },
  leave() {
    if (casement.session === null) return;
    if (review.skipping) review.skipping = false;
    else if (list?.leave?.() === true) return;
    else if (casement.view === 'review') {
      if (
        document.activeElement?.closest(
          '[data-testid="rationale"], [data-testid="queue-search"]',
        ) === null
      ) {
        review.typed.armed = null;
        review.typed.classification = null;
        review.refusal = null;
      }
    }
    const inner = document.querySelector<HTMLElement>('[data-pane] [data-pane-focus]');
    if (inner !== null) inner.focus();
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  },
  held() {
    if (
      ['review', 'clusters'].includes(casement.view) &&
      sight.phase !== 'veiled' &&
      sight.phase !== 'failed'
    )
      sight.peeking = true;
  },
  released() {
    if (sight.peeking) void sight.hide();
  },
  blocked: () => casement.sheet !== null,
};
