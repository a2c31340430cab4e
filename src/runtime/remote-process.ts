/** One job process, as the engine sees it: the commands that are under way, its events, and its end when it has gone silent (rule 17). */
import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { EngineError } from '../base/error.ts';
import type { ProcessAddress } from './job-host.ts';
import { type Command, type Event, fromWireError, type Message, Wire } from './job-wire.ts';
import { goneBy, kill } from './system-process.ts';

const SILENCE_MS = 60_000;

export interface RemoteProcessOptions {
  readonly clock: Clock;
  /** A process that has sent nothing for so long is taken for stopped, and killed (rule 17). A minute when absent. */
  readonly silenceMs?: number;
}

export class RemoteProcess {
  readonly address: ProcessAddress;
  readonly #wire: Wire;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 1;
  #listener: ((event: Event) => void) | null = null;
  #onDeath: ((error: EngineError) => void) | null = null;
  #isAlive = true;
  #lastWordMs: number;
  #cancelWatch: () => void = () => {};
  readonly #clock: Clock;
  readonly #silenceMs: number;

  constructor(socket: Socket, address: ProcessAddress, options: RemoteProcessOptions) {
    this.address = address;
    this.#clock = options.clock;
    this.#silenceMs = options.silenceMs ?? SILENCE_MS;
    this.#lastWordMs = performance.now();
    this.#wire = new Wire(
      socket,
      (message) => this.#received(message),
      () => this.#died(),
    );
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** One job at a time: its events, and what to do when the process dies under it. */
  serve(listener: (event: Event) => void, onDeath: (error: EngineError) => void): void {
    this.#listener = listener;
    this.#onDeath = onDeath;
    this.#watch();
  }

  release(): void {
    this.#listener = null;
    this.#onDeath = null;
    this.#cancelWatch();
  }

  request(command: Command): Promise<unknown> {
    if (!this.#isAlive) return Promise.reject(deathOf(this.address));
    const id = this.#nextId++;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#wire.send({ id, command });
    return waiting.promise;
  }

  end(): void {
    if (!this.#isAlive) return;
    this.request({ kind: 'exit' }).catch(() => {});
    this.#cancelWatch();
    this.#wire.close();
  }

  #received(message: Message): void {
    this.#lastWordMs = performance.now();
    if ('event' in message) {
      this.#listener?.(message.event);
      return;
    }
    if (!('reply' in message)) return;
    const waiting = this.#waiting.get(message.reply);
    this.#waiting.delete(message.reply);
    if ('error' in message) waiting?.reject(fromWireError(message.error));
    else waiting?.resolve(message.result);
  }

  #died(): void {
    this.#isAlive = false;
    this.#cancelWatch();
    rmSync(this.address.socketPath, { force: true });
    const error = deathOf(this.address);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    const onDeath = this.#onDeath;
    this.#onDeath = null;
    // The lock of a lineage must be free before anyone starts the successor.
    void goneBy(this.address).then(() => onDeath?.(error));
  }

  /** Rule 17: a stopped owner keeps its locks; after the time-out it is killed. */
  #watch(): void {
    const pause = this.#silenceMs / 3;
    const asked = performance.now();
    this.#cancelWatch = this.#clock.after(pause, () => {
      const now = performance.now();
      // This process was stopped itself: what it has not heard says nothing.
      if (now - asked > 2 * pause) this.#lastWordMs = now;
      if (now - this.#lastWordMs > this.#silenceMs) kill(this.address);
      this.#watch();
    });
  }
}

/** True for the death of a job's process: the engine starts the job again. */
export function isProcessDeath(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'JOB_PROCESS_DIED';
}

function deathOf(address: ProcessAddress): EngineError {
  return new EngineError('JOB_PROCESS_DIED', `The job's process (pid ${address.pid}) has died.`, {
    exceptionClass: 'org.apache.flink.runtime.jobmaster.JobMasterException',
    retryable: true,
  });
}
