/**
 * The older group windows with `table.exec.emit.*`: a window gives results while it is open (early) and while late rows are still added to
 * it, each as an update of the one before. Its on-time result comes when the watermark, or the clock, has reached its last millisecond; it
 * is forgotten when the allowed lateness is over too.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { EmitStrategy, WindowAggregateSpec } from '../dataflow/operator-spec.ts';
import type { KeyedTable } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { AggregateSet, type RowUpdate } from './aggregate-set.ts';
import { BatchView } from './batch-view.ts';
import { type CopyRow, compileCopy } from './row-copy.ts';
import { RowTable } from './row-table.ts';
import { TimerHeap } from './timer-heap.ts';
import { WindowCutter } from './window-cutter.ts';
import { WindowOutput } from './window-output.ts';

/** Value columns of a group in front of its accumulators. */
const COUNT = 0;
/** 1 once the on-time result has been given. */
const IS_OVER = 1;
/** Processing time of the next result; 0: none is planned. */
const NEXT = 2;
const HEAD = [types.double(false), types.double(false), types.double(false)];

export class EmittingWindowAggregate implements Operator {
  readonly #spec: WindowAggregateSpec;
  readonly #emit: EmitStrategy;
  readonly #context: OperatorContext;
  readonly #cutter: WindowCutter;
  readonly #view: BatchView;
  readonly #groupColumns: readonly number[];
  readonly #set: AggregateSet;
  readonly #table: KeyedTable;
  readonly #accumulate: RowUpdate;
  readonly #retract: RowUpdate;
  readonly #properties: WindowOutput;
  /** The last result of each window and key: keys, aggregates, the window's end. */
  readonly #said: RowTable;
  readonly #readSaid: (address: number, to: Batch, toRow: number) => void;
  /** The result that is being made, in the columns of {@link #said}. */
  readonly #result: Batch;
  readonly #writeValues: (address: number, to: Batch, toRow: number) => void;
  readonly #copyResult: CopyRow;
  readonly #probe: Batch;
  /** Ends of windows: to be given out, and to be forgotten. */
  readonly #ends = new TimerHeap();
  readonly #expiries = new TimerHeap();
  readonly #known = new Set<number>();
  /** Groups by the processing time of their next result. */
  readonly #timers = new TimerHeap();
  #isRestored = false;
  readonly #watermark: { get(): number; set(value: number): void };

