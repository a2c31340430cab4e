/**
 * One sink's epochs on their way from durable to applied: the half of protocol F that talks to the sink. Each epoch is committed with its
 * marker in one transaction of the sink; the marker decides what an unknown outcome was (rules 1 to 4).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError, messageOf } from '../base/error.ts';
import type { CommitRequest, SinkCommitter, SinkMarker } from '../dataflow/sink.ts';
import { bytesOf, type FileRef, type SinkEntry } from './completed-checkpoint.ts';
import type { CrashPoint } from './crash-point.ts';

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 10_000;
/** A larger output that must wait for the one before it is not kept in memory: it is in its checkpoint's file. */
const WAITING_BYTES_MAX = 1 << 20;

export interface LineOptions {
  readonly uid: string;
  /** For error texts: the table's path. */
  readonly table: string;
  readonly committer: SinkCommitter;
  readonly entry: SinkEntry;
  readonly crash: CrashPoint;
  /** Reads chunks back from the checkpoint's files. */
  read(ref: FileRef): Promise<Uint8Array[]>;
  retrying(error: unknown): void;
}

interface PendingEpoch {
  readonly epoch: number;
  readonly output: FileRef | null;
  /** The chunks while they are still in memory. */
  chunks: readonly Uint8Array[] | null;
}

export class SinkLine {
  readonly #options: LineOptions;
  #base: number | null;
  #pending: PendingEpoch[];
  #incarnation = 0;
  #seen: SinkMarker | null = null;
  #work: Promise<void> = Promise.resolve();
  #isStopped = false;
  readonly #stop = new AbortController();

  constructor(options: LineOptions) {
    this.#options = options;
    this.#base = options.entry.base;
    this.#pending = options.entry.chain.map(({ epoch, output }) => ({ epoch, output, chunks: null }));
  }

  get uid(): string {
    return this.#options.uid;
  }

