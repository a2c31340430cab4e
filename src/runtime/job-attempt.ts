/** One attempt of a job: lineage and lock, state from a checkpoint, sinks brought to it, then the loop with its checkpoints. */

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../base/error.ts';
import type { FileLock } from '../base/file-lock.ts';
import { isInterruption } from '../base/interruption.ts';
import type { SinkSpec } from '../dataflow/job-graph.ts';
import { Heap } from '../types/heap.ts';
import { CheckpointCoordinator } from './checkpoint-coordinator.ts';
import { readRef } from './checkpoint-reading.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import { closeAll } from './close-all.ts';
import type { Manifest } from './completed-checkpoint.ts';
import type { JobCounters, JobOptions, JobStart } from './job.ts';
import { buildChain, type ChainOptions, type JobChain, type RestoredVertices, sinkContext } from './job-chain.ts';
import { findOrigin, type Origin, restoredVertices } from './job-origin.ts';
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
/** What is under way may take so long to finish when the job is cancelled or has failed. */
const GRACE_MS = 100;

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
  /** Ends whatever still waits for a server. */
  readonly #interruption = new AbortController();
  #grace: NodeJS.Timeout | null = null;

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
    try {
      if (this.#options.collect) await this.#runQuery();
      else await this.#runJob();
    } catch (error) {
      throw isInterruption(error) ? (this.#canceledBy ?? error) : error;
    }
  }

  cancel(reason: unknown): void {
    this.#canceledBy = reason;
    this.#drained?.reject(reason);
    this.#runner?.cancel();
    this.#interruptSoon();
  }

  #interruptSoon(): void {
    this.#grace ??= setTimeout(() => {
      for (const line of this.#lines) line.stop();
      this.#interruption.abort();
    }, GRACE_MS);
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
    this.#interruptSoon();
    await closeAll([...lines, () => this.#chain?.close()]).finally(() => clearTimeout(this.#grace ?? undefined));
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
    const { collect, clock, collectGarbage, running } = this.#options;
    const chain = await buildChain(this.#chainOptions(`query-${this.#options.start.jobId}`, null));
    this.#chain = chain;
    await chain.openSources();
    const runner = new JobRunner({
      chain,
      heap: this.#heap,
      clock,
      collectGarbage,
      backPressure: () => collect?.backPressure() ?? null,
    });
    this.#runner = runner;
    if (this.#canceledBy) throw this.#canceledBy;
    running();
    await runner.run();
    if (this.#canceledBy) throw this.#canceledBy;
  }

  async #runJob(): Promise<void> {
    const { clock, collectGarbage, running } = this.#options;
    const settings = checkpointSettings(this.#options.start.graph.settings);
    const store = new CheckpointStore(this.#folder(), this.#options.crash);
    const origin = await this.#origin(store);
    const restored = origin.manifest && (await restoredVertices(origin.manifest, store.folder));
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
      throw origin.skipped.length === 0 ? error : afterSkipped(error, origin.skipped);
    });
    if (origin.manifest?.isFinal) return;
    if (this.#canceledBy) throw this.#canceledBy;
    await chain.openSources();
    const runner = new JobRunner({
      chain,
      heap: this.#heap,
      clock,
      collectGarbage,
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

  async #origin(store: CheckpointStore): Promise<Origin> {
    const { start, restore, events } = this.#options;
    const origin = await findOrigin({ start, restore, store, lock: this.#lock, notice: events.notice });
    this.#lock = origin.lock;
    return origin;
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
      mergeFiles: this.#options.parts.mergeFiles,
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
      signal: this.#interruption.signal,
    };
  }
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
