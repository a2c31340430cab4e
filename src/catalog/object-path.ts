/** The full name of a table, view or function. */
import { quoteIdentifier } from '../types/logical-type.ts';

export interface ObjectPath {
  readonly catalog: string;
  readonly database: string;
  readonly name: string;
}

/** `` `catalog`.`database`.`name` `` as Flink's messages show it. */
export function pathToString(path: ObjectPath): string {
  return [path.catalog, path.database, path.name].map(quoteIdentifier).join('.');
}

/** `catalog.database.name` without quotes. */
export function pathToSummary(path: ObjectPath): string {
  return `${path.catalog}.${path.database}.${path.name}`;
}
