/** SHOW FUNCTIONS. */
import { byName, listOf } from './answer.ts';
import { CORE_MODULE_FUNCTIONS } from './core-module.ts';
import { parseInDatabase } from './in-database.ts';
import { type LikeClause, matchesLike, parseLike } from './like-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface ShowFunctionsNode extends StatementNode {
  readonly userOnly: boolean;
  readonly database: readonly string[];
  readonly like: LikeClause | undefined;
}

export const showFunctions = defineStatement<ShowFunctionsNode>({
  name: 'show-functions',
  heads: [
    ['SHOW', 'FUNCTIONS'],
    ['SHOW', 'USER', 'FUNCTIONS'],
  ],
  syntax: "SHOW [USER] FUNCTIONS [{FROM | IN} [catalog.]database] [[NOT] {LIKE | ILIKE} 'pattern']",
  summary: 'Lists functions: all, or those that CREATE FUNCTION has made.',
  example: "SHOW FUNCTIONS LIKE 'json%'",
  parse(parser, start) {
    const userOnly = /^SHOW\s+USER/i.test(parser.text.slice(start.start));
    const database = parseInDatabase(parser);
    return {
      statement: 'show-functions',
      userOnly,
      database,
      like: parseLike(parser, true),
      span: parser.spanFrom(start),
    };
  },
  async execute({ userOnly, database, like }, { catalogs }) {
    const catalog = await catalogs.getCatalog(database.length > 1 ? (database[0] ?? '') : catalogs.currentCatalog);
    const name = database[database.length - 1] ?? catalogs.currentDatabase;
    const isKnown = (await catalog.getDatabase(name)) !== undefined;
    const names = new Set(isKnown ? await catalog.listFunctions(name) : []);
    if (!userOnly) for (const builtIn of CORE_MODULE_FUNCTIONS) names.add(builtIn);
    return listOf(
      'function name',
      [...names].sort(byName).filter((item) => matchesLike(item, like)),
    );
  },
});
