/** One attempt of a job: lineage and lock, state from a checkpoint, sinks brought to it, then the loop with its checkpoints. */

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../base/error.ts';
import { type FileLock, tryLock } from '../base/file-lock.ts';
import type { SinkSpec } from '../dataflow/job-graph.ts';
import { Heap } from '../types/heap.ts';
import { CheckpointCoordinator } from './checkpoint-coordinator.ts';
import { CheckpointStore, readCheckpointAt, readRef, readSegment } from './checkpoint-store.ts';
import { closeAll } from './close-all.ts';
import { type Manifest, mismatch } from './completed-checkpoint.ts';
import type { JobCounters, JobOptions, JobStart } from './job.ts';
import { buildChain, type ChainOptions, type JobChain, type RestoredVertices, sinkContext } from './job-chain.ts';
import { JobRunner } from './job-runner.ts';
import { checkpointSettings, memoryLimitBytes } from './job-settings.ts';
import { retryText, SinkLine } from './sink-line.ts';

export interface AttemptOptions extends JobOptions {
  readonly restore: JobStart['restore'];
  /** The lineage's lock when an earlier attempt of this run has it. */
  readonly lock: FileLock | null;
  running(): void;
}

const SETTLE_POLL_MS = 10;

interface Origin {
  readonly manifest: Manifest | null;
  readonly lineage: string;
  readonly highestId: number;
}

