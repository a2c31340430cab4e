/** EXECUTE in front of a query or an INSERT: the same without it. */
import type { Query } from '../parser/ast.ts';
import type { InsertNode } from '../planner/insert-node.ts';
import { parseInsert, submitInserts } from './insert.ts';
import { runQuery } from './select.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface ExecuteNode extends StatementNode {
  readonly query?: Query;
  readonly insert?: InsertNode;
}

export const execute = defineStatement<ExecuteNode>({
  name: 'execute',
  heads: [['EXECUTE']],
  syntax: 'EXECUTE {query | insert}',
  summary: 'Runs a query or an INSERT.',
  example: 'EXECUTE SELECT name FROM users',
  parse(parser, start) {
    if (parser.seesEnd()) {
      parser.backTo(start);
      parser.notAQuery();
    }
    if (parser.accept('INSERT')) {
      const overwrite = parser.accept('OVERWRITE');
      if (!overwrite) parser.expect('INTO');
      return { statement: 'execute', insert: parseInsert(parser, overwrite), span: parser.spanFrom(start) };
    }
    const query = parser.seesQuery() ? parser.query() : parser.notAQuery();
    return { statement: 'execute', query, span: parser.spanFrom(start) };
  },
  async execute({ query, insert }, context) {
    if (insert) return await submitInserts([insert], context);
    if (query) return await runQuery(query, context);
    throw new TypeError('EXECUTE without a statement');
  },
});
