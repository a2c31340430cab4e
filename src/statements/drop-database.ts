/** DROP DATABASE. */
import { EngineError, validationError } from '../base/error.ts';
import { executionError } from '../catalog/catalog-error.ts';
import { OK } from './answer.ts';
import { parseIfExists } from './exists-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface DropDatabaseNode extends StatementNode {
  readonly parts: readonly string[];
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

export const dropDatabase = defineStatement<DropDatabaseNode>({
  name: 'drop-database',
  heads: [['DROP', 'DATABASE']],
  syntax: 'DROP DATABASE [IF EXISTS] [catalog.]database [RESTRICT | CASCADE]',
  summary: 'Drops an empty database; with CASCADE also what is in it.',
  example: 'CREATE DATABASE shop; DROP DATABASE shop CASCADE',
  parse(parser, start) {
    const ifExists = parseIfExists(parser);
    const { parts } = parser.compoundIdentifier();
    const cascade = parser.accept('CASCADE');
    if (!cascade) parser.accept('RESTRICT');
    return { statement: 'drop-database', parts, ifExists, cascade, span: parser.spanFrom(start) };
  },
  async execute({ parts, ifExists, cascade }, { catalogs }) {
    if (parts.length > 2) throw validationError('drop database identifier format error');
    const name = parts[parts.length - 1] ?? '';
    const catalogName = parts.length > 1 ? (parts[0] ?? '') : catalogs.currentCatalog;
    const words = `DROP DATABASE ${ifExists ? 'IF EXISTS ' : ''}${catalogName}.${name} ${cascade ? 'CASCADE' : 'RESTRICT'}`;
    const frame = `Could not execute ${words}`;
    if (catalogName === catalogs.currentCatalog && name === catalogs.currentDatabase)
      throw executionError(frame, validationError('Cannot drop a database which is currently in use.'), true);
    if (!(await catalogs.listCatalogs()).includes(catalogName)) {
      if (ifExists) return OK;
      const missing = new EngineError('CATALOG_NOT_FOUND', `Catalog ${catalogName} does not exist.`, {
        exceptionClass: 'org.apache.flink.table.api.CatalogNotExistException',
      });
      throw executionError(frame, missing, true);
    }
    const catalog = await catalogs.getCatalog(catalogName);
    try {
      await catalog.dropDatabase(name, ifExists, cascade);
    } catch (error) {
      throw executionError(frame, error);
    }
    return OK;
  },
});
