/** DELETE and UPDATE of tables whose connector reaches single rows, in batch mode; TRUNCATE TABLE; and Flink's texts where there is no way. */
import { EngineError, tableError, validationError } from '../base/error.ts';
import type { ResolvedObject } from '../catalog/catalog-manager.ts';
import { pathToString, pathToSummary } from '../catalog/object-path.ts';
import type { TableDescriptor } from '../catalog/table-descriptor.ts';
import { findConnector } from '../connectors/index.ts';
import type { Identifier, Query, SelectItem, SqlExpression, TableReference } from '../parser/ast.ts';
import type { Parser } from '../parser/parser.ts';
import { queryError } from '../parser/syntax-error.ts';
import { bindInsert } from '../planner/bind-insert.ts';
import { bindQuery } from '../planner/binder.ts';
import type { InsertNode } from '../planner/insert-node.ts';
import { runtimeMode } from '../planner/setting-value.ts';
import { submitInserts } from './insert.ts';
import { defineStatement, type StatementContext, type StatementNode, type StatementResult } from './statement.ts';

interface TableNode extends StatementNode {
  readonly table: Identifier;
}

interface RowsNode extends TableNode {
  readonly alias: string | null;
  readonly where: SqlExpression | null;
}

interface UpdateNode extends RowsNode {
  readonly assignments: ReadonlyArray<{ readonly column: Identifier; readonly value: SqlExpression }>;
}

const SINK = 'has not yet implemented org.apache.flink.table.connector.sink.abilities';

function parseAlias(parser: Parser): string | null {
  for (const word of ['EXTEND', '(', '/*+']) parser.record(word);
  return parser.accept('AS') || parser.seesIdentifier() ? parser.identifier().name : null;
}

export const deleteFrom = defineStatement<RowsNode>({
  name: 'delete',
  heads: [['DELETE', 'FROM']],
  syntax: 'DELETE FROM table [WHERE condition]',
  summary: 'Takes rows out of a jdbc table with a primary key, in batch mode.',
  example: "SET 'execution.runtime-mode' = 'batch'; DELETE FROM users WHERE id = 1",
  parse(parser, start) {
    const table = parser.compoundIdentifier();
    const alias = parseAlias(parser);
    const where = parser.accept('WHERE') ? parser.expression() : null;
    return { statement: 'delete', table, alias, where, span: parser.spanFrom(start) };
  },
  async execute(node, context) {
    const { columns, table } = await changedTable(node, context);
    const items = columns.map((name) => columnItem(name, node));
    return await submitChange({ ...changeOf(node, items), deletes: true }, node, 'delete', table, context);
  },
});

export const update = defineStatement<UpdateNode>({
  name: 'update',
  heads: [['UPDATE']],
  syntax: 'UPDATE table SET column = value, … [WHERE condition]',
  summary: 'Changes rows of a jdbc table with a primary key, in batch mode.',
  example: "SET 'execution.runtime-mode' = 'batch'; UPDATE users SET name = 'Ann' WHERE id = 1",
  parse(parser, start) {
    const table = parser.compoundIdentifier();
    const alias = parseAlias(parser);
    parser.expect('SET');
    const assignments: Array<UpdateNode['assignments'][number]> = [];
    do {
      const column = parser.compoundIdentifier();
      parser.expectSymbol('=');
      assignments.push({ column, value: parser.expression() });
    } while (parser.acceptSymbol(','));
    const where = parser.accept('WHERE') ? parser.expression() : null;
    return { statement: 'update', table, alias, where, assignments, span: parser.spanFrom(start) };
  },
  async execute(node, context) {
    const { columns, table } = await changedTable(node, context);
    const values = new Map<string, SqlExpression>();
    for (const { column, value } of node.assignments) {
      const name = column.parts[column.parts.length - 1] ?? '';
      if (!columns.includes(name)) throw queryError(`Unknown target column '${name}'`, column.span);
      if (values.has(name)) throw queryError(`Target column '${name}' is assigned more than once`, column.span);
      values.set(name, value);
    }
    const items = columns.map((name): SelectItem => {
      const expression = values.get(name);
      return expression ? { expression, span: node.span } : columnItem(name, node);
    });
    return await submitChange(changeOf(node, items), node, 'update', table, context);
  },
});

function columnItem(name: string, { span }: RowsNode): SelectItem {
  return { expression: { kind: 'identifier', parts: [name], span }, span };
}

