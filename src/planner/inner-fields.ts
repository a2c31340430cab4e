/** A name that no column of a relation has may be a field of one of its ROW columns: the one that lies least deep. */
import { call, type Expression, literal } from '../expressions/expression.ts';
import { types, withNullable } from '../types/logical-type.ts';

/** `row.field`; undefined when there is no such field. */
export function fieldOf(row: Expression, name: string): Expression | undefined {
  if (row.type.kind !== 'ROW') return undefined;
  const index = row.type.fields.findIndex((field) => field.name === name);
  return index < 0 ? undefined : fieldAt(row, index);
}

/** Every field of this name in the rows, of those that lie least deep; below a field of the name none is sought. */
export function innerFields(rows: readonly Expression[], name: string): readonly Expression[] {
  const inner = rows.filter(({ type }) => type.kind === 'ROW');
  if (inner.length === 0) return [];
  const found = inner.flatMap((row) => fieldOf(row, name) ?? []);
  return found.length > 0 ? found : innerFields(inner.flatMap(fieldsOf), name);
}

function fieldsOf(row: Expression): Expression[] {
  return row.type.kind === 'ROW' ? row.type.fields.map((_, i) => fieldAt(row, i)) : [];
}

function fieldAt(row: Expression, index: number): Expression {
  const field = row.type.kind === 'ROW' ? row.type.fields[index] : undefined;
  if (field === undefined) throw new RangeError(`There is no field ${index}.`);
  const type = row.type.nullable ? withNullable(field.type, true) : field.type;
  return call('FIELD', [row, literal(index, types.int(false))], type);
}
