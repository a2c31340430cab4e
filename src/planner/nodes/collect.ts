/** The result of a SELECT, to the session. */
import { defineNode } from './node.ts';

export const collectNode = defineNode({
  kind: 'Collect',
  explain: () => [],
  lower: () => ({ kind: 'Collect' }),
});
