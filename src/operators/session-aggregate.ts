/**
 * Aggregates sessions. Where accumulators can be merged each session has one; where they cannot, its rows are kept until it is over, then
 * added up at once.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { WindowAggregateSpec } from '../dataflow/operator-spec.ts';
import type { KeyedTable } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import { types } from '../types/logical-type.ts';
import { isRetraction, RowKind } from '../types/row-kind.ts';
import { AggregateSet, compileKeys, type EmitRecord, type RowUpdate } from './aggregate-set.ts';
import { BatchView } from './batch-view.ts';
import { type CopyRow, compileCopy } from './row-copy.ts';
import { SessionIntervals } from './session-intervals.ts';
import { SessionOperator, SessionRowsOperator } from './session-operator.ts';
import { WindowOutput } from './window-output.ts';

export function createSessionAggregate(spec: WindowAggregateSpec, context: OperatorContext): Operator {
  const set = new AggregateSet({
    heap: context.heap,
    state: context.state,
    types: context.inputTypes[0] ?? [],
    groupColumns: spec.keys,
    calls: spec.aggregates,
    retracts: spec.inputRetracts,
    ttlMs: 0,
  });
  return set.isMergeable ? new MergedSessions(spec, set, context) : new KeptSessions(spec, set, context);
}

/** Own columns of the view of {@link MergedSessions}. */
const CONSTANT = 0;
const START = 1;

class MergedSessions extends SessionOperator {
  readonly #view: BatchView;
  readonly #intervals: SessionIntervals;
  readonly #countAt: number;
  readonly #mergeValues: (into: number, from: number) => void;
  readonly #accumulate: RowUpdate;
  readonly #retract: RowUpdate;
  readonly #emitKeys: EmitRecord;
  readonly #emitValues: EmitRecord;
  readonly #properties: WindowOutput;

  constructor(spec: WindowAggregateSpec, set: AggregateSet, context: OperatorContext) {
    super(spec.window, context);
    const { heap, outputTypes } = context;
    this.#view = new BatchView(context.inputTypes[0] ?? [], [types.boolean(false), types.timestamp(3, false)]);
    this.#intervals = new SessionIntervals(
      {
        types: this.#view.types,
        keys: spec.keys.length > 0 ? spec.keys : [this.#view.column(CONSTANT)],
        startColumn: this.#view.column(START),
        window: spec.window,
        cutter: this.cutter,
        values: [types.double(false), ...set.slotTypes],
        onMerge: (from, into) => this.#merge(from, into),
      },
      context,
    );
    const { table } = this.#intervals;
    set.bind(table, 2);
    this.#countAt = table.layout.value[1]?.lanes[0] as number;
    this.#mergeValues = set.compileMerge();
    this.#accumulate = set.compileUpdate('accumulate');
    this.#retract = spec.inputRetracts ? set.compileUpdate('retract') : this.#accumulate;
    this.#emitKeys = compileKeys(heap, table, 0, outputTypes.slice(0, spec.keys.length));
    this.#emitValues = set.compileEmit(outputTypes, spec.keys.length);
    const at = spec.keys.length + spec.aggregates.length;
    this.#properties = new WindowOutput(context, this.cutter, at, spec.properties);
  }

  protected view(batch: Batch): Batch {
    return this.#view.over(batch);
  }

  protected add(view: Batch, row: number, kind: number): boolean {
    const session = this.#intervals.extend(view, row, this.#intervals.timeOf(view, row));
    if (session === 0) return false;
    const isBack = isRetraction(kind);
    this.#count(session, isBack ? -1 : 1);
    (isBack ? this.#retract : this.#accumulate)(view, row, session);
    return true;
  }

  protected fire(watermark: number): void {
    const { heap, output } = this.context;
    this.#intervals.fire(watermark, (session) => {
      if ((heap.f64[(session + this.#countAt) >>> 3] as number) <= 0) return;
      this.#emitKeys(session, output.batch, output.batch.rowCount);
      this.#emitValues(session, output.batch, output.batch.rowCount);
      this.#properties.write(this.#intervals.start(session), this.#intervals.end(session));
      output.advance(RowKind.INSERT);
    });
  }

  #merge(from: number, into: number): void {
    this.#count(into, this.context.heap.f64[(from + this.#countAt) >>> 3] as number);
    this.#mergeValues(into, from);
  }

  #count(session: number, by: number): void {
    const at = (session + this.#countAt) >>> 3;
    const { f64 } = this.context.heap;
    f64[at] = (f64[at] as number) + by;
    this.#intervals.table.markDirty(session);
  }
}

class KeptSessions extends SessionRowsOperator {
  readonly #set: AggregateSet;
  /** Holds the one group that is being added up. */
  readonly #table: KeyedTable;
  readonly #row: Batch;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #accumulate: RowUpdate;
  readonly #retract: RowUpdate;
  readonly #emitKeys: CopyRow;
  readonly #emitValues: EmitRecord;
  readonly #properties: WindowOutput;

  constructor(spec: WindowAggregateSpec, set: AggregateSet, context: OperatorContext) {
    super(spec.keys, spec.window, context);
    const { heap, state, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    this.#set = set;
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
