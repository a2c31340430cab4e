/** The result of a SELECT, to the session. */
import { defineNode } from './node.ts';

export const collectNode = defineNode({
  kind: 'Collect',
  summary: 'Gives the result of a SELECT to the session.',
  examples: ['SELECT name FROM users'],
  explain: () => [],
  lower: () => ({ kind: 'Collect' }),
});
