/** Aggregation over time windows, emitted once when a window closes. */
import type { EmitStrategy } from '../../dataflow/operator-spec.ts';
import { aggregateText } from './aggregate-text.ts';
import { defineNode, INSERT_ONLY, isInsertOnlyKinds } from './node.ts';
import { inputOf, modeOf, retracts, wantsRetractions } from './node-inputs.ts';
import { columnNames } from './node-text.ts';
import { groupWindowText, windowText } from './window-text.ts';

export const windowAggregateNode = defineNode({
  kind: 'WindowAggregate',
  summary: "Groups rows by windows of time and gives each window's result when it closes.",
  examples: [
    "SELECT user_id, window_start, SUM(price) FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY user_id, window_start, window_end",
    "SELECT user_id, TUMBLE_START(ts, INTERVAL '1' MINUTE), COUNT(*) FROM orders GROUP BY user_id, TUMBLE(ts, INTERVAL '1' MINUTE)",
  ],
  name: (node) => (node.isGroupWindow ? 'GroupWindowAggregate' : 'WindowAggregate'),
  produces(node, [input]) {
    if (node.emit === null) return INSERT_ONLY;
    return { update: true, delete: input === undefined || !isInsertOnlyKinds(input) };
  },
  alternatives: (node) => wantsRetractions(node),
  explain(node) {
    const fields = inputOf(node).fields;
    const keys = columnNames(node.keys, fields);
    const first = node.keys.length + node.aggregates.length;
    const properties = node.properties.map((property, i) => `${property}('w$) AS ${node.fields[first + i]?.name}`);
    const calls = node.aggregates.map((call) => aggregateText(call, fields, retracts(node)));
    const select = [...(node.keys.length > 0 ? [keys] : []), ...calls, ...properties].join(', ');
    const window = node.isGroupWindow
      ? groupWindowText(node.window, fields)
      : windowText(node.window, fields, node.window.type === 'SESSION' ? node.keys : []);
    return [
      ...(node.keys.length > 0 ? [['groupBy', `[${keys}]`] as const] : []),
      ['window', `[${window}]`],
      ['select', `[${select}]`],
      ...(node.emit === null ? [] : [['emit', `[${emitText(node.emit)}]`] as const]),
    ];
  },
  lower: (node) => ({
    kind: 'WindowAggregate',
    window: node.window,
    keys: node.keys,
    aggregates: node.aggregates.map(({ name: _name, ...call }) => call),
    properties: node.properties,
    inputRetracts: retracts(node),
    ...(node.emit === null ? {} : { emit: node.emit, emitUpdateBefore: modeOf(node).updateBefore }),
  }),
});

/** `early delay 2000 millisecond, late no delay`. */
function emitText({ earlyMs, lateMs }: EmitStrategy): string {
  const delay = (ms: number) => (ms === 0 ? 'no delay' : `delay ${ms} millisecond`);
  return [
    ...(earlyMs === null ? [] : [`early ${delay(earlyMs)}`]),
    ...(lateMs === null ? [] : [`late ${delay(lateMs)}`]),
  ].join(', ');
}
