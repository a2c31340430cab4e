/**
 * Takes the checkpoints of one running job. The walk of a barrier:
 *
 * 1. The interval is over (or much output has gathered): {@link CheckpointCoordinator} asks the runner for a barrier.
 * 2. Between two batches the runner calls back; positions, dirty state and the sinks' buffers are sealed into a PendingCheckpoint.
 * 3. The loop goes on with the next epoch. Off the hot path the data is written and synced; the manifest's rename is the commit. One that
 *    takes longer than `execution.checkpointing.timeout` has failed, and what it still does is not heard.
 * 4. Each sink's buffer is applied with its marker in one transaction of the sink (`sink-line.ts`), in order, while the loop runs.
 * 5. Old checkpoints go; sources hear which position is safe.
 *
 * A start is a checkpoint too (rule 1): {@link CheckpointCoordinator.start} makes it durable before a sink is touched.
 */
import { EngineError, messageOf } from '../base/error.ts';
import { CheckpointDeadline, isExpired } from './checkpoint-deadline.ts';
import { isDoubtful } from './checkpoint-store.ts';
import { CheckpointWriter, type CheckpointWriterOptions } from './checkpoint-writer.ts';
import { closeAll } from './close-all.ts';
import type { Manifest } from './completed-checkpoint.ts';
import type { JobChain } from './job-chain.ts';
import type { JobRunner } from './job-runner.ts';
import type { CheckpointSettings } from './job-settings.ts';
import type { PendingCheckpoint, SealedOutput } from './pending-checkpoint.ts';

/** Epochs that a sink may be behind before the sources wait. */
const UNCOMMITTED_EPOCHS_MAX = 3;
/** Bytes of output after which a checkpoint is taken early. Three times as many may be in memory: gathered, being stored, being applied. */
const OUTPUT_BYTES_MAX = 32 * 2 ** 20;
const UNTRACKED_FLUSH_MS = 1000;

export interface CoordinatorOptions extends Omit<CheckpointWriterOptions, 'isTracked'> {
  readonly settings: CheckpointSettings;
  readonly allowDuplicates: boolean;
}

