/** The optimised logical tree as physical nodes, without changelog modes. */

import { tableError, validationError } from '../base/error.ts';
import { pathToSummary } from '../catalog/object-path.ts';
import type { TableSource } from '../dataflow/source.ts';
import { call, type Expression, inputReference } from '../expressions/expression.ts';
import { isInsertOnly } from '../types/changelog-mode.ts';
import type { Field } from '../types/logical-type.ts';
import { sameType } from '../types/type-family.ts';
import { noPlanError } from './bind-error.ts';
import { referencesTo } from './conditions.ts';
import { holdsPlannedKey } from './infer-keys.ts';
import type { LogicalPlan, NamedAggregateCall, PlanOf } from './logical-plan.ts';
import { calc } from './physical-calc.ts';
import { joinToPhysical } from './physical-join.ts';
import { temporalJoinToPhysical } from './physical-lookup.ts';
import { matchToPhysical, overToPhysical, rankToPhysical, sortToPhysical } from './physical-order.ts';
import { exchange, type PhysicalOf, type PhysicalPlan, uniqueFields } from './physical-plan.ts';
import { windowAggregateToPhysical } from './physical-window.ts';
import { processTableToPhysical } from './process-table.ts';
import { producedOf } from './scan-columns.ts';
import { changesMayRepeat, sourceOf } from './table-ends.ts';

export interface PhysicalContext {
  readonly mode: 'streaming' | 'batch';
  config(key: string): string | undefined;
}

export function toPhysical(plan: LogicalPlan, context: PhysicalContext): PhysicalPlan {
  switch (plan.kind) {
    case 'Scan':
      return scanToPhysical(plan, context);
    case 'Values':
      return { kind: 'Values', inputs: [], fields: plan.fields, rows: plan.rows };
    case 'Project': {
      const isOverFilter = plan.input.kind === 'Filter';
      const source = plan.input.kind === 'Filter' ? plan.input.input : plan.input;
      const condition = isOverFilter && plan.input.kind === 'Filter' ? plan.input.condition : null;
      return calc(toPhysical(source, context), condition, plan.expressions, plan.fields);
    }
    case 'Filter':
      return calc(toPhysical(plan.input, context), plan.condition, null, plan.fields);
    case 'WatermarkAssigner':
      return watermarkToPhysical(plan, context);
    case 'Aggregate':
      return aggregateToPhysical(plan, context);
    case 'GroupWindowAggregate':
      checkApproximate(plan, context);
      return windowAggregateToPhysical(plan, toPhysical(plan.input, context), context);
    case 'WindowTableFunction': {
      const input = toPhysical(plan.input, context);
      const fields = uniqueFields(plan.fields);
      return { kind: 'WindowTableFunction', inputs: [input], fields, window: plan.window, partition: plan.partition };
    }
    case 'ProcessTableFunction':
      return processTableToPhysical(plan, toPhysical(plan.input, context));
    case 'Join':
      return joinToPhysical(plan, toPhysical(plan.left, context), toPhysical(plan.right, context), context.mode);
    case 'TemporalJoin':
      return temporalJoinToPhysical(
        plan,
        toPhysical(plan.left, context),
        () => toPhysical(plan.right, context),
        context.mode,
      );
    case 'Correlate':
      return correlateToPhysical(plan, context);
    case 'SetOperation':
      return {
        kind: 'Union',
        inputs: plan.inputs.map((input) => toPhysical(input, context)),
        fields: uniqueFields(plan.fields),
      };
    case 'Sort':
      return sortToPhysical(plan, toPhysical(plan.input, context), context.mode);
    case 'Over':
      return overToPhysical(plan, toPhysical(plan.input, context), context.mode);
    case 'Match':
      return matchToPhysical(plan, toPhysical(plan.input, context));
    case 'Rank':
      return rankToPhysical(plan, toPhysical(plan.input, context), context.mode);
    case 'Expand': {
      const input = toPhysical(plan.input, context);
      return { kind: 'Expand', inputs: [input], fields: uniqueFields(plan.fields), keys: plan.keys, sets: plan.sets };
    }
    case 'Sink':
      return sinkToPhysical(plan, context);
  }
}

function scanToPhysical(plan: PlanOf<'Scan'>, context: PhysicalContext): PhysicalPlan {
  const source = sourceOf(plan.table);
  const name = pathToSummary(plan.table.path);
  if (context.mode === 'batch') checkBatchSource(source, name);
  const scan: PhysicalOf<'TableSourceScan'> = {
    kind: 'TableSourceScan',
    inputs: [],
    fields: uniqueFields(plan.fields),
    table: plan.table,
    produced: producedOf(plan),
    isPruned: plan.produced !== undefined,
    limit: plan.limit ?? null,
    sourceMode: source.changelogMode,
  };
  return normalizes(plan, source, context) ? normalized(scan, name) : scan;
}