/** The rows that are meant, written back to their table. */
function changeOf({ table, alias, where, span }: RowsNode, items: readonly SelectItem[]): InsertNode {
  const named: TableReference = { kind: 'table-name', name: table, hints: [], span: table.span };
  const from: TableReference =
    alias === null ? named : { kind: 'aliased', table: named, alias, columns: [], span: table.span };
  const query: Query = {
    kind: 'query',
    with: [],
    body: { kind: 'select', hints: [], distinct: false, items, from, ...(where ? { where } : {}), windows: [], span },
    orderBy: [],
    span,
  };
  return { target: table, hints: [], columns: [], partition: [], query, overwrite: false, onConflict: null };
}

/** The object whose rows are meant, and what its columns are called. */
async function changedTable(
  { table }: RowsNode,
  { catalogs }: StatementContext,
): Promise<{ columns: readonly string[]; table: ResolvedObject }> {
  const resolved = await catalogs.resolve(table.parts);
  if (!resolved) throw queryError(`Object '${table.parts[table.parts.length - 1] ?? ''}' not found`, table.span);
  const { object } = resolved;
  const columns = object.columns.filter((column) => !('kind' in column) || column.kind === 'physical');
  return { columns: columns.map(({ name }) => name), table: resolved };
}

/** Flink validates the change as a query and as an INSERT before it asks whether rows can be changed at all; of UPDATE the mode comes earlier. */
async function submitChange(
  insert: InsertNode,
  node: RowsNode,
  change: 'delete' | 'update',
  { object, path }: ResolvedObject,
  context: StatementContext,
): Promise<StatementResult> {
  const refuseStreaming = (): void => {
    if (runtimeMode(context.planner) === 'streaming')
      throw tableError(`${change.toUpperCase()} statement is not supported for streaming mode now.`);
  };
  await bindQuery(insert.query, context.planner);
  if (change === 'update' || object.kind === 'view') refuseStreaming();
  await bindInsert(insert, context.planner);
  refuseStreaming();
  const descriptor: TableDescriptor | undefined = object.kind === 'table' ? object : undefined;
  const ability = change === 'delete' ? 'SupportsRowLevelDelete' : 'SupportsRowLevelUpdate';
  if (descriptor === undefined || findConnector(descriptor.options['connector'] ?? '')?.changesRows !== true)
    throw new EngineError(
      'SQL_VALIDATION',
      `Can't perform ${change} operation of the table ${pathToSummary(path)} because the corresponding dynamic table sink ${SINK}.${ability}.`,
      { exceptionClass: 'java.lang.UnsupportedOperationException' },
    );
  const keys = descriptor.primaryKey?.columns;
  if (keys === undefined)
    throw validationError(
      `${change.toUpperCase()} needs a primary key to find rows by: declare one for ${pathToSummary(path)}.`,
      node.span,
    );
  checkKeys(keys, node);
  return await submitInserts([insert], context);
}

/** A row whose key changed would be another row. */
function checkKeys(keys: readonly string[], node: RowsNode | UpdateNode): void {
  if (!('assignments' in node)) return;
  const changed = node.assignments.find(({ column }) => keys.includes(column.parts[column.parts.length - 1] ?? ''));
  if (changed) throw validationError(`UPDATE cannot change the primary key [${keys.join(', ')}].`, changed.column.span);
}

export const truncateTable = defineStatement<TableNode>({
  name: 'truncate-table',
  heads: [['TRUNCATE', 'TABLE']],
  syntax: 'TRUNCATE TABLE table',
  summary: 'Refused: no sink empties itself on demand.',
  example: "SET 'execution.runtime-mode' = 'batch'; TRUNCATE TABLE users",
  parse(parser, start) {
    const table = parser.compoundIdentifier();
    return { statement: 'truncate-table', table, span: parser.spanFrom(start) };
  },
  async execute({ table }, { catalogs, planner }) {
    const path = catalogs.qualify(table.parts);
    const resolved = await catalogs.resolve(table.parts);
    if (resolved?.object.kind === 'view') throw validationError('TRUNCATE TABLE for a view is not allowed');
    if (!resolved) {
      const names = (await catalogs.listCatalogs()).join(', ');
      throw validationError(
        `Cannot find table '${pathToString(path)}' in any of the catalogs [${names}], nor as a temporary table.`,
      );
    }
    if (runtimeMode(planner) === 'streaming')
      throw tableError('TRUNCATE TABLE statement is not supported in streaming mode.');
    throw tableError(
      `TRUNCATE TABLE statement is not supported for the table ${pathToSummary(path)} since the table hasn't implemented the interface org.apache.flink.table.connector.sink.abilities.SupportsTruncate.`,
    );
  },
});
