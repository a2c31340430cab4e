/**
 * Takes references to an outer row out of a sub-query's plan: correlated conjuncts become conditions for the join above, and what the
 * sub-query yields becomes expressions over the plan that is left.
 */
import { call, type Expression, inputReference, literal, mapInputs } from '../expressions/expression.ts';
import { type Field, types, withNullable } from '../types/logical-type.ts';
import { rewriteDown } from './bind-env.ts';
import { planError } from './bind-error.ts';
import { conjunction, conjuncts, referencesTo, sameExpression, shiftInputs, substitute } from './conditions.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { inputsOfPlan } from './plan-tree.ts';
import { isOuter, outerIndex, outerLevel, outerReference } from './scope.ts';

/** `outputs` and `conditions` are over the columns of `plan`; references to the outer row remain in them. */
export interface Decorrelated {
  readonly plan: LogicalPlan;
  readonly outputs: readonly Expression[];
  readonly conditions: readonly Expression[];
  /** Exactly one row for each outer row: a global aggregate. Its outputs are right even where the join finds nothing. */
  readonly single: boolean;
}

function unsupported(): Error {
  return planError('unexpected correlate variable $cor0 in the plan');
}

/** True when the expression reads the row directly around. */
export function readsOuter(expression: Expression): boolean {
  if (expression.kind !== 'call') return false;
  return (isOuter(expression) && outerLevel(expression) === 1) || expression.args.some(readsOuter);
}

/** Columns of the outer row that the plan reads, ascending. */
export function outerColumns(plan: LogicalPlan): number[] {
  const found = new Set<number>();
  const visit = (expression: Expression): void => {
    if (expression.kind !== 'call') return;
    if (isOuter(expression) && outerLevel(expression) === 1) found.add(outerIndex(expression));
    expression.args.forEach(visit);
  };
  forEachExpression(plan, visit);
  return [...found].sort((a, b) => a - b);
}

function forEachExpression(plan: LogicalPlan, visit: (expression: Expression) => void): void {
  expressionsOf(plan).forEach(visit);
  for (const input of inputsOfPlan(plan)) forEachExpression(input, visit);
}

function expressionsOf(plan: LogicalPlan): readonly Expression[] {
  switch (plan.kind) {
    case 'Values':
      return plan.rows.flat();
    case 'Project':
      return plan.expressions;
    case 'Filter':
    case 'Join':
    case 'TemporalJoin':
      return [plan.condition];
    case 'WatermarkAssigner':
      return [plan.watermark];
    case 'Correlate':
      return plan.condition ? [...plan.args, plan.condition] : plan.args;
    default:
      return [];
  }
}

/** Level 1 becomes what `outer` gives for the column; the levels beyond come one nearer. */
export function replaceOuter(expression: Expression, outer: (index: number) => Expression): Expression {
  return rewriteDown(expression, (node) => {
    if (!isOuter(node)) return undefined;
    const level = outerLevel(node);
    return level === 1 ? outer(outerIndex(node)) : outerReference(level - 1, outerIndex(node), node.type);
  });
}

/** The levels beyond the first, in every expression of a plan that has no first ones any more. */
export function lowerOuterLevels(plan: LogicalPlan): LogicalPlan {
  const lower = (expression: Expression) => replaceOuter(expression, () => expression);
  let changed = false;
  forEachExpression(plan, (expression) => {
    changed ||= lower(expression) !== expression;
  });
  return changed ? mapPlanExpressions(plan, lower) : plan;
}

function mapPlanExpressions(plan: LogicalPlan, map: (expression: Expression) => Expression): LogicalPlan {
  const down = (input: LogicalPlan) => mapPlanExpressions(input, map);
  switch (plan.kind) {
    case 'Scan':
      return plan;
    case 'Values':
      return { ...plan, rows: plan.rows.map((row) => row.map(map)) };
    case 'Project':
      return { ...plan, input: down(plan.input), expressions: plan.expressions.map(map) };
    case 'Filter':
      return { ...plan, input: down(plan.input), condition: map(plan.condition) };
    case 'Join':
    case 'TemporalJoin':
      return { ...plan, left: down(plan.left), right: down(plan.right), condition: map(plan.condition) };
    case 'Correlate':
      return {
        ...plan,
        input: down(plan.input),
        args: plan.args.map(map),
        condition: plan.condition && map(plan.condition),
      };
    case 'SetOperation':
      return { ...plan, inputs: plan.inputs.map(down) };
    default:
      return { ...plan, input: down(plan.input) } as LogicalPlan;
  }
}

export function decorrelate(plan: LogicalPlan): Decorrelated {
  if (outerColumns(plan).length === 0)
    return { plan, outputs: referencesTo(plan.fields), conditions: [], single: isSingleRow(plan) };
  switch (plan.kind) {
    case 'Filter':
      return decorrelateFilter(plan);
    case 'Project': {
      const input = decorrelate(plan.input);
      return { ...input, outputs: plan.expressions.map((expression) => substitute(expression, input.outputs)) };
    }
    case 'Join':
      return decorrelateJoin(plan);
    case 'Aggregate':
      return decorrelateAggregate(plan);
    case 'Sort':
      if (plan.fetch !== null || plan.offset > 0) throw unsupported();
      return decorrelate(plan.input);
    default:
      throw unsupported();
  }
}

