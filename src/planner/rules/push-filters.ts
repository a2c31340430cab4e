/** Filters as deep as they may go, and outer joins that filters make inner ones. */
import type { JoinType } from '../../dataflow/operator-spec.ts';
import { type Expression, inputsOf } from '../../expressions/expression.ts';
import { conjunction, conjuncts, isDeterministic, remap, shiftInputs, substitute, TRUE } from '../conditions.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { inputsOfPlan, withInputs } from '../plan-tree.ts';
import { rejectsNulls } from './null-rejection.ts';
import { defineRule } from './rule.ts';

export const pushFilters = defineRule({
  name: 'push-filters',
  summary: 'Moves each condition towards the sources: through projections, joins, unions and groups.',
  apply: (plan) => push(plan, []),
});

/** The plan with `terms` (over its output) applied as deep as possible. */
function push(plan: LogicalPlan, terms: readonly Expression[]): LogicalPlan {
  switch (plan.kind) {
    case 'Filter':
      return push(plan.input, [...conjuncts(plan.condition), ...terms]);
    case 'Project':
      return pushThroughProject(plan, terms);
    case 'Join':
      return pushIntoJoin(plan, terms);
    case 'TemporalJoin':
      return pushIntoTemporalJoin(plan, terms);
    case 'SetOperation':
      if (plan.operator === 'UNION' && plan.all)
        return { ...plan, inputs: plan.inputs.map((input) => push(input, terms)) };
      return stop(plan, terms);
    case 'Aggregate':
      return pushIntoGroups(plan, plan.groupingSets === null ? plan.keys : [], terms);
    case 'GroupWindowAggregate':
      return pushIntoGroups(plan, plan.keys, terms);
    case 'Rank':
      return pushWhere(plan, terms, (column) => plan.partition.includes(column));
    case 'Over':
      return pushWhere(plan, terms, (column) => plan.groups.every((group) => group.partition.includes(column)));
    case 'WindowTableFunction':
      if (plan.window.type === 'SESSION') return pushWhere(plan, terms, (column) => plan.partition.includes(column));
      return pushWhere(plan, terms, (column) => column < plan.input.fields.length);
    case 'Correlate':
      return pushWhere(plan, terms, (column) => column < plan.input.fields.length);
    case 'Sort':
      if (plan.fetch === null && plan.offset === 0) return { ...plan, input: push(plan.input, terms) };
      return stop(plan, terms);
    default:
      return stop(plan, terms);
  }
}

/** The terms stay above this node; inside, a new descent begins. */
function stop(plan: LogicalPlan, terms: readonly Expression[]): LogicalPlan {
  const inputs = inputsOfPlan(plan).map((input) => push(input, []));
  return filtered(withInputs(plan, inputs), terms);
}

export function filtered(plan: LogicalPlan, terms: readonly Expression[]): LogicalPlan {
  const condition = conjunction(terms);
  return condition === null ? plan : { kind: 'Filter', fields: plan.fields, input: plan, condition };
}

function pushThroughProject(plan: PlanOf<'Project'>, terms: readonly Expression[]): LogicalPlan {
  const [movable, kept] = split(terms, (term) =>
    [...inputsOf(term)].every((column) => isDeterministic(plan.expressions[column] as Expression)),
  );
  const moved = movable.map((term) => substitute(term, plan.expressions));
  return filtered({ ...plan, input: push(plan.input, moved) }, kept);
}

/** For nodes with one input whose leading columns pass through: terms over columns that `passes` accepts go below. */
function pushWhere(
  plan: Extract<LogicalPlan, { readonly input: LogicalPlan }>,
  terms: readonly Expression[],
  passes: (column: number) => boolean,
): LogicalPlan {
  const width = plan.input.fields.length;
  const [movable, kept] = split(
    terms,
    (term) => isDeterministic(term) && [...inputsOf(term)].every((column) => column < width && passes(column)),
  );
  return filtered(withInputs(plan, [push(plan.input, movable)]), kept);
}

function pushIntoGroups(
  plan: PlanOf<'Aggregate'> | PlanOf<'GroupWindowAggregate'>,
  keys: readonly number[],
  terms: readonly Expression[],
): LogicalPlan {
  const [movable, kept] = split(terms, (term) => {
    const columns = [...inputsOf(term)];
    return isDeterministic(term) && columns.length > 0 && columns.every((column) => column < keys.length);
  });
  const moved = movable.map((term) => remap(term, keys));
  return filtered(withInputs(plan, [push(plan.input, moved)]), kept);
}

