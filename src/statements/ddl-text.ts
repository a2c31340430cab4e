/** The DDL text of what a catalog holds, as SHOW CREATE prints it. */

import { maskSecrets } from '../base/secret.ts';
import type { DatabaseDescriptor } from '../catalog/catalog.ts';
import { type ObjectPath, pathToString } from '../catalog/object-path.ts';
import type { TableColumn, TableDescriptor, ViewDescriptor } from '../catalog/table-descriptor.ts';
import { quoteIdentifier, typeToString } from '../types/logical-type.ts';
import { metadataText } from './table-rows.ts';

export function tableDdl(path: ObjectPath, table: TableDescriptor, isTemporary: boolean): string {
  const items = table.columns.map(columnText);
  if (table.watermark)
    items.push(`WATERMARK FOR ${quoteIdentifier(table.watermark.column)} AS ${table.watermark.expression}`);
  if (table.primaryKey)
    items.push(
      `CONSTRAINT ${quoteIdentifier(table.primaryKey.name)} PRIMARY KEY ${nameList(table.primaryKey.columns)} NOT ENFORCED`,
    );
  const lines = [`CREATE ${isTemporary ? 'TEMPORARY ' : ''}TABLE ${pathToString(path)} (`, indented(items), ')'];
  if (table.comment !== undefined) lines.push(`COMMENT ${literal(table.comment)}`);
  if (table.distribution) lines.push(distributionText(table.distribution));
  if (table.partitionKeys.length > 0) lines.push(`PARTITIONED BY ${nameList(table.partitionKeys)}`);
  return `${[...lines, ...withClause(table.options)].join('\n')}\n`;
}

export function viewDdl(path: ObjectPath, view: ViewDescriptor, isTemporary: boolean): string {
  const columns = view.columns.map((column) => quoteIdentifier(column.name) + commentText(column.comment));
  const lines = [`CREATE ${isTemporary ? 'TEMPORARY ' : ''}VIEW ${pathToString(path)} (`, indented(columns), ')'];
  if (view.comment !== undefined) lines.push(`COMMENT ${literal(view.comment)}`);
  return `${[...lines, `AS ${view.expandedQuery}`].join('\n')}\n`;
}

export function catalogDdl(
  name: string,
  entry: { readonly options: Readonly<Record<string, string>>; readonly comment?: string },
): string {
  const lines = [`CREATE CATALOG ${quoteIdentifier(name)}`];
  if (entry.comment !== undefined) lines.push(`COMMENT ${literal(entry.comment)}`);
  return `${[...lines, ...withClause(entry.options)].join('\n')}\n`;
}

export function databaseDdl(catalog: string, name: string, database: DatabaseDescriptor): string {
  const lines = [`CREATE DATABASE ${quoteIdentifier(catalog)}.${quoteIdentifier(name)}`];
  if (database.comment !== undefined) lines.push(`COMMENT ${literal(database.comment)}`);
  return `${[...lines, ...withClause(database.properties)].join('\n')}\n`;
}

function columnText(column: TableColumn): string {
  const name = quoteIdentifier(column.name);
  const comment = commentText(column.comment);
  switch (column.kind) {
    case 'physical':
      return `${name} ${typeToString(column.type)}${comment}`;
    case 'computed':
      return `${name} AS ${column.expression}${comment}`;
    case 'metadata':
      return `${name} ${typeToString(column.type)} ${metadataText(column)}${comment}`;
  }
}

function commentText(comment: string | undefined): string {
  return comment === undefined || comment === '' ? '' : ` COMMENT ${literal(comment)}`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function indented(items: readonly string[]): string {
  return items.map((item) => `  ${item}`).join(',\n');
}

function nameList(names: readonly string[]): string {
  return `(${names.map(quoteIdentifier).join(', ')})`;
}

function distributionText({ kind, columns, buckets }: NonNullable<TableDescriptor['distribution']>): string {
  const by = columns.length === 0 ? '' : ` BY ${kind === 'UNKNOWN' ? '' : kind}${nameList(columns)}`;
  return `DISTRIBUTED${by}${buckets === undefined ? '' : ` INTO ${buckets} BUCKETS`}`;
}

/** The options, sorted, secrets masked; nothing when there are none. */
function withClause(options: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(maskSecrets(options)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return [];
  return ['WITH (', indented(entries.map(([key, value]) => `${literal(key)} = ${literal(value)}`)), ')'];
}
