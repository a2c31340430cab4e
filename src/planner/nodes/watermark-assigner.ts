/** Event time from a column. */
import { durationMs } from '../duration-text.ts';
import { defineNode } from './node.ts';
import { columnNames } from './node-text.ts';

const DEFAULT_INTERVAL = '200 ms';

export const watermarkAssignerNode = defineNode({
  kind: 'WatermarkAssigner',
  summary: 'Says, by the event times of a column, how far time has come.',
  examples: ['SELECT id, ts FROM orders'],
  explain: (node, { expression }) => [
    ['rowtime', `[${columnNames([node.timeColumn], node.fields)}]`],
    ['watermark', `[${expression(node.watermark, node.fields)}]`],
  ],
  lower: (node, { config }) => ({
    kind: 'WatermarkAssigner',
    timeColumn: node.timeColumn,
    watermark: node.watermark,
    intervalMs: durationMs(config('pipeline.auto-watermark-interval') ?? DEFAULT_INTERVAL),
    idleTimeoutMs: durationMs(config('table.exec.source.idle-timeout')),
    ...(node.miniBatchMs === undefined ? {} : { miniBatchMs: node.miniBatchMs }),
  }),
});
