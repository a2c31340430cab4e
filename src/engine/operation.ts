/** One statement on its way through a session: its status, its result, its error. */
import { executionError, gatewayError } from './gateway-error.ts';
import type { ResultDescription, ResultPage, ResultSet } from './result-set.ts';

export type OperationStatus =
  | 'INITIALIZED'
  | 'PENDING'
  | 'RUNNING'
  | 'FINISHED'
  | 'CANCELED'
  | 'CLOSED'
  | 'TIMEOUT'
  | 'ERROR';

const ENDED: ReadonlySet<OperationStatus> = new Set(['FINISHED', 'CANCELED', 'CLOSED', 'TIMEOUT', 'ERROR']);

/** How long a first fetch waits for a statement that is about to be done. */
const READY_HOLD_MS = 100;

export class Operation {
  readonly handle: string;
  readonly #notices: string[] = [];
  #status: OperationStatus = 'INITIALIZED';
  #result: ResultSet | null = null;
  #error: unknown = null;
  readonly #ended = Promise.withResolvers<void>();

  constructor(handle: string) {
    this.handle = handle;
  }

  get status(): OperationStatus {
    return this.#status;
  }

  /** Runs the statement; errors are kept for whoever fetches. */
  async run(execute: () => Promise<ResultSet>): Promise<void> {
    if (this.#status !== 'PENDING') return;
    this.#status = 'RUNNING';
    try {
      const result = await execute();
      if (this.#hasEnded) {
        await result.close();
        return;
      }
      this.#result = result;
      this.#status = 'FINISHED';
    } catch (error) {
      if (this.#hasEnded) return;
      this.#error = executionError(`Failed to execute the operation ${this.handle}.`, error);
      this.#status = 'ERROR';
    } finally {
      this.#ended.resolve();
    }
  }

  pend(): void {
    if (this.#status === 'INITIALIZED') this.#status = 'PENDING';
  }

  notice(text: string): void {
    this.#notices.push(text);
  }

  /** Notices since the last call. */
  takeNotices(): string[] {
    return this.#notices.splice(0);
  }

  /** Resolves when the statement has ended; throws its error. */
  async finished(): Promise<void> {
    await this.#ended.promise;
    if (this.#error) throw this.#error;
  }

  /** Null: not ready. Throws what the statement or its query failed with. */
  async fetch(token: number): Promise<{ page: ResultPage; description: ResultDescription } | null> {
    if (!this.#hasEnded) await this.#aWhile();
    if (this.#status === 'ERROR') throw this.#error;
    if (!this.#hasEnded) return null;
    const result = this.#result;
    if (this.#status !== 'FINISHED' || !result)
      throw gatewayError(`Can not fetch results from the ${this.handle} in ${this.#status} status.`);
    return { page: await result.fetch(token), description: result.description };
  }

  async cancel(): Promise<void> {
    await this.#end('CANCELED');
  }

  async close(): Promise<void> {
    await this.#end('CLOSED');
  }

  get #hasEnded(): boolean {
    return ENDED.has(this.#status);
  }

  async #end(status: 'CANCELED' | 'CLOSED'): Promise<void> {
    if (this.#status === status && status === 'CLOSED') return;
    if (status === 'CANCELED' && this.#hasEnded)
      throw gatewayError(`Failed to convert the Operation Status from ${this.#status} to CANCELED for ${this.handle}.`);
    this.#status = status;
    this.#ended.resolve();
    await this.#result?.close();
  }

  #aWhile(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, READY_HOLD_MS);
      void this.#ended.promise.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
