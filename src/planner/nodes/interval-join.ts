/** Rows of both sides whose times lie near each other. */
import { conjuncts } from '../conditions.ts';
import { JOIN_TYPE_NAMES, whereText } from './join-text.ts';
import { defineNode, INSERT_ONLY } from './node.ts';
import { fieldNames } from './node-text.ts';

export const intervalJoinNode = defineNode({
  kind: 'IntervalJoin',
  summary: 'Joins rows whose times lie near each other; what can match no more is forgotten.',
  examples: [
    "SELECT o.id, p.amount FROM orders AS o JOIN payments AS p ON o.id = p.order_id AND p.ts BETWEEN o.ts AND o.ts + INTERVAL '1' HOUR",
  ],
  accepts: 'insert',
  produces: () => INSERT_ONLY,
  explain(node, context) {
    const { lowerMs, upperMs, leftTime, rightTime, isRowtime } = node;
    const bounds = `isRowTime=${isRowtime}, leftLowerBound=${lowerMs}, leftUpperBound=${upperMs}, leftTimeIndex=${leftTime}, rightTimeIndex=${rightTime}`;
    return [
      ['joinType', `[${JOIN_TYPE_NAMES[node.joinType]}]`],
      ['windowBounds', `[${bounds}]`],
      ['where', `[${whereText(node, [...node.bounds, ...conjuncts(node.condition)], context)}]`],
      ['select', `[${fieldNames(node.fields)}]`],
    ];
  },
  lower: (node) => ({
    kind: 'IntervalJoin',
    joinType: node.joinType,
    leftKeys: node.leftKeys,
    rightKeys: node.rightKeys,
    filterNulls: node.filterNulls,
    leftTime: node.isRowtime ? node.leftTime : null,
    rightTime: node.isRowtime ? node.rightTime : null,
    lowerMs: node.lowerMs,
    upperMs: node.upperMs,
    condition: node.condition,
  }),
});
