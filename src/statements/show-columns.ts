/** SHOW COLUMNS. */
import { type LikeClause, matchesLike, parseLike } from './like-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';
import { describedObject, describeObject } from './table-rows.ts';

interface ShowColumnsNode extends StatementNode {
  readonly table: readonly string[];
  readonly like: LikeClause | undefined;
}

export const showColumns = defineStatement<ShowColumnsNode>({
  name: 'show-columns',
  heads: [['SHOW', 'COLUMNS']],
  syntax: "SHOW COLUMNS {FROM | IN} table [[NOT] LIKE 'pattern']",
  summary: 'Lists the columns of a table or view.',
  example: "SHOW COLUMNS FROM orders LIKE '%id'",
  parse(parser, start) {
    if (!parser.accept('FROM')) parser.expect('IN');
    const { parts: table } = parser.compoundIdentifier();
    return { statement: 'show-columns', table, like: parseLike(parser, false), span: parser.spanFrom(start) };
  },
  async execute({ table, like }, { catalogs }) {
    const { object } = await describedObject(catalogs, table);
    return describeObject(object, (name) => matchesLike(name, like));
  },
});
