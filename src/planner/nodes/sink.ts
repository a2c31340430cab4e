/** A table of a connector, written. The operators before it (constraints, materializer) are added when the plan is lowered. */
import { pathToSummary } from '../../catalog/object-path.ts';
import { defineNode, INSERT_ONLY } from './node.ts';
import { fieldNames } from './node-text.ts';

export const sinkNode = defineNode({
  kind: 'Sink',
  summary: 'Writes changes into a table.',
  examples: ['INSERT INTO totals SELECT user_id, SUM(price) FROM orders GROUP BY user_id'],
  produces: () => INSERT_ONLY,
  explain(node) {
    const all = node.table.context.table.columns.length;
    const targets = node.targetColumns.map((column) => `[${column}]`).join(',');
    return [
      ['table', `[${pathToSummary(node.table.path)}]`],
      ...(node.targetColumns.length < all ? [['targetColumns', `[${targets}]`] as const] : []),
      ['fields', `[${fieldNames(node.fields)}]`],
      ...(node.materialize === null ? [] : [['upsertMaterialize', '[true]'] as const]),
      ...(node.onConflict === null ? [] : [['conflictStrategy', `[${node.onConflict.toUpperCase()}]`] as const]),
    ];
  },
  lower: (node) => ({
    kind: 'Sink',
    table: node.table.context.table,
    targetColumns: node.targetColumns,
    overwrite: node.overwrite,
  }),
});
