/**
 * ROW_NUMBER() = 1 by a time: one row a key stays. By processing time the first or the last that came; by event time the earliest, which
 * goes out once the watermark has passed it, or the latest, which goes out at once and is corrected.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { BatchRank } from './batch-rank.ts';
import { RowBundle } from './row-bundle.ts';
import { allColumns } from './row-copy.ts';
import { RowState } from './row-state.ts';
import { RowTable } from './row-table.ts';
import { TimerHeap } from './timer-heap.ts';

export type DeduplicateSpec = Extract<OperatorSpec, { kind: 'Deduplicate' }>;

export function createDeduplicate(spec: DeduplicateSpec, context: OperatorContext): Operator {
  if (context.mode === 'batch') return createBatchDeduplicate(spec, context);
  if (spec.keep === 'first' && spec.timeColumn !== null && !spec.inputRetracts && !spec.bundle)
    return new FirstByEventTime(spec, spec.timeColumn, context);
  return new Deduplicate(spec, context);
}

/** The first row of each key once all are sorted. */
function createBatchDeduplicate(spec: DeduplicateSpec, context: OperatorContext): Operator {
  const isFirst = spec.keep === 'first';
  const order = spec.timeColumn === null ? [] : [{ column: spec.timeColumn, ascending: isFirst, nullsFirst: isFirst }];
  const ranks = { rankStart: 1, rankEnd: 1, outputRank: false, isLimit: false };
  return new BatchRank({ partition: spec.keys, order, ...ranks }, context);
}

class Deduplicate implements Operator {
  readonly #spec: DeduplicateSpec;
  readonly #context: OperatorContext;
  readonly #state: RowState;
  /** An equal row is not said again. */
  readonly #isQuiet: boolean;
  /** Whether a row equals the stored one but for its processing time. */
  readonly #isSame: (address: number, batch: Batch, row: number) => boolean;
  readonly #timeOffset: number;
  /** Mini-batch: only the last row of a key in a bundle is looked at. */
  readonly #bundle: RowBundle | null;

  constructor(spec: DeduplicateSpec, context: OperatorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#state = new RowState(spec.keys, spec.ttlMs, context);
    const isBundled = spec.keep === 'last' && spec.timeColumn === null && !spec.inputRetracts;
    this.#bundle =
      isBundled && spec.bundle ? new RowBundle(spec.bundle, spec.keys, context, this.#process.bind(this)) : null;
    const isClock = (type: LogicalType) => 'timeAttribute' in type && type.timeAttribute === 'proctime';
    const columns = (context.inputTypes[0] ?? []).flatMap((type, column) => (isClock(type) ? [] : [column]));
    this.#isSame = this.#state.rows.compileSameColumns(columns);
    this.#isQuiet = spec.timeColumn === null && spec.ttlMs === 0;
    this.#timeOffset = spec.timeColumn === null ? -1 : (this.#state.rows.slots[spec.timeColumn]?.lanes[0] as number);
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) {
          const kind = batch.insertOnly ? RowKind.INSERT : (batch.kinds[row] as number);
          if (this.#bundle === null) this.#process(batch, row, kind);
          else this.#bundle.add(batch, row, kind);
        }
      },
      (watermark) => {
        if (!Number.isNaN(watermark)) this.#bundle?.drain();
        output.mark(watermark);
      },
    );
    output.flush();
  }

  processTime(nowMs: number): void {
    this.#bundle?.passTime(nowMs);
    this.#context.output.flush();
  }

  prepareSnapshot(): void {
    this.#bundle?.drain();
    this.#context.output.flush();
  }

  endInput(): void {
    this.prepareSnapshot();
  }

  #process(batch: Batch, row: number, kind: number): void {
    const address = this.#state.find(batch, row);
    if ((kind & 1) === 1) {
      this.#retract(address, kind);
      return;
    }
    if (address === 0) {
      this.#state.put(batch, row, address);
      this.#state.emitRow(batch, row, RowKind.INSERT);
      return;
    }
    if (!this.#replaces(address, batch, row)) return;
    if (this.#isQuiet && this.#isSame(address, batch, row)) return;
    if (this.#spec.emitUpdateBefore) this.#state.emitStored(address, RowKind.UPDATE_BEFORE);
    this.#state.emitRow(batch, row, RowKind.UPDATE_AFTER);
    this.#state.put(batch, row, address);
  }

  #retract(address: number, kind: number): void {
    if (address === 0 || kind !== RowKind.DELETE) return;
    this.#state.emitStored(address, RowKind.DELETE);
    this.#state.rows.table.remove(address);
  }

  #replaces(address: number, batch: Batch, row: number): boolean {
    const { keep, timeColumn } = this.#spec;
    if (timeColumn === null) return keep === 'last';
    const stored = this.#context.heap.f64[(address + this.#timeOffset) >>> 3] as number;
    const time = batch.columns[timeColumn]?.lane0[row] as number;
    return keep === 'last' ? stored <= time : time < stored;
  }
}

