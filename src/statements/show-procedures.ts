/** SHOW PROCEDURES. */
import { byName, listOf } from './answer.ts';
import { parseInDatabase } from './in-database.ts';
import { type LikeClause, matchesLike, parseLike } from './like-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface ShowProceduresNode extends StatementNode {
  readonly like: LikeClause | undefined;
}

export const showProcedures = defineStatement<ShowProceduresNode>({
  name: 'show-procedures',
  heads: [['SHOW', 'PROCEDURES']],
  syntax: "SHOW PROCEDURES [{FROM | IN} [catalog.]database] [[NOT] {LIKE | ILIKE} 'pattern']",
  summary: 'Lists what CALL can run.',
  example: 'SHOW PROCEDURES',
  parse(parser, start) {
    parseInDatabase(parser);
    return { statement: 'show-procedures', like: parseLike(parser, true), span: parser.spanFrom(start) };
  },
  async execute({ like }, context) {
    const names = [...(context.procedures?.() ?? [])].sort(byName);
    return listOf(
      'procedure name',
      names.filter((name) => matchesLike(name, like)),
    );
  },
});
