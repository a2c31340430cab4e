/** Filter and projection in one. */
import { inputsOf } from '../../expressions/expression.ts';
import { referencesTo } from '../conditions.ts';
import { upsertKeys } from '../infer-keys.ts';
import type { PhysicalOf } from '../physical-plan.ts';
import { defineNode } from './node.ts';
import { inputOf } from './node-inputs.ts';

export const calcNode = defineNode({
  kind: 'Calc',
  summary: 'Filters rows and computes columns, in one pass over a batch.',
  examples: ['SELECT id, price * 2 AS doubled FROM orders WHERE price > 100'],
  alternatives: (node, request) => (request === 'after' && losesRows(node) ? [] : [{ requests: [request] }]),
  explain(node, { expression }) {
    const fields = inputOf(node).fields;
    const select = (node.projection ?? referencesTo(fields)).map((item, i) => {
      const text = expression(item, fields);
      const name = node.fields[i]?.name;
      return text === name ? text : `${text} AS ${name}`;
    });
    const where = node.condition === null ? [] : [['where', `[${expression(node.condition, fields)}]`] as const];
    return [['select', `[${select.join(', ')}]`], ...where];
  },
  lower: ({ condition, projection, fields }) => ({
    kind: 'Calc',
    condition,
    projection,
    columnNames: fields.map((field) => field.name),
  }),
});

/** A filter over columns outside the upsert key: a row that leaves it by an update must be taken back by -U. */
function losesRows(node: PhysicalOf<'Calc'>): boolean {
  if (node.condition === null) return false;
  const columns = [...inputsOf(node.condition)];
  if (columns.length === 0) return false;
  return !(upsertKeys(inputOf(node)) ?? []).some((key) => columns.every((column) => key.includes(column)));
}
