/** Column pruning of nodes that group, join, rank and number. */
import { type Field, types } from '../../types/logical-type.ts';
import { type Access, ColumnMap, ColumnNeeds } from '../column-needs.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { isRowtime, rowtimeOf, withoutTime } from '../time-attribute.ts';
import { argumentsOf, moveArguments } from './grouping-sets.ts';
import { copyOf, type Pruned, prune, trimmed } from './prune-columns.ts';

/** Keys stay, aggregates and window properties that nobody reads go. */
export function pruneGroups(plan: PlanOf<'Aggregate'> | PlanOf<'GroupWindowAggregate'>, needs: ColumnNeeds): Pruned {
  const keyCount = plan.keys.length;
  const aggregates = plan.aggregates.filter((_, i) => needs.has(keyCount + i));
  if (aggregates.length === 0 && keyCount === 0 && plan.aggregates[0] !== undefined)
    aggregates.push(plan.aggregates[0]);
  const below = new ColumnNeeds();
  for (const column of [...plan.keys, ...argumentsOf(aggregates)]) below.addColumn(column, plan.input.fields);
  if (plan.kind === 'GroupWindowAggregate' && plan.window.timeColumn !== null)
    below.addColumn(plan.window.timeColumn, plan.input.fields);
  const { plan: input, map } = prune(plan.input, below);
  const moved = aggregates.map((aggregate) => moveArguments(aggregate, (column) => map.column(column)));
  const kept = [
    ...plan.keys.map((_, i) => i),
    ...plan.aggregates
      .map((_, i) => keyCount + i)
      .filter((i) => aggregates.includes(plan.aggregates[i - keyCount] as never)),
  ];
  const keys = plan.keys.map((key) => map.column(key));
  if (plan.kind === 'Aggregate') {
    const groupingSets = plan.groupingSets?.map((set) => set.map((key) => map.column(key))) ?? null;
    const fields = kept.map((column) => plan.fields[column] as Field);
    const node: LogicalPlan = { ...plan, fields, input, keys, groupingSets, aggregates: moved };
    return { plan: node, map: ColumnMap.inOrder(accessesOf(plan, kept)) };
  }
  const first = keyCount + plan.aggregates.length;
  const properties = plan.properties.filter((_, i) => needs.has(first + i));
  kept.push(...plan.properties.map((_, i) => first + i).filter((i) => needs.has(i)));
  const timeColumn = plan.window.timeColumn === null ? null : map.column(plan.window.timeColumn);
  const node: LogicalPlan = {
    ...plan,
    fields: kept.map((column) => plan.fields[column] as Field),
    input,
    window: { ...plan.window, timeColumn },
    keys,
    aggregates: moved,
    properties,
  };
  return { plan: node, map: ColumnMap.inOrder(accessesOf(plan, kept)) };
}

function accessesOf(plan: LogicalPlan, columns: readonly number[]): Access[] {
  return columns.map((column) => ({ column, path: [], type: (plan.fields[column] as Field).type }));
}

/** Needs of a condition over two relations, divided between them. */
function divide(needs: ColumnNeeds, width: number): [ColumnNeeds, ColumnNeeds] {
  const left = new ColumnNeeds();
  const right = new ColumnNeeds();
  for (const access of needs.list()) {
    if (access.column < width) left.add(access);
    else right.add({ ...access, column: access.column - width });
  }
  return [left, right];
}

/** Nothing is read of a side: one column carries its rows. */
function atLeastOne(needs: ColumnNeeds, plan: LogicalPlan): ColumnNeeds {
  if (needs.list().length === 0) needs.addColumn(0, plan.fields);
  return needs;
}

export function pruneJoin(plan: PlanOf<'Join'>, needs: ColumnNeeds): Pruned {
  const width = plan.left.fields.length;
  const all = copyOf(needs);
  all.addExpression(plan.condition);
  const [leftNeeds, rightNeeds] = divide(all, width);
  const left = prune(plan.left, atLeastOne(leftNeeds, plan.left));
  const right = prune(plan.right, atLeastOne(rightNeeds, plan.right));
  const both = left.map.merged(right.map.shifted(width, left.plan.fields.length));
  const isOneSided = plan.joinType === 'SEMI' || plan.joinType === 'ANTI';
  const node: LogicalPlan = {
    ...plan,
    fields: isOneSided ? left.plan.fields : joinedFields(plan, left.plan, right.plan),
    left: left.plan,
    right: right.plan,
    condition: both.rewrite(plan.condition),
  };
  return trimmed(node, isOneSided ? left.map : both, needs);
}

/** Nullability follows the join's type; what is no event time behind the join stays so. */
function joinedFields(plan: PlanOf<'Join'> | PlanOf<'TemporalJoin'>, left: LogicalPlan, right: LogicalPlan): Field[] {
  const padsLeft = plan.joinType === 'RIGHT' || plan.joinType === 'FULL';
  const padsRight = plan.joinType === 'LEFT' || plan.joinType === 'FULL';
  const pad = (field: Field, isPadded: boolean): Field =>
    isPadded && !field.type.nullable ? { ...field, type: { ...field.type, nullable: true } } : field;
  const width = plan.left.fields.length;
  const side = (fields: readonly Field[], before: readonly Field[], isPadded: boolean) => {
    const isPlain = !before.some(({ type }) => isRowtime(type));
    return fields.map((field) => pad(isPlain ? withoutTime(field) : field, isPadded));
  };
  return [
    ...side(left.fields, plan.fields.slice(0, width), padsLeft),
    ...side(right.fields, plan.fields.slice(width), padsRight),
  ];
}

