/** ALTER DATABASE … SET. */
import { databaseNotFound, executionError } from '../catalog/catalog-error.ts';
import { OK } from './answer.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface AlterDatabaseNode extends StatementNode {
  readonly parts: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
}

export const alterDatabase = defineStatement<AlterDatabaseNode>({
  name: 'alter-database',
  heads: [['ALTER', 'DATABASE']],
  syntax: "ALTER DATABASE [catalog.]database SET ('key' = 'value', …)",
  summary: "Changes a database's properties.",
  example: "CREATE DATABASE shop; ALTER DATABASE shop SET ('owner' = 'sales')",
  parse(parser, start) {
    const { parts } = parser.compoundIdentifier();
    parser.expect('SET');
    return { statement: 'alter-database', parts, properties: parser.options(), span: parser.spanFrom(start) };
  },
  async execute({ parts, properties }, { catalogs }) {
    const name = parts[parts.length - 1] ?? '';
    const catalog = await catalogs.getCatalog(parts.length > 1 ? (parts[0] ?? '') : catalogs.currentCatalog);
    const database = await catalog.getDatabase(name);
    if (!database) throw executionError(`Database ${name} not exists`, databaseNotFound(name, catalog.name));
    await catalog.alterDatabase(name, { ...database, properties: { ...database.properties, ...properties } });
    return OK;
  },
});
