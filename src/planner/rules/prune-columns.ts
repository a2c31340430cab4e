/** Columns that nobody reads are not produced: down to the sources, and inside ROW columns field by field. */

import type { ProducedColumn } from '../../dataflow/job-graph.ts';
import { type Expression, inputReference } from '../../expressions/expression.ts';
import type { Field } from '../../types/logical-type.ts';
import { type Access, accessOf, ColumnMap, ColumnNeeds, namesOf } from '../column-needs.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { inputsOfPlan, rewriteUp, withInputs } from '../plan-tree.ts';
import { producedOf } from '../scan-columns.ts';
import { changesMayRepeat, sourceOf } from '../table-ends.ts';
import { pruneExpand, pruneGroups, pruneJoin, pruneOver, pruneRank, pruneTemporalJoin } from './prune-inputs.ts';
import { defineRule } from './rule.ts';

export const pruneColumns = defineRule({
  name: 'prune-columns',
  summary: 'Reads and passes on only the columns that are used.',
  apply(bound, context) {
    const tree = changesMayRepeat(context) ? rewriteUp(bound, keepKey) : bound;
    const plan = context.asFlinkShows === true ? asFlinkReads(tree) : tree;
    const needs = new ColumnNeeds();
    plan.fields.forEach((_, i) => {
      needs.addColumn(i, plan.fields);
    });
    if (plan.kind === 'Sink') return { ...plan, input: keepAll(plan.input) };
    return keepAll(plan, needs);
  },
});

function keepKey(node: LogicalPlan): LogicalPlan {
  return node.kind === 'Scan' ? { ...node, keepsKey: true } : node;
}

/** Marks the scans of connectors whose source reads all columns in Flink; tables that are looked up have no scan there. */
function asFlinkReads(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === 'Sort') return sortedFirst({ ...plan, input: asFlinkReads(plan.input) });
  if (plan.kind === 'Scan') return plan.table.connector.picksColumns === true ? plan : { ...plan, readsAll: true };
  if (plan.kind === 'TemporalJoin') return { ...plan, left: asFlinkReads(plan.left) };
  return withInputs(plan, inputsOfPlan(plan).map(asFlinkReads));
}

/** Rows that are read whole are sorted before columns are picked. */
function sortedFirst(plan: PlanOf<'Sort'>): LogicalPlan {
  const { input } = plan;
  if (input.kind !== 'Project' || !isWhole(input.input)) return plan;
  const order = plan.order.flatMap((key) => {
    const expression = input.expressions[key.column];
    return expression?.kind === 'input' ? [{ ...key, column: expression.index }] : [];
  });
  if (order.length < plan.order.length) return plan;
  return { ...input, input: { ...plan, fields: input.input.fields, input: input.input, order } };
}

export interface Pruned {
  readonly plan: LogicalPlan;
  /** Resolves every access that was asked for. */
  readonly map: ColumnMap;
}

/** Prunes below, and gives all columns of the plan in their order. */
function keepAll(plan: LogicalPlan, needs = allOf(plan)): LogicalPlan {
  return ordered(plan, prune(plan, needs));
}

function allOf(plan: LogicalPlan): ColumnNeeds {
  const needs = new ColumnNeeds();
  plan.fields.forEach((_, i) => {
    needs.addColumn(i, plan.fields);
  });
  return needs;
}

/** A projection to all columns of `like`, unless they already stand so. */
function ordered(like: LogicalPlan, pruned: Pruned): LogicalPlan {
  const indexes = like.fields.map((_, i) => pruned.map.column(i));
  const isSame = indexes.length === pruned.plan.fields.length && indexes.every((index, i) => index === i);
  if (isSame) return pruned.plan;
  return {
    kind: 'Project',
    fields: like.fields,
    input: pruned.plan,
    expressions: like.fields.map((field, i) => inputReference(indexes[i] as number, field.type)),
  };
}