export function pruneTemporalJoin(plan: PlanOf<'TemporalJoin'>, needs: ColumnNeeds): Pruned {
  const width = plan.left.fields.length;
  const all = copyOf(needs);
  all.addExpression(plan.condition);
  all.addColumn(plan.period, plan.left.fields);
  const [leftNeeds, rightNeeds] = divide(all, width);
  const rightTime = isRowtime(plan.left.fields[plan.period]?.type) ? rowtimeOf(plan.right.fields) : -1;
  if (rightTime >= 0) rightNeeds.addColumn(rightTime, plan.right.fields);
  const left = prune(plan.left, leftNeeds);
  const right = prune(plan.right, atLeastOne(rightNeeds, plan.right));
  const both = left.map.merged(right.map.shifted(width, left.plan.fields.length));
  const node: LogicalPlan = {
    ...plan,
    fields: joinedFields(plan, left.plan, right.plan),
    left: left.plan,
    right: right.plan,
    condition: both.rewrite(plan.condition),
    period: left.map.column(plan.period),
  };
  return trimmed(node, both, needs);
}

export function pruneOver(plan: PlanOf<'Over'>, needs: ColumnNeeds): Pruned {
  const width = plan.input.fields.length;
  let column = width;
  const groups = plan.groups.map((group) => {
    const columns = group.aggregates.map(() => column++);
    const used = columns.map((at, i) => ({ at, aggregate: group.aggregates[i] })).filter(({ at }) => needs.has(at));
    return { group, used };
  });
  const live = groups.filter(({ used }) => used.length > 0);
  const below = new ColumnNeeds();
  for (const access of needs.list()) if (access.column < width) below.add(access);
  for (const { group, used } of live) {
    const read = [...group.partition, ...group.order.map((key) => key.column)];
    for (const at of read) below.addColumn(at, plan.input.fields);
    for (const { aggregate } of used)
      for (const at of argumentsOf([aggregate as never])) below.addColumn(at, plan.input.fields);
  }
  const { plan: input, map } = prune(plan.input, below);
  if (live.length === 0) return { plan: input, map };
  const to = (at: number) => map.column(at);
  const kept = live.flatMap(({ used }) => used.map(({ at }) => at));
  const node: LogicalPlan = {
    ...plan,
    fields: [...input.fields, ...kept.map((at) => plan.fields[at] as Field)],
    input,
    groups: live.map(({ group, used }) => ({
      ...group,
      partition: group.partition.map(to),
      order: group.order.map((key) => ({ ...key, column: to(key.column) })),
      aggregates: used.map(({ aggregate }) => moveArguments(aggregate as never, to)),
    })),
  };
  const results = ColumnMap.inOrder(accessesOf(plan, kept), input.fields.length);
  return { plan: node, map: map.merged(results) };
}

export function pruneRank(plan: PlanOf<'Rank'>, needs: ColumnNeeds): Pruned {
  const width = plan.input.fields.length;
  const outputRank = plan.outputRank && needs.has(width);
  const below = new ColumnNeeds();
  for (const access of needs.list()) if (access.column < width) below.add(access);
  for (const column of [...plan.partition, ...plan.order.map((key) => key.column)])
    below.addColumn(column, plan.input.fields);
  const { plan: input, map } = prune(plan.input, below);
  const rank = outputRank ? [plan.fields[width] ?? { name: 'w0$o0', type: types.bigint(false) }] : [];
  const node: LogicalPlan = {
    ...plan,
    fields: [...input.fields, ...rank],
    input,
    partition: plan.partition.map((column) => map.column(column)),
    order: plan.order.map((key) => ({ ...key, column: map.column(key.column) })),
    outputRank,
  };
  if (!outputRank) return { plan: node, map };
  const number = ColumnMap.inOrder([{ column: width, path: [], type: types.bigint(false) }], input.fields.length);
  return { plan: node, map: map.merged(number) };
}

/** The grouping columns and the set's id stay. */
export function pruneExpand(plan: PlanOf<'Expand'>, needs: ColumnNeeds): Pruned {
  const id = plan.fields.length - 1;
  const below = new ColumnNeeds();
  for (const access of needs.list()) if (access.column < id) below.add(access);
  for (const key of plan.keys) below.addColumn(key, plan.input.fields);
  const { plan: input, map } = prune(plan.input, below);
  const keys = plan.keys.map((key) => map.column(key));
  const fields = input.fields.map((field, i) =>
    keys.includes(i) && !field.type.nullable ? { ...field, type: { ...field.type, nullable: true } } : field,
  );
  const node: LogicalPlan = {
    ...plan,
    fields: [...fields, plan.fields[id] as Field],
    input,
    keys,
    sets: plan.sets.map((set) => ({ ...set, keep: set.keep.map((key) => map.column(key)) })),
  };
  const number = ColumnMap.inOrder(accessesOf(plan, [id]), input.fields.length);
  return { plan: node, map: map.merged(number) };
}
