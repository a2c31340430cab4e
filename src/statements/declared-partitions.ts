/** Partitions that a table's description lists: ALTER TABLE ADD and DROP PARTITION, and what SHOW PARTITIONS finds. Writers make folders without asking. */
import { EngineError, validationError } from '../base/error.ts';
import { type ObjectPath, pathToSummary } from '../catalog/object-path.ts';
import type { TableDescriptor } from '../catalog/table-descriptor.ts';
import type { SqlExpression } from '../parser/ast.ts';
import type { Parser } from '../parser/parser.ts';
import { parsePartition } from './insert.ts';

/** Values by key, in the order in which they were said. */
export type PartitionSpec = Readonly<Record<string, string>>;

export interface PartitionChange {
  readonly kind: 'partition';
  readonly adds: boolean;
  /** IF NOT EXISTS of ADD, IF EXISTS of DROP. */
  readonly isOptional: boolean;
  readonly specs: readonly PartitionSpec[];
}

/** Behind ADD: `PARTITION (k = v, …) [WITH (…)] PARTITION …`. */
export function parseAddedPartitions(parser: Parser, isOptional: boolean): PartitionChange {
  const specs: PartitionSpec[] = [];
  do {
    parser.expect('PARTITION');
    specs.push(parseSpec(parser));
    if (parser.accept('WITH')) parser.options();
  } while (parser.sees('PARTITION'));
  return { kind: 'partition', adds: true, isOptional, specs };
}

/** Behind DROP: `PARTITION (k = v, …), PARTITION …`. */
export function parseDroppedPartitions(parser: Parser, isOptional: boolean): PartitionChange {
  const specs: PartitionSpec[] = [];
  do {
    parser.expect('PARTITION');
    specs.push(parseSpec(parser));
  } while (parser.acceptSymbol(','));
  return { kind: 'partition', adds: false, isOptional, specs };
}

export function parseSpec(parser: Parser): PartitionSpec {
  return Object.fromEntries(parsePartition(parser).map(({ name, value }) => [name, textOf(value, parser)]));
}

function textOf(value: SqlExpression, parser: Parser): string {
  return value.kind === 'string' ? value.value : parser.textOf(value.span, value.span);
}

/** The table after the change. Throws Flink's errors. */
export function withPartitions(table: TableDescriptor, change: PartitionChange, path: ObjectPath): TableDescriptor {
  let partitions = table.partitions ?? [];
  for (const spec of change.specs) {
    const isThere = partitions.some((other) => isSame(other, spec));
    if (change.adds) {
      checkSpec(table, spec, path);
      if (isThere && !change.isOptional) throw partitionError('PartitionAlreadyExists', spec, path, 'already exists.');
      if (!isThere) partitions = [...partitions, spec];
    } else {
      if (!isThere && !change.isOptional) throw partitionError('PartitionNotExist', spec, path, 'does not exist.');
      partitions = partitions.filter((other) => !isSame(other, spec));
    }
  }
  const { partitions: _, ...rest } = table;
  return partitions.length === 0 ? rest : { ...rest, partitions };
}

/** `dt=1/hr=2`, of the partitions that have these values. */
export function partitionNames({ partitions = [], partitionKeys }: TableDescriptor, wanted: PartitionSpec): string[] {
  return partitions
    .filter((spec) => Object.entries(wanted).every(([key, value]) => spec[key] === value))
    .map((spec) => partitionKeys.map((key) => `${key}=${spec[key] ?? ''}`).join('/'));
}

function isSame(a: PartitionSpec, b: PartitionSpec): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function checkSpec({ partitionKeys }: TableDescriptor, spec: PartitionSpec, path: ObjectPath): void {
  if (partitionKeys.length === 0)
    throw validationError(`Table ${path.database}.${path.name} in catalog ${path.catalog} is not partitioned.`);
  const keys = Object.keys(spec);
  if (keys.length === partitionKeys.length && keys.every((key) => partitionKeys.includes(key))) return;
  throw new EngineError(
    'SQL_VALIDATION',
    `PartitionSpec ${specText(spec)} does not match partition keys [${partitionKeys.join(', ')}] of table ${path.database}.${path.name} in catalog ${path.catalog}.`,
    { exceptionClass: 'org.apache.flink.table.catalog.exceptions.PartitionSpecInvalidException' },
  );
}

function partitionError(name: string, spec: PartitionSpec, path: ObjectPath, what: string): EngineError {
  return new EngineError(
    'SQL_VALIDATION',
    `Partition ${specText(spec)} of table ${path.database}.${path.name} in catalog ${path.catalog} ${what}`,
    { exceptionClass: `org.apache.flink.table.catalog.exceptions.${name}Exception` },
  );
}

function specText(spec: PartitionSpec): string {
  const pairs = Object.entries(spec).map(([key, value]) => `${key}=${value}`);
  return `CatalogPartitionSpec{{${pairs.join(', ')}}}`;
}

/** The words of a failed change. */
export function changeText({ adds, specs }: PartitionChange, path: ObjectPath): string {
  const list = specs.map((spec) => {
    const pairs = Object.entries(spec).map(([key, value]) => `${key}=${value}`);
    return `PARTITION (${pairs.join(', ')})`;
  });
  return `Could not execute ALTER TABLE ${pathToSummary(path)} ${adds ? 'ADD' : 'DROP'} ${list.join(adds ? ' ' : ', ')}`;
}
