/** INSERT: target columns, static partitions, implicit casts to the sink's schema, and Flink's words when they do not fit. */
import { pathToString, pathToSummary } from '../catalog/object-path.ts';
import { type Expression, inputReference } from '../expressions/expression.ts';
import { type LogicalType, withNullable } from '../types/logical-type.ts';
import { supportsImplicitCast } from '../types/type-coercion.ts';
import { typeSummary } from '../types/type-name.ts';
import type { BoundQuery } from './bind-env.ts';
import { bindError, isInvalid, planError } from './bind-error.ts';
import { bindExpression } from './bind-expression.ts';
import { bindQueryTree, bindTopQuery } from './bind-query.ts';
import { type Binding, createBinding, keyOf } from './binding.ts';
import { checkedPlan } from './check-plan.ts';
import { emptyEnv } from './empty-env.ts';
import { castTo } from './function-binder.ts';
import type { Assignment, InsertNode, SinkColumn, SinkTable } from './insert-node.ts';
import { resolveSink, sinkNode } from './insert-sink.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { PlannerContext } from './planner-context.ts';

const VALIDATION = 'org.apache.flink.table.api.ValidationException';

/** `isExplained`: with the projections that Flink shows. */
export async function bindInsert(node: InsertNode, context: PlannerContext, isExplained = false): Promise<LogicalPlan> {
  const tree = { kind: 'table-name', name: node.target };
  const binding = await createBinding(context, [tree, node.query]);
  const table = await sinkTable(node, binding);
  const bound = binding.validated(() => bindTopQuery(node.query, binding, null, null));
  const columns = sinkColumns(table);
  const assignments = assigned(node, bound, columns, table, binding);
  return sinkNode(node, checkedPlan(bound.plan), assignments, columns, table, binding, isExplained);
}

/** Flink looks at the names, then whether the table can be written, then at numbers and types. */
function assigned(
  node: InsertNode,
  bound: BoundQuery,
  columns: readonly SinkColumn[],
  table: SinkTable,
  binding: Binding,
): Assignment[] {
  try {
    const assignments = assign(node, bound, columns, table, binding);
    checkTypes(assignments, columns, node, table);
    return assignments;
  } catch (error) {
    if (!isInvalid(error)) resolveSink(node, table, binding.context);
    throw error;
  }
}

async function sinkTable(node: InsertNode, binding: Binding): Promise<SinkTable> {
  const { context } = binding;
  const { parts } = node.target;
  const object = binding.objects.get(keyOf(parts));
  if (!object) {
    const [name, database, catalog] = [...parts].reverse();
    const path = {
      catalog: catalog ?? context.currentCatalog,
      database: database ?? context.currentDatabase,
      name: name ?? '',
    };
    const catalogs = (await context.listCatalogs?.()) ?? [context.currentCatalog];
    throw planError(
      `Cannot find table '${pathToString(path)}' in any of the catalogs [${catalogs.join(', ')}], nor as a temporary table.`,
      VALIDATION,
    );
  }
  if (object.kind === 'view') throw planError(`Sink '${pathToSummary(object.path)}' does not exists`);
  return object;
}

/** Columns that can be written: physical ones and metadata that is not virtual. */
function sinkColumns(table: SinkTable): SinkColumn[] {
  return table.table.columns.filter(
    (column): column is SinkColumn => column.kind === 'physical' || (column.kind === 'metadata' && !column.virtual),
  );
}

function assign(
  node: InsertNode,
  bound: BoundQuery,
  columns: readonly SinkColumn[],
  table: SinkTable,
  binding: Binding,
): Assignment[] {
  const values = bound.plan.fields.map(({ name, type }, i) => ({ name, expression: inputReference(i, type) }));
  const fixed = staticPartitions(node, columns, table, binding);
  const free = columns.flatMap((_, sink) => (fixed.some((assignment) => assignment.sink === sink) ? [] : [sink]));
  const targets = node.columns.length > 0 ? targetColumns(node, columns, values.length) : free;
  if (node.columns.length === 0 && values.length !== free.length) {
    const given = [
      ...values.map(({ name, expression }) => [name, expression.type] as const),
      ...fixed.map((f) => [f.name, f.expression.type] as const),
    ];
    throw mismatch('Different number of columns.', given, columns, table);
  }
  const filled = targets.map(
    (sink, i): Assignment => ({ sink, ...(values[i] as { name: string; expression: Expression }) }),
  );
  return [...filled, ...fixed].sort((a, b) => a.sink - b.sink);
}

