/**
 * What an operator is. One thread calls it; it opens no file, reads no clock and knows no connector.
 *
 * Order of calls: `create` (state tables are declared there and filled by the runtime if the job is restored) → any number of
 * `processBatch` and `processTime` → at a barrier, between two batches, `prepareSnapshot` → … → `endInput` once per input of a bounded
 * job → `close`. Everything that an operator keeps is in the state tables it declared: a barrier stores those and nothing else.
 */
import type { EvalContext } from '../functions/function.ts';
import type { StateBackend } from '../state/state.ts';
import type { Batch, BatchWriter } from '../types/batch.ts';
import type { Heap } from '../types/heap.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { LookupReader } from './lookup.ts';
import type { ConnectorTable } from './operator-spec.ts';
import type { SourceSplit } from './source.ts';

export interface Operator {
  /** Rows, then marks at their places. The batch is the caller's and valid during the call. Emits into `context.output`, which it flushes before it returns. */
  processBatch(input: number, batch: Batch): void;
  /** Look-up joins only: resolves when nothing is pending any more. Awaited after each batch and before a barrier. */
  readonly drain?: () => Promise<void>;
  /** Called about every 100 ms and before each barrier with the processing time in ms: processing-time timers, TTL sweep, mini-batch. */
  processTime?(nowMs: number): void;
  /** Flush what is not in state yet into state. */
  prepareSnapshot?(): void;
  /** A bounded input has ended (after its last watermark, which is Infinity). Batch-mode operators emit here. */
  endInput?(input: number): void;
  close?(): void | Promise<void>;
  /** Watermark assigners: the event time that they have come to; NaN when there is none yet, or nobody should wait for it. */
  eventTime?(): number;
}

export interface OperatorContext {
  readonly uid: string;
  readonly inputTypes: ReadonlyArray<readonly LogicalType[]>;
  readonly outputTypes: readonly LogicalType[];
  readonly mode: 'streaming' | 'batch';
  readonly output: BatchWriter;
  readonly heap: Heap;
  /** Declares tables; see `state/state.ts`. */
  readonly state: StateBackend;
  /** For expressions: time zone, now(), random. */
  readonly evaluation: EvalContext;
  /** Processing time in ms, read once a batch. */
  now(): number;
  /** Adds to a named counter (`numLateRecordsDropped`). */
  count(metric: string, by: number): void;
  /** The splits of the source above; none where it has no such parts. */
  splits(): readonly SourceSplit[];
  /** Opens the look-up side of a connector table (LookupJoin): `LookupSource.open` with names of the key fields and of the fields to read. */
  openLookup(table: ConnectorTable, keyFields: readonly string[], fields: readonly string[]): Promise<LookupReader>;
  /** Aborted when the job is cancelled or has failed: a {@link Operator.drain} that waits rejects. */
  readonly signal: AbortSignal;
}

/** A mark of this value is no watermark: the input is idle, and nobody waits for it until its next watermark. Compare with Number.isNaN. */
export const IDLE = Number.NaN;

/** Forwards marks of one input when it has rows and marks interleaved: runs `rows` for each stretch, `mark` between. */
export function forEachStretch(
  batch: Batch,
  rows: (start: number, end: number) => void,
  mark: (watermark: number) => void,
): void {
  let start = 0;
  for (let i = 0; i < batch.markCount; i++) {
    const end = batch.markRows[i] as number;
    if (end > start) rows(start, end);
    start = end;
    mark(batch.markValues[i] as number);
  }
  if (batch.rowCount > start) rows(start, batch.rowCount);
}
