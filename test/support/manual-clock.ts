/** A clock that stands still until it is moved. */
import type { Clock } from '../../src/base/clock.ts';

export class ManualClock implements Clock {
  #nowMs: number;
  #timers: Array<{ readonly atMs: number; readonly callback: () => void }> = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  /** Moves on; what is due is called, in order. */
  pass(ms: number): void {
    const until = this.#nowMs + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.atMs <= until).sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      this.#timers = this.#timers.filter((one) => one !== due);
      due.callback();
    }
    this.#nowMs = until;
  }
}
