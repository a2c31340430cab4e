/** Logical plans as EXPLAIN's first section prints them: Calcite's names, `$n` for columns. */
import { pathToSummary } from '../catalog/object-path.ts';
import type { OverFrame, SortKey } from '../dataflow/operator-spec.ts';
import type { Expression } from '../expressions/expression.ts';
import { printExpression } from '../expressions/print-expression.ts';
import type { Field } from '../types/logical-type.ts';
import { sqlTypeName } from '../types/type-name.ts';
import type { LogicalPlan, NamedAggregateCall, PlanOf } from './logical-plan.ts';
import { logicalMatchText } from './match-text.ts';
import { targetText } from './nodes/sink.ts';
import { asWritten } from './nodes/values.ts';
import { inputsOfPlan } from './plan-tree.ts';

export function printLogicalPlan(plan: LogicalPlan): string {
  const lines: string[] = [];
  print(plan, '', '', lines);
  return `${lines.join('\n')}\n`;
}

function print(plan: LogicalPlan, first: string, rest: string, lines: string[]): void {
  const over = plan.kind === 'Project' && plan.input.kind === 'Over' ? plan.input : null;
  lines.push(first + describe(plan, over));
  const inputs = over ? [over.input] : inputsOfPlan(plan);
  inputs.forEach((input, i) => {
    const isLast = i === inputs.length - 1;
    print(input, `${rest}${isLast ? '+- ' : ':- '}`, `${rest}${isLast ? '   ' : ':  '}`, lines);
  });
}

type ColumnText = (index: number) => string;

const dollar: ColumnText = (index) => `$${index}`;

/** Conditions are shown as they were typed, projections as Calcite simplifies them. */
function textOf(expression: Expression): string {
  return printExpression(expression, { style: 'logical' });
}

function describe(plan: LogicalPlan, over: PlanOf<'Over'> | null): string {
  switch (plan.kind) {
    case 'Scan':
      return `LogicalTableScan(table=[[${pathOf(plan)}]])`;
    case 'Values':
      return `LogicalValues(tuples=[[${plan.rows.map((row) => `{ ${row.map((item) => textOf(asWritten(item))).join(', ')} }`).join(', ')}]])`;
    case 'Project':
      return `LogicalProject(${namedExpressions(plan.fields, plan.expressions, over ? overText(over) : dollar)})`;
    case 'Filter':
      return `LogicalFilter(condition=[${textOf(plan.condition)}])`;
    case 'WatermarkAssigner':
      return `LogicalWatermarkAssigner(rowtime=[${plan.fields[plan.timeColumn]?.name}], watermark=[${textOf(plan.watermark)}])`;
    case 'Join':
      return `LogicalJoin(condition=[${textOf(plan.condition)}], joinType=[${plan.joinType.toLowerCase()}])`;
    case 'TemporalJoin':
      return `LogicalTemporalJoin(condition=[${textOf(plan.condition)}], period=[$${plan.period}], joinType=[${plan.joinType.toLowerCase()}])`;
    case 'Correlate':
      return describeCorrelate(plan);
    case 'SetOperation':
      return `Logical${SET_NAMES[plan.operator]}(all=[${plan.all}])`;
    case 'Sort':
      return `LogicalSort(${sortText(plan)})`;
    case 'Sink':
      return `LogicalSink(table=[${pathToSummary(plan.table.path)}]${plan.shownTargets ? `, targetColumns=[${targetText(plan.shownTargets)}]` : ''}, fields=[${plan.input.fields.map((field) => field.name).join(', ')}])`;
    default:
      return describeGrouping(plan);
  }
}

const SET_NAMES = { UNION: 'Union', INTERSECT: 'Intersect', EXCEPT: 'Minus' } as const;

function describeGrouping(
  plan: PlanOf<
    | 'Aggregate'
    | 'GroupWindowAggregate'
    | 'WindowTableFunction'
    | 'ProcessTableFunction'
    | 'Over'
    | 'Rank'
    | 'Expand'
    | 'Match'
  >,
): string {
  switch (plan.kind) {
    case 'Aggregate':
      return describeAggregate(plan);
    case 'GroupWindowAggregate':
      return `LogicalWindowAggregate(group=[{${plan.keys.join(', ')}}], ${plan.aggregates.map(aggregateText).join(', ')}, window=[${plan.window.type}], properties=[${plan.properties.join(', ')}])`;
    case 'WindowTableFunction':
      return describeWindow(plan);
    case 'ProcessTableFunction':
      return `LogicalTableFunctionScan(invocation=[${plan.invocation}], rowType=[${recordText(plan.fields)}])`;
    case 'Over':
      return `LogicalWindow(${plan.groups.map((group, i) => `window#${i}=[${windowText(group)}]`).join(', ')})`;
    case 'Match':
      return logicalMatchText(plan);
    case 'Rank':
      return `LogicalRank(partitionBy=[${plan.partition.join(', ')}], rankRange=[${plan.rankStart}..${plan.rankEnd}])`;
    default:
      return `Logical${plan.kind}`;
  }
}

function pathOf(plan: PlanOf<'Scan'>): string {
  const { catalog, database, name } = plan.table.path;
  return [catalog, database, name].join(', ');
}

function namedExpressions(fields: readonly Field[], expressions: readonly Expression[], column: ColumnText): string {
  return expressions
    .map(
      (expression, i) =>
        `${fields[i]?.name}=[${printExpression(expression, { style: 'logical', inputName: column, simplified: true })}]`,
    )
    .join(', ');
}

