/** Rows to where their key is: printed as Flink does; within one thread there is nothing to do. */
import { defineNode } from './node.ts';
import { columnNames } from './node-text.ts';

export const exchangeNode = defineNode({
  kind: 'Exchange',
  explain: (node) => [
    ['distribution', node.keys.length === 0 ? '[single]' : `[hash[${columnNames(node.keys, node.fields)}]]`],
  ],
  lower: () => null,
});
