/**
 * Where rows go, by protocol F: the writer turns the epoch's rows into an opaque buffer, the runtime makes the buffer part of the
 * checkpoint, and once that is durable the committer applies it with the epoch's marker in one transaction of the sink.
 * `exactly-once` rules 1 to 4 and 10 to 14 say what a committer must check; each is named in the tests.
 */
import type { Batch } from '../types/batch.ts';
import type { ChangelogMode } from '../types/changelog-mode.ts';
import type { Heap } from '../types/heap.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';

export interface TableSink {
  /** The mode that the sink wants, given what the query produces (Flink's getChangelogMode). */
  changelogMode(requested: ChangelogMode): ChangelogMode;
  readonly delivery: 'exactly-once' | 'at-least-once' | 'none';
  /** INSERT OVERWRITE may replace what is there. */
  readonly supportsOverwrite?: boolean;
  /** Writable metadata columns. */
  readonly metadata?: readonly Field[];
  openWriter(context: SinkContext): SinkWriter;
  /** Absent for sinks without a marker (print, blackhole): their writer writes by itself. */
  openCommitter?(context: SinkContext): Promise<SinkCommitter>;
}

export interface SinkContext {
  readonly heap: Heap;
  readonly inputTypes: readonly LogicalType[];
  /** Columns of the table that the input fills. */
  readonly targetColumns: readonly number[];
  readonly timeZone: string;
  readonly home: string;
  /** Born with the job, kept by its checkpoints; markers are per (lineage, sink). */
  readonly lineage: string;
  /** Id of the sink in the job: its vertex's uid. */
  readonly sink: string;
  readonly isFirstStart: boolean;
  /** INSERT OVERWRITE: what the table (or the partitions written) held before goes. */
  readonly overwrite?: boolean;
  /** Aborted when the job is cancelled or has failed: a commit that waits for the server ends, its outcome unknown. */
  readonly signal: AbortSignal;
  notice(text: string): void;
  /** A line for the job's standard output (print). */
  print(line: string): void;
}

export interface SinkWriter {
  /** Adds rows to the epoch's buffer. The batch is valid during the call. */
  write(batch: Batch): void;
  /** Bytes of the epoch so far: the runtime takes a checkpoint early when they are many. */
  readonly bufferedBytes: number;
  /** Ends the epoch: its output as chunks in order, or null when there is none. The chunks are the runtime's from then on. */
  seal(): Uint8Array[] | null;
  close(): void | Promise<void>;
}

export interface SinkMarker {
  readonly incarnation: number;
  readonly epoch: number;
}

export interface SinkCommitter {
  /**
   * In one transaction: lock and read the marker of (lineage, sink); call `decide` with it (null: none yet); when that gives 'apply', apply
   * the buffers in order and write `next`; 'done': change nothing. `decide` throws when the sink must not be touched (fenced, gap).
   */
  commit(request: CommitRequest): Promise<void>;
  /** The marker as it stands now (after an unknown outcome, at a start). */
  readMarker(): Promise<SinkMarker | null>;
  close(): Promise<void>;
}

export interface CommitRequest {
  readonly next: SinkMarker;
  decide(current: SinkMarker | null): 'apply' | 'done';
  /** Chunks of the epoch's buffers, in order; may be called again after a retry. */
  buffers(): AsyncIterable<Uint8Array>;
}