function describeCorrelate(plan: PlanOf<'Correlate'>): string {
  const args = plan.args.map((arg) => textOf(arg)).join(', ');
  const condition = plan.condition ? `, condition=[${textOf(plan.condition)}]` : '';
  return `LogicalCorrelate(invocation=[${plan.function}(${args})], joinType=[${plan.joinType.toLowerCase()}]${condition})`;
}

function describeAggregate(plan: PlanOf<'Aggregate'>): string {
  const parts = [`group=[{${plan.keys.join(', ')}}]`];
  if (plan.groupingSets) parts.push(`groups=[[${plan.groupingSets.map((set) => `{${set.join(', ')}}`).join(', ')}]]`);
  return `LogicalAggregate(${[...parts, ...plan.aggregates.map(aggregateText)].join(', ')})`;
}

function aggregateText(call: NamedAggregateCall): string {
  const distinct = call.distinct ? 'DISTINCT ' : '';
  const filter = call.filter === null ? '' : ` FILTER $${call.filter}`;
  return `${call.name}=[${call.function}(${distinct}${call.args.map((arg) => `$${arg}`).join(', ')})${filter}]`;
}

const UNITS: ReadonlyArray<readonly [number, string]> = [
  [86_400_000, 'DAY'],
  [3_600_000, 'HOUR'],
  [60_000, 'MINUTE'],
];

/** The largest unit that divides the length; the unit that was typed is not kept. */
function intervalText(ms: number): string {
  const unit = UNITS.find(([size]) => ms % size === 0)?.[1] ?? 'SECOND';
  return `${ms}:INTERVAL ${unit}`;
}

function describeWindow(plan: PlanOf<'WindowTableFunction'>): string {
  const { window, partition, input, fields } = plan;
  const column =
    window.timeColumn ??
    input.fields.findIndex(({ type }) => 'timeAttribute' in type && type.timeAttribute === 'proctime');
  const keys = partition.length === 0 ? '' : ` PARTITION BY(${partition.map((key) => `$${key}`).join(', ')})`;
  const twofold = window.type === 'HOP' || window.type === 'CUMULATE';
  const sizes = twofold ? [window.slideMs, window.sizeMs] : [window.sizeMs];
  if (window.offsetMs !== 0) sizes.push(window.offsetMs);
  const args = [`TABLE(#0)${keys}`, `DESCRIPTOR(_UTF-16LE'${input.fields[column]?.name}')`, ...sizes.map(intervalText)];
  return `LogicalTableFunctionScan(invocation=[${window.type}(${args.join(', ')})], rowType=[${recordText(fields)}])`;
}

/** `RecordType(INTEGER a, VARCHAR(10) b)`. */
export function recordText(fields: readonly Field[]): string {
  return `RecordType(${fields.map((field) => `${recordTypeName(field)} ${field.name}`).join(', ')})`;
}

function recordTypeName({ type }: Field): string {
  return sqlTypeName(type).replace('TIMESTAMP_WITH_LOCAL_TIME_ZONE', 'TIMESTAMP_LTZ');
}

function sortText(plan: PlanOf<'Sort'>): string {
  const parts = plan.order.map((key, i) => `sort${i}=[$${key.column}]`);
  parts.push(...plan.order.map((key, i) => `dir${i}=[${directionText(key)}]`));
  if (plan.offset > 0) parts.push(`offset=[${plan.offset}]`);
  if (plan.fetch !== null) parts.push(`fetch=[${plan.fetch}]`);
  return parts.join(', ');
}

function directionText({ ascending, nullsFirst }: SortKey): string {
  if (ascending) return nullsFirst ? 'ASC-nulls-first' : 'ASC';
  return nullsFirst ? 'DESC' : 'DESC-nulls-last';
}

/** Columns behind the input are OVER calls, written out. */
function overText(over: PlanOf<'Over'>): ColumnText {
  const width = over.input.fields.length;
  const calls = over.groups.flatMap((group) => group.aggregates.map((call) => ({ call, group })));
  return (index) => {
    const found = calls[index - width];
    if (!found) return `$${index}`;
    const { call, group } = found;
    return `${call.function}(${call.args.map((arg) => `$${arg}`).join(', ')}) OVER (${windowText(group)})`;
  };
}

function windowText(group: PlanOf<'Over'>['groups'][number]): string {
  const parts: string[] = [];
  if (group.partition.length > 0) parts.push(`PARTITION BY ${group.partition.map((key) => `$${key}`).join(', ')}`);
  if (group.order.length > 0)
    parts.push(
      `ORDER BY ${group.order.map((key) => `$${key.column}${key.ascending ? '' : ' DESC'} NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`).join(', ')}`,
    );
  const frame = frameText(group.frame);
  if (frame !== '') parts.push(frame);
  return parts.join(' ');
}

/** The default frame is not shown. */
function frameText({ unit, preceding, following }: OverFrame): string {
  if (preceding === null && following === undefined) return '';
  const start = boundText(preceding, 'PRECEDING', 'FOLLOWING', unit);
  if (following === undefined) return `${unit} ${start}`;
  return `${unit} BETWEEN ${start} AND ${boundText(following, 'FOLLOWING', 'PRECEDING', unit)}`;
}

function boundText(bound: number | null, word: string, opposite: string, unit: string): string {
  if (bound === null) return `UNBOUNDED ${word}`;
  if (bound === 0) return 'CURRENT ROW';
  const size = Math.abs(bound);
  return `${unit === 'RANGE' ? intervalText(size) : size} ${bound > 0 ? word : opposite}`;
}
