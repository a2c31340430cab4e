/** Constant rows. */
import { calciteType } from '../../expressions/calcite-type.ts';
import { withNullable } from '../../types/logical-type.ts';
import { defineNode, INSERT_ONLY } from './node.ts';

export const valuesNode = defineNode({
  kind: 'Values',
  summary: 'Gives constant rows.',
  examples: ["SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(id, name)"],
  produces: () => INSERT_ONLY,
  explain(node, { expression }) {
    const type = node.fields
      .map((field) => `${calciteType(withNullable(field.type, true), true)} ${field.name}`)
      .join(', ');
    const tuples = node.rows.map((row) => `{ ${row.map((value) => expression(value, [])).join(', ')} }`).join(', ');
    return [
      ['type', `[RecordType(${type})]`],
      ['tuples', `[[${tuples}]]`],
    ];
  },
  lower: (node) => ({ kind: 'Values', rows: node.rows }),
});
