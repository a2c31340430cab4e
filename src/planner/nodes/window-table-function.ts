/** Windows as columns of each row. */

import { defineNode } from './node.ts';
import { inputOf } from './node-inputs.ts';
import { windowText } from './window-text.ts';

export const windowTableFunctionNode = defineNode({
  kind: 'WindowTableFunction',
  summary: 'Adds to each row the windows it lies in.',
  examples: [
    "SELECT id, window_start, window_end FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))",
    "SELECT id, window_start, window_end FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' MINUTE))",
    "SELECT id, window_start, window_end FROM TABLE(CUMULATE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '1' MINUTE))",
    "SELECT id, window_start, window_end FROM TABLE(SESSION(TABLE orders PARTITION BY user_id, DESCRIPTOR(ts), INTERVAL '10' SECOND))",
  ],
  explain: (node) => [['window', `[${windowText(node.window, inputOf(node).fields, node.partition)}]`]],
  lower: (node) => ({ kind: 'WindowTableFunction', window: node.window, partition: node.partition }),
});