export class CheckpointCoordinator {
  readonly #options: CoordinatorOptions;
  readonly #writer: CheckpointWriter;
  /** False: rows go to the sinks at least once, and no checkpoint is taken but on demand. */
  readonly #isTracked: boolean;
  #chain: JobChain | null = null;
  #runner: JobRunner | null = null;
  #failures = 0;
  /** The last checkpoint found no room. */
  #isDiskFull = false;
  #isBusy: Promise<unknown> = Promise.resolve();
  #cancelTimer: (() => void) | null = null;
  #earlyRequested = false;
  #isStopped = false;
  #held: PromiseWithResolvers<void> | null = null;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#isTracked = options.settings.intervalMs > 0 && options.graph.mode === 'streaming';
    this.#writer = new CheckpointWriter({ ...options, isTracked: this.#isTracked });
  }

  /** Rule 1: the checkpoint of this start, then each sink is brought to it. No source may have been opened. */
  async start(): Promise<void> {
    const { lines, store, incarnation, allowDuplicates, crash } = this.#options;
    const mark = { incarnation, epoch: this.#writer.nextId() };
    for (const line of lines) line.check(mark, allowDuplicates);
    await this.#writer.begin(mark).catch((error) => {
      throw isDiskFull(error) ? diskFull(store.folder, error) : error;
    });
    crash('after-start-checkpoint');
    for (const line of lines) await line.start(mark, allowDuplicates);
    await store.removeOrphans();
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
    const manifest = await taken.finally(() => this.#schedule());
    if (!manifest) throw this.#notCompleted('The checkpoint could not be completed');
    return manifest;
  }

  /** The last checkpoint of a loop that is over; every sink is brought to it. */
  async finish(): Promise<Manifest> {
    this.stop();
    await this.#isBusy;
    const { runner, chain } = this.#running();
    const deadline = this.#deadline(runner);
    let manifest: Manifest | null = null;
    try {
      let pending: PendingCheckpoint | null = null;
      await runner.finalBarrier(() => {
        pending = this.#writer.seal(chain, true, this.#options.clock.now());
      });
      manifest = pending && (await this.#persist(pending, deadline));
    } finally {
      deadline.close();
    }
    if (!manifest) throw this.#notCompleted('The last checkpoint could not be completed');
    await this.settled();
    return manifest;
  }

  #notCompleted(what: string): EngineError {
    const reason = this.#isDiskFull
      ? `: there is no room in '${this.#options.store.folder}'. Make some, and try again`
      : '';
    return new EngineError('CHECKPOINT_FAILED', `${what}${reason}.`, { retryable: true });
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
    await this.#writer.close();
    await closeAll(this.#options.lines.map((line) => () => line.close()));
  }

  /** Writes a self-contained copy of a checkpoint of this run. */
  async exportTo(manifest: Manifest, target: string): Promise<void> {
    await this.#writer.exportTo(manifest, target);
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

  #deadline(runner: JobRunner): CheckpointDeadline {
    const { clock, settings } = this.#options;
    return new CheckpointDeadline(clock, settings.timeoutMs, () => !runner.canSnapshot);
  }

  /** One checkpoint from trigger to manifest. Null: nothing had changed, the job ended first, or it failed within what is tolerated. */
  async #take(always: boolean, atBarrier?: () => void): Promise<Manifest | null> {
    const { runner, chain } = this.#running();
    const triggeredAtMs = this.#options.clock.now();
    const deadline = this.#deadline(runner);
    let pending: PendingCheckpoint | null = null;
    const fallen = runner.atBarrier(() => {
      if (deadline.isOver) return;
      this.#earlyRequested = false;
      pending = this.#writer.seal(chain, always, triggeredAtMs);
      atBarrier?.();
    });
    try {
      if (!(await deadline.race(fallen)) && always)
        throw new EngineError('CHECKPOINT_FAILED', 'The job ended before the checkpoint.', { retryable: true });
      return pending && (await this.#persist(pending, deadline));
    } catch (error) {
      if (pending || !isExpired(error)) throw error;
      this.#failed({ id: this.#writer.nextId(), startedAtMs: triggeredAtMs }, error);
      return null;
    } finally {
      deadline.close();
    }
  }

  async #persist(pending: PendingCheckpoint, deadline: CheckpointDeadline): Promise<Manifest | null> {
    const { chain } = this.#running();
    let manifest: Manifest;
    try {
      manifest = await this.#writer.write(pending, chain, deadline);
    } catch (error) {
      this.#failed(pending, error);
      return null;
    }
    this.#failures = 0;
    this.#isDiskFull = false;
    this.#hand(pending);
    await this.#writer.tidy(this.#options.settings.retained);
    for (const source of chain.sources)
      source.reader?.checkpointComplete?.(pending.sources[source.vertex.uid]?.position);
    return manifest;
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
    const epoch = this.#writer.nextId();
    let outputs: SealedOutput[] = [];
    await runner.atBarrier(() => {
      this.#earlyRequested = false;
      outputs = this.#writer.sealUntracked(chain);
    });
    for (const { uid, chunks } of outputs)
      await this.#options.lines.find((line) => line.uid === uid)?.commitUntracked(epoch, chunks);
    this.#letGo();
  }

  #failed(pending: Pick<PendingCheckpoint, 'id' | 'startedAtMs'>, error: unknown): void {
    const { settings, store } = this.#options;
    this.#writer.failed(pending, error);
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

  #running(): { runner: JobRunner; chain: JobChain } {
    if (!this.#runner || !this.#chain) throw new EngineError('INTERNAL', 'the job is not running');
    return { runner: this.#runner, chain: this.#chain };
  }
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
