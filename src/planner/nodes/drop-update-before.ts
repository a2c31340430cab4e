/** -U left out, where nobody needs them. */
import { defineNode } from './node.ts';

export const dropUpdateBeforeNode = defineNode({
  kind: 'DropUpdateBefore',
  explain: () => [],
  lower: () => ({ kind: 'DropUpdateBefore' }),
});
