/** A table of a connector, read. */
import { defineNode } from './node.ts';
import { fieldNames } from './node-text.ts';

export const tableSourceScanNode = defineNode({
  kind: 'TableSourceScan',
  summary: 'Reads a table.',
  examples: ['SELECT * FROM orders'],
  produces: (node) => ({ update: node.sourceMode.updateAfter, delete: node.sourceMode.delete }),
  /** An upsert source cannot give -U; a full changelog is cut by DropUpdateBefore where nobody needs them. */
  alternatives: (node, request) =>
    request === 'before-and-after' && node.sourceMode.updateAfter && !node.sourceMode.updateBefore
      ? []
      : [{ requests: [] }],
  explain(node) {
    const { catalog, database, name } = node.table.path;
    const parts = [catalog, database, name];
    if (node.isPruned) {
      const physical = node.produced
        .filter((column) => column.kind === 'physical')
        .map((column) => column.path.join('_'));
      const metadata = node.produced.filter((column) => column.kind === 'metadata').map((column) => column.key);
      parts.push(`project=[${physical.join(', ')}]`, `metadata=[${metadata.join(', ')}]`);
    }
    if (node.limit !== null) parts.push(`limit=[${node.limit}]`);
    return [
      ['table', `[[${parts.join(', ')}]]`],
      ['fields', `[${fieldNames(node.fields)}]`],
    ];
  },
  lower: (node) => ({
    kind: 'Source',
    table: node.table.context.table,
    produced: node.produced,
    limit: node.limit,
  }),
});
