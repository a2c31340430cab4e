/** The second half of a divided aggregation; its operator does both. */
import { durationMs } from '../duration-text.ts';
import { bundled } from '../mini-batch.ts';
import { accumulatorNames, globalText } from './accumulator-text.ts';
import { defineNode } from './node.ts';
import { inputOf, modeOf } from './node-inputs.ts';
import { columnNames } from './node-text.ts';

export const globalGroupAggregateNode = defineNode({
  kind: 'GlobalGroupAggregate',
  summary: 'Groups rows bundle by bundle, and says one change a group for each.',
  examples: [
    "SET 'table.exec.mini-batch.enabled' = 'true'; SET 'table.exec.mini-batch.allow-latency' = '1 s'; SET 'table.exec.mini-batch.size' = '5000'; SELECT user_id, SUM(price) FROM orders GROUP BY user_id",
  ],
  explain(node) {
    const keys = columnNames(
      node.keys.map((_, i) => i),
      inputOf(node).fields,
    );
    const names = accumulatorNames(node.aggregates, node.isRetracting);
    const select = [
      ...(node.keys.length > 0 ? [keys] : []),
      ...node.aggregates.map((call, i) => globalText(call, i, names, node.isRetracting)),
    ];
    return [...(node.keys.length > 0 ? [['groupBy', `[${keys}]`] as const] : []), ['select', `[${select.join(', ')}]`]];
  },
  lower: (node, { ttlMs, config, mode }) => ({
    kind: 'GroupAggregate',
    keys: node.keys,
    aggregates: node.aggregates.map(({ name: _name, ...call }) => call),
    inputRetracts: node.isRetracting,
    emitUpdateBefore: modeOf(node).updateBefore,
    ttlMs: node.stateTtl === undefined ? ttlMs : durationMs(node.stateTtl),
    ...bundled(config, mode, true),
  }),
});
