/** ORDER BY: on event time in streaming; anything at the end of the input in batch. */
import { defineNode, INSERT_ONLY } from './node.ts';
import { orderText } from './node-text.ts';

export const sortNode = defineNode({
  kind: 'Sort',
  summary: 'Puts rows in order: by event time in streaming, by anything at the end of a batch.',
  examples: ['SELECT id, ts FROM orders ORDER BY ts'],
  name: (node) => (node.timeColumn === null ? 'Sort' : 'TemporalSort'),
  accepts: 'insert',
  produces: () => INSERT_ONLY,
  explain: (node) => [['orderBy', `[${orderText(node.order, node.fields)}]`]],
  lower: (node) => ({
    kind: 'Sort',
    order: node.order,
    timeColumn: node.timeColumn,
    ...(node.latestFirst === true ? { latestFirst: true } : {}),
  }),
});
