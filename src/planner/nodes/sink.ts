/** A table of a connector, written. The operators before it (constraints, materializer) are added when the plan is lowered. */
import { pathToSummary } from '../../catalog/object-path.ts';
import { defineNode, INSERT_ONLY } from './node.ts';
import { fieldNames } from './node-text.ts';

export function targetText(columns: readonly number[]): string {
  return columns.map((column) => `[${column}]`).join(',');
}

export const sinkNode = defineNode({
  kind: 'Sink',
  summary: 'Writes changes into a table.',
  examples: ['INSERT INTO totals SELECT user_id, SUM(price) FROM orders GROUP BY user_id'],
  produces: () => INSERT_ONLY,
  explain(node) {
    const { shownTargets } = node;
    return [
      ['table', `[${pathToSummary(node.table.path)}]`],
      ...(shownTargets ? [['targetColumns', `[${targetText(shownTargets)}]`] as const] : []),
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
