/** Numbers by hash, in plain memory: an open addressing table that doubles. For work off the hot path. */
import { SLOT_FACTOR } from './hash.ts';

export class PairList {
  #log2 = 10;
  /** [hash, number + 1] by slot. */
  #pairs = new Int32Array(2 << 10);
  #used = 0;

  add(hash: number, number: number): void {
    if (++this.#used * 2 > 2 ** this.#log2) this.#double();
    this.#place(hash, number + 1);
  }

  /** Whether a number of this hash passes the test. */
  some(hash: number, test: (number: number) => boolean): boolean {
    const mask = 2 ** this.#log2 - 1;
    const pairs = this.#pairs;
    let slot = Math.imul(hash, SLOT_FACTOR) >>> (32 - this.#log2);
    for (; pairs[2 * slot + 1] !== 0; slot = (slot + 1) & mask)
      if (pairs[2 * slot] === hash && test((pairs[2 * slot + 1] as number) - 1)) return true;
    return false;
  }

  #place(hash: number, stored: number): void {
    const mask = 2 ** this.#log2 - 1;
    let slot = Math.imul(hash, SLOT_FACTOR) >>> (32 - this.#log2);
    while (this.#pairs[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
    this.#pairs[2 * slot] = hash;
    this.#pairs[2 * slot + 1] = stored;
  }

  #double(): void {
    const old = this.#pairs;
    this.#log2++;
    this.#pairs = new Int32Array(2 * 2 ** this.#log2);
    for (let at = 0; at < old.length; at += 2)
      if (old[at + 1] !== 0) this.#place(old[at] as number, old[at + 1] as number);
  }
}