function pushIntoJoin(plan: PlanOf<'Join'>, terms: readonly Expression[]): LogicalPlan {
  const width = plan.left.fields.length;
  const isLeft = (column: number) => column < width;
  const isRight = (column: number) => column >= width;
  const joinType = simplified(plan.joinType, terms, isLeft, isRight);
  const keepsLeft = joinType === 'INNER' || joinType === 'LEFT' || joinType === 'SEMI' || joinType === 'ANTI';
  const keepsRight = joinType === 'INNER' || joinType === 'RIGHT';
  const toLeft: Expression[] = [];
  const toRight: Expression[] = [];
  const above: Expression[] = [];
  const inJoin: Expression[] = [];
  for (const term of terms) {
    const side = isDeterministic(term) ? sideOf(term, width) : 'none';
    if (side === 'left' && keepsLeft) toLeft.push(term);
    else if (side === 'right' && keepsRight) toRight.push(term);
    else if (joinType === 'INNER' && side !== 'none') inJoin.push(term);
    else above.push(term);
  }
  for (const term of conjuncts(plan.condition)) {
    const side = isDeterministic(term) ? sideOf(term, width) : 'none';
    if (side === 'left' && (joinType === 'INNER' || joinType === 'RIGHT' || joinType === 'SEMI')) toLeft.push(term);
    else if (side === 'right' && joinType !== 'RIGHT' && joinType !== 'FULL') toRight.push(term);
    else inJoin.push(term);
  }
  const left = push(plan.left, toLeft);
  const right = push(
    plan.right,
    toRight.map((term) => shiftInputs(term, -width)),
  );
  return filtered({ ...plan, left, right, joinType, condition: conjunction(inJoin) ?? TRUE }, above);
}

function simplified(
  joinType: JoinType,
  terms: readonly Expression[],
  isLeft: (column: number) => boolean,
  isRight: (column: number) => boolean,
): JoinType {
  const needsLeft = (joinType === 'RIGHT' || joinType === 'FULL') && terms.some((term) => rejectsNulls(term, isLeft));
  const needsRight = (joinType === 'LEFT' || joinType === 'FULL') && terms.some((term) => rejectsNulls(term, isRight));
  if (joinType === 'LEFT') return needsRight ? 'INNER' : 'LEFT';
  if (joinType === 'RIGHT') return needsLeft ? 'INNER' : 'RIGHT';
  if (joinType !== 'FULL') return joinType;
  if (needsLeft && needsRight) return 'INNER';
  return needsLeft ? 'LEFT' : needsRight ? 'RIGHT' : 'FULL';
}

function pushIntoTemporalJoin(plan: PlanOf<'TemporalJoin'>, terms: readonly Expression[]): LogicalPlan {
  const width = plan.left.fields.length;
  const isRight = (column: number) => column >= width;
  const isInner = plan.joinType === 'INNER' || terms.some((term) => rejectsNulls(term, isRight));
  const toLeft: Expression[] = [];
  const inJoin = [...conjuncts(plan.condition)];
  const above: Expression[] = [];
  for (const term of terms) {
    if (!isDeterministic(term)) above.push(term);
    else if (sideOf(term, width) === 'left') toLeft.push(term);
    else if (isInner) inJoin.push(term);
    else above.push(term);
  }
  const left = push(plan.left, toLeft);
  const joinType = isInner ? 'INNER' : 'LEFT';
  const joined: LogicalPlan = {
    ...plan,
    left,
    right: push(plan.right, []),
    joinType,
    condition: conjunction(inJoin) ?? TRUE,
  };
  return filtered(joined, above);
}

function sideOf(term: Expression, width: number): 'left' | 'right' | 'both' | 'none' {
  const columns = [...inputsOf(term)];
  if (columns.length === 0) return 'none';
  if (columns.every((column) => column < width)) return 'left';
  return columns.every((column) => column >= width) ? 'right' : 'both';
}

function split(terms: readonly Expression[], test: (term: Expression) => boolean): [Expression[], Expression[]] {
  const yes: Expression[] = [];
  const no: Expression[] = [];
  for (const term of terms) (test(term) ? yes : no).push(term);
  return [yes, no];
}
