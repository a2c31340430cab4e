/**
 * Makes one job's checkpoints durable: their numbers, their manifests, and the lists of segments that manifests name. When a checkpoint is
 * taken, and what its failure means, is the coordinator's.
 */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/error.ts';
import type { JobGraph } from '../dataflow/job-graph.ts';
import type { SinkMarker } from '../dataflow/sink.ts';
import type { CheckpointDeadline } from './checkpoint-deadline.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { bytesOf, type FileRef, type Manifest, type SinkEntry } from './completed-checkpoint.ts';
import type { CrashPoint } from './crash-point.ts';
import { DataFile } from './data-file.ts';
import type { JobChain } from './job-chain.ts';
import type { JobParts } from './job-parts.ts';
import {
  acknowledge,
  type CarriedOutput,
  type PendingCheckpoint,
  type SealedOutput,
  seal,
  sealOutputs,
  takeBack,
} from './pending-checkpoint.ts';
import { isMergeDue, mergeOperators } from './segment-merge.ts';
import type { SinkLine } from './sink-line.ts';
import { replaceFile } from './synced-files.ts';

export interface CheckpointStatistics {
  readonly id: number;
  readonly kind: 'checkpoint' | 'savepoint';
  readonly path: string;
  readonly status: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS';
  readonly completedAtMs: number;
  readonly durationMs: number;
  readonly stateBytes: number;
  readonly failure?: string;
}

export interface CheckpointWriterOptions {
  readonly jobId: string;
  readonly graph: JobGraph;
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly lineage: string;
  readonly lockPath: string;
  readonly lines: readonly SinkLine[];
  /** The checkpoint that the job starts from, its files in the store's folder; null at a first start. */
  readonly restored: Manifest | null;
  /** Highest number seen in the folder, the checkpoint and the markers. */
  readonly highestId: number;
  readonly incarnation: number;
  /** False: checkpoints are switched off, and the manifests say so. */
  readonly isTracked: boolean;
  readonly crash: CrashPoint;
  readonly mergeFiles: JobParts['mergeFiles'];
  /** A checkpoint completed or failed. */
  report(statistics: CheckpointStatistics): void;
  notice(text: string): void;
}

export class CheckpointWriter {
  readonly #options: CheckpointWriterOptions;
  #lastId: number;
  #predecessor: number | null;
  #operators: Record<string, readonly FileRef[]>;
  #sources: Manifest['sources'];
  readonly #carried: CarriedOutput = new Map();
  #merging: Promise<void> | null = null;
  readonly #ended = new AbortController();
  #mergeCount = 0;
  /** An expired checkpoint may still be at its files. */
  #writing: Promise<void> = Promise.resolve();

  constructor(options: CheckpointWriterOptions) {
    this.#options = options;
    this.#lastId = options.highestId;
    this.#predecessor = options.restored?.id ?? null;
    this.#operators = { ...options.restored?.operators };
    this.#sources = options.restored?.sources ?? {};
  }

  /** A number that was never used before. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Rule 1: the checkpoint of a start, and its incarnation. */
  async begin(mark: SinkMarker): Promise<void> {
    const { store, clock } = this.#options;
    await replaceFile(
      join(store.folder, 'incarnation'),
      `${JSON.stringify({ incarnation: mark.incarnation, id: mark.epoch })}\n`,
    );
    const sinks = this.#sinkEntries((line) => line.entry([{ epoch: mark.epoch, output: null }]));
    const manifest = this.#manifest(mark.epoch, clock.now(), sinks, this.#options.restored?.isFinal ?? false);
    await store.write(manifest, []);
    this.#completed(manifest);
  }

