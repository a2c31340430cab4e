/** The end of an INSERT: its table opened for writing, and the node that writes what was assigned. */
import { pathToSummary } from '../catalog/object-path.ts';
import { call, type Expression, literal } from '../expressions/expression.ts';
import { type Field, type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { sameType } from '../types/type-family.ts';
import { planError } from './bind-error.ts';
import type { Binding } from './binding.ts';
import { referencesTo } from './conditions.ts';
import { explainedInput } from './explained-insert.ts';
import type { Assignment, InsertNode, SinkColumn, SinkTable } from './insert-node.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { PlannerContext } from './planner-context.ts';
import type { ResolvedTable } from './resolved-table.ts';
import { connectorTable, resolveTable, withHints } from './table-scan.ts';

const VALIDATION = 'org.apache.flink.table.api.ValidationException';

/** The table, checked for being written. */
export function resolveSink(node: InsertNode, table: SinkTable, context: PlannerContext): ResolvedTable {
  const resolved = resolveTable(table, connectorTable(table, withHints(table, node.hints, context)), 'sink', context);
  if (table.table.distribution)
    throw planError(
      `Table '${pathToSummary(table.path)}' is distributed into buckets, but the underlying DynamicTableSink doesn't implement the SupportsBucketing interface.`,
    );
  return resolved;
}

export function sinkNode(
  node: InsertNode,
  plan: LogicalPlan,
  assignments: readonly Assignment[],
  columns: readonly SinkColumn[],
  table: SinkTable,
  binding: Binding,
  isExplained: boolean,
): LogicalPlan {
  const resolved = resolveSink(node, table, binding.context);
  if (node.overwrite && resolved.connector.name !== 'filesystem')
    throw planError(
      `INSERT OVERWRITE requires that the underlying DynamicTableSink of table '${pathToSummary(table.path)}' implements the SupportsOverwrite interface.`,
      VALIDATION,
    );
  if (node.overwrite && resolved.context.mode === 'streaming')
    throw planError('Streaming mode not support overwrite.', 'java.lang.IllegalStateException');
  const places = columns.map(({ name }) => resolved.context.table.columns.findIndex((column) => column.name === name));
  const { overwrite, onConflict } = node;
  if (isExplained && node.deletes !== true) {
    const input = explainedInput(plan, assignments, columns);
    const named = node.columns.map(({ parts }) => columns.findIndex(({ name }) => name === parts.join('.')));
    const isPartial = named.length > 0 && named.length < columns.length;
    return {
      kind: 'Sink',
      fields: input.fields,
      input,
      table: resolved,
      targetColumns: places,
      overwrite,
      onConflict,
      ...(isPartial ? { shownTargets: named } : {}),
    };
  }
  const expressions = assignments.map(({ sink, expression }) =>
    castToSink(expression, (columns[sink] as SinkColumn).type),
  );
  const fields = assignments.map(
    ({ sink }, i): Field => ({
      name: (columns[sink] as SinkColumn).name,
      type: (expressions[i] as Expression).type,
    }),
  );
  const plain = expressions.every((expression, i) => expression.kind === 'input' && expression.index === i);
  const input: LogicalPlan =
    plain && expressions.length === plan.fields.length ? plan : { kind: 'Project', fields, input: plan, expressions };
  const targetColumns = assignments.map(({ sink }) => places[sink] as number);
  const changes = node.deletes === true ? deletions(input) : input;
  return { kind: 'Sink', fields, input: changes, table: resolved, targetColumns, overwrite, onConflict };
}

/** The rows as changes that take them back. */
function deletions(input: LogicalPlan): LogicalPlan {
  const code = literal('DELETE', types.char('DELETE'.length, false));
  return {
    kind: 'ProcessTableFunction',
    fields: input.fields,
    input: {
      kind: 'Project',
      fields: [...input.fields, { name: 'op', type: code.type }],
      input,
      expressions: [...referencesTo(input.fields), code],
    },
    function: 'FROM_CHANGELOG',
    invocation: 'FROM_CHANGELOG(TABLE(#0))',
    uid: null,
    codes: [{ change: 'DELETE', code: 'DELETE' }],
    opColumn: input.fields.length,
    timeColumn: null,
  };
}

/** The column's type; whether a value may be null stays the query's. */
function castToSink(expression: Expression, type: LogicalType): Expression {
  const wanted = withNullable(type, expression.type.nullable);
  return sameType(expression.type, wanted) ? expression : call('CAST', [expression], wanted);
}
