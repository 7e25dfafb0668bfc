// The one beat of the window: monotonic milliseconds, so that a changed wall clock moves no countdown.

class Clock {
  now = $state(performance.now());
  #timer: ReturnType<typeof setInterval> | null = null;

  start(): void {
    this.#timer ??= setInterval(() => {
      this.now = performance.now();
    }, 250);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** What is left of `ms` that were told at `at`. */
  left(ms: number, at: number): number {
    return Math.max(0, ms - Math.max(0, this.now - at));
  }
}

export const clock = new Clock();
