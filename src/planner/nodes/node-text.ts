/** Names of columns in EXPLAIN. */
import type { Field } from '../../types/logical-type.ts';

export function columnNames(columns: readonly number[], fields: readonly Field[]): string {
  return columns.map((column) => fields[column]?.name ?? `$${column}`).join(', ');
}

export function fieldNames(fields: readonly Field[]): string {
  return fields.map((field) => field.name).join(', ');
}

export function orderText(
  order: ReadonlyArray<{ readonly column: number; readonly ascending: boolean }>,
  fields: readonly Field[],
): string {
  return order.map((key) => `${columnNames([key.column], fields)} ${key.ascending ? 'ASC' : 'DESC'}`).join(', ');
}
