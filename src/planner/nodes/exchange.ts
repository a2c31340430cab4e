/** Rows to where their key is: printed as Flink does; within one thread there is nothing to do. */
import { defineNode } from './node.ts';
import { columnNames } from './node-text.ts';

export const exchangeNode = defineNode({
  kind: 'Exchange',
  summary: 'Brings rows to where their key is.',
  examples: ['SELECT user_id, COUNT(*) FROM orders GROUP BY user_id'],
  explain: (node) => [
    ['distribution', node.keys.length === 0 ? '[single]' : `[hash[${columnNames(node.keys, node.fields)}]]`],
  ],
  lower: () => null,
});
