/**
 * Aggregates windows: one record for each slice and key (`window-slices.ts`); the slices of a window are added up and given out once, when
 * the watermark (or, for processing time, the clock) has reached the window's last millisecond. Rows whose windows are all over are dropped
 * and counted. SESSION: `session-aggregate.ts`.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { WindowAggregateSpec } from '../dataflow/operator-spec.ts';
import { type KeyedTable, type Slot, TOUCH_FROM } from '../state/state.ts';
import { BATCH_ROWS, Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { AggregateSet, compileKeys, type EmitRecord } from './aggregate-set.ts';
import { BatchView } from './batch-view.ts';
import { CodeBody } from './code-body.ts';
import { EmittingWindowAggregate } from './emitting-window-aggregate.ts';
import { generatedFunction, hoistColumns } from './generated-function.ts';
import { assignBatch, recordOperand } from './lane-code.ts';
import { createSessionAggregate } from './session-aggregate.ts';
import { TimerHeap } from './timer-heap.ts';
import { WindowCutter } from './window-cutter.ts';
import { WindowOutput } from './window-output.ts';
import { WindowSlices } from './window-slices.ts';

/** In place of a slice's end: the row is not added. */
const SKIPPED = Number.NaN;
/** The slice in which those of a window are added up; it is empty between two windows. */
const SUM_SLICE = Number.NEGATIVE_INFINITY;

/** `view` shows the columns of `batch`, and the slices of its rows. */
type AddRows = (view: Batch, start: number, end: number, batch: Batch) => void;
/** Adds the groups of a chain of records to those of another slice, in which `batch` is to hold their keys. */
type AddSlice = (first: number, sliceEnd: number, batch: Batch) => void;

export function createWindowAggregate(spec: WindowAggregateSpec, context: OperatorContext): Operator {
  if (spec.emit) return new EmittingWindowAggregate(spec, spec.emit, context);
  return spec.window.type === 'SESSION' ? createSessionAggregate(spec, context) : new WindowAggregate(spec, context);
}

