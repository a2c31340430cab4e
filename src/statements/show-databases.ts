/** SHOW DATABASES. */
import { listOf } from './answer.ts';
import { type LikeClause, matchesLike, parseLike } from './like-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface ShowDatabasesNode extends StatementNode {
  readonly catalog: string | undefined;
  readonly like: LikeClause | undefined;
}

export const showDatabases = defineStatement<ShowDatabasesNode>({
  name: 'show-databases',
  heads: [['SHOW', 'DATABASES']],
  syntax: "SHOW DATABASES [{FROM | IN} catalog] [[NOT] {LIKE | ILIKE} 'pattern']",
  summary: 'Lists the databases of a catalog.',
  example: 'SHOW DATABASES FROM default_catalog',
  parse(parser, start) {
    const catalog = parser.accept('FROM') || parser.accept('IN') ? parser.identifier().name : undefined;
    const like = parseLike(parser, true);
    return { statement: 'show-databases', catalog, like, span: parser.spanFrom(start) };
  },
  async execute({ catalog, like }, { catalogs }) {
    const names = await (await catalogs.getCatalog(catalog ?? catalogs.currentCatalog)).listDatabases();
    return listOf(
      'database name',
      names.filter((name) => matchesLike(name, like)),
    );
  },
});
