/** GROUP BY window_start, window_end over a window table function is one window aggregation. */
import { type Expression, inputReference, inputsOf } from '../../expressions/expression.ts';
import { type Field, types } from '../../types/logical-type.ts';
import { referencesTo } from '../conditions.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { rewriteUp } from '../plan-tree.ts';
import { overAttachedWindow } from './attached-window.ts';
import { argumentsOf, expand, groupingValue, isGroupingCall, moveArguments } from './grouping-sets.ts';
import { defineRule } from './rule.ts';

export const windowAggregate = defineRule({
  name: 'window-aggregate',
  summary: 'Joins a window table function and the GROUP BY on its bounds.',
  // In batch nothing waits for a window's end: its bounds are keys like others.
  apply: (plan, { mode }) =>
    mode === 'batch'
      ? plan
      : rewriteUp(plan, (node) =>
          node.kind === 'Aggregate' ? (windowed(node) ?? overAttachedWindow(node) ?? node) : node,
        ),
});

type Property = 'start' | 'end' | 'rowtime' | 'proctime';

/** What the aggregation reads: the function and the projection between, if any. */
interface Shape {
  readonly fn: PlanOf<'WindowTableFunction'>;
  readonly expressions: readonly Expression[];
  readonly fields: readonly Field[];
}

function windowed(node: PlanOf<'Aggregate'>): LogicalPlan | undefined {
  const shape = shapeOf(node.input);
  if (shape === undefined) return undefined;
  const properties = node.keys.map((key) => propertyOf(shape, key));
  if (!properties.includes('start') || !properties.includes('end')) return undefined;
  const { fn } = shape;
  const width = fn.input.fields.length;
  const keys = node.keys.filter((_, i) => properties[i] === undefined);
  const needed = new Set([...keys, ...argumentsOf(realAggregates(node))]);
  const isBelow = (column: number) =>
    [...inputsOf(shape.expressions[column] as Expression)].every((input) => input < width);
  if (![...needed].every(isBelow)) return undefined;
  if (fn.window.type === 'SESSION' && !sessionFits(node, shape, properties)) return undefined;
  return build(node, shape, properties);
}

/** Those but GROUPING and its kin, which the set's id tells. */
function realAggregates(node: PlanOf<'Aggregate'>): PlanOf<'Aggregate'>['aggregates'] {
  return node.groupingSets === null ? node.aggregates : node.aggregates.filter((call) => !isGroupingCall(call));
}

function shapeOf(plan: LogicalPlan): Shape | undefined {
  if (plan.kind === 'WindowTableFunction')
    return { fn: plan, expressions: referencesTo(plan.fields), fields: plan.fields };
  if (plan.kind === 'Project' && plan.input.kind === 'WindowTableFunction')
    return { fn: plan.input, expressions: plan.expressions, fields: plan.fields };
  return undefined;
}

function propertyOf(shape: Shape, column: number): Property | undefined {
  const expression = shape.expressions[column];
  if (expression?.kind !== 'input') return undefined;
  const at = expression.index - shape.fn.input.fields.length;
  if (at < 0) return undefined;
  if (at === 2) return shape.fn.window.timeColumn === null ? 'proctime' : 'rowtime';
  return at === 0 ? 'start' : 'end';
}

/** Sessions are cut by the function's PARTITION BY: the group keys must be the same columns. */
function sessionFits(
  node: PlanOf<'Aggregate'>,
  shape: Shape,
  properties: ReadonlyArray<Property | undefined>,
): boolean {
  const keys = node.keys.filter((_, i) => properties[i] === undefined).map((key) => shape.expressions[key]);
  const columns = keys.map((key) => (key?.kind === 'input' ? key.index : -1));
  return (
    node.groupingSets === null &&
    columns.length === shape.fn.partition.length &&
    columns.every((column) => shape.fn.partition.includes(column))
  );
}

