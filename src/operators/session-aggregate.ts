/** Aggregates sessions: their rows are kept until the session is over, then added up at once. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { KeyedTable } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import { types } from '../types/logical-type.ts';
import { isRetraction, RowKind } from '../types/row-kind.ts';
import { AggregateSet, type RowUpdate } from './aggregate-set.ts';
import { type CopyRow, compileCopy } from './row-copy.ts';
import { SessionOperator } from './session-operator.ts';
import type { WindowAggregateSpec } from './window-aggregate.ts';
import { WindowOutput } from './window-output.ts';

export class SessionAggregate extends SessionOperator {
  readonly #set: AggregateSet;
  /** Holds the one group that is being added up. */
  readonly #table: KeyedTable;
  readonly #row: Batch;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #accumulate: RowUpdate;
  readonly #retract: RowUpdate;
  readonly #emitKeys: CopyRow;
  readonly #emitValues: (a: number, to: Batch, toRow: number) => void;
  readonly #properties: WindowOutput;

  constructor(spec: WindowAggregateSpec, context: OperatorContext) {
    super(spec.keys, spec.window, context);
    const { heap, state, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    this.#set = new AggregateSet({
      heap,
      state,
      types: input,
      groupColumns: spec.keys,
      calls: spec.aggregates,
      retracts: spec.inputRetracts,
      ttlMs: 0,
    });
    this.#table = state.table({
      name: 'group',
      version: 1,
      key: [],
      value: [types.double(false), ...this.#set.slotTypes],
      prefix: 0,
      ttlMs: 0,
    });
    this.#set.bind(this.#table, 1);
    this.#row = new Batch(input);
    this.#read = this.sessions.rows.compileRead(input, 0, this.sessions.width);
    this.#accumulate = this.#set.compileUpdate('accumulate');
    this.#retract = spec.inputRetracts ? this.#set.compileUpdate('retract') : this.#accumulate;
    this.#emitKeys = compileCopy(heap, input, spec.keys, outputTypes);
    this.#emitValues = this.#set.compileEmit(outputTypes, spec.keys.length);
    const at = spec.keys.length + spec.aggregates.length;
    this.#properties = new WindowOutput(context, this.cutter, at, spec.properties);
  }

  protected give(start: number, end: number, rows: readonly number[]): void {
    const { output } = this.context;
    const group = this.#table.findOrInsert(this.#row, [], 0);
    this.#set.drop(group);
    let count = 0;
    for (const address of rows) {
      this.#read(address, this.#row, 0);
      const isBack = isRetraction(this.sessions.kind(address));
      count += isBack ? -1 : 1;
      (isBack ? this.#retract : this.#accumulate)(this.#row, 0, group);
    }
    if (count > 0) {
      this.#emitKeys(this.#row, 0, output.batch, output.batch.rowCount);
      this.#emitValues(group, output.batch, output.batch.rowCount);
      this.#properties.write(start, end);
      output.advance(RowKind.INSERT);
    }
    if (this.#set.hasTables) this.#set.removeValues(this.#row, 0);
    this.#set.drop(group);
    this.#table.remove(group);
  }
}
