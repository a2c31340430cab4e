/** Event time from a column. */
import { durationMs } from '../duration-text.ts';
import type { PhysicalOf, PhysicalPlan } from '../physical-plan.ts';
import { scanBelow } from '../split-columns.ts';
import { sourceOf } from '../table-ends.ts';
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
  lower(node, { config }) {
    const given = optionsOf(node);
    const group = given['scan.watermark.alignment.group'];
    const isOnEvent = given['scan.watermark.emit.strategy']?.toLowerCase() === 'on-event';
    return {
      kind: 'WatermarkAssigner',
      timeColumn: node.timeColumn,
      watermark: node.watermark,
      intervalMs: isOnEvent ? 0 : durationMs(config('pipeline.auto-watermark-interval') ?? DEFAULT_INTERVAL),
      idleTimeoutMs: durationMs(given['scan.watermark.idle-timeout'] ?? config('table.exec.source.idle-timeout')),
      ...(node.miniBatchMs === undefined ? {} : { miniBatchMs: node.miniBatchMs }),
      ...(node.splitColumns === undefined ? {} : { splitColumns: node.splitColumns }),
      ...(group === undefined
        ? {}
        : { alignment: { group, maxDriftMs: durationMs(given['scan.watermark.alignment.max-drift']) } }),
    };
  },
});

/** Only sources with splits obey them, in Flink too. */
function optionsOf(node: PhysicalOf<'WatermarkAssigner'>): Readonly<Record<string, string>> {
  const scan = scanBelow(node.inputs[0] as PhysicalPlan);
  return scan !== undefined && sourceOf(scan.table).splitMetadata ? scan.table.descriptor.options : {};
}
