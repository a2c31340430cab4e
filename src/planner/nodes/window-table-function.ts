/** Windows as columns of each row. */
import { defineNode, inputOf } from './node.ts';
import { windowText } from './window-text.ts';

export const windowTableFunctionNode = defineNode({
  kind: 'WindowTableFunction',
  explain: (node) => [['window', `[${windowText(node.window, inputOf(node).fields, node.partition)}]`]],
  lower: (node) => ({ kind: 'WindowTableFunction', window: node.window, partition: node.partition }),
});
