/** UNION ALL. */
import { defineNode } from './node.ts';
import { fieldNames } from './node-text.ts';

export const unionNode = defineNode({
  kind: 'Union',
  summary: 'Passes on the rows of several inputs.',
  examples: ['SELECT id FROM orders UNION ALL SELECT order_id FROM payments'],
  produces: (_node, inputs) => ({
    update: inputs.some((kinds) => kinds.update),
    delete: inputs.some((kinds) => kinds.delete),
  }),
  explain: (node) => [
    ['all', '[true]'],
    ['union', `[${fieldNames(node.fields)}]`],
  ],
  lower: () => ({ kind: 'Union' }),
});
