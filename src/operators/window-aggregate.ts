/**
 * Aggregates a window: one record for each window and key, given out once, when the watermark (or, for processing time, the clock) has
 * reached the window's last millisecond. Rows whose windows are all over are dropped and counted. SESSION: `session-aggregate.ts`.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { KeyedTable, Slot } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { AggregateSet, type RowUpdate } from './aggregate-set.ts';
import { BatchView } from './batch-view.ts';
import { generatedFunction } from './generated-function.ts';
import { assignBatch, recordOperand } from './lane-code.ts';
import { SessionAggregate } from './session-aggregate.ts';
import { TimerHeap } from './timer-heap.ts';
import { WindowCutter } from './window-cutter.ts';
import { WindowOutput } from './window-output.ts';

export type WindowAggregateSpec = Extract<OperatorSpec, { kind: 'WindowAggregate' }>;

export function createWindowAggregate(spec: WindowAggregateSpec, context: OperatorContext): Operator {
  return spec.window.type === 'SESSION' ? new SessionAggregate(spec, context) : new WindowAggregate(spec, context);
}

class WindowAggregate implements Operator {
  readonly #spec: WindowAggregateSpec;
  readonly #context: OperatorContext;
  readonly #cutter: WindowCutter;
  readonly #view: BatchView;
  readonly #groupColumns: readonly number[];
  readonly #set: AggregateSet;
  readonly #table: KeyedTable;
  readonly #accumulate: RowUpdate;
  readonly #retract: RowUpdate;
  readonly #emitKeys: (a: number, to: Batch, toRow: number) => void;
  readonly #emitValues: (a: number, to: Batch, toRow: number) => void;
  readonly #properties: WindowOutput;
  /** Holds the key of a window whose records are sought. */
  readonly #probe: Batch;
  readonly #countAt: number;
  /** Ends of windows that are open, each once. */
  readonly #ends = new TimerHeap();
  readonly #known = new Set<number>();
  #isRestored = false;
  readonly #watermark: { get(): number; set(value: number): void };

  constructor(spec: WindowAggregateSpec, context: OperatorContext) {
    const { heap, state } = context;
    const input = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#context = context;
    this.#cutter = new WindowCutter(spec.window);
    this.#view = new BatchView(input, [types.timestamp(3, false)]);
    this.#groupColumns = [this.#view.column(0), ...spec.keys];
    this.#set = new AggregateSet({
      heap,
      state,
      types: this.#view.types,
      groupColumns: this.#groupColumns,
      calls: spec.aggregates,
      retracts: spec.inputRetracts,
      ttlMs: 0,
    });
    this.#table = state.table({
      name: 'windows',
      version: 1,
      key: [types.timestamp(3, false), ...spec.keys.map((column) => withNullable(input[column] as LogicalType, true))],
      value: [types.double(false), ...this.#set.slotTypes],
      prefix: 1,
      ttlMs: 0,
    });
    this.#set.bind(this.#table, 1);
    this.#accumulate = this.#set.compileUpdate('accumulate');
    this.#retract = spec.inputRetracts ? this.#set.compileUpdate('retract') : this.#accumulate;
    this.#emitKeys = this.#compileKeys();
    this.#emitValues = this.#set.compileEmit(context.outputTypes, spec.keys.length);
    const at = spec.keys.length + spec.aggregates.length;
    this.#properties = new WindowOutput(context, this.#cutter, at, spec.properties);
    this.#probe = new Batch(this.#view.types.map((type) => withNullable(type, true)));
    this.#watermark = state.value('watermark', Number.NEGATIVE_INFINITY);
    this.#countAt = this.#table.layout.value[0]?.lanes[0] as number;
  }

  processBatch(_input: number, batch: Batch): void {
    this.#restore();
    const view = this.#view.over(batch);
    const { mode, output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++)
          this.#process(view, row, batch.insertOnly ? 0 : (batch.kinds[row] as number));
      },
      (watermark) => {
        if (mode === 'streaming' && this.#spec.window.timeColumn !== null) this.#fire(watermark);
        output.mark(watermark);
      },
    );
    output.flush();
  }

  processTime(nowMs: number): void {
    if (this.#spec.window.timeColumn !== null || this.#context.mode === 'batch') return;
    this.#fire(nowMs);
    this.#context.output.flush();
  }

  prepareSnapshot(): void {
    this.#set.flush();
  }

  endInput(): void {
    if (this.#context.mode !== 'batch') return;
    this.#fire(Number.POSITIVE_INFINITY);
    this.#context.output.flush();
  }

  #process(view: Batch, row: number, kind: number): void {
    const { timeColumn } = this.#spec.window;
    const column = timeColumn === null ? null : (view.columns[timeColumn] as Column);
    if (column?.nulls?.[row] === 1) return;
    const time = column === null ? this.#context.now() : (column.lane0[row] as number);
    this.#cutter.assign(this.#cutter.localOf(time));
    const { ends, count } = this.#cutter;
    let isLate = count > 0;
    for (let i = 0; i < count; i++) {
      const end = ends[i] as number;
      if (column !== null && this.#cutter.dueAt(end) <= this.#watermark.get()) continue;
      isLate = false;
      this.#update(view, row, kind, end);
    }
    if (isLate) this.#context.count('numLateRecordsDropped', 1);
  }

  #update(view: Batch, row: number, kind: number, end: number): void {
    (this.#view.own[0] as Column).lane0[row] = end;
    const address = this.#table.findOrInsert(view, this.#groupColumns, row);
    if (this.#table.lastInserted) {
      this.#set.drop(address);
      this.#open(end);
    }
    const count = (address + this.#countAt) >>> 3;
    const { f64 } = this.#context.heap;
    if ((kind & 1) === 0) {
      f64[count] = (f64[count] as number) + 1;
      this.#accumulate(view, row, address);
    } else {
      f64[count] = (f64[count] as number) - 1;
      this.#retract(view, row, address);
    }
    this.#table.markDirty(address);
  }

  #open(end: number): void {
    if (this.#known.has(end)) return;
    this.#known.add(end);
    this.#ends.push(end, 0);
  }

  /** Gives out the windows that are over. */
  #fire(watermark: number): void {
    this.#restore();
    if (watermark > this.#watermark.get() && this.#context.mode === 'streaming') this.#watermark.set(watermark);
    while (this.#ends.size > 0 && this.#cutter.dueAt(this.#ends.earliest) <= watermark) {
      const end = this.#ends.earliest;
      this.#ends.pop();
      this.#known.delete(end);
      this.#fireWindow(end);
    }
  }

  #fireWindow(end: number): void {
    const { heap, output } = this.#context;
    const start = this.#cutter.startOfEnd(end);
    const { next } = this.#table.layout;
    (this.#probe.columns[this.#view.column(0)] as Column).lane0[0] = end;
    let address = this.#table.chain(this.#probe, this.#groupColumns, 0);
    while (address !== 0) {
      const following = heap.u32[(address + next) >>> 2] as number;
      if (!this.#spec.inputRetracts || (heap.f64[(address + this.#countAt) >>> 3] as number) > 0) {
        this.#emitKeys(address, output.batch, output.batch.rowCount);
        this.#emitValues(address, output.batch, output.batch.rowCount);
        this.#properties.write(start, end);
        output.advance(RowKind.INSERT);
      }
      this.#forget(address);
      address = following;
    }
  }

  #forget(address: number): void {
    if (this.#set.hasTables) {
      this.#groupColumns.forEach((column, i) => {
        this.#table.read(address, 'key', i, this.#probe, column, 0);
      });
      this.#set.removeValues(this.#probe, 0);
    }
    this.#set.drop(address);
    this.#table.remove(address);
  }

  #compileKeys(): (a: number, to: Batch, toRow: number) => void {
    const { heap, outputTypes } = this.#context;
    const statements = this.#spec.keys.map((_, i) => {
      const slot = this.#table.layout.key[i + 1] as Slot;
      const type = outputTypes[i] as LogicalType;
      const value = recordOperand(slot, withNullable(type, slot.nullByte >= 0), 'a');
      return assignBatch('to', i, type, 'toRow', value);
    });
    return generatedFunction(heap, 'a, to, toRow', statements.join('\n'));
  }

  /** The open windows of records that a checkpoint brought back. */
  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    const at = this.#table.layout.key[0]?.lanes[0] as number;
    this.#table.forEach((address) => {
      this.#open(this.#context.heap.f64[(address + at) >>> 3] as number);
    });
  }
}