  constructor(spec: WindowAggregateSpec, emit: EmitStrategy, context: OperatorContext) {
    const { heap, state, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#emit = emit;
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
      value: [...HEAD, ...this.#set.slotTypes],
      prefix: 1,
      ttlMs: 0,
    });
    this.#set.bind(this.#table, HEAD.length);
    this.#accumulate = this.#set.compileUpdate('accumulate');
    this.#retract = spec.inputRetracts ? this.#set.compileUpdate('retract') : this.#accumulate;
    const width = spec.keys.length + spec.aggregates.length;
    const resultTypes = [...outputTypes.slice(0, width), types.timestamp(3, false)];
    const keys = [width, ...spec.keys.map((_, i) => i)];
    this.#said = new RowTable(heap, state, { name: 'said', types: resultTypes, keys, prefix: 0, ttlMs: 0 });
    this.#readSaid = this.#said.compileRead(outputTypes, 0, width);
    this.#result = new Batch(resultTypes);
    this.#writeValues = this.#set.compileEmit(resultTypes, spec.keys.length);
    this.#copyResult = compileCopy(
      heap,
      resultTypes,
      Array.from({ length: width }, (_, i) => i),
      outputTypes,
    );
    this.#properties = new WindowOutput(context, this.#cutter, width, spec.properties);
    this.#probe = new Batch(this.#view.types.map((type) => withNullable(type, true)));
    this.#watermark = state.value('watermark', Number.NEGATIVE_INFINITY);
  }

  processBatch(_input: number, batch: Batch): void {
    this.#restore();
    const view = this.#view.over(batch);
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++)
          this.#process(view, row, batch.insertOnly ? 0 : (batch.kinds[row] as number));
      },
      (watermark) => {
        if (this.#spec.window.timeColumn !== null) this.#advance(watermark);
        output.mark(watermark);
      },
    );
    output.flush();
  }

  processTime(nowMs: number): void {
    this.#restore();
    while (this.#timers.earliest <= nowMs) {
      const due = this.#timers.earliest;
      const address = this.#timers.pop();
      if (!this.#table.isLive(address) || this.#head(address, NEXT) !== due) continue;
      this.#setHead(address, NEXT, 0);
      this.#give(address);
      this.#plan(address, due);
    }
    if (this.#spec.window.timeColumn === null) this.#advance(nowMs);
    this.#context.output.flush();
  }

  prepareSnapshot(): void {
    this.#set.flush();
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
      if (this.#cutter.dueAt(end) + this.#emit.latenessMs <= this.#watermark.get()) continue;
      isLate = false;
      this.#add(view, row, kind, end);
    }
    if (isLate) this.#context.count('numLateRecordsDropped', 1);
  }

  #add(view: Batch, row: number, kind: number, end: number): void {
    (this.#view.own[0] as Column).lane0[row] = end;
    const address = this.#table.findOrInsert(view, this.#groupColumns, row);
    if (this.#table.lastInserted) {
      this.#set.drop(address);
      this.#open(end);
    }
    const isAdded = (kind & 1) === 0;
    this.#setHead(address, COUNT, this.#head(address, COUNT) + (isAdded ? 1 : -1));
    if (isAdded) this.#accumulate(view, row, address);
    else this.#retract(view, row, address);
    this.#table.markDirty(address);
    if (this.#isDue(address, end)) this.#give(address);
    else this.#plan(address, this.#context.now());
  }

  /** Whether a row makes its window give a result at once: behind the end each does until there has been an on-time result. */
  #isDue(address: number, end: number): boolean {
    if (this.#head(address, IS_OVER) === 1) return this.#emit.lateMs === 0;
    return this.#emit.earlyMs === 0 || this.#cutter.dueAt(end) <= this.#watermark.get();
  }

  /** Plans the next result of a group, when there is to be one and none is planned. */
  #plan(address: number, nowMs: number): void {
    const delay = this.#head(address, IS_OVER) === 1 ? this.#emit.lateMs : this.#emit.earlyMs;
    if (delay === null || delay === 0 || this.#head(address, NEXT) !== 0) return;
    this.#setHead(address, NEXT, nowMs + delay);
    this.#table.markDirty(address);
    this.#timers.push(nowMs + delay, address);
  }

  #open(end: number): void {
    if (this.#known.has(end)) return;
    this.#known.add(end);
    if (this.#cutter.dueAt(end) > this.#watermark.get()) this.#ends.push(end, 0);
    this.#expiries.push(end, 0);
  }

  /** Gives out the windows that are over, and forgets those whose lateness is over too. */
  #advance(time: number): void {
    if (time > this.#watermark.get()) this.#watermark.set(time);
    while (this.#cutter.dueAt(this.#ends.earliest) <= time) {
      const end = this.#ends.earliest;
      this.#ends.pop();
      this.#forEach(end, (address) => {
        this.#give(address);
        this.#setHead(address, IS_OVER, 1);
        this.#setHead(address, NEXT, 0);
        this.#table.markDirty(address);
      });
    }
    while (this.#cutter.dueAt(this.#expiries.earliest) + this.#emit.latenessMs <= time) {
      const end = this.#expiries.earliest;
      this.#expiries.pop();
      this.#known.delete(end);
      this.#forEach(end, (address) => this.#forget(address));
    }
  }

  /** The records of a window; each may be removed. */
  #forEach(end: number, visit: (address: number) => void): void {
    const { next } = this.#table.layout;
    (this.#probe.columns[this.#view.column(0)] as Column).lane0[0] = end;
    let address = this.#table.chain(this.#probe, this.#groupColumns, 0);
    while (address !== 0) {
      const following = this.#context.heap.u32[(address + next) >>> 2] as number;
      visit(address);
      address = following;
    }
  }

  #forget(address: number): void {
    this.#readKey(address);
    const said = this.#said.table.find(this.#result, this.#said.keys, 0);
    if (said !== 0) this.#said.table.remove(said);
    this.#set.remove(address, this.#probe);
  }

  /** Gives the group's result, unless it is the last one again. */
  #give(address: number): void {
    const { table, keys } = this.#said;
    const end = this.#readKey(address);
    const said = table.find(this.#result, keys, 0);
    if (this.#spec.inputRetracts && this.#head(address, COUNT) <= 0) {
      if (said === 0) return;
      this.#emitSaid(said, end, RowKind.DELETE);
      table.remove(said);
      return;
    }
    this.#writeValues(address, this.#result, 0);
    if (said !== 0) {
      if (this.#said.same(said, this.#result, 0)) return;
      if (this.#spec.emitUpdateBefore) this.#emitSaid(said, end, RowKind.UPDATE_BEFORE);
    }
    const { batch } = this.#context.output;
    this.#copyResult(this.#result, 0, batch, batch.rowCount);
    this.#finish(end, said === 0 ? RowKind.INSERT : RowKind.UPDATE_AFTER);
    this.#said.write(said === 0 ? table.findOrInsert(this.#result, keys, 0) : said, this.#result, 0);
  }

  /** The group's key into {@link #result}; the window's end. */
  #readKey(address: number): number {
    const width = this.#result.columns.length - 1;
    this.#spec.keys.forEach((_, i) => {
      this.#table.read(address, 'key', i + 1, this.#result, i, 0);
    });
    this.#table.read(address, 'key', 0, this.#result, width, 0);
    return this.#result.columns[width]?.lane0[0] as number;
  }

  #emitSaid(said: number, end: number, kind: number): void {
    const { batch } = this.#context.output;
    this.#readSaid(said, batch, batch.rowCount);
    this.#finish(end, kind);
  }

  #finish(end: number, kind: number): void {
    this.#properties.write(this.#cutter.startOfEnd(end), end);
    this.#context.output.advance(kind);
  }

  #head(address: number, column: number): number {
    return this.#context.heap.f64[this.#headAt(address, column)] as number;
  }

  #setHead(address: number, column: number, value: number): void {
    this.#context.heap.f64[this.#headAt(address, column)] = value;
  }

  #headAt(address: number, column: number): number {
    return (address + (this.#table.layout.value[column]?.lanes[0] as number)) >>> 3;
  }

  /** The windows and plans of records that a checkpoint brought back. */
  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    const at = this.#table.layout.key[0]?.lanes[0] as number;
    this.#table.forEach((address) => {
      this.#open(this.#context.heap.f64[(address + at) >>> 3] as number);
      const next = this.#head(address, NEXT);
      if (next !== 0) this.#timers.push(next, address);
    });
  }
}
