/**
 * Holds a job to its memory limit, objects of the runtime included: the heap refuses what does not fit by itself, but accumulators, rows that
 * wait and the like live beside it. A job that needs too much fails with one message, before the system or V8 would end its process.
 * Where the process is not the job's alone (an engine as a library), the objects are not all the job's: the heap counts.
 */
import { getHeapStatistics } from 'node:v8';
import type { Heap } from '../types/heap.ts';

/** Of V8's own limit, behind which it ends the process. */
const SAFE_SHARE = 0.9;
/** Between two collections that only a suspicion asks for. */
const COLLECTION_MS = 1000;

export class MemoryGuard {
  readonly #heap: Heap;
  readonly #collectGarbage: (() => void) | null;
  #collectedMs = Number.NEGATIVE_INFINITY;

  /** `collectGarbage`: null where the process is not the job's own. */
  constructor(heap: Heap, collectGarbage: (() => void) | null) {
    this.#heap = heap;
    this.#collectGarbage = collectGarbage;
  }

  /** Throws `JOB_MEMORY_LIMIT`. Garbage does not count where it can be collected. Cheap. */
  check(): void {
    if (this.#fits()) return;
    const now = performance.now();
    if (now - this.#collectedMs < COLLECTION_MS) return;
    this.#collectedMs = now;
    this.#collectGarbage?.();
    if (!this.#fits()) throw this.#heap.limitError();
  }

  #fits(): boolean {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return used <= SAFE_SHARE * limit && this.#heap.fits(this.#collectGarbage ? used : 0);
  }
}
