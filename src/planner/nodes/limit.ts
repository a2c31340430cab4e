/** LIMIT without ORDER BY: the first rows. */
import { ALL_CHANGES, defineNode, INSERT_ONLY, isInsertOnlyKinds } from './node.ts';
import { modeOf, retracts, wantsRetractions } from './node-inputs.ts';

export const limitNode = defineNode({
  kind: 'Limit',
  summary: 'Passes on the first rows, in no order.',
  examples: ['SELECT id FROM orders LIMIT 3'],
  produces: (_node, [input]) => (input !== undefined && isInsertOnlyKinds(input) ? INSERT_ONLY : ALL_CHANGES),
  alternatives: (node) => wantsRetractions(node),
  explain: (node) => [
    ['offset', `[${node.offset}]`],
    ['fetch', `[${node.fetch}]`],
  ],
  lower: (node) => ({
    kind: 'Limit',
    offset: node.offset,
    fetch: node.fetch,
    emitUpdateBefore: modeOf(node).updateBefore,
    inputRetracts: retracts(node),
  }),
});
