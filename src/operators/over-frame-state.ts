/**
 * The frame of each partition of an OVER aggregation: accumulators, and for a bounded frame the rows in it, oldest first. Rows come in the
 * order of the frame; which order that is, is the caller's business.
 */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { KeyedTable } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { AggregateSet, type RowUpdate } from './aggregate-set.ts';
import { BatchView } from './batch-view.ts';
import type { OverAggregateSpec } from './over-aggregate.ts';
import { OverCleanUps } from './over-clean-ups.ts';
import { orderedCalls } from './position-functions.ts';
import { allColumns, type CopyRow, compileCopy } from './row-copy.ts';
import { RowTable } from './row-table.ts';
import { stateSequence } from './state-sequence.ts';

/** Own columns of the view. */
const NUMBER = 0;
const TIME = 1;

export class OverFrameState {
  readonly #spec: OverAggregateSpec;
  readonly #context: OperatorContext;
  readonly #view: BatchView;
  readonly #set: AggregateSet;
  readonly #partitions: KeyedTable;
  readonly #accumulate: RowUpdate;
  readonly #retract: RowUpdate | null;
  readonly #copy: CopyRow;
  readonly #emitValues: (a: number, to: Batch, toRow: number) => void;
  readonly #countAt: number;
  readonly #timeAt: number;
  readonly #forgottenAt: number;
  /** Times at which partitions may be forgotten; null where they are kept. */
  readonly #cleanUps: OverCleanUps | null;
  /** Rows of bounded frames. */
  readonly #rows: RowTable | null;
  readonly #next: () => number;
  readonly #leaving: Batch;
  readonly #readLeaving: ((address: number, to: Batch, toRow: number) => void) | null;

