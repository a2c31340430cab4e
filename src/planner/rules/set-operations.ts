/** UNION, INTERSECT and EXCEPT in terms of UNION ALL, joins and aggregates, as Flink rewrites them. */
import { call, type Expression, inputReference, literal } from '../../expressions/expression.ts';
import { type Field, types } from '../../types/logical-type.ts';
import { conjunction, referencesTo, TRUE } from '../conditions.ts';
import type { LogicalPlan, NamedAggregateCall, PlanOf } from '../logical-plan.ts';
import { rewriteUp } from '../plan-tree.ts';
import { defineRule } from './rule.ts';

export const setOperations = defineRule({
  name: 'set-operations',
  summary: 'Writes UNION as UNION ALL and DISTINCT, INTERSECT and EXCEPT as joins or counts.',
  apply: (plan) => rewriteUp(plan, (node) => (node.kind === 'SetOperation' ? rewriteSetOperation(node) : node)),
});

function rewriteSetOperation(node: PlanOf<'SetOperation'>): LogicalPlan {
  if (node.operator === 'UNION') {
    const inputs = node.inputs.flatMap((input) => flattened(input, node.all));
    const union: LogicalPlan = { ...node, all: true, inputs };
    return node.all ? union : distinct(union, node.fields);
  }
  const [first, ...rest] = node.inputs as readonly [LogicalPlan, ...LogicalPlan[]];
  if (node.all) return rest.reduce((left, right) => countedDifference(node, left, right), first);
  const joined = rest.reduce<LogicalPlan>((left, right) => nullSafeJoin(node, left, right), first);
  return distinct(joined, node.fields);
}

/** Inputs of a nested union of the same kind. A DISTINCT below a DISTINCT is not needed. */
function flattened(input: LogicalPlan, all: boolean): readonly LogicalPlan[] {
  if (input.kind === 'SetOperation' && input.operator === 'UNION' && input.all) return input.inputs;
  if (!all && input.kind === 'Aggregate' && isDistinct(input) && input.input.kind === 'SetOperation')
    return input.input.inputs;
  return [input];
}

function isDistinct(node: PlanOf<'Aggregate'>): boolean {
  return (
    node.aggregates.length === 0 &&
    node.groupingSets === null &&
    node.keys.length === node.input.fields.length &&
    node.keys.every((key, i) => key === i)
  );
}

function distinct(input: LogicalPlan, fields: readonly Field[]): LogicalPlan {
  return { kind: 'Aggregate', fields, input, keys: fields.map((_, i) => i), groupingSets: null, aggregates: [] };
}

function nullSafeJoin(node: PlanOf<'SetOperation'>, left: LogicalPlan, right: LogicalPlan): LogicalPlan {
  const width = left.fields.length;
  const terms = left.fields.map((field, i) =>
    call(
      'IS NOT DISTINCT FROM',
      [inputReference(i, field.type), inputReference(width + i, (right.fields[i] as Field).type)],
      types.boolean(false),
    ),
  );
  return {
    kind: 'Join',
    fields: left.fields,
    left,
    right,
    joinType: node.operator === 'INTERSECT' ? 'SEMI' : 'ANTI',
    condition: conjunction(terms) ?? TRUE,
    hints: [],
  };
}

/**
 * INTERSECT ALL: min(count left, count right) copies of each row; EXCEPT ALL: count left - count right. Both sides are marked, counted
 * together, and the rows are repeated.
 */
