/** From what CREATE TABLE says to what a catalog keeps. */
import { validationError } from '../base/error.ts';
import { pathToString } from '../catalog/object-path.ts';
import type { TableColumn, TableDescriptor } from '../catalog/table-descriptor.ts';
import type { ColumnDefinition, Identifier } from '../parser/ast.ts';
import { bindTable } from '../planner/bind-table.ts';
import type { CreateTableNode } from './create-table.ts';
import { inherit } from './like-table.ts';
import type { StatementContext } from './statement.ts';
import type { Distribution, TableItems } from './table-clauses.ts';

/** Throws Flink's errors for what does not fit together. `added`: columns of a query, behind the declared ones. */
export async function describeTable(
  node: Omit<CreateTableNode, 'statement' | 'query'>,
  context: StatementContext,
  inheritedColumns: readonly TableColumn[] = [],
): Promise<TableDescriptor> {
  let { items, options, distribution } = node;
  let partitionKeys: readonly Identifier[] = node.partitionKeys;
  let inherited = inheritedColumns;
  if (node.like) {
    const source = await likeSource(node.like.source, context);
    const taken = inherit(source, node.like, items, options, partitionKeys);
    ({ items, options } = taken);
    inherited = taken.columns;
    distribution ??= taken.distribution;
    const at = node.like.source.span;
    if (partitionKeys.length === 0)
      partitionKeys = taken.partitionKeys.map((key) => ({ kind: 'identifier', parts: [key], span: at }));
  }
  checkDuplicates(items.columns);
  checkInheritedKey(items, inherited);
  const schema = bindTable(
    {
      columns: items.columns,
      partitionKeys,
      inherited,
      ...(items.watermark ? { watermark: items.watermark } : {}),
      ...(items.primaryKey ? { primaryKey: items.primaryKey } : {}),
    },
    context.planner,
  );
  checkDistribution(distribution, schema.columns);
  return {
    kind: 'table',
    ...schema,
    options,
    ...(node.comment === undefined ? {} : { comment: node.comment }),
    ...(distribution ? { distribution } : {}),
  };
}

/** Two columns of one name, in Flink's words for each pair of kinds. */
function checkDuplicates(columns: readonly ColumnDefinition[]): void {
  const kinds = new Map<string, ColumnDefinition['kind']>();
  for (const { name, kind } of columns) {
    const other = kinds.get(name);
    kinds.set(name, kind);
    if (other === undefined || (other === 'physical' && kind === 'physical')) continue;
    if (other === kind) {
      const noun = kind === 'computed' ? 'generated' : 'metadata';
      const feature = noun.toUpperCase();
      throw validationError(
        `A ${noun} column named '${name}' already exists in the base table. You might want to specify EXCLUDING ${feature} or OVERWRITING ${feature}.`,
      );
    }
    const words = [kind, other].map(
      (word) => ({ computed: 'compute', metadata: 'metadata', physical: 'regular' })[word],
    );
    const [first, second] = words[0] === 'regular' ? [words[1], words[0]] : words;
    throw validationError(
      `A column named '${name}' already exists in the table. Duplicate columns exist in the ${first} column and ${second} column. `,
    );
  }
}

async function likeSource(name: Identifier, { catalogs }: StatementContext): Promise<TableDescriptor> {
  const resolved = await catalogs.resolve(name.parts);
  const { line, column } = name.span;
  if (!resolved)
    throw validationError(
      `Source table '${pathToString(catalogs.qualify(name.parts))}' of the LIKE clause not found in the catalog, at line ${line}, column ${column}`,
      name.span,
    );
  if (resolved.object.kind === 'view')
    throw validationError(
      `Source table '${pathToString(resolved.path)}' of the LIKE clause can not be a VIEW, at line ${line}, column ${column}`,
      name.span,
    );
  return resolved.object;
}

/** A key over columns that another table brings does not change their types. */
function checkInheritedKey(items: TableItems, inherited: readonly TableColumn[]): void {
  const keys = items.primaryKey?.columns.map(({ parts }) => parts[parts.length - 1] ?? '') ?? [];
  for (const key of keys) {
    const column = inherited.find(({ name }) => name === key);
    if (column?.type.nullable)
      throw validationError(
        `Invalid primary key '${items.primaryKey?.name ?? `PK_${keys.join('_')}`}'. Column '${key}' is nullable.`,
      );
  }
}

export function checkDistribution(distribution: Distribution | undefined, columns: readonly TableColumn[]): void {
  if (!distribution) return;
  if (distribution.buckets === 0)
    throw validationError(
      "Invalid bucket count '0'. The number of buckets for a distributed table must be at least 1.",
    );
  const physical = columns.filter(({ kind }) => kind === 'physical').map(({ name }) => name);
  const unknown = distribution.columns.find((name) => !physical.includes(name));
  if (unknown !== undefined)
    throw validationError(
      `Invalid bucket key '${unknown}'. A bucket key for a distribution must reference a physical column in the schema. Available columns are: [${physical.join(', ')}]`,
    );
}
