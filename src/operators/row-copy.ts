/** Generated functions that copy rows between batches. Strings travel by reference. */
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import type { Heap } from '../types/heap.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { generatedFunction } from './generated-function.ts';
import { assignBatch, assignNull, batchOperand } from './lane-code.ts';

/** Copies columns of row `row` of `from` into row `toRow` of `to`. */
export type CopyRow = (from: Batch, row: number, to: Batch, toRow: number) => void;
/** Writes nulls into columns of row `toRow` of `to`. */
export type PadRow = (to: Batch, toRow: number) => void;

/** Copies `columns` of rows of `fromTypes` into columns `at`, `at + 1` … of rows of `toTypes`. */
export function compileCopy(
  heap: Heap,
  fromTypes: readonly LogicalType[],
  columns: readonly number[],
  toTypes: readonly LogicalType[],
  at = 0,
): CopyRow {
  const statements = columns.map((column, i) => {
    const value = batchOperand('from', column, fromTypes[column] as LogicalType, 'row');
    return assignBatch('to', at + i, toTypes[at + i] as LogicalType, 'toRow', value);
  });
  return generatedFunction<CopyRow>(heap, 'from, row, to, toRow', statements.join('\n'));
}

/** Nulls in columns [at, at + count). */
export function compilePad(heap: Heap, toTypes: readonly LogicalType[], at: number, count: number): PadRow {
  const statements: string[] = [];
  for (let i = at; i < at + count; i++) statements.push(assignNull('to', i, toTypes[i] as LogicalType, 'toRow'));
  return generatedFunction<PadRow>(heap, 'to, toRow', statements.join('\n'));
}

/** Copies all rows of a batch, kinds included and marks not, into an empty one of the same types. */
export function copyBatch(from: Batch, to: Batch): void {
  const count = from.rowCount;
  for (let i = 0; i < to.columns.length; i++) copyColumn(from.columns[i] as Column, to.columns[i] as Column, count);
  if (!from.insertOnly) to.kinds.set(from.kinds.subarray(0, count));
  to.insertOnly = from.insertOnly;
  to.rowCount = count;
}

function copyColumn(from: Column, to: Column, count: number): void {
  // Columns of one type have arrays of one kind.
  to.lane0.set(from.lane0.subarray(0, count) as never);
  if (to.lane1 && from.lane1) to.lane1.set(from.lane1.subarray(0, count) as never);
  if (!to.nulls) return;
  if (from.nulls) to.nulls.set(from.nulls.subarray(0, count));
  else to.nulls.fill(0, 0, count);
}

export function allColumns(types: readonly LogicalType[]): number[] {
  return types.map((_, i) => i);
}
