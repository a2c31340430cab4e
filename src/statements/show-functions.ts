/** SHOW FUNCTIONS. */
import { aggregateFunctions, scalarFunctions } from '../functions/index.ts';
import { byName, listOf } from './answer.ts';
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
    if (!userOnly) for (const builtIn of builtInNames()) names.add(builtIn);
    return listOf(
      'function name',
      [...names].sort(byName).filter((item) => matchesLike(item, like)),
    );
  },
});

/** Names of the shelf that can be called; operators are left out. */
export function builtInNames(): string[] {
  return [...scalarFunctions, ...aggregateFunctions].map(({ name }) => name).filter((name) => /^[A-Z]\w*$/.test(name));
}
