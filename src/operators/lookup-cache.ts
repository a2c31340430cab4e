/** Rows of an outside table by key, as they were when they were last asked for: Flink's partial cache, bounded by keys and by age. */
import type { LookupCacheSpec } from '../dataflow/lookup.ts';
import type { Value } from '../types/value.ts';

type Rows = ReadonlyArray<readonly Value[]>;

interface Entry {
  readonly rows: Rows;
  readonly writtenMs: number;
  readMs: number;
}

export class LookupCache {
  readonly #entries = new Map<string, Entry>();
  readonly #spec: LookupCacheSpec | null;

  /** `spec` null: nothing is kept. */
  constructor(spec: LookupCacheSpec | null) {
    this.#spec = spec;
  }

  get(key: string, nowMs: number): Rows | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (this.#isOld(entry, nowMs)) return undefined;
    // The map's order is that of use: the first is the one to go.
    entry.readMs = nowMs;
    this.#entries.set(key, entry);
    return entry.rows;
  }

  put(key: string, rows: Rows, nowMs: number): void {
    const spec = this.#spec;
    if (!spec || (rows.length === 0 && !spec.keepsMisses)) return;
    this.#entries.delete(key);
    this.#entries.set(key, { rows, writtenMs: nowMs, readMs: nowMs });
    if (spec.maxKeys !== null && this.#entries.size > spec.maxKeys) this.#dropFirst();
    this.#dropOld(nowMs);
  }

  /** Keys that nobody asks for any more leave one by one, two for each that comes. */
  #dropOld(nowMs: number): void {
    for (let i = 0; i < 2; i++) {
      const first = this.#entries.values().next().value;
      if (!first || !this.#isOld(first, nowMs)) return;
      this.#dropFirst();
    }
  }

  #dropFirst(): void {
    this.#entries.delete(this.#entries.keys().next().value as string);
  }

  #isOld({ writtenMs, readMs }: Entry, nowMs: number): boolean {
    const { afterWriteMs = null, afterAccessMs = null } = this.#spec ?? {};
    return (
      (afterWriteMs !== null && nowMs - writtenMs >= afterWriteMs) ||
      (afterAccessMs !== null && nowMs - readMs >= afterAccessMs)
    );
  }
}
