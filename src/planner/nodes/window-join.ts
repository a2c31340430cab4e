/** Rows of both sides in equal windows. */
import { conjuncts } from '../conditions.ts';
import type { WindowBounds } from '../window-columns.ts';
import { JOIN_TYPE_NAMES, whereText } from './join-text.ts';
import { defineNode, INSERT_ONLY } from './node.ts';
import { inputOf } from './node-inputs.ts';
import { fieldNames } from './node-text.ts';
import { attachedWindowText } from './window-text.ts';

export const windowJoinNode = defineNode({
  kind: 'WindowJoin',
  summary: 'Joins rows of equal windows.',
  examples: [
    "SELECT o.id, p.amount FROM (SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) AS o JOIN (SELECT * FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) AS p ON o.id = p.order_id AND o.window_start = p.window_start AND o.window_end = p.window_end",
  ],
  accepts: 'insert',
  produces: () => INSERT_ONLY,
  explain(node, context) {
    const window = ({ start, end }: WindowBounds, side: 0 | 1) =>
      attachedWindowText(node.window, start, end, inputOf(node, side).fields);
    return [
      ['leftWindow', `[${window(node.leftWindow, 0)}]`],
      ['rightWindow', `[${window(node.rightWindow, 1)}]`],
      ['joinType', `[${JOIN_TYPE_NAMES[node.joinType]}]`],
      ['where', `[${whereText(node, conjuncts(node.condition), context)}]`],
      ['select', `[${fieldNames(node.fields)}]`],
    ];
  },
  lower: (node) => ({
    kind: 'WindowJoin',
    joinType: node.joinType,
    leftKeys: node.leftKeys,
    rightKeys: node.rightKeys,
    filterNulls: node.filterNulls,
    leftEnd: node.leftWindow.end,
    rightEnd: node.rightWindow.end,
    timeZone: node.window.timeZone,
    condition: node.condition,
  }),
});
