/** GROUP BY of a bounded input whose aggregates depend on order or have no fixed width: rows are sorted by key, then added up. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { GroupAggregateSpec } from '../dataflow/operator-spec.ts';
import type { KeyedTable } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import { types } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { AggregateSet, type RowUpdate } from './aggregate-set.ts';
import { BatchRows, forEachPartition } from './batch-rows.ts';
import { type CopyRow, compileCopy } from './row-copy.ts';

export class SortedGroupAggregate implements Operator {
  readonly #spec: GroupAggregateSpec;
  readonly #context: OperatorContext;
  readonly #rows: BatchRows;
  readonly #set: AggregateSet;
  /** Holds the one group that is being added up. */
  readonly #table: KeyedTable;
  readonly #row: Batch;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #accumulate: RowUpdate;
  readonly #copyKeys: CopyRow;
  readonly #emitValues: (a: number, to: Batch, toRow: number) => void;

  constructor(spec: GroupAggregateSpec, context: OperatorContext) {
    const { heap, state, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    const { keys, aggregates } = spec;
    this.#spec = spec;
    this.#context = context;
    this.#rows = new BatchRows(context);
    const shared = { heap, state, types: input, groupColumns: keys, calls: aggregates };
    this.#set = new AggregateSet({ ...shared, retracts: false, ttlMs: 0 });
    const value = [types.double(false), ...this.#set.slotTypes];
    this.#table = state.table({ name: 'group', version: 1, key: [], value, prefix: 0, ttlMs: 0 });
    this.#set.bind(this.#table, 1);
    this.#row = new Batch(input);
    this.#read = this.#rows.rows.compileRead(input, 0, this.#rows.width);
    this.#accumulate = this.#set.compileUpdate('accumulate');
    this.#copyKeys = compileCopy(heap, input, keys, outputTypes);
    this.#emitValues = this.#set.compileEmit(outputTypes, keys.length);
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    this.#rows.add(batch);
    for (let mark = 0; mark < batch.markCount; mark++) output.mark(batch.markValues[mark] as number);
    output.flush();
  }

  endInput(): void {
    const { records, byPartition } = this.#rows.sorted(this.#spec.keys, []);
    forEachPartition(records, byPartition, (start, end) => this.#group(records, start, end));
    this.#context.output.flush();
  }

  #group(records: readonly number[], start: number, end: number): void {
    const { output } = this.#context;
    const group = this.#table.findOrInsert(this.#row, [], 0);
    this.#set.drop(group);
    for (let at = start; at < end; at++) {
      this.#read(records[at] as number, this.#row, 0);
      this.#accumulate(this.#row, 0, group);
    }
    this.#copyKeys(this.#row, 0, output.batch, output.batch.rowCount);
    this.#emitValues(group, output.batch, output.batch.rowCount);
    output.advance(RowKind.INSERT);
    if (this.#set.hasTables) this.#set.removeValues(this.#row, 0);
    this.#set.drop(group);
    this.#table.remove(group);
  }
}
