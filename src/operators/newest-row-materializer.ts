/**
 * The sink materializer of rows that no key of theirs tells apart: the newest row of each sink key lies in a record of its own, the older
 * ones, which most keys have none of, in order of arrival beside it. An update whose row leaves and comes is one write in place.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { TOUCH_FROM } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import { types } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { allColumns, type CopyRow, compileCopy } from './row-copy.ts';
import { RowTable } from './row-table.ts';
import { stateSequence } from './state-sequence.ts';

type ReadRow = (address: number, to: Batch, toRow: number) => void;

export class NewestRowMaterializer implements Operator {
  readonly #context: OperatorContext;
  readonly #isBatch: boolean;
  readonly #newest: RowTable;
  /** Where a newest record has the number of its older rows. */
  readonly #olderCount: number;
  readonly #older: RowTable;
  readonly #isSameOlder: (address: number, batch: Batch, row: number) => boolean;
  readonly #nextNumber: () => number;
  readonly #copy: CopyRow;
  readonly #readNewest: ReadRow;
  /** A row on its way between the tables, with the number of its arrival behind its columns. */
  readonly #moved: Batch;
  readonly #liftNewest: ReadRow;
  readonly #liftOlder: ReadRow;
  /** The record of a key whose only row has just left: the row that comes next is most likely its new one. 0: none. */
  #vacant = 0;
  #isTouched = false;

  constructor(spec: Extract<OperatorSpec, { kind: 'SinkMaterializer' }>, context: OperatorContext) {
    const { heap, state, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    const { keys, ttlMs } = spec;
    this.#context = context;
    this.#isBatch = context.mode === 'batch';
    this.#newest = new RowTable(heap, state, {
      name: 'newest',
      types: input,
      keys,
      prefix: 0,
      ttlMs,
      extra: [types.int(false)],
    });
    this.#olderCount = this.#newest.extraSlots[0]?.lanes[0] as number;
    this.#moved = new Batch([...input, types.double(false)]);
    this.#older = new RowTable(heap, state, {
      name: 'older',
      types: this.#moved.types,
      keys: [...keys, input.length],
      stored: allColumns(input),
      prefix: keys.length,
      ttlMs,
    });
    this.#isSameOlder = this.#older.compileSameColumns(allColumns(input));
    this.#nextNumber = stateSequence(state, 'sequence');
    this.#copy = compileCopy(heap, input, allColumns(input), outputTypes);
    this.#readNewest = this.#newest.compileRead(outputTypes, 0, input.length);
    this.#liftNewest = this.#newest.compileRead(input, 0, input.length);
    this.#liftOlder = this.#older.compileRead(input, 0, input.length);
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    const { table, keys } = this.#newest;
    forEachStretch(
      batch,
      (start, end) => {
        this.#isTouched = table.size > TOUCH_FROM;
        if (this.#isTouched) table.touch(batch, keys, start, end);
        for (let row = start; row < end; row++) {
          const kind = batch.insertOnly ? RowKind.INSERT : (batch.kinds[row] as number);
          if ((kind & 1) === 0) this.#add(batch, row);
          else this.#retract(batch, row);
        }
        this.#vacate(0);
      },
      (watermark) => output.mark(watermark),
    );
    output.flush();
  }

  endInput(): void {
    if (!this.#isBatch) return;
    const { output } = this.#context;
    this.#newest.table.forEach((address) => {
      this.#readNewest(address, output.batch, output.batch.rowCount);
      output.advance(RowKind.INSERT);
    });
    output.flush();
  }

  #add(batch: Batch, row: number): void {
    const { table, keys } = this.#newest;
    const address = this.#isTouched
      ? table.findOrInsertTouched(batch, keys, row)
      : table.findOrInsert(batch, keys, row);
    const isFirst = table.lastInserted || address === this.#vacant;
    this.#vacate(address);
    if (!isFirst) this.#push(address);
    this.#newest.write(address, batch, row);
    if (this.#isBatch) return;
    const { output } = this.#context;
    this.#copy(batch, row, output.batch, output.batch.rowCount);
    output.advance(isFirst ? RowKind.INSERT : RowKind.UPDATE_AFTER);
  }

  #retract(batch: Batch, row: number): void {
    this.#vacate(0);
    const { table, keys } = this.#newest;
    const address = this.#isTouched ? table.findTouched(batch, keys, row) : table.find(batch, keys, row);
    if (address === 0) return;
    const { heap, output } = this.#context;
    const hasOlder = (heap.i32[(address + this.#olderCount) >>> 2] as number) > 0;
    if (hasOlder && this.#removeOlder(address, batch, row)) return;
    if (!this.#newest.same(address, batch, row)) return;
    if (hasOlder && this.#pop(address)) {
      if (this.#isBatch) return;
      this.#readNewest(address, output.batch, output.batch.rowCount);
      output.advance(RowKind.UPDATE_AFTER);
      return;
    }
    this.#vacant = address;
    if (this.#isBatch) return;
    this.#copy(batch, row, output.batch, output.batch.rowCount);
    output.advance(RowKind.DELETE);
  }

  /** Removes the record that stands empty, unless it is `taken` by a new row. */
  #vacate(taken: number): void {
    const vacant = this.#vacant;
    if (vacant === 0) return;
    this.#vacant = 0;
    if (vacant !== taken) this.#newest.table.remove(vacant);
  }

  /** The newest row becomes the last of the older ones. */
  #push(address: number): void {
    const moved = this.#moved;
    this.#liftNewest(address, moved, 0);
    (moved.columns[moved.types.length - 1] as Batch['columns'][number]).lane0[0] = this.#nextNumber();
    const { table, keys } = this.#older;
    this.#older.write(table.findOrInsert(moved, keys, 0), moved, 0);
    this.#changeCount(address, 1);
  }

  /** The last of the older rows becomes the newest; false when none is left (they have expired). */
  #pop(address: number): boolean {
    const { heap } = this.#context;
    const { table, keys, layout } = this.#older;
    this.#liftNewest(address, this.#moved, 0);
    let last = table.chain(this.#moved, keys, 0);
    if (last === 0) return false;
    for (let next = last; next !== 0; next = heap.u32[(last + layout.next) >>> 2] as number) last = next;
    this.#liftOlder(last, this.#moved, 0);
    this.#newest.write(address, this.#moved, 0);
    table.remove(last);
    this.#changeCount(address, -1);
    return true;
  }

  /** Removes the oldest of the older rows that equals a row; false when none does. */
  #removeOlder(address: number, batch: Batch, row: number): boolean {
    const { heap } = this.#context;
    const { table, layout } = this.#older;
    let found = table.chain(batch, this.#newest.keys, row);
    while (found !== 0 && !this.#isSameOlder(found, batch, row))
      found = heap.u32[(found + layout.next) >>> 2] as number;
    if (found === 0) return false;
    table.remove(found);
    this.#changeCount(address, -1);
    return true;
  }

  #changeCount(address: number, by: 1 | -1): void {
    const { i32 } = this.#context.heap;
    const at = (address + this.#olderCount) >>> 2;
    i32[at] = (i32[at] as number) + by;
    this.#newest.table.markDirty(address);
  }
}