/** The plan with at least what is needed, and where it is. */
export function prune(plan: LogicalPlan, needs: ColumnNeeds): Pruned {
  switch (plan.kind) {
    case 'Scan':
      return pruneScan(plan, needs);
    case 'Values':
      return pruneValues(plan, needs);
    case 'Project':
      return pruneProject(plan, needs);
    case 'Filter':
      return pruneFilter(plan, needs);
    case 'WatermarkAssigner':
      return pruneWatermark(plan, needs);
    case 'Aggregate':
    case 'GroupWindowAggregate':
      return pruneGroups(plan, needs);
    case 'Join':
      return pruneJoin(plan, needs);
    case 'TemporalJoin':
      return pruneTemporalJoin(plan, needs);
    case 'Over':
      return pruneOver(plan, needs);
    case 'Rank':
      return pruneRank(plan, needs);
    case 'Sort': {
      if (isWhole(plan.input)) return whole(plan);
      const below = copyOf(needs);
      for (const key of plan.order) below.addColumn(key.column, plan.fields);
      const { plan: input, map } = prune(plan.input, below);
      const order = plan.order.map((key) => ({ ...key, column: map.column(key.column) }));
      return trimmed({ ...plan, fields: input.fields, input, order }, map, needs);
    }
    case 'SetOperation':
      return pruneSet(plan, needs);
    case 'WindowTableFunction':
      return pruneWindow(plan, needs);
    case 'Correlate':
      return pruneCorrelate(plan, needs);
    case 'Expand':
      return pruneExpand(plan, needs);
    case 'ProcessTableFunction':
    case 'Match':
      return whole({ ...plan, input: keepAll(plan.input) });
    default:
      return whole(plan);
  }
}

/** The input of a node that picks columns itself. */
function pruneBelow(plan: LogicalPlan, needs: ColumnNeeds): Pruned {
  if (plan.kind === 'Scan' && plan.readsAll === true) return whole(plan);
  if (plan.kind !== 'Filter' || !isWhole(plan.input)) return prune(plan, needs);
  const below = copyOf(needs);
  below.addExpression(plan.condition);
  const { plan: input, map } = pruneBelow(plan.input, below);
  return { plan: { ...plan, fields: input.fields, input, condition: map.rewrite(plan.condition) }, map };
}

function isWhole(plan: LogicalPlan): boolean {
  return (plan.kind === 'Scan' && plan.readsAll === true) || (plan.kind === 'WatermarkAssigner' && isWhole(plan.input));
}

/** Everything stays: for nodes that read all of their input. */
function whole(plan: LogicalPlan): Pruned {
  const map = ColumnMap.inOrder(allOf(plan).list());
  return { plan, map };
}

export function copyOf(needs: ColumnNeeds): ColumnNeeds {
  const copy = new ColumnNeeds();
  for (const access of needs.list()) copy.add(access);
  return copy;
}

/** Adds a projection when the plan has columns that nobody above wants. */
export function trimmed(plan: LogicalPlan, map: ColumnMap, needs: ColumnNeeds): Pruned {
  const accesses = needs.list();
  if (accesses.length >= plan.fields.length || accesses.length === 0) return { plan, map };
  const expressions = accesses.map((access) => map.resolve(access) as Expression);
  const fields = expressions.map((expression, i) => nameOf(plan, expression, accesses[i] as Access));
  return { plan: { kind: 'Project', fields, input: plan, expressions }, map: ColumnMap.inOrder(accesses) };
}

function nameOf(plan: LogicalPlan, expression: Expression, access: Access): Field {
  const known = expression.kind === 'input' ? plan.fields[expression.index] : undefined;
  return { name: known?.name ?? `f${access.column}`, type: expression.type };
}

