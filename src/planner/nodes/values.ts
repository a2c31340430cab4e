/** Constant rows. */
import { calciteType } from '../../expressions/calcite-type.ts';
import { type Expression, literal } from '../../expressions/expression.ts';
import { types, withNullable } from '../../types/logical-type.ts';
import { defineNode, INSERT_ONLY } from './node.ts';

/** A text of VALUES is shown without the type that its column has. */
export function asWritten(value: Expression): Expression {
  if (value.kind !== 'literal' || typeof value.value !== 'string' || value.type.kind !== 'VARCHAR') return value;
  return literal(value.value, types.char(value.value.length, value.type.nullable));
}

export const valuesNode = defineNode({
  kind: 'Values',
  summary: 'Gives constant rows.',
  examples: ["SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(id, name)"],
  produces: () => INSERT_ONLY,
  explain(node, { expression, style }) {
    const type = node.fields
      .map((field) => `${calciteType(withNullable(field.type, true), true)} ${field.name}`)
      .join(', ');
    const tuples = node.rows.map(
      (row) => `{ ${row.map((value) => expression(asWritten(value), [], 'physical')).join(', ')} }`,
    );
    return [
      ...(style === 'physical' ? [['type', `[RecordType(${type})]`] as const] : []),
      ['tuples', `[[${tuples.join(', ')}]]`],
    ];
  },
  lower: (node) => ({ kind: 'Values', rows: node.rows }),
});