function targetColumns(node: InsertNode, columns: readonly SinkColumn[], count: number): number[] {
  const targets: number[] = [];
  for (const identifier of node.columns) {
    const name = identifier.parts.join('.');
    const at = columns.findIndex((column) => column.name === name);
    if (at < 0) throw bindError(`Unknown target column '${name}'`, identifier.span);
    if (targets.includes(at)) throw bindError(`Target column '${name}' is assigned more than once`, identifier.span);
    targets.push(at);
  }
  if (targets.length !== count)
    throw bindError('Number of columns must match number of query columns', node.query.span);
  const missing = columns.find((column, i) => !column.type.nullable && !targets.includes(i));
  if (missing)
    throw bindError(`Column '${missing.name}' has no default value and does not allow NULLs`, {
      start: 0,
      end: 0,
      line: 0,
      column: 0,
      endLine: 0,
      endColumn: 0,
    });
  return targets;
}

function staticPartitions(
  node: InsertNode,
  columns: readonly SinkColumn[],
  table: SinkTable,
  binding: Binding,
): Assignment[] {
  const env = emptyEnv(binding, null, null, bindQueryTree, 'VALUES');
  return node.partition.map(({ name, value }) => {
    const isColumn = table.table.columns.some((column) => column.name === name);
    if (!isColumn) throw bindError(`Unknown target column '${name}'`, value.span);
    const isRepeated = node.partition.filter((other) => other.name === name).length > 1;
    if (isRepeated) throw bindError(`Target column '${name}' is assigned more than once`, value.span);
    if (!table.table.partitionKeys.includes(name))
      throw planError(
        `Static partition column '${name}' should be in the partition keys list [${table.table.partitionKeys.join(', ')}] for table '${pathToSummary(table.path)}'.`,
        VALIDATION,
      );
    const sink = columns.findIndex((column) => column.name === name);
    const bound = bindExpression(value, env);
    const type = (columns[sink] as SinkColumn).type;
    return { sink, expression: castTo(bound, withNullable(type, bound.type.nullable)), name };
  });
}

function checkTypes(
  assignments: readonly Assignment[],
  columns: readonly SinkColumn[],
  node: InsertNode,
  table: SinkTable,
): void {
  for (const { sink, expression } of assignments) {
    const column = columns[sink] as SinkColumn;
    if (supportsImplicitCast(expression.type, column.type)) continue;
    const given =
      node.columns.length > 0
        ? completeSchema(assignments, columns)
        : assignments.map((a) => [a.name, a.expression.type] as const);
    throw mismatch(
      `Incompatible types for sink column '${column.name}' at position ${sink + 1}.`,
      given,
      columns,
      table,
    );
  }
}

/** With target columns the query is seen as one over all columns. */
function completeSchema(assignments: readonly Assignment[], columns: readonly SinkColumn[]) {
  return columns.map((column, i): readonly [string, LogicalType] => {
    const given = assignments.find((assignment) => assignment.sink === i);
    if (!given) return [`EXPR$${i}`, column.type];
    return [/^EXPR\$\d+$/.test(given.name) ? `EXPR$${i}` : given.name, given.expression.type];
  });
}

function mismatch(
  cause: string,
  given: ReadonlyArray<readonly [string, LogicalType]>,
  columns: readonly SinkColumn[],
  table: SinkTable,
): Error {
  const query = given.map(([name, type]) => `${name}: ${querySummary(type)}`).join(', ');
  const sink = columns.map((column) => `${column.name}: ${typeSummary(withNullable(column.type, true))}`).join(', ');
  return planError(
    `Column types of query result and sink for '${pathToSummary(table.path)}' do not match.\nCause: ${cause}\n\nQuery schema: [${query}]\nSink schema:  [${sink}]`,
    VALIDATION,
  );
}

/** `TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*`: here the marker stands last. */
function querySummary(type: LogicalType): string {
  if ((type.kind !== 'TIMESTAMP' && type.kind !== 'TIMESTAMP_LTZ') || type.timeAttribute === undefined)
    return typeSummary(type);
  const { timeAttribute, ...plain } = type;
  return `${typeSummary(plain)} *${timeAttribute.toUpperCase()}*`;
}
