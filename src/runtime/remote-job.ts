/** A job in a process of its own, as the engine holds it. */
import { type JobCounters, type JobEvents, type JobOutcome, type JobStart, NO_COUNTERS } from './job.ts';
import type { ProcessAddress, RunningJob, StopOptions } from './job-host.ts';
import type { ResultRow } from './job-service.ts';
import { isFinal } from './job-status.ts';
import { fromWireError, RowCodec } from './job-wire.ts';
import type { RemoteProcess } from './remote-process.ts';

export class RemoteJob implements RunningJob {
  readonly done: Promise<JobOutcome>;
  /** Resolves when the process may serve another: the job is over, and a SELECT's rows have been read or given up. */
  readonly left: Promise<void>;
  readonly #done = Promise.withResolvers<JobOutcome>();
  readonly #read = Promise.withResolvers<void>();
  #hasLeft = false;
  readonly #process: RemoteProcess;
  readonly #codec: RowCodec;
  #counters: JobCounters = NO_COUNTERS;

  constructor(process: RemoteProcess, start: JobStart, events: JobEvents, isQuery: boolean) {
    this.#process = process;
    const result = start.graph.vertices.find((vertex) => vertex.body.kind === 'Collect');
    this.#codec = new RowCodec((isQuery && result?.fields) || []);
    const done = this.#done;
    this.done = done.promise;
    if (!isQuery) this.#read.resolve();
    this.left = Promise.all([done.promise, this.#read.promise]).then(() => {
      this.#hasLeft = true;
    });
    process.serve(
      (event) => {
        if (event.kind === 'status' && !isFinal(event.status)) events.status(event.status);
        else if (event.kind === 'checkpoint') events.checkpoint(event.statistics);
        else if (event.kind === 'notice') events.notice(event.text);
        else if (event.kind === 'heartbeat') this.#counters = event.counters;
        else if (event.kind === 'ended') {
          this.#counters = event.counters;
          process.release();
          done.resolve({ status: event.status, error: event.error && fromWireError(event.error) });
        }
      },
      (error) => done.resolve({ status: 'FAILED', error }),
    );
  }

  /** Hands the job to its process. One that the process refuses has failed with the reason; a process that dies tells by its death. */
  async start(start: JobStart, isQuery: boolean): Promise<void> {
    try {
      await this.#process.request({ kind: 'start', start, isQuery });
    } catch (error) {
      if (!this.#process.isAlive) return;
      this.#process.release();
      this.#read.resolve();
      this.#done.resolve({ status: 'FAILED', error });
    }
  }

  get address(): ProcessAddress {
    return this.#process.address;
  }

  get counters(): JobCounters {
    return this.#counters;
  }

  async cancel(): Promise<void> {
    if (this.#hasLeft) return;
    try {
      await this.#process.request({ kind: 'cancel' });
    } finally {
      this.#read.resolve();
    }
    await this.done;
  }

  async stop(options: StopOptions): Promise<string | null> {
    return (await this.#process.request({ kind: 'stop', ...options })) as string | null;
  }

  async takeCheckpoint(target: string | null): Promise<string> {
    return (await this.#process.request({ kind: 'checkpoint', target })) as string;
  }

  async settle(): Promise<number> {
    return (await this.#process.request({ kind: 'settle' })) as number;
  }

  async next(max: number): Promise<{ rows: ResultRow[]; end: boolean }> {
    if (this.#hasLeft) return { rows: [], end: true };
    try {
      const page = (await this.#process.request({ kind: 'next', max })) as { rows: string; end: boolean };
      if (page.end) this.#read.resolve();
      return { rows: this.#codec.decode(page.rows), end: page.end };
    } catch (error) {
      this.#read.resolve();
      throw error;
    }
  }
}
