/** Columns that are times of the stream. */
import type { Field, LogicalType } from '../types/logical-type.ts';

export function isRowtime(type: LogicalType | undefined): boolean {
  return type !== undefined && 'timeAttribute' in type && type.timeAttribute === 'rowtime';
}

export function isProctime(type: LogicalType | undefined): boolean {
  return type !== undefined && 'timeAttribute' in type && type.timeAttribute === 'proctime';
}

/** The first column that is event time, or -1. */
export function rowtimeOf(fields: readonly Field[]): number {
  return fields.findIndex(({ type }) => isRowtime(type));
}

/** The field as a plain column. */
export function withoutTime(field: Field): Field {
  if (!('timeAttribute' in field.type) || field.type.timeAttribute === undefined) return field;
  const { timeAttribute: _, ...type } = field.type;
  return { ...field, type };
}
