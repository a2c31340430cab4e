/**
 * Takes references to an outer row out of a sub-query's plan: correlated conjuncts become conditions for the join above, and what the
 * sub-query yields becomes expressions over the plan that is left.
 */
import { call, type Expression, inputReference, literal, mapInputs } from '../expressions/expression.ts';
import { type Field, type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { planError } from './bind-error.ts';
import { conjunction, conjuncts, referencesTo, sameExpression, shiftInputs, substitute } from './conditions.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { rewriteDown } from './markers.ts';
import { inputsOfPlan } from './plan-tree.ts';
import { isOuter, outerIndex, outerLevel, outerReference } from './scope.ts';
import { uniqueNames } from './unique-names.ts';

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
function readsOuter(expression: Expression): boolean {
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

/** Every expression of the tree, outer ones first. */
export function forEachExpression(plan: LogicalPlan, visit: (expression: Expression) => void): void {
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

/** How much the join above allows. */
export interface Decorrelation {
  /** It asks only whether there is a row: repeated rows do no harm. */
  readonly anyRow?: boolean;
  /** The outer plan and, for each outer column that the query reads, its expression over it. */
  readonly domain?: { readonly plan: LogicalPlan; readonly columns: ReadonlyMap<number, Expression> };
}

export function decorrelate(plan: LogicalPlan, allows: Decorrelation = {}): Decorrelated {
  if (outerColumns(plan).length === 0)
    return { plan, outputs: referencesTo(plan.fields), conditions: [], single: isSingleRow(plan) };
  switch (plan.kind) {
    case 'Filter':
      return decorrelateFilter(plan, allows);
    case 'Project': {
      const input = decorrelate(plan.input, allows);
      return { ...input, outputs: plan.expressions.map((expression) => substitute(expression, input.outputs)) };
    }
    case 'Join':
      return decorrelateJoin(plan, allows);
    case 'Aggregate':
      return decorrelateAggregate(plan, allows.domain);
    case 'Sort':
      if (plan.fetch !== null || plan.offset > 0) throw unsupported();
      return decorrelate(plan.input, allows);
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

function decorrelateFilter(plan: PlanOf<'Filter'>, allows: Decorrelation): Decorrelated {
  const input = decorrelate(plan.input, allows);
  const terms = conjuncts(substitute(plan.condition, input.outputs));
  const pulled = terms.filter(readsOuter);
  const kept = conjunction(terms.filter((term) => !readsOuter(term)));
  const below: LogicalPlan = kept
    ? { kind: 'Filter', fields: input.plan.fields, input: input.plan, condition: kept }
    : input.plan;
  return { ...input, plan: below, conditions: [...input.conditions, ...pulled], single: false };
}

function decorrelateJoin(plan: PlanOf<'Join'>, allows: Decorrelation): Decorrelated {
  const left = decorrelate(plan.left, allows);
  const right = decorrelate(plan.right, allows);
  const width = left.plan.fields.length;
  const outputs = [...left.outputs, ...right.outputs.map((output) => shiftInputs(output, width))];
  const terms = conjuncts(substitute(plan.condition, outputs));
  const pulled = [...right.conditions.map((condition) => shiftInputs(condition, width)), ...terms.filter(readsOuter)];
  const joinType = plan.joinType === 'SEMI' && pulled.length > 0 && allows.anyRow ? 'INNER' : plan.joinType;
  if (pulled.length > 0 && joinType !== 'INNER') throw unsupported();
  if (left.conditions.length > 0 && !KEEPS_LEFT.has(joinType)) throw unsupported();
  const kept = conjunction(terms.filter((term) => !readsOuter(term))) ?? literal(true, types.boolean(false));
  const leftOnly = joinType === 'SEMI' || joinType === 'ANTI';
  const joined: LogicalPlan = {
    ...plan,
    joinType,
    left: left.plan,
    right: right.plan,
    condition: kept,
    fields: leftOnly ? left.plan.fields : uniqueNames([...left.plan.fields, ...paddedFields(right.plan, joinType)]),
  };
  const isLeftOnly = plan.joinType === 'SEMI' || plan.joinType === 'ANTI';
  const conditions = [...left.conditions, ...pulled];
  return { plan: joined, outputs: isLeftOnly ? left.outputs : outputs, conditions, single: false };
}

/** Conditions on the left side may be asked above these joins. */
const KEEPS_LEFT = new Set(['INNER', 'LEFT', 'SEMI', 'ANTI']);

function paddedFields(plan: LogicalPlan, joinType: string): readonly Field[] {
  if (joinType !== 'LEFT') return plan.fields;
  return plan.fields.map((field) => ({ ...field, type: withNullable(field.type, true) }));
}

/** The inner sides of correlated equalities become keys of the aggregate; other conditions are joined with the outer values first. */
function decorrelateAggregate(plan: PlanOf<'Aggregate'>, domain: Decorrelation['domain']): Decorrelated {
  const input = decorrelate(plan.input, domain ? { domain } : {});
  if (plan.groupingSets !== null) throw unsupported();
  const pairs = input.outputs.some(readsOuter) ? null : allEqualities(input.conditions);
  const grouped = pairs ? groupByInner(input, pairs) : groupByOuter(input, domain);
  const fields: Field[] = [
    ...plan.input.fields,
    ...grouped.keys.map((key, i) => ({ name: `$f${plan.input.fields.length + i}`, type: key.type })),
  ];
  const expressions = [...grouped.outputs, ...grouped.keys];
  const project: LogicalPlan = { kind: 'Project', fields, input: grouped.plan, expressions };
  const added = grouped.keys.map((_, i) => plan.input.fields.length + i);
  const keys = [...added, ...plan.keys];
  const keyFields = keys.map((key) => fields[key] as Field);
  const outputFields = plan.fields.slice(plan.keys.length);
  const aggregate: LogicalPlan = {
    ...plan,
    input: project,
    keys,
    fields: uniqueNames([...keyFields, ...outputFields]),
  };
  const references = referencesTo(aggregate.fields);
  const global = plan.keys.length === 0;
  const outputs = references
    .slice(added.length)
    .map((reference, i) => (global ? whenEmpty(reference, plan.aggregates[i]?.function ?? '') : reference));
  return { plan: aggregate, outputs, conditions: grouped.conditions(references), single: global };
}

/** What an aggregate is grouped by in addition, and the conditions over its output. */
interface Grouped {
  readonly plan: LogicalPlan;
  readonly outputs: readonly Expression[];
  readonly keys: readonly Expression[];
  conditions(references: readonly Expression[]): Expression[];
}

function groupByInner(input: Decorrelated, pairs: readonly Equality[]): Grouped {
  const keys: Expression[] = [];
  for (const { inner } of pairs) if (!keys.some((other) => sameExpression(other, inner))) keys.push(inner);
  return {
    plan: input.plan,
    outputs: input.outputs,
    keys,
    conditions: (references) =>
      pairs.map(({ inner, rebuild }) => {
        const place = keys.findIndex((other) => sameExpression(other, inner));
        return rebuild(references[place] as Expression);
      }),
  };
}

/** The distinct values of the outer columns, joined with the input on its conditions. */
function groupByOuter(input: Decorrelated, domain: Decorrelation['domain']): Grouped {
  if (!domain) throw unsupported();
  const columns = [...domain.columns.entries()];
  const fields = columns.map(([index, { type }]): Field => ({ name: `$cor${index}`, type }));
  const values: LogicalPlan = {
    kind: 'Project',
    fields,
    input: domain.plan,
    expressions: columns.map(([, value]) => value),
  };
  const keys = fields.map((_, i) => i);
  const distinct: LogicalPlan = { kind: 'Aggregate', fields, input: values, keys, groupingSets: null, aggregates: [] };
  const width = fields.length;
  const value = (index: number) => {
    const place = columns.findIndex(([column]) => column === index);
    return inputReference(place, (fields[place] as Field).type);
  };
  const over = (expression: Expression) => replaceFirstLevel(shiftInputs(expression, width), value);
  const joined: LogicalPlan = {
    kind: 'Join',
    fields: uniqueNames([...fields, ...input.plan.fields]),
    left: distinct,
    right: input.plan,
    joinType: 'INNER',
    condition: conjunction(input.conditions.map(over)) ?? literal(true, types.boolean(false)),
    hints: [],
  };
  return {
    plan: joined,
    outputs: input.outputs.map(over),
    keys: referencesTo(fields),
    conditions: (references) =>
      columns.map(([index, { type }], i) => sameValue(index, type, references[i] as Expression)),
  };
}

function sameValue(index: number, type: LogicalType, key: Expression): Expression {
  const outer = outerReference(1, index, type);
  return call(type.nullable ? 'IS NOT DISTINCT FROM' : '=', [outer, key], types.boolean(false));
}

function replaceFirstLevel(expression: Expression, value: (index: number) => Expression): Expression {
  return rewriteDown(expression, (node) =>
    isOuter(node) && outerLevel(node) === 1 ? value(outerIndex(node)) : undefined,
  );
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

function allEqualities(conditions: readonly Expression[]): Equality[] | null {
  const pairs = conditions.map(equalityOf);
  return pairs.every((pair) => pair !== null) ? pairs : null;
}

function equalityOf(condition: Expression): Equality | null {
  if (condition.kind !== 'call' || condition.function !== '=') return null;
  const [left, right] = condition.args as [Expression, Expression];
  if (readsOuter(left) && !readsOuter(right))
    return { inner: right, rebuild: (inner) => ({ ...condition, args: [left, inner] }) };
  if (readsOuter(right) && !readsOuter(left))
    return { inner: left, rebuild: (inner) => ({ ...condition, args: [inner, right] }) };
  return null;
}

/** An expression over the sub-query's columns, moved behind `width` columns of the outer row. */
export function behind(expression: Expression, width: number, nullable: boolean): Expression {
  return mapInputs(expression, (index, type) =>
    inputReference(index + width, nullable ? withNullable(type, true) : type),
  );
}