function build(
  node: PlanOf<'Aggregate'>,
  shape: Shape,
  keyProperties: ReadonlyArray<Property | undefined>,
): LogicalPlan {
  const { fn } = shape;
  const width = fn.input.fields.length;
  const below = shape.expressions.map((expression, i) => {
    const isWindow = [...inputsOf(expression)].some((input) => input >= width);
    return isWindow ? undefined : { expression, field: shape.fields[i] as Field };
  });
  const kept = below.filter((column) => column !== undefined);
  const placeOf = (column: number) => kept.indexOf(below[column] as NonNullable<(typeof below)[number]>);
  const timeColumn = fn.window.timeColumn;
  const time = timeColumn === null ? [] : [fn.input.fields[timeColumn] as Field];
  const input: LogicalPlan = {
    kind: 'Project',
    fields: [...kept.map((column) => column.field), ...time],
    input: fn.input,
    expressions: [
      ...kept.map((column) => column.expression),
      ...time.map((field) => inputReference(timeColumn ?? 0, field.type)),
    ],
  };
  const window = { ...fn.window, timeColumn: timeColumn === null ? null : kept.length };
  const keys = node.keys.filter((_, i) => keyProperties[i] === undefined).map(placeOf);
  const properties = [...new Set(keyProperties.filter((property) => property !== undefined))].sort(
    (a, b) => ORDER.indexOf(a) - ORDER.indexOf(b),
  );
  const aggregates = realAggregates(node).map((aggregate) => moveArguments(aggregate, placeOf));
  if (node.groupingSets !== null)
    return buildSets(node, { input, window, keys, properties, aggregates }, keyProperties);
  const keyFields = keys.map((key) => input.fields[key] as Field);
  const aggregated: LogicalPlan = {
    kind: 'GroupWindowAggregate',
    fields: [...keyFields, ...named(aggregates), ...propertyFields(properties, fn)],
    input,
    window,
    keys,
    aggregates,
    properties,
    fromTableFunction: true,
  };
  return restored(node, aggregated, keyProperties, keys.length, properties);
}

const ORDER: readonly Property[] = ['start', 'end', 'rowtime', 'proctime'];

interface Parts {
  readonly input: LogicalPlan;
  readonly window: PlanOf<'GroupWindowAggregate'>['window'];
  readonly keys: readonly number[];
  readonly properties: readonly Property[];
  readonly aggregates: PlanOf<'Aggregate'>['aggregates'];
}

function buildSets(
  node: PlanOf<'Aggregate'>,
  parts: Parts,
  keyProperties: ReadonlyArray<Property | undefined>,
): LogicalPlan {
  const fn = shapeOf(node.input)?.fn as PlanOf<'WindowTableFunction'>;
  const plain = node.keys.filter((_, i) => keyProperties[i] === undefined);
  const sets = (node.groupingSets ?? []).map((set) =>
    set.filter((column) => plain.includes(column)).map((column) => parts.keys[plain.indexOf(column)] as number),
  );
  const { plan, idColumn, argument } = expand(parts.input, parts.keys, sets, argumentsOf(parts.aggregates));
  const keyFields = [...parts.keys, idColumn].map((key) => plan.fields[key] as Field);
  const aggregated: LogicalPlan = {
    kind: 'GroupWindowAggregate',
    fields: [...keyFields, ...named(parts.aggregates), ...propertyFields(parts.properties, fn)],
    input: plan,
    window: parts.window,
    keys: [...parts.keys, idColumn],
    aggregates: parts.aggregates.map((aggregate) => moveArguments(aggregate, argument)),
    properties: parts.properties,
    fromTableFunction: true,
  };
  const groupingOf = (call: PlanOf<'Aggregate'>['aggregates'][number]) =>
    groupingValue(call, plan.sets, node.groupingSets ?? [], parts.keys.length);
  return restored(node, aggregated, keyProperties, keyFields.length, parts.properties, groupingOf);
}

function named(aggregates: PlanOf<'Aggregate'>['aggregates']): Field[] {
  return aggregates.map(({ name, type }) => ({ name, type }));
}

function propertyFields(properties: readonly Property[], fn: PlanOf<'WindowTableFunction'>): Field[] {
  const time = fn.fields[fn.input.fields.length + 2]?.type ?? types.timestamp(3, false);
  return properties.map((property) => ({
    name: property === 'start' || property === 'end' ? `window_${property}` : 'window_time',
    type: property === 'start' || property === 'end' ? types.timestamp(3, false) : time,
  }));
}

/** The columns in the order of the GROUP BY, under its names. */
function restored(
  node: PlanOf<'Aggregate'>,
  aggregated: LogicalPlan,
  keyProperties: ReadonlyArray<Property | undefined>,
  keyCount: number,
  properties: readonly Property[],
  groupingOf?: (call: PlanOf<'Aggregate'>['aggregates'][number]) => Expression,
): LogicalPlan {
  const real = realAggregates(node);
  const reference = (index: number) => inputReference(index, (aggregated.fields[index] as Field).type);
  let nextKey = 0;
  const keys = keyProperties.map((property) => {
    if (property === undefined) return reference(nextKey++);
    return reference(keyCount + real.length + properties.indexOf(property));
  });
  const results = node.aggregates.map((call) => {
    const place = real.indexOf(call);
    return place < 0 && groupingOf ? groupingOf(call) : reference(keyCount + place);
  });
  return { kind: 'Project', fields: node.fields, input: aggregated, expressions: [...keys, ...results] };
}