  /** At a barrier. Null: nothing has changed since the last checkpoint, and it need not be written (`always`: it is all the same). */
  seal(chain: JobChain, always: boolean, triggeredAtMs: number): PendingCheckpoint | null {
    const sealed = seal(chain, this.#lastId + 1, triggeredAtMs, this.#carried);
    if (!always && this.#isUnchanged(sealed)) return null;
    this.#lastId++;
    return sealed;
  }

  /** At a barrier, when checkpoints are switched off: ends the epoch of the sinks alone. */
  sealUntracked(chain: JobChain): SealedOutput[] {
    const outputs = sealOutputs(chain, new DataFile(''), this.#carried);
    this.#carried.clear();
    return outputs;
  }

  /** Makes a sealed checkpoint durable. When it rejects, what was sealed comes again with the next one (rule 7). */
  async write(pending: PendingCheckpoint, chain: JobChain, deadline: CheckpointDeadline): Promise<Manifest> {
    const { store, crash } = this.#options;
    const before = { operators: this.#operators, sources: this.#sources };
    this.#sources = pending.sources;
    this.#operators = withSegments(this.#operators, pending);
    const byUid = new Map(pending.outputs.map((output) => [output.uid, output]));
    const sinks = this.#sinkEntries((line) => {
      const sealed = byUid.get(line.uid);
      return line.entry(sealed ? [{ epoch: pending.id, output: sealed.output }] : []);
    });
    const isFinal = chain.sources.every((source) => source.ended);
    const manifest = this.#manifest(pending.id, pending.startedAtMs, sinks, isFinal);
    try {
      crash('before-data');
      const written = store.write(manifest, [pending.state, pending.output], () => deadline.meet());
      this.#writing = Promise.allSettled([this.#writing, written]).then(() => {});
      await deadline.race(written);
    } catch (error) {
      this.#operators = before.operators;
      this.#sources = before.sources;
      takeBack(chain, pending, this.#carried);
      throw error;
    }
    acknowledge(chain, pending);
    this.#carried.clear();
    this.#completed(manifest);
    return manifest;
  }

  /** What a completed checkpoint allows: older ones go, long lists of segments are merged. Failures here cost nothing but room. */
  async tidy(retained: number): Promise<void> {
    const { store, notice } = this.#options;
    try {
      await store.prune(retained);
    } catch (error) {
      notice(`Old checkpoints could not be removed: ${messageOf(error)}`);
    }
    this.#mergeSegments();
  }

  async exportTo(manifest: Manifest, target: string): Promise<void> {
    const started = this.#options.clock.now();
    await this.#options.store.exportTo(manifest, target);
    this.#report({ ...manifest, kind: 'savepoint', startedAtMs: started }, target);
  }

  failed(pending: Pick<PendingCheckpoint, 'id' | 'startedAtMs'>, error: unknown): void {
    const { report, clock, store } = this.#options;
    const now = clock.now();
    report({
      id: pending.id,
      kind: 'checkpoint',
      path: store.pathOf(pending.id),
      status: 'FAILED',
      completedAtMs: now,
      durationMs: now - pending.startedAtMs,
      stateBytes: bytesOfAll(this.#operators),
      failure: messageOf(error),
    });
  }

  /** A merge that is under way is given up. */
  async close(): Promise<void> {
    this.#ended.abort();
    await this.#merging;
    await this.#writing;
  }

  #isUnchanged(pending: PendingCheckpoint): boolean {
    return (
      pending.segments.size === 0 &&
      pending.outputs.length === 0 &&
      JSON.stringify(pending.sources, bigintText) === JSON.stringify(this.#sources, bigintText)
    );
  }

  /** Long lists of segments become one base, beside the loop; the next manifest names it. */
  #mergeSegments(): void {
    if (this.#merging) return;
    const { store, mergeFiles, notice } = this.#options;
    const operators = Object.entries(this.#operators).flatMap(([uid, refs]) =>
      isMergeDue(refs) ? [{ uid, refs }] : [],
    );
    if (operators.length === 0) return;
    const file = `shared/${this.#lastId}-merged-${++this.#mergeCount}`;
    const { signal } = this.#ended;
    this.#merging = mergeOperators({ folder: store.folder, file, operators }, store, mergeFiles, signal)
      .then((bases) => {
        for (const [i, { uid, refs: before }] of operators.entries()) {
          const refs = this.#operators[uid] ?? [];
          const isPrefix = before.every((ref, at) => refs[at] === ref);
          const base = bases[i] as FileRef;
          if (isPrefix) this.#operators = { ...this.#operators, [uid]: [base, ...refs.slice(before.length)] };
        }
      })
      .catch((error) => {
        if (!signal.aborted) notice(`Segments of state could not be merged: ${messageOf(error)}`);
      })
      .finally(() => {
        this.#merging = null;
      });
  }

  #completed(manifest: Manifest): void {
    this.#predecessor = manifest.id;
    this.#report(manifest, this.#options.store.pathOf(manifest.id));
  }

  #report({ id, kind, startedAtMs, stateBytes }: Manifest, path: string): void {
    const { report, clock } = this.#options;
    const now = clock.now();
    report({ id, kind, path, status: 'COMPLETED', completedAtMs: now, durationMs: now - startedAtMs, stateBytes });
  }

  #manifest(id: number, startedAtMs: number, sinks: Record<string, SinkEntry>, isFinal: boolean): Manifest {
    const { jobId, graph, lineage, lockPath, incarnation, clock } = this.#options;
    return {
      kind: 'checkpoint',
      id,
      predecessor: this.#predecessor,
      jobId,
      jobName: graph.name,
      lineage,
      lockPath,
      incarnation,
      startedAtMs,
      durationMs: clock.now() - startedAtMs,
      stateBytes: bytesOfAll(this.#operators),
      isFinal,
      graph,
      sources: this.#sources,
      operators: this.#operators,
      sinks,
    };
  }

  #sinkEntries(of: (line: SinkLine) => SinkEntry): Record<string, SinkEntry> {
    const untracked = this.#options.isTracked ? {} : { untracked: true };
    return Object.fromEntries(this.#options.lines.map((line) => [line.uid, { ...of(line), ...untracked }]));
  }
}

function withSegments(
  operators: Record<string, readonly FileRef[]>,
  pending: PendingCheckpoint,
): Record<string, readonly FileRef[]> {
  const next = { ...operators };
  for (const [uid, { ref, isBase }] of pending.segments) next[uid] = isBase ? [ref] : [...(next[uid] ?? []), ref];
  return next;
}

function bytesOfAll(operators: Record<string, readonly FileRef[]>): number {
  let bytes = 0;
  for (const refs of Object.values(operators)) for (const ref of refs) bytes += bytesOf(ref);
  return bytes;
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
