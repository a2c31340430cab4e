/** Results of statements that are small tables. */
import { type Field, types } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import type { StatementResult } from './statement.ts';

export const OK: StatementResult = { kind: 'ok' };

/** A table of texts; a column may be given with its type. */
export function tableOf(
  columns: ReadonlyArray<string | Field>,
  rows: ReadonlyArray<readonly Value[]>,
): StatementResult {
  const fields = columns.map((column) =>
    typeof column === 'string' ? { name: column, type: types.string() } : column,
  );
  return { kind: 'rows', columns: fields, rows };
}

/** One column of names. */
export function listOf(column: string, names: readonly string[]): StatementResult {
  return tableOf(
    [column],
    names.map((name) => [name]),
  );
}

/** As Java sorts strings. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
