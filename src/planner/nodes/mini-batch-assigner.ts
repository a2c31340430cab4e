/** Marks where bundles of rows end: by processing time the operators do that themselves, by event time the WatermarkAssigner below. */
import { defineNode } from './node.ts';

export const miniBatchAssignerNode = defineNode({
  kind: 'MiniBatchAssigner',
  summary: 'Where rows begin to be bundled.',
  examples: [
    "SET 'table.exec.mini-batch.enabled' = 'true'; SET 'table.exec.mini-batch.allow-latency' = '1 s'; SET 'table.exec.mini-batch.size' = '5000'; SELECT user_id, SUM(price) FROM orders GROUP BY user_id",
  ],
  explain: (node) => [
    ['interval', `[${node.intervalMs}ms]`],
    ['mode', node.isRowtime ? '[RowTime]' : '[ProcTime]'],
  ],
  lower: () => null,
});
