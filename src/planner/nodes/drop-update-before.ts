/** -U left out, where nobody needs them. */
import { defineNode } from './node.ts';

export const dropUpdateBeforeNode = defineNode({
  kind: 'DropUpdateBefore',
  summary: 'Leaves out the old half of updates where nobody needs it.',
  examples: [
    'INSERT INTO totals SELECT user_id, SUM(total) OVER (ORDER BY user_id) FROM (SELECT user_id, SUM(price) AS total FROM orders GROUP BY user_id)',
  ],
  explain: () => [],
  lower: () => ({ kind: 'DropUpdateBefore' }),
});
