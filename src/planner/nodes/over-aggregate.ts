/** OVER: one result for each row. */
import type { OverFrame } from '../../dataflow/operator-spec.ts';
import type { PhysicalOf } from '../physical-plan.ts';
import { aggregateText } from './aggregate-text.ts';
import { ALL_CHANGES, defineNode, INSERT_ONLY } from './node.ts';
import { inputOf, wantsRetractions } from './node-inputs.ts';
import { columnNames, fieldNames, orderText } from './node-text.ts';

export const overAggregateNode = defineNode({
  kind: 'OverAggregate',
  summary: 'Adds to each row an aggregate over the rows before it.',
  examples: [
    'SELECT id, SUM(price) OVER (PARTITION BY user_id ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM orders',
    'SELECT id, LAG(price) OVER (PARTITION BY user_id ORDER BY ts) FROM orders',
  ],
  accepts: (node) => (isByTime(node) ? 'insert' : 'all'),
  produces: (node) => (isByTime(node) ? INSERT_ONLY : ALL_CHANGES),
  alternatives: (node) => wantsRetractions(node),
  alwaysSaysUpdateBefore: true,
  explain(node) {
    const fields = inputOf(node).fields;
    const calls = node.aggregates.map((call) => aggregateText(call, fields, false));
    return [
      ...(node.partition.length > 0 ? [['partitionBy', `[${columnNames(node.partition, fields)}]`] as const] : []),
      ...(node.order.length > 0 ? [['orderBy', `[${orderText(node.order, fields)}]`] as const] : []),
      ['window', `[ ${frameText(node.frame)}]`],
      ['select', `[${[fieldNames(fields), ...calls].join(', ')}]`],
    ];
  },
  lower: (node, { ttlMs }) => ({
    kind: 'OverAggregate',
    partition: node.partition,
    order: node.order,
    timeColumn: node.timeColumn,
    frame: node.frame,
    aggregates: node.aggregates.map(({ name: _name, ...call }) => call),
    ttlMs,
  }),
});

/** Ordered by a time attribute (or by arrival, which has no order keys left). */
function isByTime(node: PhysicalOf<'OverAggregate'>): boolean {
  if (node.timeColumn !== null || node.order.length === 0) return true;
  const first = inputOf(node).fields[node.order[0]?.column ?? -1]?.type;
  return first !== undefined && 'timeAttribute' in first && first.timeAttribute !== undefined;
}

function frameText(frame: OverFrame): string {
  const { unit, preceding, following } = frame;
  return `${unit} BETWEEN ${bound(preceding, 'PRECEDING')} AND ${bound(following === undefined ? 0 : following, 'FOLLOWING')}`;
}

/** A negative distance lies on the other side of the current row. */
function bound(distance: number | null, side: 'PRECEDING' | 'FOLLOWING'): string {
  if (distance === null) return `UNBOUNDED ${side}`;
  if (distance === 0) return 'CURRENT ROW';
  const opposite = side === 'PRECEDING' ? 'FOLLOWING' : 'PRECEDING';
  return distance > 0 ? `${distance} ${side}` : `${-distance} ${opposite}`;
}
