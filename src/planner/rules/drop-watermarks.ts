/** Event time that no operator looks at is not computed, nor are the columns read that only it needs. */
import type { Expression } from '../../expressions/expression.ts';
import { intervalOf } from '../interval-bounds.ts';
import type { LogicalPlan } from '../logical-plan.ts';
import { mapExpressions } from '../plan-expressions.ts';
import { rewriteUp, somePlan } from '../plan-tree.ts';
import { isRowtime } from '../time-attribute.ts';
import { defineRule } from './rule.ts';

export const dropWatermarks = defineRule({
  name: 'drop-watermarks',
  summary: 'Leaves watermarks out of jobs that do nothing by event time.',
  apply(plan, context) {
    if (context.asFlinkShows === true || somePlan(plan, usesTime)) return plan;
    return rewriteUp(plan, (node) => (node.kind === 'WatermarkAssigner' ? node.input : node));
  },
});

function usesTime(node: LogicalPlan): boolean {
  switch (node.kind) {
    case 'WindowTableFunction':
    case 'GroupWindowAggregate':
    case 'Over':
    case 'TemporalJoin':
    case 'Match':
      return true;
    case 'Join':
      return intervalOf(node)?.isRowtime === true || readsWatermark(node);
    case 'Rank':
      return node.isWindowed === true || node.order.some((key) => isRowtime(node.input.fields[key.column]?.type));
    case 'Sort':
      return node.fetch === null;
    case 'Sink':
      return Object.keys(node.table.descriptor.options).some((key) => key.startsWith('sink.partition-commit'));
    default:
      return readsWatermark(node);
  }
}

function readsWatermark(node: LogicalPlan): boolean {
  let isFound = false;
  mapExpressions(node, (expression) => {
    if (mentionsWatermark(expression)) isFound = true;
    return expression;
  });
  return isFound;
}

function mentionsWatermark(expression: Expression): boolean {
  if (expression.kind !== 'call') return false;
  return expression.function === 'CURRENT_WATERMARK' || expression.args.some(mentionsWatermark);
}
