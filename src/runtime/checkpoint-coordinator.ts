/**
 * Takes the checkpoints of one running job. The walk of a barrier:
 *
 * 1. The interval is over (or much output has gathered): {@link CheckpointCoordinator} asks the runner for a barrier.
 * 2. Between two batches the runner calls back; positions, dirty state and the sinks' buffers are sealed into a PendingCheckpoint.
 * 3. The loop goes on with the next epoch. Off the hot path the data is written and synced; the manifest's rename is the commit.
 * 4. Each sink's buffer is applied with its marker in one transaction of the sink (`sink-line.ts`), in order, while the loop runs.
 * 5. Old checkpoints go; sources hear which position is safe.
 *
 * A start is a checkpoint too (rule 1): {@link CheckpointCoordinator.start} makes it durable before a sink is touched.
 */

import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { EngineError, messageOf } from '../base/error.ts';
import type { JobGraph } from '../dataflow/job-graph.ts';
import type { SinkMarker } from '../dataflow/sink.ts';
import { type CheckpointStore, DataFile, isDoubtful, replaceFile } from './checkpoint-store.ts';
import { closeAll } from './close-all.ts';
import type { FileRef, Manifest, SinkEntry } from './completed-checkpoint.ts';
import type { CrashPoint } from './crash-point.ts';
import type { JobChain } from './job-chain.ts';
import type { JobParts } from './job-parts.ts';
import type { JobRunner } from './job-runner.ts';
import type { CheckpointSettings } from './job-settings.ts';
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

/** Epochs that a sink may be behind before the sources wait. */
const UNCOMMITTED_EPOCHS_MAX = 3;
/** Bytes of output after which a checkpoint is taken early. */
const OUTPUT_BYTES_MAX = 64 * 2 ** 20;
const UNTRACKED_FLUSH_MS = 1000;

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

export interface CoordinatorOptions {
  readonly jobId: string;
  readonly graph: JobGraph;
  readonly settings: CheckpointSettings;
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
  readonly allowDuplicates: boolean;
  readonly crash: CrashPoint;
  readonly merge: JobParts['merge'];
  /** A checkpoint completed or failed. */
  report(statistics: CheckpointStatistics): void;
  notice(text: string): void;
}