/** The earliest row of a key by event time, said once: rows wait for the watermark, later ones of the key are dropped. */
class FirstByEventTime implements Operator {
  readonly #context: OperatorContext;
  readonly #timeColumn: number;
  readonly #rows: RowTable;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #timers = new TimerHeap();
  readonly #timeOffset: number;
  readonly #saidOffset: number;
  #isRestored = false;
  readonly #watermark: { get(): number; set(value: number): void };

  constructor(spec: DeduplicateSpec, timeColumn: number, context: OperatorContext) {
    this.#context = context;
    this.#timeColumn = timeColumn;
    const input = context.inputTypes[0] ?? [];
    this.#rows = new RowTable(context.heap, context.state, {
      name: 'first',
      types: input,
      keys: spec.keys,
      prefix: 0,
      ttlMs: spec.ttlMs,
      extra: [types.boolean(false)],
    });
    this.#watermark = context.state.value('watermark', Number.NEGATIVE_INFINITY);
    this.#timeOffset = this.#rows.slots[timeColumn]?.lanes[0] as number;
    this.#saidOffset = this.#rows.extraSlots[0]?.lanes[0] as number;
    this.#read = this.#rows.compileRead(context.outputTypes, 0, allColumns(input).length);
  }

  processBatch(_input: number, batch: Batch): void {
    this.#restore();
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) this.#process(batch, row);
      },
      (watermark) => this.#fire(watermark),
    );
    output.flush();
  }

  #process(batch: Batch, row: number): void {
    const time = batch.columns[this.#timeColumn]?.lane0[row] as number;
    if (time <= this.#watermark.get()) {
      this.#context.count('numLateRecordsDropped', 1);
      return;
    }
    const { table, keys } = this.#rows;
    const known = table.find(batch, keys, row);
    const { u8 } = this.#context.heap;
    if (known !== 0 && (u8[known + this.#saidOffset] === 1 || this.#time(known) <= time)) return;
    const address = table.findOrInsert(batch, keys, row);
    this.#rows.write(address, batch, row);
    this.#timers.push(time, address);
  }

  #fire(watermark: number): void {
    if (watermark > this.#watermark.get()) this.#watermark.set(watermark);
    const { heap, output } = this.#context;
    while (this.#timers.earliest <= watermark) {
      const due = this.#timers.earliest;
      const address = this.#timers.pop();
      const { table } = this.#rows;
      if (!table.isLive(address) || heap.u8[address + this.#saidOffset] === 1 || this.#time(address) !== due) continue;
      heap.u8[address + this.#saidOffset] = 1;
      table.markDirty(address);
      this.#read(address, output.batch, output.batch.rowCount);
      output.advance(RowKind.INSERT);
    }
    output.mark(watermark);
  }

  #time(address: number): number {
    return this.#context.heap.f64[(address + this.#timeOffset) >>> 3] as number;
  }

  /** The timers of rows that a checkpoint brought back. */
  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    this.#rows.table.forEach((address) => {
      if (this.#context.heap.u8[address + this.#saidOffset] === 0) this.#timers.push(this.#time(address), address);
    });
  }
}
