/** CREATE TABLE … AS: the table's columns come from a query, and an INSERT of that query begins. */
import { EngineError, tableError, validationError } from '../base/error.ts';
import { type ObjectPath, pathToString } from '../catalog/object-path.ts';
import type { TableColumn, TableDescriptor } from '../catalog/table-descriptor.ts';
import type { Identifier, Query } from '../parser/ast.ts';
import { bindQuery } from '../planner/binder.ts';
import type { InsertNode } from '../planner/insert-node.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { supportsImplicitCast } from '../types/type-coercion.ts';
import { typeSummary } from '../types/type-name.ts';
import { OK } from './answer.ts';
import type { CreateTableNode } from './create-table.ts';
import { type InsertStatementNode, submitInserts } from './insert.ts';
import type { StatementContext, StatementResult } from './statement.ts';
import { storeObject } from './store-object.ts';
import { describeTable } from './table-definition.ts';

/** What a CREATE TABLE AS makes: a table, and the INSERT that fills it. */
export interface TableWithQuery {
  readonly path: ObjectPath;
  readonly table: TableDescriptor;
  readonly insert: InsertNode;
}

export async function createTableAs(
  node: CreateTableNode,
  query: Query,
  context: StatementContext,
): Promise<StatementResult> {
  const { catalogs, session } = context;
  const { path, table, insert } = await describeTableAs(node, query, context);
  const existing = await catalogs.resolve(node.table.parts);
  if (node.replaces && !node.creates && !existing)
    throw tableError(
      `The table ${pathToString(path)} to be replaced doesn't exist. You can try to use CREATE TABLE AS statement or CREATE OR REPLACE TABLE AS statement.`,
    );
  if (!existing || !node.ifNotExists) await storeObject(path, table, node, context);
  if (session.statementSet) {
    const gathered: InsertStatementNode = { statement: 'insert', span: node.span, ...insert };
    session.statementSet.push(gathered);
    return OK;
  }
  try {
    return await submitInserts([insert], context);
  } catch (error) {
    if (!existing) await (await catalogs.getCatalog(path.catalog)).dropObject(path.database, path.name);
    throw error;
  }
}

/** Throws Flink's errors; changes nothing. */
export async function describeTableAs(
  node: CreateTableNode,
  query: Query,
  context: StatementContext,
): Promise<TableWithQuery> {
  if (node.isTemporary)
    throw new EngineError(
      'SQL_VALIDATION',
      'CREATE TABLE AS SELECT syntax does not support to create temporary table yet.',
      { exceptionClass: 'org.apache.flink.sql.parser.error.SqlValidateException' },
    );
  const path = context.catalogs.qualify(node.table.parts);
  const { fields } = await bindQuery(query, context.planner);
  const produced = fields.map(({ name, type }): TableColumn => ({ kind: 'physical', name, type: storedType(type) }));
  const described = await describeTable(withoutProduced(node, produced), context, orderedColumns(node, produced));
  const isOwn = (column: TableColumn): boolean => !produced.some(({ name }) => name === column.name);
  const own = described.columns.filter(isOwn);
  const table = { ...described, columns: [...own, ...described.columns.filter((column) => !isOwn(column))] };
  const insert: InsertNode = {
    target: { kind: 'identifier', parts: [path.catalog, path.database, path.name], span: node.table.span },
    hints: [],
    columns: produced.map(({ name }): Identifier => ({ kind: 'identifier', parts: [name], span: query.span })),
    partition: [],
    query,
    overwrite: false,
    onConflict: null,
  };
  return { path, table, insert };
}

/** A table has no time attributes of a query's, and no NULL type. */
function storedType(type: LogicalType): LogicalType {
  if (type.kind === 'NULL') return types.string();
  if (type.kind !== 'TIMESTAMP' && type.kind !== 'TIMESTAMP_LTZ') return type;
  const { kind, precision, nullable } = type;
  return { kind, precision, nullable };
}

/** Declared columns that the query gives too keep the query's place and take the declared type. */
function orderedColumns(node: CreateTableNode, produced: readonly TableColumn[]): TableColumn[] {
  const { names, columns } = node.items;
  const typed = produced.map((column, at): TableColumn => {
    const declared = columns.find(({ name }) => name === column.name);
    return declared?.kind === 'physical' ? retyped(column, declared.type, at + 1) : column;
  });
  if (names.length === 0) return typed;
  const ordered = names.map(({ parts: [name = ''] }) => {
    const column = typed.find((other) => other.name === name);
    if (!column) throw validationError(`Column '${name}' not found in the source schema.`);
    return column;
  });
  if (ordered.length !== typed.length)
    throw validationError(
      'The number of columns in the column list must match the number of columns in the source schema.',
    );
  return ordered;
}

/** The query's column under the declared type. Throws where the sink could not take it. */
function retyped(column: TableColumn, type: LogicalType, position: number): TableColumn {
  if (supportsImplicitCast(column.type, type)) return { ...column, type };
  throw validationError(
    `Incompatible types for sink column '${column.name}' at position ${position}. The source column has type '${typeSummary(column.type)}', while the target column has type '${typeSummary(type)}'.`,
  );
}

function withoutProduced(node: CreateTableNode, produced: readonly TableColumn[]): CreateTableNode {
  const columns = node.items.columns.filter(({ name }) => !produced.some((column) => column.name === name));
  return { ...node, items: { ...node.items, columns, names: [] } };
}