function checkBatchSource(source: TableSource, name: string): void {
  if (!source.bounded)
    throw validationError(
      `Querying an unbounded table '${name}' in batch mode is not allowed. The table source is unbounded.`,
    );
  if (!isInsertOnly(source.changelogMode))
    throw tableError(
      `Querying a table in batch mode is currently only possible for INSERT-only table sources. But the source for table '${name}' produces other changelog messages than just INSERT.`,
    );
}

function normalizes(plan: PlanOf<'Scan'>, source: TableSource, context: PhysicalContext): boolean {
  const { changelogMode: mode } = source;
  if (mode.updateAfter && !mode.updateBefore) return true;
  if (isInsertOnly(mode) || !changesMayRepeat(context)) return false;
  if (plan.table.descriptor.primaryKey !== undefined) return true;
  throw tableError(
    `Configuration 'table.exec.source.cdc-events-duplicate' is enabled which requires the changelog sources to define a PRIMARY KEY. However, table '${pathToSummary(plan.table.path)}' doesn't have a primary key.`,
  );
}

function normalized(scan: PhysicalOf<'TableSourceScan'>, name: string): PhysicalPlan {
  const names = scan.table.descriptor.primaryKey?.columns;
  if (names === undefined)
    throw tableError(
      `Table '${name}' produces a changelog stream contains UPDATE_AFTER, no UPDATE_BEFORE. This requires to define primary key constraint on the table.`,
    );
  const keys = names.map((key) => scan.fields.findIndex((field) => field.name === key));
  return { kind: 'ChangelogNormalize', inputs: [exchange(scan, keys)], fields: scan.fields, keys, condition: null };
}

function watermarkToPhysical(plan: PlanOf<'WatermarkAssigner'>, context: PhysicalContext): PhysicalPlan {
  const input = toPhysical(plan.input, context);
  const fields = uniqueFields(plan.fields);
  if (context.mode === 'batch') return calc(input, null, null, fields);
  const { timeColumn, watermark } = plan;
  return { kind: 'WatermarkAssigner', inputs: [input], fields, timeColumn, watermark };
}

function aggregateToPhysical(plan: PlanOf<'Aggregate'>, context: PhysicalContext): PhysicalPlan {
  checkApproximate(plan, context);
  const input = toPhysical(plan.input, context);
  const values = plan.aggregates.map((aggregate) => valueOfOne(aggregate, input.fields));
  if (plan.keys.length > 0 && values.every((value) => value !== undefined) && holdsPlannedKey(input, plan.keys)) {
    const keys = plan.keys.map((key) => referencesTo(input.fields)[key] as Expression);
    return calc(input, null, [...keys, ...values], plan.fields);
  }
  return {
    kind: 'GroupAggregate',
    inputs: [exchange(input, plan.keys)],
    fields: uniqueFields(plan.fields),
    keys: plan.keys,
    aggregates: plan.aggregates,
    ...(plan.stateTtl === undefined ? {} : { stateTtl: plan.stateTtl }),
  };
}

/** What an aggregate of one row is, where it is the row's own value. */
function valueOfOne(aggregate: NamedAggregateCall, fields: readonly Field[]): Expression | undefined {
  const [column] = aggregate.args;
  if (!['SUM', 'MIN', 'MAX'].includes(aggregate.function) || column === undefined) return undefined;
  if (aggregate.filter !== null) return undefined;
  const value = inputReference(column, (fields[column] as Field).type);
  return sameType(value.type, aggregate.type) ? value : call('CAST', [value], aggregate.type);
}

/** Only batch and OVER count approximately. */
function checkApproximate(plan: PlanOf<'Aggregate' | 'GroupWindowAggregate'>, context: PhysicalContext): void {
  if (context.mode === 'batch' || !plan.aggregates.some((call) => call.function === 'APPROX_COUNT_DISTINCT')) return;
  const text = 'APPROX_COUNT_DISTINCT aggregate function does not support yet for streaming.';
  throw plan.kind === 'Aggregate' ? noPlanError(text) : tableError(text);
}

function correlateToPhysical(plan: PlanOf<'Correlate'>, context: PhysicalContext): PhysicalPlan {
  return {
    kind: 'Correlate',
    inputs: [toPhysical(plan.input, context)],
    fields: uniqueFields(plan.fields),
    function: plan.function,
    args: plan.args,
    joinType: plan.joinType,
    condition: plan.condition,
  };
}

function sinkToPhysical(plan: PlanOf<'Sink'>, context: PhysicalContext): PhysicalPlan {
  const input = toPhysical(plan.input, context);
  return {
    kind: 'Sink',
    inputs: [input],
    fields: input.fields,
    table: plan.table,
    targetColumns: plan.targetColumns,
    ...(plan.shownTargets ? { shownTargets: plan.shownTargets } : {}),
    overwrite: plan.overwrite,
    onConflict: plan.onConflict,
    materialize: null,
  };
}