function countedDifference(node: PlanOf<'SetOperation'>, left: LogicalPlan, right: LogicalPlan): LogicalPlan {
  const width = node.fields.length;
  const isIntersect = node.operator === 'INTERSECT';
  const counted = isIntersect ? countBothSides(node, left, right) : sumOfSides(node, left, right);
  const bigint = types.bigint(false);
  const keyFields = node.fields;
  const count = (i: number) => inputReference(width + i, bigint);
  const filter: LogicalPlan = {
    kind: 'Filter',
    fields: counted.fields,
    input: counted,
    condition: isIntersect
      ? call('AND', [atLeastOne(count(0)), atLeastOne(count(1))], types.boolean(false))
      : call('>', [inputReference(width, types.bigint()), literal(0n, bigint)], types.boolean()),
  };
  const times: Expression = isIntersect
    ? call('CASE', [call('>', [count(0), count(1)], types.boolean(false)), count(1), count(0)], bigint)
    : inputReference(width, types.bigint());
  const project: LogicalPlan = {
    kind: 'Project',
    fields: [{ name: 'times', type: times.type }, ...keyFields],
    input: filter,
    expressions: [times, ...referencesTo(keyFields)],
  };
  return {
    kind: 'Project',
    fields: node.fields,
    input: repeated(project, times),
    expressions: node.fields.map((field, i) => inputReference(1 + i, field.type)),
  };
}

/** Each row as often as its first column says: UNNEST of a list of so many elements. */
function repeated(input: LogicalPlan, times: Expression): LogicalPlan {
  const text = types.string(false);
  const word = (value: string) => literal(value, types.string(false));
  const oneLess = call('-', [inputReference(0, times.type), literal(1n, types.bigint(false))], types.bigint());
  const count = call('CAST', [oneLess], types.int());
  const list = call('||', [call('REPEAT', [word('x,'), count], types.string()), word('x')], types.string());
  return {
    kind: 'Correlate',
    fields: [...input.fields, { name: 'f0', type: text }],
    input,
    function: 'UNNEST',
    args: [call('SPLIT', [list, word(',')], types.array(text))],
    joinType: 'INNER',
    condition: null,
  };
}

function atLeastOne(count: Expression): Expression {
  return call('>=', [count, literal(1n, types.bigint(false))], types.boolean(false));
}

function countBothSides(node: PlanOf<'SetOperation'>, left: LogicalPlan, right: LogicalPlan): LogicalPlan {
  const width = node.fields.length;
  const flag = types.boolean();
  const mark = (input: LogicalPlan, isLeft: boolean): LogicalPlan => ({
    kind: 'Project',
    fields: [...node.fields, { name: 'vcol_left_marker', type: flag }, { name: 'vcol_right_marker', type: flag }],
    input,
    expressions: [
      ...referencesTo(input.fields),
      literal(isLeft ? true : null, flag),
      literal(isLeft ? null : true, flag),
    ],
  });
  return aggregateSides(
    node,
    [mark(left, true), mark(right, false)],
    [countOf(width, 'vcol_left_cnt'), countOf(width + 1, 'vcol_right_cnt')],
  );
}

function countOf(column: number, name: string): NamedAggregateCall {
  return { function: 'COUNT', args: [column], distinct: false, filter: null, type: types.bigint(false), name };
}

function sumOfSides(node: PlanOf<'SetOperation'>, left: LogicalPlan, right: LogicalPlan): LogicalPlan {
  const width = node.fields.length;
  const bigint = types.bigint(false);
  const mark = (input: LogicalPlan, value: bigint): LogicalPlan => ({
    kind: 'Project',
    fields: [...node.fields, { name: 'vcol_marker', type: bigint }],
    input,
    expressions: [...referencesTo(input.fields), literal(value, bigint)],
  });
  const sum = {
    function: 'SUM',
    args: [width],
    distinct: false,
    filter: null,
    type: types.bigint(),
    name: 'sum_vcol_marker',
  };
  return aggregateSides(node, [mark(left, 1n), mark(right, -1n)], [sum]);
}

function aggregateSides(
  node: PlanOf<'SetOperation'>,
  inputs: readonly [LogicalPlan, LogicalPlan],
  aggregates: readonly NamedAggregateCall[],
): LogicalPlan {
  const union: LogicalPlan = { kind: 'SetOperation', fields: inputs[0].fields, operator: 'UNION', all: true, inputs };
  return {
    kind: 'Aggregate',
    fields: [...node.fields, ...aggregates.map(({ name, type }) => ({ name, type }))],
    input: union,
    keys: node.fields.map((_, i) => i),
    groupingSets: null,
    aggregates,
  };
}
