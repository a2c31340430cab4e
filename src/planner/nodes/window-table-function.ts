/** Windows as columns of each row. */

import { defineNode } from './node.ts';
import { inputOf } from './node-inputs.ts';
import { windowText } from './window-text.ts';

export const windowTableFunctionNode = defineNode({
  kind: 'WindowTableFunction',
  explain: (node) => [['window', `[${windowText(node.window, inputOf(node).fields, node.partition)}]`]],
  lower: (node) => ({ kind: 'WindowTableFunction', window: node.window, partition: node.partition }),
});