/** A global aggregate, with nothing but projections above. */
export function isSingleRow(plan: LogicalPlan): boolean {
  if (plan.kind === 'Project') return isSingleRow(plan.input);
  if (plan.kind === 'Aggregate') return plan.keys.length === 0 && plan.groupingSets === null;
  return plan.kind === 'Values' && plan.rows.length === 1;
}

function decorrelateFilter(plan: PlanOf<'Filter'>): Decorrelated {
  const input = decorrelate(plan.input);
  const terms = conjuncts(substitute(plan.condition, input.outputs));
  const pulled = terms.filter(readsOuter);
  const kept = conjunction(terms.filter((term) => !readsOuter(term)));
  const below: LogicalPlan = kept
    ? { kind: 'Filter', fields: input.plan.fields, input: input.plan, condition: kept }
    : input.plan;
  return { ...input, plan: below, conditions: [...input.conditions, ...pulled], single: false };
}

function decorrelateJoin(plan: PlanOf<'Join'>): Decorrelated {
  const left = decorrelate(plan.left);
  const right = decorrelate(plan.right);
  if (right.conditions.length > 0 && plan.joinType !== 'INNER') throw unsupported();
  if (left.conditions.length > 0 && plan.joinType !== 'INNER' && plan.joinType !== 'LEFT' && plan.joinType !== 'SEMI')
    throw unsupported();
  const width = left.plan.fields.length;
  const rightOutputs = right.outputs.map((output) => shiftInputs(output, width));
  const outputs = [...left.outputs, ...rightOutputs];
  const terms = conjuncts(substitute(plan.condition, outputs));
  const pulled = terms.filter(readsOuter);
  if (pulled.length > 0 && plan.joinType !== 'INNER') throw unsupported();
  const kept = conjunction(terms.filter((term) => !readsOuter(term))) ?? literal(true, types.boolean(false));
  const leftOnly = plan.joinType === 'SEMI' || plan.joinType === 'ANTI';
  const joined: LogicalPlan = {
    ...plan,
    left: left.plan,
    right: right.plan,
    condition: kept,
    fields: leftOnly ? left.plan.fields : [...left.plan.fields, ...right.plan.fields],
  };
  const moved = right.conditions.map((condition) => shiftInputs(condition, width));
  return {
    plan: joined,
    outputs: leftOnly ? left.outputs : outputs,
    conditions: [...left.conditions, ...moved, ...pulled],
    single: false,
  };
}

/** The inner sides of correlated equalities become keys of the aggregate. */
function decorrelateAggregate(plan: PlanOf<'Aggregate'>): Decorrelated {
  const input = decorrelate(plan.input);
  if (plan.groupingSets !== null || input.outputs.some(readsOuter)) throw unsupported();
  const pairs = input.conditions.map(equalityOf);
  const correlated: Expression[] = [];
  for (const { inner } of pairs) if (!correlated.some((other) => sameExpression(other, inner))) correlated.push(inner);
  const projected = [...input.outputs, ...correlated];
  const fields: Field[] = [
    ...plan.input.fields,
    ...correlated.map((inner, i) => ({ name: `$f${plan.input.fields.length + i}`, type: inner.type })),
  ];
  const project: LogicalPlan = { kind: 'Project', fields, input: input.plan, expressions: projected };
  const correlatedKeys = correlated.map((_, i) => plan.input.fields.length + i);
  const keys = [...correlatedKeys, ...plan.keys];
  const keyFields = keys.map((key) => fields[key] as Field);
  const aggregate: LogicalPlan = {
    ...plan,
    input: project,
    keys,
    fields: [...keyFields, ...plan.fields.slice(plan.keys.length)],
  };
  const references = referencesTo(aggregate.fields);
  const global = plan.keys.length === 0;
  const outputs = references
    .slice(correlatedKeys.length)
    .map((reference, i) => (global ? whenEmpty(reference, plan.aggregates[i]?.function ?? '') : reference));
  const conditions = pairs.map(({ inner, rebuild }) => {
    const place = correlated.findIndex((other) => sameExpression(other, inner));
    return rebuild(references[place] as Expression);
  });
  return { plan: aggregate, outputs, conditions, single: global };
}

/** Over no rows COUNT is 0, which the outer join shows as null. */
function whenEmpty(reference: Expression, aggregate: string): Expression {
  if (aggregate !== 'COUNT' && aggregate !== 'APPROX_COUNT_DISTINCT') return reference;
  const nullable = { ...reference, type: withNullable(reference.type, true) };
  const isNull = call('IS NULL', [nullable], types.boolean(false));
  return call('CASE', [isNull, literal(0n, types.bigint(false)), nullable], types.bigint(false));
}

interface Equality {
  readonly inner: Expression;
  rebuild(inner: Expression): Expression;
}

function equalityOf(condition: Expression): Equality {
  if (condition.kind !== 'call' || (condition.function !== '=' && condition.function !== 'IS NOT DISTINCT FROM'))
    throw unsupported();
  const [left, right] = condition.args as [Expression, Expression];
  if (readsOuter(left) && !readsOuter(right))
    return { inner: right, rebuild: (inner) => ({ ...condition, args: [left, inner] }) };
  if (readsOuter(right) && !readsOuter(left))
    return { inner: left, rebuild: (inner) => ({ ...condition, args: [inner, right] }) };
  throw unsupported();
}

/** An expression over the sub-query's columns, moved behind `width` columns of the outer row. */
export function behind(expression: Expression, width: number, nullable: boolean): Expression {
  return mapInputs(expression, (index, type) =>
    inputReference(index + width, nullable ? withNullable(type, true) : type),
  );
}
