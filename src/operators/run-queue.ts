/**
 * Runs by their first row, the earliest first: the binary heap of Java's PriorityQueue, since the order of runs that began together decides
 * which of two matches goes out.
 */
import type { Run } from './match-run.ts';

export class RunQueue {
  #items: Run[] = [];

  /** In the order of the heap's array. */
  get items(): readonly Run[] {
    return this.#items;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): Run | undefined {
    return this.#items[0];
  }

  add(run: Run): void {
    const items = this.#items;
    let at = items.length;
    items.push(run);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = items[parent] as Run;
      if (run.start >= above.start) break;
      items[at] = above;
      at = parent;
    }
    items[at] = run;
  }

  poll(): void {
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(0, last);
  }

  /** Removes the runs that began before a row. */
  removeBelow(row: number): void {
    const kept = this.#items.filter((run) => run.start >= row);
    if (kept.length === this.#items.length) return;
    this.#items = kept;
    for (let at = (kept.length >>> 1) - 1; at >= 0; at--) this.#sink(at, kept[at] as Run);
  }

  clear(): void {
    this.#items.length = 0;
  }

  /** Takes over what another queue has, and leaves it empty. */
  takeFrom(other: RunQueue): void {
    const items = this.#items;
    this.#items = other.#items;
    other.#items = items;
    items.length = 0;
  }

  #sink(from: number, run: Run): void {
    const items = this.#items;
    const half = items.length >>> 1;
    let at = from;
    while (at < half) {
      let child = 2 * at + 1;
      const right = child + 1;
      if (right < items.length && (items[child] as Run).start > (items[right] as Run).start) child = right;
      const below = items[child] as Run;
      if (run.start <= below.start) break;
      items[at] = below;
      at = child;
    }
    items[at] = run;
  }
}
