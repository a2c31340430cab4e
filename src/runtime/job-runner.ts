/**
 * The loop of one job: sources in plan order, one batch each, pushed through the chain to the sinks; between two batches look-ups are
 * drained, the heap's scratch is released, processing time passes, and barriers fall. It takes no checkpoint itself: see
 * `checkpoint-coordinator.ts`.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { isInterruption } from '../base/interruption.ts';
import type { Heap } from '../types/heap.ts';
import { type AnyNode, endOfInputBatch, type SourceNode } from './chain-node.ts';
import type { JobChain } from './job-chain.ts';
import { MemoryGuard } from './memory-guard.ts';
import { WatermarkAlignment } from './watermark-alignment.ts';

/** How long the loop may keep the thread before I/O and control get a turn. */
const SLICE_MS = 2;
const PROCESS_TIME_MS = 100;

export interface RunnerOptions {
  readonly chain: JobChain;
  readonly heap: Heap;
  readonly clock: Clock;
  readonly collectGarbage: (() => void) | null;
  /** Called between batches: a promise holds the sources back until it resolves (full result buffer, too many uncommitted epochs). */
  backPressure(): Promise<void> | null;
  /** Called between batches when the loop would otherwise go on; cheap. */
  afterBatch?(): void;
}

interface Barrier {
  readonly action: () => void;
  readonly resolve: (hasFallen: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export class JobRunner {
  readonly #options: RunnerOptions;
  readonly #memory: MemoryGuard;
  readonly #alignment: WatermarkAlignment;
  readonly #lookups: ReadonlyArray<() => Promise<void>>;
  #barriers: Barrier[] = [];
  #stopRequested = false;
  #drainRequested = false;
  #isOver = false;
  #failure: { error: unknown } | null = null;
  #wake: (() => void) | null = null;
  /** Something happened while the loop was awake: it must not fall asleep before it has looked. */
  #wokenEarly = false;
  #isCancelled = false;
  /** Ends waiting for room: whoever stops the loop or lets it fail need not wait for a sink that is away. */
  readonly #interrupted = Promise.withResolvers<void>();
  #nextTimeMs = 0;
  #busyMs = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#memory = new MemoryGuard(options.heap, options.collectGarbage);
    this.#alignment = new WatermarkAlignment(options.chain.nodes);
    this.#lookups = options.chain.operators.flatMap((node) => {
      const drain = node.operator.drain;
      return drain ? [() => drain.call(node.operator)] : [];
    });
  }

  /** Milliseconds that the loop has worked. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** False while a source is inside a unit that cannot be divided: no barrier falls. */
  get canSnapshot(): boolean {
    return this.#options.chain.sources.every(canSnapshot);
  }

  /** True when every source has ended. */
  get hasEnded(): boolean {
    return this.#options.chain.sources.every((source) => source.ended);
  }

  /** True when no source had anything to give when it was last asked. */
  get isIdle(): boolean {
    return this.#options.chain.sources.every((source) => source.ended || source.isWaiting);
  }

  /** True when no source's server holds anything more either. */
  async hasCaughtUp(): Promise<boolean> {
    for (const { ended, reader } of this.#options.chain.sources)
      if (!ended && reader?.hasCaughtUp && !(await reader.hasCaughtUp())) return false;
    return this.isIdle;
  }

  /** Runs until every source has ended ('ended') or {@link stop} was called ('stopped'). Rejects with what failed. */
  async run(): Promise<'ended' | 'stopped'> {
    try {
      this.#nextTimeMs = performance.now() + PROCESS_TIME_MS;
      // An ended source of a resumed job sets rows free at once, and opening the others may have taken longer than rows are kept.
      this.#setTime();
      for (const source of this.#options.chain.sources) if (source.ended) await this.#endOutputs(source);
      await this.#loop().catch((error) => {
        if (!(this.#isCancelled && isInterruption(error))) throw error;
      });
      if (this.#drainRequested) for (const source of this.#options.chain.sources) await this.#end(source);
      return this.hasEnded ? 'ended' : 'stopped';
    } finally {
      this.#isOver = true;
      for (const barrier of this.#barriers.splice(0)) barrier.resolve(false);
    }
  }

  /**
   * Runs `action` between two batches, when no source is inside a unit that cannot be divided; processing time has passed and operators
   * have prepared their snapshots just before. False when the job ends first. Rejects with an error of `action`, which ends the loop too.
   */
  atBarrier(action: () => void): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      this.#barriers.push({ action, resolve, reject });
      this.#wakeUp();
    });
  }

  /** The barrier of a job whose loop is over: processing time passes, operators prepare. */
  async finalBarrier(action: () => void): Promise<void> {
    await this.#prepareSnapshot();
    action();
  }

  /** Ends the loop between two batches. With `drain`: as if every source had ended. */
  stop(drain: boolean): void {
    this.#stopRequested = true;
    this.#drainRequested ||= drain;
    this.#interrupted.resolve();
    this.#wakeUp();
  }

  /** Ends the loop at once, even inside a unit that cannot be divided. */
  cancel(): void {
    this.#isCancelled = true;
    this.stop(false);
  }

  /** Ends the loop with an error of another part of the job. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#interrupted.resolve();
    this.#wakeUp();
  }

  async #loop(): Promise<void> {
    const { sources } = this.#options.chain;
    let sliceStart = performance.now();
    while (!this.hasEnded) {
      let progressed = false;
      this.#wokenEarly = false;
      for (const source of sources) {
        if (this.#mustLeave()) return;
        if (source.ended || source.isWaiting || (this.#barriers.length > 0 && canSnapshot(source))) continue;
        if (this.#alignment.holds(source)) continue;
        if (await this.#step(source)) progressed = true;
        const now = performance.now();
        if (now - sliceStart > SLICE_MS) {
          this.#busyMs += now - sliceStart;
          await turn();
          sliceStart = performance.now();
        }
      }
      if (await this.#betweenRounds()) progressed = true;
      if (this.#mustLeave()) return;
      if (!progressed && !this.hasEnded) {
        this.#busyMs += performance.now() - sliceStart;
        await this.#sleep();
        sliceStart = performance.now();
      }
    }
    while (this.#barriers.length > 0) await this.#betweenRounds();
  }

  #mustLeave(): boolean {
    if (this.#failure) throw this.#failure.error;
    return this.#stopRequested && (this.#isCancelled || this.canSnapshot);
  }

  /** One batch of one source. True when there was something. */
  async #step(source: SourceNode): Promise<boolean> {
    const held = this.#options.backPressure();
    if (held) await Promise.race([held, this.#interrupted.promise]);
    if (this.#mustLeave()) return false;
    if (source.values) {
      await this.#end(source);
      return true;
    }
    const { reader } = source;
    const batch = reader ? reader.poll() : 'end';
    if (batch === null) {
      this.#awaitReady(source);
      return false;
    }
    if (batch === 'end') await this.#end(source);
    else {
      source.counters.recordsIn += batch.rowCount;
      this.#setTime();
      source.deliver(batch);
      await this.#settle();
    }
    this.#options.afterBatch?.();
    return true;
  }

  /** After a batch: look-ups done, scratch free. */
  async #settle(): Promise<void> {
    for (const drain of this.#lookups) await drain();
    this.#options.heap.release();
  }

  async #betweenRounds(): Promise<boolean> {
    if (performance.now() >= this.#nextTimeMs) await this.#passTime();
    if (this.#barriers.length === 0 || !this.canSnapshot) return false;
    await this.#prepareSnapshot();
    for (let barrier = this.#barriers.shift(); barrier; barrier = this.#barriers.shift()) {
      try {
        barrier.action();
      } catch (error) {
        // What was sealed before the error is in no checkpoint and cannot be taken back: the job goes on from its newest one.
        barrier.reject(error);
        throw error;
      }
      barrier.resolve(true);
    }
    return true;
  }

  async #passTime(): Promise<void> {
    this.#nextTimeMs = performance.now() + PROCESS_TIME_MS;
    const now = this.#setTime();
    for (const { operator } of this.#options.chain.operators) operator.processTime?.(now);
    await this.#settle();
    for (const { state } of this.#options.chain.operators) state.sweep();
    this.#memory.check();
  }

  /** Tells the states what time it is. */
  #setTime(): number {
    const now = this.#options.clock.now();
    for (const { state } of this.#options.chain.operators) state.setTime(now);
    return now;
  }

  async #prepareSnapshot(): Promise<void> {
    await this.#passTime();
    for (const { operator } of this.#options.chain.operators) {
      if (!operator.prepareSnapshot) continue;
      operator.prepareSnapshot();
      // What a bundle gives may wait for a look-up: it must be below before the next operator prepares.
      await this.#settle();
    }
  }

  async #end(source: SourceNode): Promise<void> {
    if (source.ended) return;
    source.ended = true;
    source.values?.endInput?.(0);
    await this.#settle();
    source.deliver(endOfInputBatch(source.vertex));
    await this.#settle();
    await this.#endOutputs(source);
  }

  /** Tells the consumers of an ended vertex, and theirs when all their inputs have ended. */
  async #endOutputs(ended: AnyNode): Promise<void> {
    for (const { node, input } of ended.outputs) {
      node.openInputs--;
      if (node.kind === 'operator') {
        node.operator.endInput?.(input);
        await this.#settle();
      }
      if (node.openInputs === 0) await this.#endOutputs(node);
    }
  }

  #awaitReady(source: SourceNode): void {
    source.isWaiting = true;
    const again = () => {
      source.isWaiting = false;
      this.#wakeUp();
    };
    source.reader?.ready().then(again, (error) => {
      source.isWaiting = false;
      this.fail(error);
    });
  }

  #sleep(): Promise<void> | void {
    if (this.#wokenEarly) return;
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(Math.max(1, this.#nextTimeMs - performance.now()), () => this.#wakeUp());
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    if (wake) wake();
    else this.#wokenEarly = true;
  }
}

function canSnapshot(source: SourceNode): boolean {
  return source.ended || (source.reader?.canSnapshot ?? true);
}
