/** Top-N, deduplication, ORDER BY, LIMIT, OVER and MATCH_RECOGNIZE. */
import { tableError } from '../base/error.ts';
import type { SortKey } from '../dataflow/operator-spec.ts';
import { inputReference } from '../expressions/expression.ts';
import type { Field } from '../types/logical-type.ts';
import { noPlanError } from './bind-error.ts';
import type { PlanOf } from './logical-plan.ts';
import { calc } from './physical-calc.ts';
import { exchange, type PhysicalPlan, uniqueFields } from './physical-plan.ts';

function timeAttributeOf(fields: readonly Field[], key: SortKey | undefined): 'rowtime' | 'proctime' | undefined {
  const type = key === undefined ? undefined : fields[key.column]?.type;
  return type !== undefined && 'timeAttribute' in type ? type.timeAttribute : undefined;
}

export function rankToPhysical(plan: PlanOf<'Rank'>, source: PhysicalPlan, mode: 'streaming' | 'batch'): PhysicalPlan {
  const input = exchange(source, plan.partition);
  const fields = uniqueFields(plan.fields);
  const [key] = plan.order;
  const attribute = mode === 'streaming' ? timeAttributeOf(source.fields, key) : undefined;
  const isFirst = plan.rankStart === 1 && plan.rankEnd === 1 && !plan.outputRank;
  if (isFirst && plan.isWindowed !== true && key !== undefined && plan.order.length === 1 && attribute !== undefined)
    return {
      kind: 'Deduplicate',
      inputs: [input],
      fields,
      keys: plan.partition,
      keep: key.ascending ? 'first' : 'last',
      order: plan.order,
      timeColumn: attribute === 'rowtime' ? key.column : null,
    };
  const { order, rankStart, rankEnd, outputRank } = plan;
  // Batch sorts by the partition's columns in their order, which decides among rows that sort the same.
  const partition = mode === 'batch' ? plan.partition.toSorted((a, b) => a - b) : plan.partition;
  const rank = { partition, order, rankStart, rankEnd, outputRank, strategy: 'append', uniqueKey: null } as const;
  return { kind: 'Rank', inputs: [input], fields, ...rank, isSortLimit: false, isWindowed: plan.isWindowed === true };
}

export function sortToPhysical(plan: PlanOf<'Sort'>, source: PhysicalPlan, mode: 'streaming' | 'batch'): PhysicalPlan {
  const input = exchange(source, []);
  const { fields } = source;
  if (mode === 'batch' && (plan.fetch === null || plan.order.length === 0)) return batchSort(plan, input);
  if (plan.fetch === null && plan.offset > 0)
    throw tableError('FETCH is missed, which on streaming table is not supported currently.');
  if (plan.fetch !== null && plan.order.length === 0)
    return { kind: 'Limit', inputs: [input], fields, offset: plan.offset, fetch: plan.fetch };
  if (plan.fetch !== null)
    return {
      kind: 'Rank',
      inputs: [input],
      fields,
      partition: [],
      order: plan.order,
      rankStart: plan.offset + 1,
      rankEnd: plan.offset + plan.fetch,
      outputRank: false,
      strategy: 'append',
      uniqueKey: null,
      isSortLimit: true,
    };
  const attribute = timeAttributeOf(fields, plan.order[0]);
  if (attribute === undefined || plan.order[0]?.ascending !== true)
    throw tableError('Sort on a non-time-attribute field is not supported.');
  if (attribute === 'proctime' && plan.order.length === 1) return input;
  const timeColumn = attribute === 'rowtime' ? (plan.order[0]?.column ?? null) : null;
  const latestFirst = plan.latestFirst === true ? { latestFirst: true } : {};
  return { kind: 'Sort', inputs: [input], fields, order: plan.order, timeColumn, ...latestFirst };
}

function batchSort(plan: PlanOf<'Sort'>, input: PhysicalPlan): PhysicalPlan {
  const { fields } = input;
  const { order } = plan;
  const sorted: PhysicalPlan =
    order.length === 0 ? input : { kind: 'Sort', inputs: [input], fields, order, timeColumn: null };
  if (plan.fetch === null && plan.offset === 0) return sorted;
  const fetch = plan.fetch ?? Number.MAX_SAFE_INTEGER;
  return { kind: 'Limit', inputs: [sorted], fields, offset: plan.offset, fetch };
}

type OverGroup = PlanOf<'Over'>['groups'][number];

