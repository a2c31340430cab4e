/** GROUPING SETS, ROLLUP and CUBE: each row once a set, then one plain aggregation. */
import { tableError } from '../../base/error.ts';
import { call, type Expression, inputReference, literal } from '../../expressions/expression.ts';
import { type Field, types, withNullable } from '../../types/logical-type.ts';
import { referencesTo } from '../conditions.ts';
import type { LogicalPlan, NamedAggregateCall, PlanOf } from '../logical-plan.ts';
import { rewriteUp } from '../plan-tree.ts';
import { defineRule } from './rule.ts';

export const groupingSets = defineRule({
  name: 'grouping-sets',
  summary: 'Writes GROUPING SETS as Expand and a plain aggregation.',
  apply: (plan) =>
    rewriteUp(plan, (node) =>
      node.kind === 'Aggregate' && node.groupingSets !== null ? overExpand(node, node.groupingSets) : node,
    ),
});

const GROUPING_FUNCTIONS = new Set(['GROUPING', 'GROUPING_ID', 'GROUP_ID']);
const SETS_MAX = 64;

/** An Expand below an aggregation, and how the aggregation must read it. */
export interface Expanded {
  readonly plan: PlanOf<'Expand'>;
  /** The set's id. */
  readonly idColumn: number;
  /** Where an aggregate finds a column that it reads: grouping columns are copied, since Expand makes them null. */
  readonly argument: (column: number) => number;
}

export function expand(
  input: LogicalPlan,
  keys: readonly number[],
  sets: ReadonlyArray<readonly number[]>,
  args: ReadonlySet<number>,
): Expanded {
  if (sets.length >= SETS_MAX) throw tableError('group count must be less than 64.');
  const copied = keys.filter((key) => args.has(key));
  const width = input.fields.length;
  const source: LogicalPlan =
    copied.length === 0
      ? input
      : {
          kind: 'Project',
          fields: [...input.fields, ...copied.map((key) => input.fields[key] as Field)],
          input,
          expressions: [
            ...referencesTo(input.fields),
            ...copied.map((key) => inputReference(key, (input.fields[key] as Field).type)),
          ],
        };
  const fields = source.fields.map((field, i) =>
    keys.includes(i) ? { ...field, type: withNullable(field.type, true) } : field,
  );
  const ids = idsOf(keys, sets);
  const plan: PlanOf<'Expand'> = {
    kind: 'Expand',
    fields: [...fields, { name: '$e', type: types.bigint(false) }],
    input: source,
    keys,
    sets: sets.map((keep, i) => ({ keep, id: ids[i] as bigint })),
  };
  const argument = (column: number): number => (copied.includes(column) ? width + copied.indexOf(column) : column);
  return { plan, idColumn: source.fields.length, argument };
}

/** A bit for each key that the set lacks, the first key highest; numbers in order when a set comes twice. */
function idsOf(keys: readonly number[], sets: ReadonlyArray<readonly number[]>): readonly bigint[] {
  const ids = sets.map((set) => groupingId(keys, set));
  return new Set(ids).size === ids.length ? ids : ids.map((_, i) => BigInt(i));
}

function groupingId(columns: readonly number[], set: readonly number[]): bigint {
  return columns.reduce((id, column) => id * 2n + (set.includes(column) ? 0n : 1n), 0n);
}

function overExpand(node: PlanOf<'Aggregate'>, sets: ReadonlyArray<readonly number[]>): LogicalPlan {
  const real = node.aggregates.filter((aggregate) => !isGroupingCall(aggregate));
  const { plan, idColumn, argument } = expand(node.input, node.keys, sets, argumentsOf(real));
  const width = node.keys.length;
  const aggregates = real.map((aggregate) => moveArguments(aggregate, argument));
  const keyFields = node.keys.map((key, i) => ({
    ...(node.fields[i] as Field),
    type: (plan.fields[key] as Field).type,
  }));
  const aggregate: LogicalPlan = {
    kind: 'Aggregate',
    fields: [
      ...keyFields,
      { name: '$e', type: types.bigint(false) },
      ...real.map(({ name, type }) => ({ name, type })),
    ],
    input: plan,
    keys: [...node.keys, idColumn],
    groupingSets: null,
    aggregates,
  };
  const results = node.aggregates.map((call): Expression => {
    const at = real.indexOf(call);
    return at >= 0 ? inputReference(width + 1 + at, call.type) : groupingValue(call, plan.sets, sets, width);
  });
  return {
    kind: 'Project',
    fields: node.fields,
    input: aggregate,
    expressions: [...keyFields.map((field, i) => inputReference(i, field.type)), ...results],
  };
}

export function argumentsOf(aggregates: readonly NamedAggregateCall[]): Set<number> {
  const columns = new Set<number>();
  for (const aggregate of aggregates) {
    for (const arg of aggregate.args) columns.add(arg);
    if (aggregate.filter !== null) columns.add(aggregate.filter);
  }
  return columns;
}

export function moveArguments(aggregate: NamedAggregateCall, to: (column: number) => number): NamedAggregateCall {
  return {
    ...aggregate,
    args: aggregate.args.map(to),
    filter: aggregate.filter === null ? null : to(aggregate.filter),
  };
}

/** GROUPING and its kin: not aggregated, but read off the set. */
export function isGroupingCall({ function: name }: NamedAggregateCall): boolean {
  return GROUPING_FUNCTIONS.has(name);
}

/** `GROUPING(a)` and its kin as a CASE over the set's id. */
export function groupingValue(
  aggregate: NamedAggregateCall,
  expandSets: PlanOf<'Expand'>['sets'],
  sets: ReadonlyArray<readonly number[]>,
  idColumn: number,
): Expression {
  const bigint = types.bigint(false);
  const values = sets.map((set, i) =>
    aggregate.function === 'GROUP_ID' ? repetitionsBefore(sets, i) : groupingId(aggregate.args, set),
  );
  const last = values.at(-1) ?? 0n;
  const branches: Expression[] = [];
  values.forEach((value, i) => {
    if (value === last) return;
    const id = literal(expandSets[i]?.id ?? 0n, bigint);
    branches.push(
      call('=', [inputReference(idColumn, bigint), id], types.boolean(false)),
      literal(value, aggregate.type),
    );
  });
  if (branches.length === 0) return literal(last, aggregate.type);
  return call('CASE', [...branches, literal(last, aggregate.type)], aggregate.type);
}

function repetitionsBefore(sets: ReadonlyArray<readonly number[]>, index: number): bigint {
  const text = (set: readonly number[]) => [...set].sort((a, b) => a - b).join(',');
  const own = text(sets[index] ?? []);
  return BigInt(sets.slice(0, index).filter((set) => text(set) === own).length);
}
