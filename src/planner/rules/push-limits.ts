/** A LIMIT without ORDER BY tells an insert-only source when it may stop. */
import { isInsertOnly } from '../../types/changelog-mode.ts';
import type { LogicalPlan } from '../logical-plan.ts';
import { rewriteUp } from '../plan-tree.ts';
import { sourceOf } from '../table-ends.ts';
import { defineRule } from './rule.ts';

export const pushLimits = defineRule({
  name: 'push-limits',
  summary: 'Lets a source stop after the rows that a LIMIT asks for.',
  apply: (plan, { asFlinkShows = false }) =>
    rewriteUp(plan, (node) => {
      if (node.kind !== 'Sort' || node.order.length > 0 || node.fetch === null) return node;
      const input = limited(node.input, node.offset + node.fetch, asFlinkShows);
      return input === undefined ? node : { ...node, input };
    }),
});

/** The plan with a limit at its source, when each of the source's rows is a row of the plan. */
function limited(plan: LogicalPlan, limit: number, asFlinkShows: boolean): LogicalPlan | undefined {
  if (plan.kind === 'Project' || plan.kind === 'WatermarkAssigner') {
    const input = limited(plan.input, limit, asFlinkShows);
    return input === undefined ? undefined : { ...plan, input };
  }
  if (plan.kind !== 'Scan') return undefined;
  if (asFlinkShows && plan.table.connector.picksColumns !== true) return undefined;
  return isInsertOnly(sourceOf(plan.table).changelogMode) ? { ...plan, limit } : undefined;
}
