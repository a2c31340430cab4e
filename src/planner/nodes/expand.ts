/** Each row once for every grouping set. */
import { defineNode } from './node.ts';
import { inputOf } from './node-inputs.ts';

export const expandNode = defineNode({
  kind: 'Expand',
  summary: 'Repeats each row for every grouping set.',
  examples: [
    'SELECT user_id, currency, COUNT(*) FROM orders GROUP BY GROUPING SETS ((user_id), (currency), ())',
    'SELECT user_id, currency, COUNT(*) FROM orders GROUP BY CUBE (user_id, currency)',
    'SELECT user_id, currency, COUNT(*) FROM orders GROUP BY ROLLUP (user_id, currency)',
  ],
  explain(node) {
    const fields = inputOf(node).fields;
    const projects = node.sets.map((set) => {
      const columns = fields.map((field, i) =>
        node.keys.includes(i) && !set.keep.includes(i) ? `null AS ${field.name}` : field.name,
      );
      return `{${[...columns, `${set.id} AS $e`].join(', ')}}`;
    });
    return [['projects', `[${projects.join(', ')}]`]];
  },
  lower: (node) => ({ kind: 'Expand', sets: node.sets, keys: node.keys }),
});
