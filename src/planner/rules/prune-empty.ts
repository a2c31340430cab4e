/** Trees without rows: a filter that is never true, and what follows from it. */
import { literal } from '../../expressions/expression.ts';
import { types } from '../../types/logical-type.ts';
import { conjuncts } from '../conditions.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { rewriteUp } from '../plan-tree.ts';
import { defineRule } from './rule.ts';

export const pruneEmpty = defineRule({
  name: 'prune-empty',
  summary: 'Replaces what can have no rows by an empty Values.',
  apply: (plan) => rewriteUp(plan, prune),
});

function prune(node: LogicalPlan): LogicalPlan {
  switch (node.kind) {
    case 'Filter':
      return isEmpty(node.input) || isNever(node) ? empty(node) : node;
    case 'Project':
    case 'WatermarkAssigner':
    case 'Over':
    case 'Rank':
    case 'Match':
    case 'WindowTableFunction':
    case 'ProcessTableFunction':
    case 'GroupWindowAggregate':
      return isEmpty(node.input) ? empty(node) : node;
    case 'Sort':
      return isEmpty(node.input) || node.fetch === 0 ? empty(node) : node;
    case 'Join':
      return pruneJoin(node);
    case 'SetOperation':
      return pruneUnion(node);
    case 'Aggregate':
      return isEmpty(node.input) ? pruneAggregate(node) : node;
    default:
      return node;
  }
}

function isNever(node: PlanOf<'Filter'>): boolean {
  return conjuncts(node.condition).some((term) => term.kind === 'literal' && term.value !== true);
}

function isEmpty(plan: LogicalPlan): boolean {
  return plan.kind === 'Values' && plan.rows.length === 0;
}

function empty(node: LogicalPlan): LogicalPlan {
  return { kind: 'Values', fields: node.fields, rows: [] };
}

function pruneJoin(node: PlanOf<'Join'>): LogicalPlan {
  const left = isEmpty(node.left);
  const right = isEmpty(node.right);
  switch (node.joinType) {
    case 'INNER':
    case 'SEMI':
      return left || right ? empty(node) : node;
    case 'ANTI':
      return left ? empty(node) : right ? node.left : node;
    case 'LEFT':
      return left ? empty(node) : node;
    case 'RIGHT':
      return right ? empty(node) : node;
    case 'FULL':
      return left && right ? empty(node) : node;
  }
}

function pruneUnion(node: PlanOf<'SetOperation'>): LogicalPlan {
  if (node.operator !== 'UNION' || !node.all) return node;
  const inputs = node.inputs.filter((input) => !isEmpty(input));
  if (inputs.length === node.inputs.length) return node;
  if (inputs.length === 0) return empty(node);
  if (inputs.length > 1) return { ...node, inputs };
  const only = inputs[0] as LogicalPlan;
  const expressions = only.fields.map((field, index) => ({ kind: 'input' as const, index, type: field.type }));
  return { kind: 'Project', fields: node.fields, input: only, expressions };
}

/** No groups: no rows. Without GROUP BY one row: counts are 0, the rest is null. */
function pruneAggregate(node: PlanOf<'Aggregate'>): LogicalPlan {
  if (node.keys.length > 0 || node.groupingSets !== null) return empty(node);
  const row = node.aggregates.map((aggregate) =>
    aggregate.function === 'COUNT' ? literal(0n, types.bigint(false)) : literal(null, aggregate.type),
  );
  return { kind: 'Values', fields: node.fields, rows: [row] };
}
