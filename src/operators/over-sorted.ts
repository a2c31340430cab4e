/**
 * OVER by columns that are no time: each partition is kept in order. A change of a row changes the results of those behind it, which are
 * computed anew and said as -U/+U where they differ; a row that is taken back, by a deletion or an update, goes as -D.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OrderedIndex } from '../state/ordered-index.ts';
import type { KeyedTable } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { readValue, writeValue } from '../types/lane-value.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import type { Value } from '../types/value.ts';
import { AggregateSet, type RowUpdate } from './aggregate-set.ts';
import type { OverAggregateSpec } from './over-aggregate.ts';
import { orderedCalls } from './position-functions.ts';
import { RankedPartitions } from './ranked-partitions.ts';
import { allColumns } from './row-copy.ts';

type Results = ReadonlyMap<number, readonly Value[]>;

export class OverSorted implements Operator {
  readonly #spec: OverAggregateSpec;
  readonly #context: OperatorContext;
  readonly #partitions: RankedPartitions;
  readonly #set: AggregateSet;
  /** Holds the one frame that is being computed. */
  readonly #table: KeyedTable;
  readonly #accumulate: RowUpdate;
  readonly #row: Batch;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #emitRow: (address: number, to: Batch, toRow: number) => void;
  readonly #emitValues: (a: number, to: Batch, toRow: number) => void;
  readonly #values: Batch;
  readonly #order: (a: number, b: number) => number;
  readonly #orderToRow: (a: number, batch: Batch, row: number) => number;
  readonly #isSameRow: (a: number, batch: Batch, row: number) => boolean;

  constructor(spec: OverAggregateSpec, context: OperatorContext) {
    const { heap, state, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#context = context;
    this.#partitions = new RankedPartitions({ ...spec, uniqueKey: null }, context);
    const { rows, width } = this.#partitions;
    this.#set = new AggregateSet({
      heap,
      state,
      types: input,
      groupColumns: [],
      calls: orderedCalls(spec.aggregates, spec.order[0]?.column),
      retracts: false,
      isOver: true,
      ttlMs: 0,
    });
    this.#table = state.table({
      name: 'frame',
      version: 1,
      key: [],
      value: [types.double(false), ...this.#set.slotTypes],
      prefix: 0,
      ttlMs: 0,
    });
    this.#set.bind(this.#table, 1);
    this.#accumulate = this.#set.compileUpdate('accumulate');
    this.#row = new Batch(input);
    this.#read = rows.compileRead(input, 0, width);
    this.#emitRow = rows.compileRead(outputTypes, 0, width);
    const resultTypes = outputTypes.slice(width);
    this.#values = new Batch(resultTypes);
    this.#emitValues = this.#set.compileEmit(resultTypes, 0);
    this.#order = rows.compileOrder(spec.order);
    this.#orderToRow = rows.compileOrderToRow(spec.order);
    this.#isSameRow = rows.compileSameColumns(allColumns(input));
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    const view = this.#partitions.view(batch);
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) {
          const list = this.#partitions.of(view, row);
          this.#change(list, view, row, batch.insertOnly ? 0 : (batch.kinds[row] as number));
        }
      },
      (watermark) => output.mark(watermark),
    );
    output.flush();
  }

  #change(list: OrderedIndex, view: Batch, row: number, kind: number): void {
    const before = this.#compute(list);
    if ((kind & 1) === 0) {
      const { address } = this.#partitions.add(list, view, row);
      const after = this.#compute(list);
      this.#emit(kind, address, after.get(address) ?? []);
      this.#emitDifferences(before, after, address);
      return;
    }
    const position = this.#positionOf(list, view, row);
    if (position < 0) return;
    const address = list.at(position);
    this.#emit(RowKind.DELETE, address, before.get(address) ?? []);
    this.#partitions.removeAt(list, position);
    this.#emitDifferences(before, this.#compute(list), address);
  }

  #emitDifferences(before: Results, after: Results, changed: number): void {
    for (const [address, values] of after) {
      const old = before.get(address);
      if (address === changed || !old || old.every((value, i) => Object.is(value, values[i]))) continue;
      this.#emit(RowKind.UPDATE_BEFORE, address, old);
      this.#emit(RowKind.UPDATE_AFTER, address, values);
    }
  }

  #positionOf(list: OrderedIndex, view: Batch, row: number): number {
    for (let at = list.lowerBound((a) => this.#orderToRow(a, view, row)); at < list.length; at++) {
      if (this.#isSameRow(list.at(at), view, row)) return at;
      if (this.#orderToRow(list.at(at), view, row) > 0) break;
    }
    return -1;
  }

  /** Results of a partition, by record, in order. */
  #compute(list: OrderedIndex): Results {
    const results = new Map<number, readonly Value[]>();
    const frame = this.#table.findOrInsert(this.#row, [], 0);
    this.#set.drop(frame);
    const { unit } = this.#spec.frame;
    for (let start = 0; start < list.length; ) {
      const end = unit === 'ROWS' ? start + 1 : this.#endOfPeers(list, start);
      for (let at = start; at < end; at++) this.#enter(list.at(at), frame);
      const values = this.#results(frame);
      for (let at = start; at < end; at++) results.set(list.at(at), values);
      start = end;
    }
    if (this.#set.hasTables) this.#set.removeValues(this.#row, 0);
    this.#set.drop(frame);
    this.#table.remove(frame);
    return results;
  }

  #enter(address: number, frame: number): void {
    this.#read(address, this.#row, 0);
    this.#accumulate(this.#row, 0, frame);
  }

  #endOfPeers(list: OrderedIndex, start: number): number {
    let end = start + 1;
    while (end < list.length && this.#order(list.at(start), list.at(end)) === 0) end++;
    return end;
  }

  #results(frame: number): Value[] {
    this.#emitValues(frame, this.#values, 0);
    return this.#values.types.map((type, i) =>
      readValue(type, this.#values.columns[i] as Column, 0, this.#context.heap),
    );
  }

  #emit(kind: number, address: number, values: readonly Value[]): void {
    const { heap, output, outputTypes } = this.#context;
    const { batch } = output;
    this.#emitRow(address, batch, batch.rowCount);
    values.forEach((value, i) => {
      const at = this.#partitions.width + i;
      writeValue(outputTypes[at] as LogicalType, batch.columns[at] as Column, batch.rowCount, value, heap);
    });
    output.advance(kind);
  }
}
