/** CREATE TABLE … AS: the table's columns come from a query, and an INSERT of that query begins. */
import { EngineError, validationError } from '../base/error.ts';
import type { TableColumn } from '../catalog/table-descriptor.ts';
import type { Identifier, Query } from '../parser/ast.ts';
import { bindView } from '../planner/bind-view.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { OK } from './answer.ts';
import type { CreateTableNode } from './create-table.ts';
import { submitInserts } from './insert.ts';
import type { StatementContext, StatementResult } from './statement.ts';
import { storeObject } from './store-object.ts';
import { describeTable } from './table-definition.ts';

export async function createTableAs(
  node: CreateTableNode,
  query: Query,
  context: StatementContext,
): Promise<StatementResult> {
  if (node.isTemporary)
    throw new EngineError(
      'SQL_VALIDATION',
      'CREATE TABLE AS SELECT syntax does not support to create temporary table yet.',
      {
        exceptionClass: 'org.apache.flink.sql.parser.error.SqlValidateException',
      },
    );
  const { catalogs } = context;
  const path = catalogs.qualify(node.table.parts);
  const produced = (await bindView(query, [], context.planner)).map(
    ({ name, type }): TableColumn => ({ kind: 'physical', name, type: storedType(type) }),
  );
  const existing = await catalogs.resolve(node.table.parts);
  if (!existing || !node.ifNotExists) {
    const descriptor = await describeTable(withoutProduced(node, produced), context, orderedColumns(node, produced));
    await storeObject(path, descriptor, node, context);
  }
  const names = produced.map(({ name }) => name);
  const insert = {
    target: { kind: 'identifier' as const, parts: [path.catalog, path.database, path.name], span: node.table.span },
    hints: [],
    columns: names.map((name): Identifier => ({ kind: 'identifier', parts: [name], span: query.span })),
    partition: [],
    query,
    overwrite: false,
    onConflict: null,
  };
  if (context.session.statementSet) {
    context.session.statementSet.push({ statement: 'insert', span: node.span, ...insert } as never);
    return OK;
  }
  try {
    return await submitInserts([insert], context);
  } catch (error) {
    if (!existing) await (await catalogs.getCatalog(path.catalog)).dropObject(path.database, path.name);
    throw error;
  }
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
  const typed = produced.map((column): TableColumn => {
    const declared = columns.find(({ name }) => name === column.name);
    return declared?.kind === 'physical' ? ({ ...column, type: declared.type } as TableColumn) : column;
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

function withoutProduced(node: CreateTableNode, produced: readonly TableColumn[]): CreateTableNode {
  const columns = node.items.columns.filter(({ name }) => !produced.some((column) => column.name === name));
  return { ...node, items: { ...node.items, columns, names: [] } };
}