export class Attempt {
  readonly #options: AttemptOptions;
  readonly #heap: Heap;
  #lock: FileLock | null;
  #chain: JobChain | null = null;
  #runner: JobRunner | null = null;
  #coordinator: CheckpointCoordinator | null = null;
  #lines: SinkLine[] = [];
  #canceledBy: unknown = null;
  /** Set by `stop`: the loop's end is the job's, whether or not the sources have ended. */
  #stopping: Promise<unknown> | null = null;
  #drained: PromiseWithResolvers<Manifest> | null = null;
  /** Why newer checkpoints than the one it began from were passed over. */
  #skipped: readonly string[] = [];

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#lock = options.lock;
    this.#heap = new Heap(memoryLimitBytes(options.start.graph.settings));
  }

  get lock(): FileLock | null {
    return this.#lock;
  }

  get isRunning(): boolean {
    return this.#runner !== null;
  }

  async run(): Promise<void> {
    if (this.#options.collect) await this.#runQuery();
    else await this.#runJob();
  }

  cancel(reason: unknown): void {
    this.#canceledBy = reason;
    this.#drained?.reject(reason);
    this.#runner?.cancel();
  }

  stop(options: { target: string | null; drain: boolean }): Promise<string | null> {
    const stopping = this.#stopWith(options);
    this.#stopping = stopping;
    return stopping;
  }

  async #stopWith(options: { target: string | null; drain: boolean }): Promise<string | null> {
    const { runner, coordinator } = this.#started();
    const manifest = options.drain ? await this.#stopDrained(runner) : await this.#stopAtBarrier(runner, coordinator);
    if (options.target === null) return null;
    const path = join(options.target, savepointName(this.#options.start.jobId));
    await coordinator.exportTo(manifest, path);
    return path;
  }

  async takeCheckpoint(target: string | null): Promise<string> {
    const coordinator = this.#coordinator;
    if (!coordinator) throw new EngineError('JOB_NOT_RUNNING', 'The job takes no checkpoints.');
    const manifest = await coordinator.take();
    if (target === null) return join(this.#folder(), `chk-${manifest.id}`);
    const path = join(target, savepointName(this.#options.start.jobId));
    await coordinator.exportTo(manifest, path);
    return path;
  }

  /** Resolves when the sources have nothing more to give and every row is committed; gives the rows read so far. */
  async settle(): Promise<number> {
    const { runner, coordinator } = this.#started();
    for (;;) {
      const before = this.counters.recordsIn;
      while (!(runner.isIdle && (await runner.hasCaughtUp()))) await sleep(SETTLE_POLL_MS);
      if (!runner.hasEnded) await coordinator.take();
      await coordinator.settled();
      if (runner.isIdle && this.counters.recordsIn === before) return before;
    }
  }

  async close(): Promise<void> {
    const coordinator = this.#coordinator;
    const lines = coordinator ? [() => coordinator.close()] : this.#lines.map((line) => () => line.close());
    await closeAll([...lines, () => this.#chain?.close()]);
  }

  get counters(): JobCounters {
    const chain = this.#chain;
    const vertices: Record<string, { recordsIn: number; recordsOut: number }> = {};
    let recordsIn = 0;
    let recordsOut = 0;
    for (const { kind, vertex, counters } of chain?.nodes ?? []) {
      vertices[vertex.uid] = { ...counters };
      if (kind === 'source') recordsIn += counters.recordsOut;
      if (kind === 'sink' || kind === 'collect') recordsOut += counters.recordsIn;
    }
    return {
      recordsIn,
      recordsOut,
      restarts: 0,
      busyMs: this.#runner?.busyMs ?? 0,
      stateBytes: this.#heap.usedBytes,
      vertices,
      metrics: Object.fromEntries(chain?.metrics ?? []),
    };
  }

  async #runQuery(): Promise<void> {
    const { collect, clock, running } = this.#options;
    const chain = await buildChain(this.#chainOptions(`query-${this.#options.start.jobId}`, null));
    this.#chain = chain;
    await chain.openSources();
    const runner = new JobRunner({
      chain,
      heap: this.#heap,
      clock,
      backPressure: () => collect?.backPressure() ?? null,
    });
    this.#runner = runner;
    if (this.#canceledBy) throw this.#canceledBy;
    running();
    await runner.run();
    if (this.#canceledBy) throw this.#canceledBy;
  }

  async #runJob(): Promise<void> {
    const { clock, running } = this.#options;
    const settings = checkpointSettings(this.#options.start.graph.settings);
    const store = new CheckpointStore(this.#folder(), this.#options.crash);
    const origin = await this.#origin(store);
    const restored = origin.manifest && (await this.#restoredVertices(origin.manifest));
    const chainOptions = this.#chainOptions(origin.lineage, restored);
    const chain = await buildChain(chainOptions);
    this.#chain = chain;
    await this.#openLines(chain, chainOptions, origin.manifest);
    if (this.#lines.length > 0 && chainOptions.graph.mode === 'streaming' && settings.intervalMs <= 0)
      this.#options.events.notice(
        'Checkpoints are switched off: after a failure rows may be written twice (at-least-once).',
      );
    const coordinator = await this.#coordinatorFor(store, origin);
    this.#coordinator = coordinator;
    await coordinator.start().catch((error) => {
      throw this.#skipped.length === 0 ? error : afterSkipped(error, this.#skipped);
    });
    if (origin.manifest?.isFinal) return;
    if (this.#canceledBy) throw this.#canceledBy;
    await chain.openSources();
    const runner = new JobRunner({
      chain,
      heap: this.#heap,
      clock,
      backPressure: () => coordinator.backPressure(),
      afterBatch: () => {
        this.#options.crash('in-batch');
        coordinator.afterBatch();
      },
    });
    this.#runner = runner;
    coordinator.run(chain, runner);
    running();
    const end = await runner.run();
    if (this.#canceledBy) throw this.#canceledBy;
    if (end === 'ended') await this.#finish(coordinator);
    else await this.#stopping;
  }

  async #finish(coordinator: CheckpointCoordinator): Promise<void> {
    try {
      const manifest = await coordinator.finish();
      this.#drained?.resolve(manifest);
    } catch (error) {
      this.#drained?.reject(error);
      throw error;
    }
    // The savepoint of the drained state may still be on its way.
    await this.#stopping;
  }

  async #stopAtBarrier(runner: JobRunner, coordinator: CheckpointCoordinator): Promise<Manifest> {
    const manifest = await coordinator.take(() => {
      coordinator.stop();
      runner.stop(false);
    });
    await coordinator.settled();
    return manifest;
  }

  #stopDrained(runner: JobRunner): Promise<Manifest> {
    this.#drained = Promise.withResolvers<Manifest>();
    runner.stop(true);
    return this.#drained.promise;
  }

  #started(): { runner: JobRunner; coordinator: CheckpointCoordinator } {
    if (!this.#runner || !this.#coordinator) throw new EngineError('JOB_NOT_RUNNING', 'The job is not running.');
    return { runner: this.#runner, coordinator: this.#coordinator };
  }

  #folder(): string {
    const { checkpointDir, jobId, graph } = this.#options.start;
    return checkpointSettings(graph.settings).createSubdir ? join(checkpointDir, jobId) : checkpointDir;
  }

  /** Which checkpoint the attempt begins from, and in which lineage (rules 1 and 3). */
  async #origin(store: CheckpointStore): Promise<Origin> {
    let highestId = await store.open();
    const { restore, start } = this.#options;
    let manifest: Manifest | null = null;
    if (restore === 'newest') manifest = await this.#newest(store);
    else if (restore) {
      const found = await readCheckpointAt(restore.path);
      highestId = Math.max(highestId, found.manifest.id, await new CheckpointStore(found.root).open().catch(() => -1));
      manifest = found.root === store.folder ? found.manifest : await store.adopt(found.manifest, found.root);
    }
    if (manifest) checkGraph(manifest, start, restore === 'newest' ? store.folder : (restore?.path ?? ''));
    return this.#lineage(manifest, Math.max(highestId, manifest?.id ?? -1));
  }

  async #newest(store: CheckpointStore): Promise<Manifest | null> {
    const { manifest, skipped } = await store.newest();
    this.#skipped = skipped;
    for (const reason of skipped) this.#options.events.notice(`A newer checkpoint was passed over: ${reason}`);
    if (!manifest && skipped.length > 0)
      throw new EngineError('CHECKPOINT_DAMAGED', `No checkpoint of the job can be read: ${skipped.join(' ')}`, {
        exceptionClass: 'java.io.IOException',
      });
    return manifest;
  }

  #lineage(manifest: Manifest | null, highestId: number): Origin {
    if (manifest) {
      if (this.#lock?.path === manifest.lockPath) return { manifest, lineage: manifest.lineage, highestId };
      const lock = lockOf(manifest.lockPath);
      if (lock) {
        this.#lock?.release();
        this.#lock = lock;
        return { manifest, lineage: manifest.lineage, highestId };
      }
      // In its own folder the other run is this job itself: it must be gone first (rule 17).
      if (this.#options.restore === 'newest')
        throw new EngineError(
          'JOB_LOCKED',
          `Another run of job ${this.#options.start.jobId} still holds its lock ${manifest.lockPath}.`,
          { retryable: true, exceptionClass: 'org.apache.flink.util.FlinkException' },
        );
      this.#options.events.notice(
        `Another run owns the sinks of this checkpoint (lock ${manifest.lockPath}): this job is a fork of it, with markers of its own. Rows that the other run writes may be written twice.`,
      );
    }
    const lineage = randomBytes(8).toString('hex');
    this.#lock?.release();
    this.#lock = lockOf(join(this.#options.start.home, 'locks', `lineage-${lineage}.lock`));
    if (!this.#lock) throw new EngineError('INTERNAL', 'the lock of a new lineage is taken');
    return { manifest: manifest && forked(manifest), lineage, highestId };
  }

  async #restoredVertices(manifest: Manifest): Promise<RestoredVertices> {
    const root = this.#folder();
    const operators = new Map<string, Uint8Array[]>();
    for (const [uid, refs] of Object.entries(manifest.operators)) {
      const segments: Uint8Array[] = [];
      for (const ref of refs) segments.push(await readSegment(root, ref));
      operators.set(uid, segments);
    }
    return { sources: new Map(Object.entries(manifest.sources)), operators, path: join(root, `chk-${manifest.id}`) };
  }

  async #openLines(chain: JobChain, chainOptions: ChainOptions, manifest: Manifest | null): Promise<void> {
    const { events, crash } = this.#options;
    const root = this.#folder();
    for (const { vertex, sink } of chain.sinks) {
      const body = vertex.body as SinkSpec;
      const committer = await sink.openCommitter?.(sinkContext(chainOptions, vertex, body));
      if (!committer) continue;
      const table = body.table.path;
      if (manifest?.sinks[vertex.uid]?.untracked)
        events.notice(
          `${table}: checkpoints were switched off, so rows since the last one may repeat (at-least-once).`,
        );
      this.#lines.push(
        new SinkLine({
          uid: vertex.uid,
          table,
          committer,
          entry: manifest?.sinks[vertex.uid] ?? { base: null, chain: [] },
          crash,
          read: (ref) => readRef(root, ref),
          retrying: (error) => events.notice(retryText(table, error)),
        }),
      );
    }
  }

  async #coordinatorFor(store: CheckpointStore, origin: Origin): Promise<CheckpointCoordinator> {
    const { start, events, crash, clock } = this.#options;
    const settings = checkpointSettings(start.graph.settings);
    let { highestId } = origin;
    let incarnation = Math.max(origin.manifest?.incarnation ?? 0, await readIncarnation(store.folder));
    for (const line of this.#lines) {
      const marker = await line.readMarker();
      if (!marker) continue;
      highestId = Math.max(highestId, marker.epoch);
      incarnation = Math.max(incarnation, marker.incarnation);
    }
    const untracked = Object.values(origin.manifest?.sinks ?? {}).some((sink) => sink.untracked);
    return new CheckpointCoordinator({
      jobId: start.jobId,
      graph: start.graph,
      settings,
      store,
      clock,
      lineage: origin.lineage,
      lockPath: this.#lock?.path ?? '',
      lines: this.#lines,
      restored: origin.manifest,
      highestId,
      incarnation: incarnation + 1,
      allowDuplicates: start.allowDuplicates || untracked,
      crash,
      merge: this.#options.parts.merge,
      report: events.checkpoint,
      notice: events.notice,
    });
  }

  #chainOptions(lineage: string, restored: RestoredVertices | null): ChainOptions {
    const { start, parts, clock, events, collect } = this.#options;
    const result = start.graph.vertices.find((vertex) => vertex.body.kind === 'Collect');
    return {
      graph: start.graph,
      parts,
      heap: this.#heap,
      clock,
      home: start.home,
      lineage,
      isFirstStart: restored === null,
      restored,
      collect: collect && result ? collect.consumerFor(result.fields, this.#heap) : null,
      notice: events.notice,
      print: events.print,
    };
  }
}

/** A fork begins its own lineage: it has no markers, and applies nothing that was the other's. */
function forked(manifest: Manifest): Manifest {
  return { ...manifest, sinks: {}, incarnation: 0 };
}

/** Says with a refusal which damaged checkpoints led to it. */
function afterSkipped(error: unknown, skipped: readonly string[]): unknown {
  if (!(error instanceof EngineError)) return error;
  const { code, exceptionClass, retryable } = error;
  return new EngineError(code, `${skipped.join(' ')} ${error.message}`, {
    retryable,
    cause: error,
    ...(exceptionClass === undefined ? {} : { exceptionClass }),
  });
}

/** Null when another run holds it, or when its folder cannot be reached. */
function lockOf(path: string): FileLock | null {
  try {
    return tryLock(path);
  } catch {
    return null;
  }
}

/** Flink's rule: state without an operator is an error, unless the user allows it. */
function checkGraph(manifest: Manifest, start: JobStart, path: string): void {
  const uids = new Map(start.graph.vertices.map((vertex) => [vertex.uid, vertex]));
  const missing = [...Object.keys(manifest.operators), ...Object.keys(manifest.sources)].filter(
    (uid) => !uids.has(uid),
  );
  if (missing.length === 0 || start.allowNonRestored) return;
  throw mismatch(
    `Failed to rollback to checkpoint/savepoint ${path}. Cannot map checkpoint/savepoint state for operator ${missing[0]} to the new program, because the operator is not available in the new program. If you want to allow to skip this, you can set the --allowNonRestoredState option on the CLI.`,
  );
}

async function readIncarnation(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'incarnation'), 'utf8').catch(() => null);
  if (text === null) return 0;
  const stored = JSON.parse(text) as { incarnation?: number };
  return stored.incarnation ?? 0;
}

function savepointName(jobId: string): string {
  return `savepoint-${jobId.slice(0, 6)}-${randomBytes(6).toString('hex')}`;
}
