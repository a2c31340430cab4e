/** SHOW CREATE TABLE, VIEW and CATALOG, and the same for databases. */
import { tableError, validationError } from '../base/error.ts';
import { databaseNotFound } from '../catalog/catalog-error.ts';
import type { ResolvedObject } from '../catalog/catalog-manager.ts';
import { pathToString } from '../catalog/object-path.ts';
import { listOf } from './answer.ts';
import { catalogDdl, databaseDdl, tableDdl, viewDdl } from './ddl-text.ts';
import { defineStatement, type StatementContext, type StatementNode } from './statement.ts';

interface ShowCreateNode extends StatementNode {
  readonly parts: readonly string[];
}

export const showCreateTable = showCreate(
  'TABLE',
  'Shows the CREATE TABLE that makes a table.',
  'SHOW CREATE TABLE orders',
  async (parts, context) => {
    const { object, path, isTemporary } = await found('TABLE', 'Table', parts, context);
    if (object.kind === 'table') return tableDdl(path, object, isTemporary);
    throw tableError(
      `SHOW CREATE TABLE is only supported for tables, but ${pathToString(path)} is a view. Please use SHOW CREATE VIEW instead.`,
    );
  },
);

export const showCreateView = showCreate(
  'VIEW',
  'Shows the CREATE VIEW that makes a view.',
  'SHOW CREATE VIEW big_orders',
  async (parts, context) => {
    const { object, path, isTemporary } = await found('VIEW', 'View', parts, context);
    if (object.kind === 'view') return viewDdl(path, object, isTemporary);
    throw tableError(
      `SHOW CREATE VIEW is only supported for views, but ${pathToString(path)} is a table. Please use SHOW CREATE TABLE instead.`,
    );
  },
);

export const showCreateCatalog = showCreate(
  'CATALOG',
  'Shows the CREATE CATALOG that makes a catalog.',
  "CREATE CATALOG c WITH ('type' = 'generic_in_memory'); SHOW CREATE CATALOG c",
  async ([name = ''], { catalogs }) => {
    const entry = catalogs.describeCatalog(name);
    if (!entry) throw validationError(`Cannot obtain metadata information from Catalog ${name}.`);
    return catalogDdl(name, entry);
  },
);

export const showCreateDatabase = showCreate(
  'DATABASE',
  'Shows the CREATE DATABASE that makes a database.',
  'SHOW CREATE DATABASE default_database',
  async (parts, { catalogs }) => {
    const name = parts[parts.length - 1] ?? '';
    const catalog = await catalogs.getCatalog(parts.length > 1 ? (parts[0] ?? '') : catalogs.currentCatalog);
    const database = await catalog.getDatabase(name);
    if (!database) throw databaseNotFound(name, catalog.name);
    return databaseDdl(catalog.name, name, database);
  },
);

function showCreate(
  word: string,
  summary: string,
  example: string,
  text: (parts: readonly string[], context: StatementContext) => Promise<string>,
) {
  const name = `show-create-${word.toLowerCase()}`;
  return defineStatement<ShowCreateNode>({
    name,
    heads: [['SHOW', 'CREATE', word]],
    syntax: `SHOW CREATE ${word} ${word.toLowerCase()}`,
    summary,
    example,
    parse(parser, start) {
      const { parts } = parser.compoundIdentifier();
      return { statement: name, parts, span: parser.spanFrom(start) };
    },
    execute: async ({ parts }, context) => listOf('result', [await text(parts, context)]),
  });
}

async function found(
  word: string,
  noun: string,
  parts: readonly string[],
  { catalogs }: StatementContext,
): Promise<ResolvedObject> {
  const resolved = await catalogs.resolve(parts);
  if (resolved) return resolved;
  const path = pathToString(catalogs.qualify(parts));
  throw validationError(`Could not execute SHOW CREATE ${word}. ${noun} with identifier ${path} does not exist.`);
}
