/** OVER of a bounded input: its rows are sorted at the end, and each partition is walked once with two pointers to its frame's ends. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { KeyedTable } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { readValue, writeValue } from '../types/lane-value.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import type { Value } from '../types/value.ts';
import { AggregateSet, type RowUpdate } from './aggregate-set.ts';
import { BatchRows, forEachPartition } from './batch-rows.ts';
import { FrameBounds } from './frame-bounds.ts';
import type { OverAggregateSpec } from './over-aggregate.ts';
import { isPositionFunction, type Position, positionValue } from './position-functions.ts';

type ReadRow = (address: number, to: Batch, toRow: number) => void;

export class OverBatch implements Operator {
  readonly #spec: OverAggregateSpec;
  readonly #context: OperatorContext;
  readonly #rows: BatchRows;
  readonly #set: AggregateSet;
  /** Holds the one frame that is being computed. */
  readonly #table: KeyedTable;
  readonly #accumulate: RowUpdate;
  readonly #retract: RowUpdate | null;
  /** A frame that both ends bound is added up anew for each row where sums are not exact: what is taken back would leave traces. */
  readonly #addsAnew: boolean;
  readonly #row: Batch;
  readonly #read: ReadRow;
  readonly #emitRow: ReadRow;
  readonly #results: Batch;
  readonly #emitResults: (a: number, to: Batch, toRow: number) => void;

  constructor(spec: OverAggregateSpec, context: OperatorContext) {
    const { heap, state, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    const calls = spec.aggregates.filter((call) => !isPositionFunction(call.function));
    const isBounded = spec.frame.preceding !== null;
    this.#spec = spec;
    this.#context = context;
    this.#rows = new BatchRows(context);
    this.#set = new AggregateSet({
      heap,
      state,
      types: input,
      groupColumns: [],
      calls,
      retracts: isBounded,
      isOver: true,
      ttlMs: 0,
    });
    const value = [types.double(false), ...this.#set.slotTypes];
    this.#table = state.table({ name: 'frame', version: 1, key: [], value, prefix: 0, ttlMs: 0 });
    this.#set.bind(this.#table, 1);
    this.#accumulate = this.#set.compileUpdate('accumulate');
    this.#retract = isBounded ? this.#set.compileUpdate('retract') : null;
    this.#addsAnew =
      isBounded &&
      spec.frame.following !== null &&
      calls.some(({ args }) => args.some((arg) => ['DOUBLE', 'FLOAT'].includes(input[arg]?.kind ?? '')));
    this.#row = new Batch(input);
    this.#read = this.#rows.rows.compileRead(input, 0, this.#rows.width);
    this.#emitRow = this.#rows.rows.compileRead(outputTypes, 0, this.#rows.width);
    const resultTypes = calls.map((call) => call.type);
    this.#results = new Batch(resultTypes);
    this.#emitResults = this.#set.compileEmit(resultTypes, 0);
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    this.#rows.add(batch);
    for (let mark = 0; mark < batch.markCount; mark++) output.mark(batch.markValues[mark] as number);
    output.flush();
  }

  endInput(): void {
    const { partition, order } = this.#spec;
    const { records, byPartition } = this.#rows.sorted(partition, order);
    const compare = this.#rows.rows.compileOrder(order);
    forEachPartition(records, byPartition, (start, end) => this.#partition(records.slice(start, end), compare));
    this.#context.output.flush();
  }

  #partition(records: readonly number[], compare: (a: number, b: number) => number): void {
    let frame = this.#newFrame();
    const bounds = new FrameBounds(this.#spec, records, compare, (address) => this.#orderValue(address));
    let left = 0;
    let entered = 0;
    for (let index = 0; index < records.length; index++) {
      const { start, end } = bounds.of(index);
      if (this.#addsAnew && left < start) {
        this.#removeFrame(frame);
        frame = this.#newFrame();
        left = start;
        entered = start;
      }
      for (; entered < end; entered++) this.#update(this.#accumulate, records[entered] as number, frame);
      for (; left < Math.min(start, entered); left++) this.#update(this.#retract, records[left] as number, frame);
      this.#emit(records, index, frame, bounds);
    }
    this.#removeFrame(frame);
  }

  #newFrame(): number {
    const frame = this.#table.findOrInsert(this.#row, [], 0);
    this.#set.drop(frame);
    return frame;
  }

  #removeFrame(frame: number): void {
    if (this.#set.hasTables) this.#set.removeValues(this.#row, 0);
    this.#set.drop(frame);
    this.#table.remove(frame);
  }

  #update(update: RowUpdate | null, address: number, frame: number): void {
    this.#read(address, this.#row, 0);
    update?.(this.#row, 0, frame);
  }

  #emit(records: readonly number[], index: number, frame: number, bounds: FrameBounds): void {
    const { heap, output, outputTypes } = this.#context;
    const { batch } = output;
    this.#emitRow(records[index] as number, batch, batch.rowCount);
    this.#emitResults(frame, this.#results, 0);
    let aggregate = 0;
    this.#spec.aggregates.forEach((call, i) => {
      const at = this.#rows.width + i;
      const value = isPositionFunction(call.function)
        ? positionValue(call, this.#position(records, index, bounds, call.args))
        : this.#valueAt(this.#results, aggregate++, 0);
      writeValue(outputTypes[at] as LogicalType, batch.columns[at] as Column, batch.rowCount, value, heap);
    });
    output.advance(RowKind.INSERT);
  }

  #position(records: readonly number[], index: number, bounds: FrameBounds, args: readonly number[]): Position {
    return {
      ...bounds.peers(index),
      index,
      count: records.length,
      argument: (row, argument) => this.#columnOf(records[row] as number, args[argument] as number),
    };
  }

  #columnOf(address: number, column: number): Value {
    this.#read(address, this.#row, 0);
    return this.#valueAt(this.#row, column, 0);
  }

  #valueAt(batch: Batch, column: number, row: number): Value {
    return readValue(batch.types[column] as LogicalType, batch.columns[column] as Column, row, this.#context.heap);
  }

  /** What RANGE measures distances by: ms of times, else the number itself. */
  #orderValue(address: number): number | null {
    const column = this.#spec.order[0]?.column ?? 0;
    const type = this.#row.types[column] as LogicalType;
    const value = this.#columnOf(address, column);
    if (value === null) return null;
    if (type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ') return Number((value as bigint) / 1000n) / 1000;
    if (type.kind === 'DATE') return Number(value) * 86_400_000;
    return type.kind === 'DECIMAL' ? Number(value) / 10 ** type.scale : Number(value);
  }
}
