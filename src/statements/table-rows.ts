/** DESCRIBE's rows of a table or view, in Flink's columns. */
import { validationError } from '../base/error.ts';
import type { CatalogManager, ResolvedObject } from '../catalog/catalog-manager.ts';
import { pathToSummary } from '../catalog/object-path.ts';
import type { CatalogObject, TableColumn } from '../catalog/table-descriptor.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { typeSummary } from '../types/type-name.ts';
import type { Value } from '../types/value.ts';
import { tableOf } from './answer.ts';
import type { StatementResult } from './statement.ts';

/** The object of a name. Throws Flink's error of DESCRIBE. */
export async function describedObject(catalogs: CatalogManager, parts: readonly string[]): Promise<ResolvedObject> {
  const path = catalogs.qualify(parts);
  const resolved = await catalogs.resolve(parts);
  if (resolved) return resolved;
  throw validationError(`Tables or views with the identifier '${pathToSummary(path)}' doesn't exist.`);
}

export function describeObject(object: CatalogObject, wanted: (name: string) => boolean): StatementResult {
  const columns = object.columns.filter((column) => wanted(column.name));
  const hasComments = object.columns.some((column) => column.comment !== undefined);
  const fields = ['name', 'type', { name: 'null', type: types.boolean() }, 'key', 'extras', 'watermark'];
  const rows = columns.map((column): Value[] => {
    const comment = hasComments ? [column.comment ?? null] : [];
    const type = columnType(object, column.name, column.type);
    const nullable = type.nullable;
    const text = typeSummary(withNullable(type, true));
    return [
      column.name,
      text,
      nullable,
      keyOf(object, column.name),
      extrasOf(column),
      watermarkOf(object, column.name),
      ...comment,
    ];
  });
  return tableOf(hasComments ? [...fields, 'comment'] : fields, rows);
}

/** With the mark of a time attribute where the watermark stands. */
function columnType(object: CatalogObject, name: string, type: LogicalType): LogicalType {
  if (object.kind !== 'table' || object.watermark?.column !== name) return type;
  return type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ' ? { ...type, timeAttribute: 'rowtime' } : type;
}

function keyOf(object: CatalogObject, name: string): string | null {
  if (object.kind !== 'table' || !object.primaryKey?.columns.includes(name)) return null;
  return `PRI(${object.primaryKey.columns.join(', ')})`;
}

function extrasOf(column: TableColumn | { readonly name: string }): string | null {
  if (!('kind' in column)) return null;
  if (column.kind === 'computed') return `AS ${column.expression}`;
  return column.kind === 'metadata' ? metadataText(column) : null;
}

/** `METADATA [FROM 'key'] [VIRTUAL]`. */
export function metadataText(column: Extract<TableColumn, { kind: 'metadata' }>): string {
  const from = column.key === undefined ? '' : ` FROM '${column.key.replaceAll("'", "''")}'`;
  return `METADATA${from}${column.virtual ? ' VIRTUAL' : ''}`;
}

function watermarkOf(object: CatalogObject, name: string): string | null {
  return object.kind === 'table' && object.watermark?.column === name ? object.watermark.expression : null;
}
