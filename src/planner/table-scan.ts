/** Reading a table: Scan, a Project of its computed columns, and the WatermarkAssigner. */
import { EngineError } from '../base/error.ts';
import { pathToSummary } from '../catalog/object-path.ts';
import type { TableColumn, TableDescriptor } from '../catalog/table-descriptor.ts';
import type { TableUsage } from '../connectors/connector.ts';
import { findConnector } from '../connectors/index.ts';
import { resolveConnector } from '../connectors/table-context.ts';
import type { ConnectorTable } from '../dataflow/operator-spec.ts';
import { type Expression, inputReference } from '../expressions/expression.ts';
import type { Hint } from '../parser/ast.ts';
import { parseExpression } from '../parser/sql-parser.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';
import { planError } from './bind-error.ts';
import { bindExpression } from './bind-expression.ts';
import type { Binding, BoundObject } from './binding.ts';
import { checkTableHints } from './check-hints.ts';
import { columnScope } from './column-scope.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { PlannerContext } from './planner-context.ts';
import type { ResolvedTable } from './resolved-table.ts';
import { parseSetting, runtimeMode } from './setting-value.ts';

type BoundTable = Extract<BoundObject, { kind: 'table' }>;

export function scanTable(object: BoundTable, hints: readonly Hint[], binding: Binding): LogicalPlan {
  const { table } = object;
  const options = withHints(object, hints, binding.context);
  const stored = connectorTable(object, options);
  const connector = findConnector(stored.connector);
  const usage = connector && !connector.source && connector.lookup ? 'lookup' : 'source';
  const columns = table.columns.filter((column) => column.kind !== 'computed');
  const fields = columns.map(({ name, type }): Field => ({ name, type }));
  const scan = readable(fields, () => resolveTable(object, stored, usage, binding.context), binding);
  return withWatermark(withComputed(scan, table, binding), table, binding);
}

/** A scan; where the table cannot be read no rows, with the reason kept until the query is known to be valid. */
function readable(fields: readonly Field[], resolve: () => ResolvedTable, binding: Binding): LogicalPlan {
  try {
    return { kind: 'Scan', fields, table: resolve() };
  } catch (error) {
    binding.noteUnreadable(error);
    return { kind: 'Values', fields, rows: [] };
  }
}

/** The table with its connector, checked for a use. */
export function resolveTable(
  object: BoundTable,
  stored: ConnectorTable,
  usage: TableUsage,
  context: PlannerContext,
): ResolvedTable {
  const mode = runtimeMode(context);
  const opened = resolveConnector(stored, { home: context.home, mode }, usage);
  const descriptor: TableDescriptor = { ...object.table, options: stored.options };
  return { path: object.path, descriptor, isTemporary: object.isTemporary, ...opened };
}

/** What a JobGraph knows of the table: no computed columns. */
export function connectorTable(object: BoundTable, options: Readonly<Record<string, string>>): ConnectorTable {
  const { table, path } = object;
  return {
    path: pathToSummary(path),
    connector: options['connector'] ?? '',
    options,
    columns: table.columns.flatMap((column) => (column.kind === 'computed' ? [] : [storedColumn(column)])),
    primaryKey: table.primaryKey?.columns ?? null,
    partitionKeys: table.partitionKeys,
  };
}

function storedColumn(column: Exclude<TableColumn, { kind: 'computed' }>): ConnectorTable['columns'][number] {
  const { name, type } = column;
  if (column.kind === 'physical') return { name, type };
  return { name, type, metadata: column.key ?? name, virtual: column.virtual };
}

/** OPTIONS hints win over the table's own. */
export function withHints(
  object: BoundTable,
  hints: readonly Hint[],
  context: PlannerContext,
): Readonly<Record<string, string>> {
  checkTableHints(hints);
  const own = hints.filter((hint) => hint.name === 'OPTIONS');
  if (own.length === 0) return object.table.options;
  if (!parseSetting(context.config, 'table.dynamic-table-options.enabled', 'true', 'boolean'))
    throw planError(
      "The 'OPTIONS' hint is allowed only when the config option 'table.dynamic-table-options.enabled' is set to true.",
      'org.apache.flink.table.api.ValidationException',
    );
  return Object.assign({}, object.table.options, ...own.map((hint) => hint.options));
}

/** All columns of the schema in declared order, when some of them are computed. */
function withComputed(scan: LogicalPlan, table: TableDescriptor, binding: Binding): LogicalPlan {
  if (table.columns.every((column) => column.kind !== 'computed')) return scan;
  const env = columnScope(scan.fields, binding);
  const expressions = table.columns.map((column): Expression => {
    if (column.kind === 'computed') return bindExpression(parseExpression(column.expression), env);
    const index = scan.fields.findIndex((field) => field.name === column.name);
    return inputReference(index, column.type);
  });
  const fields = table.columns.map(({ name }, i): Field => ({ name, type: (expressions[i] as Expression).type }));
  return { kind: 'Project', fields, input: scan, expressions };
}

function withWatermark(plan: LogicalPlan, table: TableDescriptor, binding: Binding): LogicalPlan {
  if (!table.watermark) return plan;
  const { column, expression } = table.watermark;
  const timeColumn = plan.fields.findIndex((field) => field.name === column);
  const watermark = bindExpression(parseExpression(expression), columnScope(plan.fields, binding));
  const fields = plan.fields.map((field, i) => (i === timeColumn ? { ...field, type: asRowtime(field.type) } : field));
  return { kind: 'WatermarkAssigner', fields, input: plan, timeColumn, watermark };
}

function asRowtime(type: LogicalType): LogicalType {
  if (type.kind !== 'TIMESTAMP' && type.kind !== 'TIMESTAMP_LTZ')
    throw new EngineError('INTERNAL', `a watermark on a column of type ${type.kind}`);
  return { ...type, timeAttribute: 'rowtime' };
}