function pruneScan(plan: PlanOf<'Scan'>, needs: ColumnNeeds): Pruned {
  if (plan.readsAll === true) {
    const { map } = whole(plan);
    return trimmed(plan, map, needs);
  }
  if (isNormalized(plan)) addKey(plan, needs);
  let accesses = needs.list();
  if (accesses.length === 0) accesses = [{ column: 0, path: [], type: (plan.fields[0] as Field).type }];
  const before = producedOf(plan);
  if (before.some((column) => column.kind === 'metadata'))
    accesses = accesses.map((access) =>
      before[access.column]?.kind === 'metadata' && access.path.length > 0
        ? { column: access.column, path: [], type: (plan.fields[access.column] as Field).type }
        : access,
    );
  const produced = accesses.map((access): ProducedColumn => {
    const column = before[access.column] as ProducedColumn;
    if (column.kind === 'metadata') return column;
    const names = namesOf(plan.fields[access.column] as Field, access.path);
    return { kind: 'physical', path: [...column.path, ...names.slice(1)] };
  });
  const fields = accesses.map((access) => ({
    name: namesOf(plan.fields[access.column] as Field, access.path).join('_'),
    type: access.type,
  }));
  const map = ColumnMap.inOrder(accesses);
  const isWhole = accesses.length === plan.fields.length && accesses.every((access) => access.path.length === 0);
  return isWhole ? { plan, map } : { plan: { ...plan, fields, produced }, map };
}

/** By its key: upserts, and changes that may come twice. */
function isNormalized(plan: PlanOf<'Scan'>): boolean {
  if (plan.table.connector.source === undefined || plan.table.descriptor.primaryKey === undefined) return false;
  const { changelogMode } = sourceOf(plan.table);
  return changelogMode.updateAfter && (plan.keepsKey === true || !changelogMode.updateBefore);
}

function addKey(plan: PlanOf<'Scan'>, needs: ColumnNeeds): void {
  const names = plan.table.descriptor.primaryKey?.columns ?? [];
  plan.fields.forEach((field, i) => {
    if (names.includes(field.name)) needs.addColumn(i, plan.fields);
  });
}

function pruneValues(plan: PlanOf<'Values'>, needs: ColumnNeeds): Pruned {
  const columns = plan.fields.map((_, i) => i).filter((i) => needs.has(i));
  if (columns.length === 0 && plan.fields.length > 0) columns.push(0);
  const fields = columns.map((column) => plan.fields[column] as Field);
  const rows = plan.rows.map((row) => columns.map((column) => row[column] as Expression));
  const accesses = columns.map((column, i) => ({ column, path: [], type: (fields[i] as Field).type }));
  return { plan: { ...plan, fields, rows }, map: ColumnMap.inOrder(accesses) };
}

function pruneProject(plan: PlanOf<'Project'>, needs: ColumnNeeds): Pruned {
  const below = new ColumnNeeds();
  const kept: Access[] = [];
  plan.expressions.forEach((expression, column) => {
    const inner = accessOf(expression);
    for (const access of needs.of(column)) {
      if (inner !== undefined && access.path.length > 0) {
        below.add({ column: inner.column, path: [...inner.path, ...access.path], type: access.type });
        kept.push(access);
        continue;
      }
      below.addExpression(expression);
      kept.push({ column, path: [], type: expression.type });
      break;
    }
  });
  if (kept.length === 0) return { plan: prune(plan.input, below).plan, map: ColumnMap.inOrder([]) };
  const { plan: input, map } = pruneBelow(plan.input, below);
  const expressions = kept.map((access) => {
    const expression = plan.expressions[access.column] as Expression;
    const inner = accessOf(expression);
    if (inner === undefined || access.path.length === 0) return map.rewrite(expression);
    const resolved = map.resolve({ ...inner, path: [...inner.path, ...access.path], type: access.type });
    return resolved ?? map.rewrite(expression);
  });
  const fields = kept.map((access, i) => ({
    name: namesOf(plan.fields[access.column] as Field, access.path).join('_'),
    type: access.path.length === 0 ? (plan.fields[access.column] as Field).type : (expressions[i] as Expression).type,
  }));
  return { plan: { ...plan, fields, input, expressions }, map: ColumnMap.inOrder(kept) };
}

function pruneFilter(plan: PlanOf<'Filter'>, needs: ColumnNeeds): Pruned {
  const below = copyOf(needs);
  below.addExpression(plan.condition);
  const { plan: input, map } = pruneBelow(plan.input, below);
  return trimmed({ ...plan, fields: input.fields, input, condition: map.rewrite(plan.condition) }, map, needs);
}

