/** The time that a checkpoint has from its trigger to its manifest (`execution.checkpointing.timeout`). */
import type { Clock } from '../base/clock.ts';
import { EngineError } from '../base/error.ts';

export class CheckpointDeadline {
  readonly #expired = Promise.withResolvers<never>();
  #cancelTimer: () => void = () => {};
  #failure: EngineError | null = null;

  /**
   * Begins now. While `isExcused` the time does not run out: a source is inside a unit that cannot be divided, and another try would wait for
   * the same.
   */
  constructor(clock: Clock, timeoutMs: number, isExcused: () => boolean) {
    const wait = (): void => {
      this.#cancelTimer = clock.after(timeoutMs, () => (isExcused() ? wait() : this.#expire()));
    };
    wait();
    this.#expired.promise.catch(() => {});
  }

  get isOver(): boolean {
    return this.#failure !== null;
  }

  /** As `work`; rejects when the time is over first, and then nobody hears what came of the work. */
  async race<T>(work: Promise<T>): Promise<T> {
    return await Promise.race([work, this.#expired.promise]);
  }

  /** From now on the checkpoint cannot expire. Throws when it has. */
  meet(): void {
    if (this.#failure) throw this.#failure;
    this.close();
  }

  /** The checkpoint is over, one way or the other. */
  close(): void {
    this.#cancelTimer();
  }

  #expire(): void {
    this.#failure = new EngineError('CHECKPOINT_EXPIRED', 'Checkpoint expired before completing.', {
      exceptionClass: 'org.apache.flink.runtime.checkpoint.CheckpointException',
      retryable: true,
    });
    this.#expired.reject(this.#failure);
  }
}

/** The checkpoint took longer than it may. */
export function isExpired(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'CHECKPOINT_EXPIRED';
}
