/** The checkpoints of one job that a user can see: the retained ones, savepoints, and the last few failures. */

import { readManifest } from './checkpoint-reading.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { CheckpointStatistics } from './checkpoint-writer.ts';
import type { CheckpointSummary } from './job-service.ts';

const FAILURES_KEPT = 3;

export class CheckpointHistory {
  readonly #retained: number;
  #all: CheckpointStatistics[] = [];
  #completed = 0;
  #failed = 0;

  constructor(retained: number) {
    this.#retained = retained;
  }

  /** What is on disk after a start of the engine, by the manifests alone. Damaged ones are left out here; resuming names them. */
  async load(store: CheckpointStore): Promise<void> {
    for (const id of await store.list()) {
      const path = store.pathOf(id);
      const manifest = await readManifest(path).catch(() => null);
      if (!manifest) continue;
      const { kind, startedAtMs, durationMs, stateBytes } = manifest;
      this.#all.push({
        id,
        kind,
        path,
        status: 'COMPLETED',
        completedAtMs: startedAtMs + durationMs,
        durationMs,
        stateBytes,
      });
    }
  }

  /** How many there were since the engine began. */
  get counts(): { readonly completed: number; readonly failed: number } {
    return { completed: this.#completed, failed: this.#failed };
  }

  /** The newest last. */
  statistics(): readonly CheckpointStatistics[] {
    return this.#all;
  }

  add(statistics: CheckpointStatistics): void {
    if (statistics.status === 'COMPLETED') this.#completed++;
    else if (statistics.status === 'FAILED') this.#failed++;
    this.#all.push(statistics);
    this.#trim('checkpoint', 'COMPLETED', this.#retained);
    this.#trim('checkpoint', 'FAILED', FAILURES_KEPT);
  }

  list(): CheckpointSummary[] {
    return this.#all.map(({ failure: _failure, ...summary }) => summary);
  }

  #trim(kind: string, status: string, keep: number): void {
    const matches = this.#all.filter((one) => one.kind === kind && one.status === status);
    const gone = new Set(matches.slice(0, Math.max(0, matches.length - keep)));
    if (gone.size > 0) this.#all = this.#all.filter((one) => !gone.has(one));
  }
}
