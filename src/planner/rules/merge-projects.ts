/** Project over Project becomes one, Filter over Filter too, and projections that change nothing but names go away. */
import type { Expression } from '../../expressions/expression.ts';
import { conjunction, conjuncts, costOf, isDeterministic, isIdentity, substitute, TRUE } from '../conditions.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { rewriteUp } from '../plan-tree.ts';
import { defineRule } from './rule.ts';

export const mergeProjects = defineRule({
  name: 'merge-projects',
  summary: 'Merges neighbouring projections and filters.',
  apply: (plan) => rewriteUp(plan, mergeNode),
});

export function mergeNode(node: LogicalPlan): LogicalPlan {
  if (node.kind === 'Project') return mergeProject(node);
  if (node.kind === 'Filter') return mergeFilter(node);
  return node;
}

function mergeProject(node: PlanOf<'Project'>): LogicalPlan {
  const input = node.input;
  if (input.kind === 'Project' && canInline(node.expressions, input.expressions)) {
    const expressions = node.expressions.map((expression) => substitute(expression, input.expressions));
    return mergeProject({ ...node, input: input.input, expressions });
  }
  if (!isIdentity(node.expressions, input.fields.length)) return node;
  return input.kind === 'Values' ? { ...input, fields: node.fields } : input;
}

function mergeFilter(node: PlanOf<'Filter'>): LogicalPlan {
  const terms = conjuncts(node.condition);
  if (terms.length === 0) return node.input;
  if (node.input.kind !== 'Filter') return node;
  const merged = conjunction([...conjuncts(node.input.condition), ...terms]) ?? TRUE;
  return { ...node.input, condition: merged };
}

/** False when a call that is not deterministic, or dear, would be computed more than once. */
export function canInline(outer: readonly Expression[], inner: readonly Expression[]): boolean {
  const uses = new Array<number>(inner.length).fill(0);
  for (const expression of outer) countUses(expression, uses);
  return inner.every((expression, i) => {
    const times = uses[i] as number;
    if (times <= 1 || expression.kind !== 'call') return true;
    return isDeterministic(expression) && costOf(expression) <= CHEAP_CALLS;
  });
}

/** An expression of more calls is computed once and referred to. */
const CHEAP_CALLS = 3;

function countUses(expression: Expression, uses: number[]): void {
  if (expression.kind === 'input') uses[expression.index] = (uses[expression.index] ?? 0) + 1;
  else if (expression.kind === 'call') for (const arg of expression.args) countUses(arg, uses);
}