  constructor(spec: OverAggregateSpec, context: OperatorContext) {
    const { heap, state, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    const isBounded = spec.frame.preceding !== null;
    const forgets = isBounded && spec.frame.unit === 'RANGE' && spec.timeColumn !== null;
    const own = [types.double(false), types.double(false), ...(forgets ? [types.double(false)] : [])];
    this.#spec = spec;
    this.#context = context;
    this.#view = new BatchView(input, [types.double(false), types.double(false), types.boolean(false)]);
    this.#set = new AggregateSet({
      heap,
      state,
      types: input,
      groupColumns: spec.partition,
      calls: orderedCalls(spec.aggregates, spec.timeColumn ?? spec.order[0]?.column),
      retracts: isBounded,
      isOver: true,
      ttlMs: spec.ttlMs,
    });
    this.#partitions = state.table({
      name: 'partitions',
      version: forgets ? 2 : 1,
      key: spec.partition.map((column) => withNullable(input[column] as LogicalType, true)),
      value: [...own, ...this.#set.slotTypes],
      prefix: 0,
      ttlMs: spec.ttlMs,
    });
    this.#set.bind(this.#partitions, own.length);
    this.#accumulate = this.#set.compileUpdate('accumulate');
    this.#retract = isBounded ? this.#set.compileUpdate('retract') : null;
    this.#copy = compileCopy(heap, input, allColumns(input), outputTypes);
    this.#emitValues = this.#set.compileEmit(outputTypes, input.length);
    this.#countAt = this.#partitions.layout.value[0]?.lanes[0] as number;
    this.#timeAt = this.#partitions.layout.value[1]?.lanes[0] as number;
    this.#forgottenAt = forgets ? (this.#partitions.layout.value[2]?.lanes[0] as number) : 0;
    this.#cleanUps = forgets ? new OverCleanUps(spec.partition, this.#view, TIME, context) : null;
    this.#next = stateSequence(state, 'frame-sequence');
    this.#rows = isBounded ? this.#declareRows() : null;
    this.#leaving = new Batch(input);
    this.#readLeaving = this.#rows?.compileRead(input, 0, input.length) ?? null;
  }

  /** The batch with the frame's own columns; valid until the next call. */
  view(batch: Batch): Batch {
    return this.#view.over(batch);
  }

  /** Time of the last row that came into the partition of a row. */
  lastTime(view: Batch, row: number): number {
    const partition = this.#partitions.find(view, this.#spec.partition, row);
    return partition === 0 ? Number.NEGATIVE_INFINITY : this.#f64(partition, this.#timeAt);
  }

  /** The next time at which a partition may be forgotten; NaN when there is none. */
  get earliestCleanUp(): number {
    return this.#cleanUps?.earliest ?? Number.NaN;
  }

  /**
   * Notes that a row of {@link view} will come in at a time: a RANGE of an interval forgets its partition one and a half intervals behind its
   * rows, as Flink does, and takes late rows from then on.
   */
  expect(view: Batch, row: number, time: number): void {
    if (!this.#cleanUps) return;
    const preceding = this.#spec.frame.preceding ?? 0;
    const partition = this.#partitions.findOrInsert(view, this.#spec.partition, row);
    if (this.#partitions.lastInserted) {
      this.#set.drop(partition);
      this.#setF64(partition, this.#timeAt, Number.NEGATIVE_INFINITY);
      this.#setF64(partition, this.#forgottenAt, Number.NEGATIVE_INFINITY);
    }
    if (this.#f64(partition, this.#forgottenAt) >= time + preceding + 1) return;
    const at = time + Math.floor(preceding * 1.5) + 1;
    this.#setF64(partition, this.#forgottenAt, at);
    this.#partitions.markDirty(partition);
    this.#cleanUps.add(view, row, at);
  }

  /** Forgets the partition that is due first, or, when rows have come since, counts its time as that of its last row. */
  cleanUp(): void {
    const time = this.earliestCleanUp;
    const view = this.view(this.#cleanUps?.take() as Batch);
    const partition = this.#partitions.find(view, this.#spec.partition, 0);
    if (partition === 0) return;
    if (this.#f64(partition, this.#forgottenAt) > time) {
      this.#setF64(partition, this.#timeAt, time);
      this.#partitions.markDirty(partition);
      return;
    }
    const rows = this.#rows as RowTable;
    const prefix = rows.keys.slice(0, rows.table.spec.prefix);
    for (let row = rows.table.chain(view, prefix, 0); row !== 0; row = rows.table.chain(view, prefix, 0))
      rows.table.remove(row);
    this.#set.remove(partition, view);
  }

  /** Takes a row of {@link view} into its frame, and lets those out that it leaves behind. */
  add(view: Batch, row: number, time: number): void {
    const partition = this.#partitions.findOrInsert(view, this.#spec.partition, row);
    if (this.#partitions.lastInserted) this.#set.drop(partition);
    if (this.#rows) this.#leave(this.#rows, view, row, partition, time);
    this.#accumulate(view, row, partition);
    const { f64 } = this.#context.heap;
    const count = (partition + this.#countAt) >>> 3;
    f64[count] = (f64[count] as number) + 1;
    f64[(partition + this.#timeAt) >>> 3] = time;
    this.#partitions.markDirty(partition);
    if (!this.#rows) return;
    (this.#view.own[NUMBER] as Column).lane0[row] = this.#next();
    (this.#view.own[TIME] as Column).lane0[row] = time;
    this.#rows.write(this.#rows.table.findOrInsert(view, this.#rows.keys, row), view, row);
  }

  /** Gives out a row of {@link view} with the results of its frame as it is now. */
  emit(view: Batch, row: number): void {
    const { output } = this.#context;
    const partition = this.#partitions.find(view, this.#spec.partition, row);
    this.#copy(view, row, output.batch, output.batch.rowCount);
    this.#emitValues(partition, output.batch, output.batch.rowCount);
    output.advance(RowKind.INSERT);
  }

  endBatch(): void {
    if (this.#spec.ttlMs > 0) this.#set.flush();
  }

  flush(): void {
    this.#set.flush();
  }

  #leave(rows: RowTable, view: Batch, row: number, partition: number, time: number): void {
    const { unit } = this.#spec.frame;
    const preceding = this.#spec.frame.preceding ?? 0;
    const timeLane = rows.slots[this.#view.column(TIME)]?.lanes[0] as number;
    const { prefix } = rows.table.spec;
    for (;;) {
      const count = this.#f64(partition, this.#countAt);
      if (count === 0 || (unit === 'ROWS' && count <= preceding)) return;
      const oldest = rows.table.chain(view, rows.keys.slice(0, prefix), row);
      if (oldest === 0 || (unit === 'RANGE' && this.#f64(oldest, timeLane) >= time - preceding)) return;
      this.#readLeaving?.(oldest, this.#leaving, 0);
      this.#retract?.(this.#leaving, 0, partition);
      rows.table.remove(oldest);
      this.#context.heap.f64[(partition + this.#countAt) >>> 3] = count - 1;
    }
  }

  #f64(address: number, offset: number): number {
    return this.#context.heap.f64[(address + offset) >>> 3] as number;
  }

  #setF64(address: number, offset: number, value: number): void {
    this.#context.heap.f64[(address + offset) >>> 3] = value;
  }

  #declareRows(): RowTable {
    const input = this.#context.inputTypes[0] ?? [];
    const constant = this.#view.column(2);
    const prefix = this.#spec.partition.length > 0 ? this.#spec.partition : [constant];
    return new RowTable(this.#context.heap, this.#context.state, {
      name: 'frame',
      types: this.#view.types,
      keys: [...prefix, this.#view.column(NUMBER)],
      stored: [...allColumns(input), this.#view.column(TIME)],
      prefix: prefix.length,
      ttlMs: this.#spec.ttlMs,
    });
  }
}
