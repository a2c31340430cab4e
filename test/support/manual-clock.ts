/** A clock that moves only when told, and calls what is due then, in order. */
import type { Clock } from '../../src/base/clock.ts';

export class ManualClock implements Clock {
  nowMs = 1_700_000_000_000;
  #waiting: Array<{ readonly atMs: number; readonly callback: () => void }> = [];

  now(): number {
    return this.nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const entry = { atMs: this.nowMs + delayMs, callback };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((each) => each !== entry);
    };
  }

  advance(ms: number): void {
    const until = this.nowMs + ms;
    for (;;) {
      const [due] = this.#waiting.filter((each) => each.atMs <= until).sort((a, b) => a.atMs - b.atMs);
      if (!due) break;
      this.nowMs = Math.max(this.nowMs, due.atMs);
      this.#waiting = this.#waiting.filter((each) => each !== due);
      due.callback();
    }
    this.nowMs = until;
  }
}
