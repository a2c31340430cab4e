/** Generated functions that copy rows between batches. Strings travel by reference. */
import type { Batch } from '../types/batch.ts';
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

export function allColumns(types: readonly LogicalType[]): number[] {
  return types.map((_, i) => i);
}
