/** Rows of an outside table by key, as they were when they were last asked for: bounded by rows and by age. */
import type { Value } from '../types/value.ts';

type Rows = ReadonlyArray<readonly Value[]>;

export class LookupCache {
  readonly #entries = new Map<string, { readonly rows: Rows; readonly at: number }>();
  readonly #limit: number;
  readonly #ttlMs: number;

  /** `limit` 0: nothing is kept. `ttlMs` 0: kept until it is pushed out. */
  constructor(limit: number, ttlMs: number) {
    this.#limit = limit;
    this.#ttlMs = ttlMs;
  }

  get(key: string, nowMs: number): Rows | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (this.#ttlMs > 0 && nowMs - entry.at >= this.#ttlMs) {
      this.#entries.delete(key);
      return undefined;
    }
    // The map's order is that of use: the first is the one to go.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.rows;
  }

  put(key: string, rows: Rows, nowMs: number): void {
    if (this.#limit <= 0) return;
    this.#entries.set(key, { rows, at: nowMs });
    if (this.#entries.size > this.#limit) this.#entries.delete(this.#entries.keys().next().value as string);
  }
}
