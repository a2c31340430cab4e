/** SHOW TABLES and SHOW VIEWS. */
import type { CatalogManager } from '../catalog/catalog-manager.ts';
import { byName, listOf } from './answer.ts';
import { databaseOf, parseInDatabase } from './in-database.ts';
import { type LikeClause, matchesLike, parseLike } from './like-clause.ts';
import { defineStatement, type Statement, type StatementNode } from './statement.ts';

interface ShowTablesNode extends StatementNode {
  readonly database: readonly string[];
  readonly like: LikeClause | undefined;
}

export const showTables = showStatement(
  'show-tables',
  'TABLES',
  'table name',
  'Lists the tables and views of a database.',
);
export const showViews = showStatement('show-views', 'VIEWS', 'view name', 'Lists the views of a database.');

function showStatement(name: string, word: string, column: string, summary: string): Statement<ShowTablesNode> {
  return defineStatement<ShowTablesNode>({
    name,
    heads: [['SHOW', word]],
    syntax: `SHOW ${word} [{FROM | IN} [catalog.]database] [[NOT] LIKE 'pattern']`,
    summary,
    example: `SHOW ${word} LIKE 'o%'`,
    parse(parser, start) {
      const database = parseInDatabase(parser);
      return { statement: name, database, like: parseLike(parser, false), span: parser.spanFrom(start) };
    },
    async execute(node, { catalogs }) {
      const names = await objectNames(catalogs, node.database, word === 'VIEWS');
      return listOf(
        column,
        names.filter((item) => matchesLike(item, node.like)),
      );
    },
  });
}

async function objectNames(catalogs: CatalogManager, parts: readonly string[], viewsOnly: boolean): Promise<string[]> {
  const { catalog, database } = await databaseOf(catalogs, parts);
  const names = new Set(await catalog.listObjects(database));
  if (viewsOnly)
    for (const name of names) if ((await catalog.getObject(database, name))?.kind !== 'view') names.delete(name);
  for (const { name, object } of catalogs.listTemporary(catalog.name, database))
    if (!viewsOnly || object.kind === 'view') names.add(name);
  return [...names].sort(byName);
}