export class CheckpointCoordinator {
  readonly #options: CoordinatorOptions;
  #chain: JobChain | null = null;
  #runner: JobRunner | null = null;
  #lastId: number;
  #predecessor: number | null;
  #operators: Record<string, readonly FileRef[]>;
  #sources: Manifest['sources'];
  #latest: Manifest | null = null;
  readonly #carried: CarriedOutput = new Map();
  #failures = 0;
  /** The last checkpoint found no room. */
  #isDiskFull = false;
  #isBusy: Promise<unknown> = Promise.resolve();
  #cancelTimer: (() => void) | null = null;
  #earlyRequested = false;
  #isStopped = false;
  #merging: Promise<void> | null = null;
  #mergeCount = 0;
  #held: PromiseWithResolvers<void> | null = null;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#lastId = options.highestId;
    this.#predecessor = options.restored?.id ?? null;
    this.#operators = { ...options.restored?.operators };
    this.#sources = options.restored?.sources ?? {};
  }

  /** The newest durable checkpoint of this run. */
  get latest(): Manifest | null {
    return this.#latest;
  }

  /** Rule 1: the checkpoint of this start, then each sink is brought to it. No source may have been opened. */
  async start(): Promise<void> {
    const options = this.#options;
    const { store } = options;
    const id = ++this.#lastId;
    const mark = { incarnation: options.incarnation, epoch: id };
    for (const line of options.lines) line.check(mark, options.allowDuplicates);
    const manifest = await this.#begin(mark).catch((error) => {
      throw isDiskFull(error) ? diskFull(store.folder, error) : error;
    });
    this.#completed(manifest);
    options.crash('after-start-checkpoint');
    for (const line of options.lines) await line.start(mark, options.allowDuplicates);
    await store.removeOrphans();
  }

  async #begin(mark: SinkMarker): Promise<Manifest> {
    const { store, clock } = this.#options;
    await replaceFile(
      join(store.folder, 'incarnation'),
      `${JSON.stringify({ incarnation: mark.incarnation, id: mark.epoch })}\n`,
    );
    const sinks = this.#sinkEntries((line) => line.entry([{ epoch: mark.epoch, output: null }]));
    const manifest = this.#manifest(mark.epoch, clock.now(), sinks);
    await store.write(manifest, []);
    return manifest;
  }

  /** From now on checkpoints are taken at their interval. */
  run(chain: JobChain, runner: JobRunner): void {
    this.#chain = chain;
    this.#runner = runner;
    this.#schedule();
  }

  /** A promise while sinks are too far behind. */
  backPressure(): Promise<void> | null {
    if (this.#options.lines.every((line) => line.pendingCount < UNCOMMITTED_EPOCHS_MAX)) return null;
    this.#held ??= Promise.withResolvers<void>();
    return this.#held.promise;
  }

  /** Between batches: takes a checkpoint early when much output has gathered. */
  afterBatch(): void {
    if (this.#earlyRequested || !this.#chain) return;
    let bytes = 0;
    for (const { writer } of this.#chain.sinks) bytes += writer.bufferedBytes;
    if (bytes < OUTPUT_BYTES_MAX) return;
    this.#earlyRequested = true;
    this.#trigger();
  }

  /** Takes a checkpoint now, whatever the interval; `atBarrier` runs at the barrier. Resolves when it is durable. */
  async take(atBarrier?: () => void): Promise<Manifest> {
    this.#cancelTimer?.();
    const taken = this.#isBusy.then(() => this.#take(true, atBarrier));
    this.#isBusy = taken.catch(() => {});
    const manifest = await taken;
    this.#schedule();
    if (!manifest)
      throw new EngineError('CHECKPOINT_FAILED', 'The checkpoint could not be completed.', { retryable: true });
    return manifest;
  }

  /** The last checkpoint of a loop that is over; every sink is brought to it. */
  async finish(): Promise<Manifest> {
    this.stop();
    await this.#isBusy;
    const { runner, chain } = this.#running();
    let pending: PendingCheckpoint | undefined;
    await runner.finalBarrier(() => {
      pending = seal(chain, ++this.#lastId, this.#options.clock.now(), this.#carried);
    });
    const manifest = pending && (await this.#persist(pending));
    if (!manifest)
      throw new EngineError('CHECKPOINT_FAILED', 'The last checkpoint could not be completed.', { retryable: true });
    await this.settled();
    return manifest;
  }

  /** Resolves when every sink has what durable checkpoints gave it. */
  async settled(): Promise<void> {
    for (const line of this.#options.lines) await line.settled();
  }

  /** No further checkpoint begins. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  async close(): Promise<void> {
    this.stop();
    await this.#isBusy;
    await this.#merging;
    await closeAll(this.#options.lines.map((line) => () => line.close()));
  }

  async exportTo(manifest: Manifest, target: string): Promise<void> {
    const started = this.#options.clock.now();
    await this.#options.store.exportTo(manifest, target);
    const now = this.#options.clock.now();
    this.#options.report({
      id: manifest.id,
      kind: 'savepoint',
      path: target,
      status: 'COMPLETED',
      completedAtMs: now,
      durationMs: now - started,
      stateBytes: manifest.stateBytes,
    });
  }

  get #isTracked(): boolean {
    return this.#options.settings.intervalMs > 0 && this.#options.graph.mode === 'streaming';
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#cancelTimer?.();
    const { intervalMs, minPauseMs } = this.#options.settings;
    if (this.#options.graph.mode === 'batch') return;
    const wait = this.#isTracked ? Math.max(intervalMs, minPauseMs) : UNTRACKED_FLUSH_MS;
    this.#cancelTimer = this.#options.clock.after(wait, () => this.#trigger());
  }

  #trigger(): void {
    this.#cancelTimer?.();
    this.#isBusy = this.#isBusy
      .then(async () => {
        if (this.#isStopped) return;
        if (this.#isTracked) await this.#take(false);
        else await this.#flushUntracked();
      })
      .then(
        () => this.#schedule(),
        (error) => this.#runner?.fail(error),
      );
  }

  /** One checkpoint from barrier to manifest. Null: nothing had changed, or it failed within what is tolerated. */
  async #take(always: boolean, atBarrier?: () => void): Promise<Manifest | null> {
    const { runner, chain } = this.#running();
    let pending: PendingCheckpoint | null = null;
    try {
      await runner.atBarrier(() => {
        this.#earlyRequested = false;
        const sealed = seal(chain, this.#lastId + 1, this.#options.clock.now(), this.#carried);
        atBarrier?.();
        if (!always && this.#isUnchanged(sealed)) return;
        this.#lastId++;
        pending = sealed;
      });
    } catch (error) {
      if (always) throw error;
      return null;
    }
    return pending ? await this.#persist(pending) : null;
  }

  #isUnchanged(pending: PendingCheckpoint): boolean {
    return (
      pending.segments.size === 0 &&
      pending.outputs.length === 0 &&
      JSON.stringify(pending.sources, bigintText) === JSON.stringify(this.#sources, bigintText)
    );
  }

  async #persist(pending: PendingCheckpoint): Promise<Manifest | null> {
    const { store, crash } = this.#options;
    const before = { operators: this.#operators, sources: this.#sources };
    const { chain } = this.#running();
    this.#sources = pending.sources;
    this.#operators = withSegments(this.#operators, pending);
    const byUid = new Map(pending.outputs.map((output) => [output.uid, output]));
    const sinks = this.#sinkEntries((line) => {
      const sealed = byUid.get(line.uid);
      return line.entry(sealed ? [{ epoch: pending.id, output: sealed.output }] : []);
    });
    const manifest = this.#manifest(pending.id, pending.startedAtMs, sinks);
    try {
      crash('before-data');
      await store.write(manifest, [pending.state, pending.output]);
    } catch (error) {
      this.#operators = before.operators;
      this.#sources = before.sources;
      takeBack(chain, pending, this.#carried);
      this.#failed(pending, error);
      return null;
    }
    acknowledge(chain, pending);
    this.#carried.clear();
    this.#failures = 0;
    this.#hand(pending);
    this.#completed(manifest);
    await this.#afterwards(pending, chain);
    return manifest;
  }

  /** What a completed checkpoint allows: older ones go, sources may trim. Failures here cost nothing but room. */
  async #afterwards(pending: PendingCheckpoint, chain: JobChain): Promise<void> {
    const { store, settings, notice } = this.#options;
    try {
      await store.prune(settings.retained);
    } catch (error) {
      notice(`Old checkpoints could not be removed: ${messageOf(error)}`);
    }
    this.#mergeSegments();
    for (const source of chain.sources)
      source.reader?.checkpointComplete?.(pending.sources[source.vertex.uid]?.position);
  }

  /** Long lists of segments become one base, beside the loop; the next manifest names it. */
  #mergeSegments(): void {
    if (this.#merging) return;
    const { store, merge, notice } = this.#options;
    const due = Object.entries(this.#operators).filter(([, refs]) => isMergeDue(refs));
    if (due.length === 0) return;
    const number = ++this.#mergeCount;
    this.#merging = mergeOperators(due, { store, merge, file: `shared/${this.#lastId}-merged-${number}` })
      .then((merged) => {
        for (const [uid, { before, base }] of merged) {
          const refs = this.#operators[uid] ?? [];
          const isPrefix = before.every((ref, i) => refs[i] === ref);
          if (isPrefix) this.#operators = { ...this.#operators, [uid]: [base, ...refs.slice(before.length)] };
        }
      })
      .catch((error) => notice(`Segments of state could not be merged: ${messageOf(error)}`))
      .finally(() => {
        this.#merging = null;
      });
  }

  /** Gives the sinks what is durable now. */
  #hand(pending: PendingCheckpoint): void {
    for (const { uid, output, chunks } of pending.outputs) {
      const line = this.#options.lines.find((candidate) => candidate.uid === uid);
      if (!line) continue;
      line.add(pending.id, output, chunks);
      line.settled().then(
        () => this.#letGo(),
        (error) => this.#runner?.fail(error),
      );
    }
  }

  #letGo(): void {
    if (this.#options.lines.some((line) => line.pendingCount >= UNCOMMITTED_EPOCHS_MAX)) return;
    const held = this.#held;
    this.#held = null;
    held?.resolve();
  }

  /** Checkpoints are switched off: rows go to the sinks at least once. The states keep their dirty marks for a savepoint. */
  async #flushUntracked(): Promise<void> {
    const { runner, chain } = this.#running();
    const epoch = ++this.#lastId;
    let outputs: SealedOutput[] = [];
    await runner
      .atBarrier(() => {
        this.#earlyRequested = false;
        outputs = sealOutputs(chain, new DataFile(''), this.#carried);
        this.#carried.clear();
      })
      .catch(() => {});
    for (const { uid, chunks } of outputs)
      await this.#options.lines.find((line) => line.uid === uid)?.commitUntracked(epoch, chunks);
    this.#letGo();
  }

  #failed(pending: PendingCheckpoint, error: unknown): void {
    const { report, clock, settings, store } = this.#options;
    const now = clock.now();
    report({
      id: pending.id,
      kind: 'checkpoint',
      path: store.pathOf(pending.id),
      status: 'FAILED',
      completedAtMs: now,
      durationMs: now - pending.startedAtMs,
      stateBytes: bytesOf(this.#operators),
      failure: messageOf(error),
    });
    if (isDoubtful(error)) throw error;
    // A full disk is answered by waiting: nothing is lost, and there may be room again.
    if (isDiskFull(error)) {
      if (!this.#isDiskFull) this.#options.notice(fullText(store.folder, error));
      this.#isDiskFull = true;
      return;
    }
    if (++this.#failures <= settings.tolerableFailures) return;
    throw new EngineError('CHECKPOINT_FAILED', 'Exceeded checkpoint tolerable failure threshold.', {
      exceptionClass: 'org.apache.flink.util.FlinkRuntimeException',
      retryable: true,
      cause: error,
    });
  }

  #completed(manifest: Manifest): void {
    this.#isDiskFull = false;
    this.#predecessor = manifest.id;
    this.#latest = manifest;
    const { report, store, clock } = this.#options;
    const now = clock.now();
    report({
      id: manifest.id,
      kind: 'checkpoint',
      path: store.pathOf(manifest.id),
      status: 'COMPLETED',
      completedAtMs: now,
      durationMs: now - manifest.startedAtMs,
      stateBytes: manifest.stateBytes,
    });
  }

  #manifest(id: number, startedAtMs: number, sinks: Record<string, SinkEntry>): Manifest {
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
      stateBytes: bytesOf(this.#operators),
      isFinal: this.#chain?.sources.every((source) => source.ended) ?? this.#options.restored?.isFinal ?? false,
      graph,
      sources: this.#sources,
      operators: this.#operators,
      sinks,
    };
  }

  #sinkEntries(of: (line: SinkLine) => SinkEntry): Record<string, SinkEntry> {
    const untracked = this.#isTracked ? {} : { untracked: true };
    return Object.fromEntries(this.#options.lines.map((line) => [line.uid, { ...of(line), ...untracked }]));
  }

  #running(): { runner: JobRunner; chain: JobChain } {
    if (!this.#runner || !this.#chain) throw new EngineError('INTERNAL', 'the job is not running');
    return { runner: this.#runner, chain: this.#chain };
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

function bytesOf(operators: Record<string, readonly FileRef[]>): number {
  let bytes = 0;
  for (const refs of Object.values(operators))
    for (const ref of refs) for (const length of ref.lengths) bytes += length;
  return bytes;
}

/** A start cannot wait: the restart strategy does. */
function diskFull(folder: string, cause: unknown): EngineError {
  return new EngineError('CHECKPOINT_FAILED', `No room for checkpoints in '${folder}': ${messageOf(cause)}`, {
    exceptionClass: 'java.io.IOException',
    retryable: true,
    cause,
  });
}

function fullText(folder: string, error: unknown): string {
  return `No room for checkpoints in '${folder}' (${messageOf(error)}). The job goes on and tries again; its sinks wait until a checkpoint is complete.`;
}

function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