export function overToPhysical(plan: PlanOf<'Over'>, source: PhysicalPlan, mode: 'streaming' | 'batch'): PhysicalPlan {
  const { groups, places } = placed(plan.groups, mode);
  if (mode === 'streaming' && groups.length > 1) throw severalWindows();
  const over = overGroups(groups, source, mode);
  if (places.every((place, i) => place === i)) return over;
  const width = source.fields.length;
  const order = [...source.fields.map((_, i) => i), ...places.map((place) => width + place)];
  const projection = order.map((at) => inputReference(at, (over.fields[at] as Field).type));
  return calc(over, null, projection, plan.fields);
}

/** Functions that look at the order of rows alone, whatever the frame. */
const FRAMELESS = new Set(['LAG', 'LEAD', 'RANK', 'DENSE_RANK', 'NTILE', 'PERCENT_RANK', 'CUME_DIST']);

/**
 * Groups that only hold such functions join one of the same rows in the same order; where each aggregate has gone. Batch mode computes them in
 * the order of their columns, which decides among rows that sort the same.
 */
function placed(
  groups: readonly OverGroup[],
  mode: 'streaming' | 'batch',
): {
  readonly groups: readonly OverGroup[];
  readonly places: readonly number[];
} {
  const merged: Array<{ group: OverGroup; members: number[] }> = [];
  let next = 0;
  const numbered = groups.map((group) => ({ group, members: group.aggregates.map(() => next++) }));
  const isFree = (group: OverGroup) => group.aggregates.every((call) => FRAMELESS.has(call.function));
  const sameRows = (a: OverGroup, b: OverGroup) =>
    JSON.stringify([a.partition, a.order]) === JSON.stringify([b.partition, b.order]);
  for (const { group, members } of [...numbered].sort((a, b) => Number(isFree(a.group)) - Number(isFree(b.group)))) {
    const home = isFree(group) ? merged.find((other) => sameRows(other.group, group)) : undefined;
    if (home === undefined) merged.push({ group, members });
    else {
      home.group = { ...home.group, aggregates: [...home.group.aggregates, ...group.aggregates] };
      home.members = [...home.members, ...members];
    }
  }
  if (mode === 'batch') merged.sort((a, b) => compareGroups(a.group, b.group));
  const order = merged.flatMap((other) => other.members);
  return { groups: merged.map((other) => other.group), places: order.map((_, i) => order.indexOf(i)) };
}

function compareGroups(a: OverGroup, b: OverGroup): number {
  const columnsOf = (group: OverGroup) => [group.partition, group.order.map((key) => key.column)];
  const [partitionA = [], orderA = []] = columnsOf(a);
  const [partitionB = [], orderB = []] = columnsOf(b);
  return compareColumns(partitionA, partitionB) || compareColumns(orderA, orderB);
}

function compareColumns(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((column, i) => column !== b[i]);
  return at < 0 ? a.length - b.length : (a[at] as number) - (b[at] ?? -1);
}

function overGroups(groups: readonly OverGroup[], source: PhysicalPlan, mode: 'streaming' | 'batch'): PhysicalPlan {
  return groups.reduce((input, group) => {
    if (mode === 'streaming') checkOver(group, source.fields);
    const attribute = mode === 'streaming' ? timeAttributeOf(source.fields, group.order[0]) : undefined;
    const results = group.aggregates.map(({ name, type }) => ({ name, type }));
    return {
      kind: 'OverAggregate',
      inputs: [exchange(input, group.partition)],
      fields: uniqueFields([...input.fields, ...results]),
      partition: group.partition,
      order: attribute === 'proctime' ? [] : group.order,
      timeColumn: attribute === 'rowtime' ? (group.order[0]?.column ?? null) : null,
      frame: group.frame,
      aggregates: group.aggregates,
    };
  }, source);
}

function checkOver(group: OverGroup, fields: readonly Field[]): void {
  if (group.order.length !== 1) throw tableError('The window can only be ordered by a single time column.');
  if (group.order[0]?.ascending !== true) throw tableError('The window can only be ordered in ASCENDING mode.');
  const { preceding, following } = group.frame;
  if ((following !== undefined && following !== 0) || (preceding !== null && preceding < 0))
    throw tableError('OVER RANGE FOLLOWING windows are not supported yet.');
  if (timeAttributeOf(fields, group.order[0]) === undefined && preceding !== null)
    throw tableError('Non-time attribute sort is not supported for bounded OVER window.');
}

function severalWindows(): Error {
  return noPlanError(
    'Over Agg: Unsupported use of OVER windows. All aggregates must be computed on the same window. please re-check the over window statement.',
  );
}

export function matchToPhysical(plan: PlanOf<'Match'>, source: PhysicalPlan): PhysicalPlan {
  const { kind: _kind, input: _input, fields, ...clause } = plan;
  if (clause.allRows) throw noPlanError('All rows per match mode is not supported yet.');
  return { kind: 'Match', inputs: [exchange(source, clause.partition)], fields: uniqueFields(fields), ...clause };
}
