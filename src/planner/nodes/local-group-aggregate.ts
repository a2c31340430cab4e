/** The first half of a divided aggregation: within one thread the second does its work. */
import { accumulatorNames, localText } from './accumulator-text.ts';
import { defineNode, INSERT_ONLY } from './node.ts';
import { inputOf } from './node-inputs.ts';
import { columnNames } from './node-text.ts';

export const localGroupAggregateNode = defineNode({
  kind: 'LocalGroupAggregate',
  summary: 'The first half of a grouping by bundles.',
  examples: [
    "SET 'table.exec.mini-batch.enabled' = 'true'; SET 'table.exec.mini-batch.allow-latency' = '1 s'; SET 'table.exec.mini-batch.size' = '5000'; SELECT user_id, SUM(price) FROM orders GROUP BY user_id",
  ],
  produces: () => INSERT_ONLY,
  explain(node) {
    const fields = inputOf(node).fields;
    const keys = columnNames(node.keys, fields);
    const names = accumulatorNames(node.aggregates, node.isRetracting);
    const select = [
      ...(node.keys.length > 0 ? [keys] : []),
      ...node.aggregates.map((call, i) => localText(call, i, names, fields, node.isRetracting)),
      ...(names.count === null ? [] : [`COUNT_RETRACT(*) AS ${names.count}`]),
      ...names.distinct.map((args, i) => `DISTINCT(${columnNames(args, fields)}) AS distinct$${i}`),
    ];
    return [...(node.keys.length > 0 ? [['groupBy', `[${keys}]`] as const] : []), ['select', `[${select.join(', ')}]`]];
  },
  lower: () => null,
});