  /** Epochs that are not known to be applied. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  /** What a manifest says of this sink now, with further epochs that the same manifest makes durable. */
  entry(more: ReadonlyArray<{ epoch: number; output: FileRef | null }> = []): SinkEntry {
    const chain = [...this.#pending, ...more].map(({ epoch, output }) => ({ epoch, output }));
    return { base: this.#base, chain };
  }

  async readMarker(): Promise<SinkMarker | null> {
    this.#seen = await this.#options.committer.readMarker();
    return this.#seen;
  }

  /** Throws when the marker that was read last refuses this start: before anything is written that a later start would take for progress. */
  check(start: SinkMarker, allowDuplicates: boolean): void {
    this.#firstMissing(this.#seen, start, allowDuplicates, false);
  }

  /**
   * Brings the sink to the checkpoint of this start (rule 1): what is missing is applied, then the marker is ours. Each epoch is applied
   * under its own number, as it would have been: a sink whose names are made of it finds what an earlier try left.
   */
  async start(start: SinkMarker, allowDuplicates: boolean): Promise<void> {
    this.#incarnation = start.incarnation;
    const pending = this.#pending;
    let hasWritten = false;
    for (const [i, epoch] of pending.entries()) {
      if (!epoch.output) continue;
      await this.#commit({
        next: { incarnation: start.incarnation, epoch: epoch.epoch },
        decide: (current) => {
          if (this.#firstMissing(current, start, allowDuplicates, hasWritten) > i) return 'done';
          hasWritten = true;
          return 'apply';
        },
        buffers: () => this.#chunksOf([epoch]),
      });
    }
    await this.#commit({
      next: start,
      decide: (current) => {
        if (current?.epoch === start.epoch && current.incarnation === start.incarnation) return 'done';
        this.#firstMissing(current, start, allowDuplicates, hasWritten);
        hasWritten = true;
        return 'apply';
      },
      buffers: () => this.#chunksOf([]),
    });
    this.#base = start.epoch;
    this.#pending = [];
  }

  /** Index in the pending epochs of the first that the sink has not seen. `hasWritten`: a marker of this incarnation is our own. */
  #firstMissing(current: SinkMarker | null, start: SinkMarker, allowDuplicates: boolean, hasWritten: boolean): number {
    if (current && current.incarnation >= start.incarnation + (hasWritten ? 1 : 0)) throw this.#fenced(current);
    if ((current?.epoch ?? null) === this.#base) return 0;
    if (!current) throw this.#markerMissing();
    const at = this.#pending.findIndex(({ epoch }) => epoch === current.epoch);
    if (at >= 0) return at + 1;
    const newest = this.#pending.at(-1)?.epoch ?? this.#base ?? -1;
    if (allowDuplicates) return current.epoch > newest ? this.#pending.length : 0;
    if (current.epoch > newest) throw this.#ahead(current.epoch, newest);
    throw this.#gap(current.epoch);
  }

  /** Takes over an epoch whose manifest is durable; it is committed after those before it. */
  add(epoch: number, output: FileRef, chunks: readonly Uint8Array[]): void {
    const isKept = this.#pending.length === 0 || bytesOf(output) <= WAITING_BYTES_MAX;
    const pending: PendingEpoch = { epoch, output, chunks: isKept ? chunks : null };
    this.#pending.push(pending);
    this.#work = this.#work.then(() => this.#commitEpoch(pending));
    // Whoever waits in `settled` sees the error; without this it would also be an unhandled one.
    this.#work.catch(() => {});
  }

  /** Commits rows that no checkpoint names (checkpoints switched off). */
  async commitUntracked(epoch: number, chunks: readonly Uint8Array[]): Promise<void> {
    const pending: PendingEpoch = { epoch, output: null, chunks };
    this.#pending.push(pending);
    this.#work = this.#work.then(() => this.#commitEpoch(pending));
    await this.#work;
  }

  /** Resolves when all that was added is applied; rejects when that is not possible. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** No try is followed by another. */
  stop(): void {
    this.#isStopped = true;
    this.#stop.abort();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#work.catch(() => {});
    await this.#options.committer.close();
  }

  async #commitEpoch(pending: PendingEpoch): Promise<void> {
    if (this.#isStopped) throw new EngineError('JOB_CANCELED', 'The job has been canceled.');
    const { epoch } = pending;
    const predecessor = this.#base;
    this.#options.crash('before-commit');
    await this.#commit({
      next: { incarnation: this.#incarnation, epoch },
      decide: (current) => {
        if (!current) throw this.#markerMissing();
        if (current.incarnation !== this.#incarnation) throw this.#fenced(current);
        if (current.epoch === epoch) return 'done';
        if (current.epoch === predecessor) return 'apply';
        throw this.#gap(current.epoch);
      },
      buffers: () => this.#chunksOf([pending]),
    });
    this.#options.crash('after-commit');
    this.#base = epoch;
    this.#pending.shift();
  }

  /** Tries until the outcome is known; the marker tells a repeat from a first time. */
  async #commit(request: CommitRequest): Promise<void> {
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        await this.#options.committer.commit(request);
        return;
      } catch (error) {
        if (!(error instanceof EngineError && error.retryable) || this.#isStopped) throw error;
        this.#options.retrying(error);
        await sleep(wait, undefined, { signal: this.#stop.signal }).catch(() => {
          throw error;
        });
      }
    }
  }

  async *#chunksOf(epochs: readonly PendingEpoch[]): AsyncGenerator<Uint8Array> {
    for (const { chunks, output } of epochs) {
      if (chunks) yield* chunks;
      else if (output) yield* await this.#options.read(output);
    }
  }

  #fenced(current: SinkMarker): EngineError {
    return new EngineError(
      'JOB_FENCED',
      `${this.#options.table}: a newer run (incarnation ${current.incarnation}) of this job writes the table; this run (${this.#incarnation}) stops.`,
      { exceptionClass: 'org.apache.flink.util.FlinkException' },
    );
  }

  #markerMissing(): EngineError {
    return new EngineError(
      'CHECKPOINT_MARKER_MISSING',
      `${this.#options.table}: the marker of this job is missing, though epoch ${this.#base} was committed. Was the table made anew? Going on would lose rows. Start the job without the checkpoint, or restore the table.`,
      { exceptionClass: 'java.lang.IllegalStateException' },
    );
  }

  #ahead(epoch: number, newest: number): EngineError {
    return new EngineError(
      'CHECKPOINT_SINK_AHEAD',
      `${this.#options.table} is ahead of the checkpoint (sink ${epoch}, checkpoint ${newest}): going on from here would write epoch ${newest + 1} and later again, and the result would not converge. Resume from the newest checkpoint, or add WITH ('allow-duplicates' = 'true') to RESUME JOB (stale rows may stay).`,
      { exceptionClass: 'java.lang.IllegalStateException' },
    );
  }

  #gap(epoch: number): EngineError {
    return new EngineError(
      'CHECKPOINT_SINK_GAP',
      `${this.#options.table}: its marker stands at epoch ${epoch}, which does not belong to this job's line (last committed ${this.#base}). Another program wrote it, or it was restored from an old copy.`,
      { exceptionClass: 'java.lang.IllegalStateException' },
    );
  }
}

/** The text of a commit that is being tried again. */
export function retryText(table: string, error: unknown): string {
  return `${table}: the commit failed and is being tried again: ${messageOf(error)}`;
}