function pruneWatermark(plan: PlanOf<'WatermarkAssigner'>, needs: ColumnNeeds): Pruned {
  const below = copyOf(needs);
  below.addColumn(plan.timeColumn, plan.fields);
  below.addExpression(plan.watermark);
  const { plan: input, map } = pruneBelow(plan.input, below);
  const timeColumn = map.column(plan.timeColumn);
  const time = plan.fields[plan.timeColumn] as Field;
  const fields = input.fields.map((field, i) => (i === timeColumn ? { ...field, type: time.type } : field));
  return trimmed({ ...plan, fields, input, timeColumn, watermark: map.rewrite(plan.watermark) }, map, needs);
}

function pruneSet(plan: PlanOf<'SetOperation'>, needs: ColumnNeeds): Pruned {
  const columns = plan.fields.map((_, i) => i).filter((i) => needs.has(i));
  if (columns.length === 0) columns.push(0);
  const fields = columns.map((column) => plan.fields[column] as Field);
  const inputs = plan.inputs.map((input) => {
    const wanted = new ColumnNeeds();
    for (const column of columns) wanted.addColumn(column, input.fields);
    const pruned = prune(input, wanted);
    const expressions = columns.map((column) =>
      inputReference(pruned.map.column(column), (input.fields[column] as Field).type),
    );
    const isSame =
      expressions.length === pruned.plan.fields.length &&
      expressions.every((e, i) => e.kind === 'input' && e.index === i);
    const named = columns.map((column) => input.fields[column] as Field);
    return isSame ? pruned.plan : ({ kind: 'Project', fields: named, input: pruned.plan, expressions } as const);
  });
  const accesses = columns.map((column, i) => ({ column, path: [], type: (fields[i] as Field).type }));
  return { plan: { ...plan, fields, inputs }, map: ColumnMap.inOrder(accesses) };
}

function pruneWindow(plan: PlanOf<'WindowTableFunction'>, needs: ColumnNeeds): Pruned {
  const width = plan.input.fields.length;
  const below = new ColumnNeeds();
  for (const access of needs.list()) if (access.column < width) below.add(access);
  if (plan.window.timeColumn !== null) below.addColumn(plan.window.timeColumn, plan.input.fields);
  for (const column of plan.partition) below.addColumn(column, plan.input.fields);
  const { plan: input, map } = prune(plan.input, below);
  const timeColumn = plan.window.timeColumn === null ? null : map.column(plan.window.timeColumn);
  const added = plan.fields.slice(width);
  const window = ColumnMap.inOrder(
    added.map((field, i) => ({ column: width + i, path: [], type: field.type })),
    input.fields.length,
  );
  const node: LogicalPlan = {
    ...plan,
    fields: [...input.fields, ...added],
    input,
    window: { ...plan.window, timeColumn },
    partition: plan.partition.map((column) => map.column(column)),
  };
  return { plan: node, map: map.merged(window) };
}

function pruneCorrelate(plan: PlanOf<'Correlate'>, needs: ColumnNeeds): Pruned {
  const width = plan.input.fields.length;
  const below = new ColumnNeeds();
  for (const access of needs.list()) if (access.column < width) below.add(access);
  for (const arg of plan.args) below.addExpression(arg);
  const conditionNeeds = new ColumnNeeds();
  if (plan.condition !== null) conditionNeeds.addExpression(plan.condition);
  for (const access of conditionNeeds.list()) if (access.column < width) below.add(access);
  if (below.list().length === 0 && width > 0) below.addColumn(0, plan.input.fields);
  const { plan: input, map } = prune(plan.input, below);
  const added = plan.fields.slice(width);
  const results = ColumnMap.inOrder(
    added.map((field, i) => ({ column: width + i, path: [], type: field.type })),
    input.fields.length,
  );
  const both = map.merged(results);
  const node: LogicalPlan = {
    ...plan,
    fields: [...input.fields, ...added],
    input,
    args: plan.args.map((arg) => map.rewrite(arg)),
    condition: plan.condition === null ? null : both.rewrite(plan.condition),
  };
  return { plan: node, map: both };
}
