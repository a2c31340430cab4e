/**
 * Where rows come from. A source is replayable: reading from a stored position gives the same rows in the same order; one that cannot
 * says so (`replayable` false) and the job says it at its start.
 */
import type { Clock } from '../base/clock.ts';
import type { Batch } from '../types/batch.ts';
import type { ChangelogMode } from '../types/changelog-mode.ts';
import type { Heap } from '../types/heap.ts';
import type { Field } from '../types/logical-type.ts';
import type { ProducedColumn } from './job-graph.ts';

/** A part of a source that is in order by itself, as a partition. */
export interface SourceSplit {
  /** The values of {@link TableSource.splitMetadata} in a row of it, joined by `-`. */
  readonly id: string;
  /** Nothing of it will come any more. */
  readonly isOver: boolean;
}

export interface TableSource {
  readonly changelogMode: ChangelogMode;
  /** The end of the input will come by itself. */
  readonly bounded: boolean;
  readonly replayable: boolean;
  /** Metadata columns that it can produce. */
  readonly metadata?: readonly Field[];
  /** Metadata columns that name the split of a row: watermarks are kept for each. */
  readonly splitMetadata?: readonly string[];
  open(context: SourceContext): Promise<SourceReader>;
}

export interface SourceContext {
  readonly heap: Heap;
  readonly clock: Clock;
  readonly timeZone: string;
  /** What to produce, in order, with types. */
  readonly produced: ReadonlyArray<{ readonly column: ProducedColumn; readonly field: Field }>;
  /** The position of the checkpoint that the job resumes from, or null at a first start. Plain data for `encodeJson`. */
  readonly restored: unknown | null;
  /** Stable id of (lineage, source) for readers that register themselves at the server. */
  readonly readerId: string;
  /** Completed checkpoints that are kept (`execution.checkpointing.num-retained`): positions of older ones are never asked for again. */
  readonly retainedCheckpoints: number;
  /** The job's home folder. */
  readonly home: string;
  /** Aborted when the job is cancelled or has failed: whatever waits for the server ends. */
  readonly signal: AbortSignal;
  count(metric: string, by: number): void;
  /** A word to the user that stops nothing (shown once). */
  notice(text: string): void;
}

export interface SourceReader {
  /**
   * The next rows, at once: a batch (valid until the next poll), null when nothing has arrived, 'end' when a bounded input is over.
   * Throws an EngineError when the source fails; a retryable one lets the job restart.
   */
  poll(): Batch | null | 'end';
  /** Resolves when poll may give something, or when the source fails. */
  ready(): Promise<void>;
  /** The position behind the last polled batch: what a barrier stores. Called between batches. */
  position(): unknown;
  /** False while a unit that cannot be divided is half emitted: no barrier may fall here (rule 6). */
  readonly canSnapshot: boolean;
  /** What the rows polled so far and later ones belong to. */
  splits?(): readonly SourceSplit[];
  /** The checkpoint with this position has been completed: trim, commit offsets to the server. */
  checkpointComplete?(position: unknown): void;
  /**
   * Asks the server whether it holds anything that has not been polled yet. Absent: when `poll` gives null there is nothing more.
   */
  hasCaughtUp?(): Promise<boolean>;
  close(): Promise<void>;
}