class WindowAggregate implements Operator {
  readonly #spec: WindowAggregateSpec;
  readonly #context: OperatorContext;
  readonly #cutter: WindowCutter;
  readonly #view: BatchView;
  readonly #groupColumns: readonly number[];
  readonly #set: AggregateSet;
  readonly #table: KeyedTable;
  readonly #slices: WindowSlices;
  readonly #addRows: AddRows;
  readonly #addSlice: AddSlice;
  readonly #emitKeys: EmitRecord;
  readonly #emitValues: EmitRecord;
  readonly #properties: WindowOutput;
  /** Holds the key of a window whose records are sought. */
  readonly #probe: Batch;
  readonly #countAt: number;
  /** Ends of windows that are open, each once. */
  readonly #ends = new TimerHeap();
  readonly #known = new Set<number>();
  /** The slice of the last row, and whether all its windows are over. */
  #lastSlice = SKIPPED;
  #isLastOver = false;
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
    this.#slices = new WindowSlices(spec.window, this.#cutter, this.#set.isMergeable);
    this.#table = state.table({
      name: 'windows',
      version: this.#slices.areShared && spec.window.type !== 'TUMBLE' ? 2 : 1,
      key: [types.timestamp(3, false), ...spec.keys.map((column) => withNullable(input[column] as LogicalType, true))],
      value: [types.double(false), ...this.#set.slotTypes],
      prefix: 1,
      ttlMs: 0,
    });
    this.#set.bind(this.#table, 1);
    this.#countAt = this.#table.layout.value[0]?.lanes[0] as number;
    this.#addRows = this.#compileRows();
    this.#addSlice = this.#slices.areShared ? this.#compileSlice() : () => undefined;
    this.#emitKeys = compileKeys(heap, this.#table, 1, context.outputTypes.slice(0, spec.keys.length));
    this.#emitValues = this.#set.compileEmit(context.outputTypes, spec.keys.length);
    const at = spec.keys.length + spec.aggregates.length;
    this.#properties = new WindowOutput(context, this.#cutter, at, spec.properties);
    this.#probe = new Batch(this.#view.types.map((type) => withNullable(type, true)));
    this.#watermark = state.value('watermark', Number.NEGATIVE_INFINITY);
  }

  processBatch(_input: number, batch: Batch): void {
    this.#restore();
    const view = this.#view.over(batch);
    const { mode, output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        if (this.#slices.areShared) this.#add(view, start, end, batch);
        else for (let row = start; row < end; row++) this.#addToEach(view, row, batch);
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

  /** Adds rows to the one slice of each. */
  #add(view: Batch, start: number, end: number, batch: Batch): void {
    const slices = (this.#view.own[0] as Column).lane0 as Float64Array;
    for (let row = start; row < end; row++) {
      const local = this.#localTime(view, row);
      slices[row] = Number.isNaN(local) ? SKIPPED : this.#sliceOf(local);
    }
    if (this.#table.size > TOUCH_FROM) this.#table.touch(view, this.#groupColumns, start, end);
    this.#addRows(view, start, end, batch);
  }

  #sliceOf(local: number): number {
    const slice = this.#slices.endOf(local);
    if (slice !== this.#lastSlice) {
      const windows = this.#slices.windowsOf(slice);
      // Between two windows that leave a gap a row is in none, and not late.
      if (windows.length === 0) return SKIPPED;
      this.#lastSlice = slice;
      this.#isLastOver = this.#areOver(windows);
    }
    if (!this.#isLastOver) return slice;
    this.#context.count('numLateRecordsDropped', 1);
    return SKIPPED;
  }

  /** Adds a row to each of its windows. */
  #addToEach(view: Batch, row: number, batch: Batch): void {
    const local = this.#localTime(view, row);
    if (Number.isNaN(local)) return;
    this.#cutter.assign(local);
    const { ends, count } = this.#cutter;
    let isLate = count > 0;
    for (let i = 0; i < count; i++) {
      const end = ends[i] as number;
      if (this.#isOver(end)) continue;
      isLate = false;
      ((this.#view.own[0] as Column).lane0 as Float64Array)[row] = end;
      this.#addRows(view, row, row + 1, batch);
    }
    if (isLate) this.#context.count('numLateRecordsDropped', 1);
  }

  /** A row's time as a local time; NaN where it is null. */
  #localTime(view: Batch, row: number): number {
    const { timeColumn } = this.#spec.window;
    if (timeColumn === null) return this.#cutter.localOf(this.#context.now());
    const column = view.columns[timeColumn] as Column;
    return column.nulls?.[row] === 1 ? Number.NaN : this.#cutter.localOf(column.lane0[row] as number);
  }

  #isOver(end: number): boolean {
    return this.#spec.window.timeColumn !== null && this.#cutter.dueAt(end) <= this.#watermark.get();
  }

  #areOver(windows: readonly number[]): boolean {
    return windows.every((end) => this.#isOver(end));
  }

  /** A slice has got its first record of a key: its windows are to be given out. */
  #openSlice(slice: number, address: number): void {
    this.#set.drop(address);
    for (const end of this.#slices.windowsOf(slice)) if (!this.#isOver(end)) this.#open(end);
  }

  #open(end: number): void {
    if (this.#known.has(end)) return;
    this.#known.add(end);
    this.#ends.push(end, 0);
  }

  /** Gives out the windows that are over. */
  #fire(watermark: number): void {
    this.#restore();
    if (watermark > this.#watermark.get() && this.#context.mode === 'streaming') {
      this.#watermark.set(watermark);
      this.#lastSlice = SKIPPED;
    }
    while (this.#ends.size > 0 && this.#cutter.dueAt(this.#ends.earliest) <= watermark) {
      const end = this.#ends.earliest;
      this.#ends.pop();
      this.#known.delete(end);
      this.#fireWindow(end);
    }
  }

  #fireWindow(end: number): void {
    const slices = this.#slices.slicesOf(end).filter((slice) => this.#chain(slice) !== 0);
    const whole = this.#summed(slices);
    this.#give(this.#chain(whole), end);
    if (whole === SUM_SLICE) this.#drop(whole);
    for (const slice of slices) if (this.#slices.isOver(slice, end)) this.#drop(slice);
  }

  /** The slice that holds all of a window's rows: its only one, or one in which they are added up. */
  #summed(slices: readonly number[]): number {
    if (slices.length === 1) return slices[0] as number;
    if (this.#spec.window.type !== 'CUMULATE') {
      for (const slice of slices) this.#addSlice(this.#chain(slice), SUM_SLICE, this.#probe);
      return SUM_SLICE;
    }
    // What has been added up is the beginning of the windows that follow.
    const [base, ...rest] = slices as readonly [number, ...number[]];
    for (const slice of rest) {
      this.#addSlice(this.#chain(slice), base, this.#probe);
      this.#drop(slice);
    }
    return base;
  }

  /** First record of a slice, or 0. */
  #chain(slice: number): number {
    ((this.#probe.columns[this.#view.column(0)] as Column).lane0 as Float64Array)[0] = slice;
    return this.#table.chain(this.#probe, this.#groupColumns, 0);
  }

  /** Gives out the window that a chain of records is. */
  #give(first: number, end: number): void {
    const { heap, output } = this.#context;
    const start = this.#cutter.startOfEnd(end);
    const { next } = this.#table.layout;
    for (let address = first; address !== 0; address = heap.u32[(address + next) >>> 2] as number) {
      if (this.#spec.inputRetracts && (heap.f64[(address + this.#countAt) >>> 3] as number) <= 0) continue;
      this.#emitKeys(address, output.batch, output.batch.rowCount);
      this.#emitValues(address, output.batch, output.batch.rowCount);
      this.#properties.write(start, end);
      output.advance(RowKind.INSERT);
    }
  }

  #drop(slice: number): void {
    const { next } = this.#table.layout;
    let address = this.#chain(slice);
    while (address !== 0) {
      const following = this.#context.heap.u32[(address + next) >>> 2] as number;
      this.#set.remove(address, this.#probe);
      address = following;
    }
  }

  #compileRows(): AddRows {
    const body = new CodeBody();
    const count = (sign: string) => `H.f64[(a + ${this.#countAt}) >>> 3] ${sign}= 1;`;
    const slice = `B.columns[${this.#view.column(0)}].lane0[r]`;
    body.emit(`s = ${slice}; if (s !== s) continue;
a = G.findOrInsert(B, K, r); if (G.lastInserted) open(s, a);`);
    if (this.#spec.inputRetracts) body.emit('if (C.insertOnly || (C.kinds[r] & 1) === 0) {');
    body.emit(count('+'));
    this.#set.accumulate(body);
    if (this.#spec.inputRetracts) {
      body.emit(`} else { ${count('-')}`);
      this.#set.retract(body);
      body.emit('}');
    }
    body.emit('G.markDirty(a);');
    const loop = hoistColumns(['B'], body.text);
    const text = `let a = 0, s = 0;\n${body.declarations}\n${loop.head}\nfor (let r = start; r < end; r++) {\n${loop.text}\n}`;
    return generatedFunction<AddRows>(this.#context.heap, 'B, start, end, C', text, {
      ...body.constants,
      G: this.#table,
      K: this.#groupColumns,
      open: (slice: number, address: number) => this.#openSlice(slice, address),
    });
  }

  /** In pieces, so that the look-ups of a piece can be made at once. */
  #compileSlice(): AddSlice {
    const { key, next } = this.#table.layout;
    const columns = this.#groupColumns.slice(1).map((column, i) => {
      const slot = key[i + 1] as Slot;
      const type = withNullable(this.#view.types[column] as LogicalType, true);
      return assignBatch('B', column, type, 'n', recordOperand(slot, type, 'b'));
    });
    const body = new CodeBody();
    this.#set.merge(body, 'b');
    const text = `${body.declarations}
let b = first;
while (b !== 0) {
let n = 0;
for (; b !== 0 && n < ${BATCH_ROWS}; b = H.u32[(b + ${next}) >>> 2]) {
R[n] = b; B.columns[${this.#view.column(0)}].lane0[n] = slice;
${columns.join('\n')}
n++;
}
if (G.size > ${TOUCH_FROM}) G.touch(B, K, 0, n);
const rest = b;
for (let r = 0; r < n; r++) {
b = R[r];
const a = G.findOrInsert(B, K, r);
H.f64[(a + ${this.#countAt}) >>> 3] += H.f64[(b + ${this.#countAt}) >>> 3];
${body.text}
G.markDirty(a);
}
b = rest;
}`;
    const constants = {
      ...body.constants,
      G: this.#table,
      K: this.#groupColumns,
      R: new Uint32Array(BATCH_ROWS),
    };
    return generatedFunction<AddSlice>(this.#context.heap, 'first, slice, B', text, constants);
  }

  /** The open windows of records that a checkpoint brought back. */
  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    const at = this.#table.layout.key[0]?.lanes[0] as number;
    this.#table.forEach((address) => {
      const slice = this.#context.heap.f64[(address + at) >>> 3] as number;
      for (const end of this.#slices.windowsOf(slice)) if (!this.#isOver(end)) this.#open(end);
    });
  }
}
