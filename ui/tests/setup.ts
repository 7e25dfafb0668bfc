import { cleanup } from '@testing-library/svelte';
import { clearMocks } from '@tauri-apps/api/mocks';
import { afterEach, beforeEach, vi } from 'vitest';
import { clock } from '../src/state/clock.svelte';
import { messages } from '../src/state/messages.svelte';
import { queue } from '../src/state/queue.svelte';
import { review } from '../src/state/review.svelte';
import { casement } from '../src/state/session.svelte';
import { sight } from '../src/state/sight.svelte';

beforeEach(() => {
  localStorage.clear();
  // Showing a modal is the engine's business; happy-dom has no top layer.
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
});

afterEach(async () => {
  vi.useRealTimers();
  cleanup();
  // The window stops listening in a promise; the shell has to be there until then.
  await new Promise((then) => setTimeout(then));
  clock.stop();
  sight.forget();
  sight.ondrawn = () => {};
  sight.onclosed = () => {};
  review.reset();
  queue.reset();
  messages.clear();
  casement.session = null;
  casement.status = null;
  casement.gate = null;
  casement.sheet = null;
  casement.wanted = null;
  clearMocks();
});
