/** The optimised logical tree as physical nodes, without changelog modes. */
import { tableError, validationError } from '../base/error.ts';
import { pathToSummary } from '../catalog/object-path.ts';
import type { TableSource } from '../dataflow/source.ts';
import { type Expression, inputsOf } from '../expressions/expression.ts';
import { isInsertOnly } from '../types/changelog-mode.ts';
import type { Field } from '../types/logical-type.ts';
import { noPlanError } from './bind-error.ts';
import { conjunction, conjuncts, isDeterministic, isIdentity, referencesTo, substitute } from './conditions.ts';
import { uniqueKeys } from './infer-keys.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { joinToPhysical } from './physical-join.ts';
import { temporalJoinToPhysical } from './physical-lookup.ts';
import { matchToPhysical, overToPhysical, rankToPhysical, sortToPhysical } from './physical-order.ts';
import { type PhysicalOf, type PhysicalPlan, uniqueFields } from './physical-plan.ts';
import { windowAggregateToPhysical } from './physical-window.ts';
import { processTableToPhysical } from './process-table.ts';
import { canInline } from './rules/merge-projects.ts';
import { producedOf } from './scan-columns.ts';
import { sourceOf } from './table-ends.ts';

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

/** A Calc, unless it does nothing; conditions go into a ChangelogNormalize below it. */
export function calc(
  input: PhysicalPlan,
  condition: Expression | null,
  projection: readonly Expression[] | null,
  fields: readonly Field[],
): PhysicalPlan {
  const isSame = projection === null || isIdentity(projection, input.fields.length);
  if (condition === null && isSame) return input;
  if (input.kind === 'Join' && projection !== null) {
    const left = withoutJoin(input, condition === null ? projection : [...projection, condition]);
    if (left !== undefined) return calc(left, condition, projection, fields);
  }
  if (input.kind === 'Calc' && input.projection !== null) {
    const merged = mergedCalc(input, input.projection, condition, isSame ? null : projection, fields);
    if (merged !== undefined) return merged;
  }
  if (condition !== null && input.kind === 'ChangelogNormalize')
    return overNormalize(input, condition, projection, fields);
  return {
    kind: 'Calc',
    inputs: [input],
    fields: uniqueFields(isSame ? input.fields : fields),
    condition,
    projection: isSame ? null : projection,
  };
}

/** The left side of a LEFT JOIN that adds nothing: each row finds one partner at most, and none of its columns is read. */
function withoutJoin(join: PhysicalOf<'Join'>, read: readonly Expression[]): PhysicalPlan | undefined {
  const [left, right] = join.inputs as readonly [PhysicalPlan, PhysicalPlan];
  const width = left.fields.length;
  if (join.joinType !== 'LEFT' || !holdsUniqueKey(right, join.rightKeys)) return undefined;
  const isLeft = read.every((expression) => [...inputsOf(expression)].every((column) => column < width));
  return isLeft ? left.inputs[0] : undefined;
}

/** Two Calcs as one, when that computes nothing twice. */
function mergedCalc(
  input: PhysicalOf<'Calc'>,
  inner: readonly Expression[],
  condition: Expression | null,
  projection: readonly Expression[] | null,
  fields: readonly Field[],
): PhysicalPlan | undefined {
  const outer = projection ?? referencesTo(input.fields);
  const read = condition === null ? outer : [...outer, condition];
  if (!inner.every(isDeterministic) || !canInline(read, inner)) return undefined;
  const terms = [...conjuncts(input.condition), ...conjuncts(condition).map((term) => substitute(term, inner))];
  const expressions = outer.map((expression) => substitute(expression, inner));
  const names = projection === null ? input.fields : fields;
  return calc(input.inputs[0] as PhysicalPlan, conjunction(terms), expressions, names);
}

/** Conditions on the key alone hold for all changes of it and go below; the others are the normalisation's own. */
function overNormalize(
  node: PhysicalOf<'ChangelogNormalize'>,
  condition: Expression,
  projection: readonly Expression[] | null,
  fields: readonly Field[],
): PhysicalPlan {
  const isOnKey = (term: Expression) => [...inputsOf(term)].every((column) => node.keys.includes(column));
  const terms = conjuncts(condition);
  const below = conjunction(terms.filter(isOnKey));
  const own = conjunction([...conjuncts(node.condition), ...terms.filter((term) => !isOnKey(term))]);
  const exchange = node.inputs[0] as PhysicalPlan;
  const source = exchange.inputs[0] as PhysicalPlan;
  const inputs = [{ ...exchange, inputs: [calc(source, below, null, source.fields)] }];
  return calc({ ...node, inputs, condition: own }, null, projection, fields);
}

export function exchange(input: PhysicalPlan, keys: readonly number[]): PhysicalPlan {
  return { kind: 'Exchange', inputs: [input], fields: input.fields, keys };
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
  if (isInsertOnly(mode) || context.config('table.exec.source.cdc-events-duplicate') !== 'true') return false;
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
  if (plan.aggregates.length === 0 && plan.keys.length > 0 && holdsUniqueKey(input, plan.keys)) {
    const projection = plan.keys.map((key) => referencesTo(input.fields)[key] as Expression);
    return calc(input, null, projection, plan.fields);
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

/** Rows that differ in these columns already: DISTINCT does nothing. */
function holdsUniqueKey(input: PhysicalPlan, columns: readonly number[]): boolean {
  return (uniqueKeys(input) ?? []).some((key) => key.every((column) => columns.includes(column)));
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
    overwrite: plan.overwrite,
    onConflict: plan.onConflict,
    materialize: null,
  };
}
