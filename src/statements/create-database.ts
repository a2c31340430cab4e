/** CREATE DATABASE. */
import { messageOf, validationError } from '../base/error.ts';
import { maskSecrets } from '../base/secret.ts';
import { executionError } from '../catalog/catalog-error.ts';
import { OK } from './answer.ts';
import { parseIfNotExists } from './exists-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface CreateDatabaseNode extends StatementNode {
  readonly parts: readonly string[];
  readonly ifNotExists: boolean;
  readonly comment: string | undefined;
  readonly properties: Readonly<Record<string, string>>;
}

export const createDatabase = defineStatement<CreateDatabaseNode>({
  name: 'create-database',
  heads: [['CREATE', 'DATABASE']],
  syntax: "CREATE DATABASE [IF NOT EXISTS] [catalog.]database [COMMENT 'text'] [WITH ('key' = 'value', …)]",
  summary: 'Makes a database.',
  example: "CREATE DATABASE IF NOT EXISTS shop COMMENT 'the web shop'",
  parse(parser, start) {
    const ifNotExists = parseIfNotExists(parser);
    const { parts } = parser.compoundIdentifier();
    const comment = parser.comment();
    const properties = parser.accept('WITH') ? parser.options() : {};
    return { statement: 'create-database', parts, ifNotExists, comment, properties, span: parser.spanFrom(start) };
  },
  async execute({ parts, ifNotExists, comment, properties }, { catalogs }) {
    if (parts.length > 2) throw validationError('create database identifier format error');
    const name = parts[parts.length - 1] ?? '';
    const catalogName = parts.length > 1 ? (parts[0] ?? '') : catalogs.currentCatalog;
    const frame = `Could not execute CREATE DATABASE: (catalogDatabase: [{${propertyText(properties)}}], catalogName: [${catalogName}], databaseName: [${name}], ignoreIfExists: [${ifNotExists}])`;
    const isKnown = (await catalogs.listCatalogs()).includes(catalogName);
    if (!isKnown) throw executionError(frame, validationError(`Catalog ${catalogName} does not exist`), true);
    const catalog = await catalogs.getCatalog(catalogName);
    try {
      await catalog.createDatabase(name, comment === undefined ? { properties } : { properties, comment }, ifNotExists);
    } catch (error) {
      throw messageOf(error).includes('already exists') ? executionError(frame, error) : error;
    }
    return OK;
  },
});

function propertyText(properties: Readonly<Record<string, string>>): string {
  return Object.entries(maskSecrets(properties))
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
