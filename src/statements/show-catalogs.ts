/** SHOW CATALOGS. */
import { listOf } from './answer.ts';
import { type LikeClause, matchesLike, parseLike } from './like-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface ShowCatalogsNode extends StatementNode {
  readonly like: LikeClause | undefined;
}

export const showCatalogs = defineStatement<ShowCatalogsNode>({
  name: 'show-catalogs',
  heads: [['SHOW', 'CATALOGS']],
  syntax: "SHOW CATALOGS [[NOT] {LIKE | ILIKE} 'pattern']",
  summary: 'Lists the catalogs.',
  example: "SHOW CATALOGS LIKE 'default%'",
  parse: (parser, start) => {
    const like = parseLike(parser, true);
    return { statement: 'show-catalogs', like, span: parser.spanFrom(start) };
  },
  async execute({ like }, { catalogs }) {
    const names = await catalogs.listCatalogs();
    return listOf(
      'catalog name',
      names.filter((name) => matchesLike(name, like)),
    );
  },
});
