/** Marks where bundles of rows end: by processing time the operators do that themselves, by event time the WatermarkAssigner below. */
import { defineNode } from './node.ts';

export const miniBatchAssignerNode = defineNode({
  kind: 'MiniBatchAssigner',
  explain: (node) => [
    ['interval', `[${node.intervalMs}ms]`],
    ['mode', node.isRowtime ? '[RowTime]' : '[ProcTime]'],
  ],
  lower: () => null,
});
