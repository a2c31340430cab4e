/** An INSERT from its text. */
import { parseText } from '../../src/parser/sql-parser.ts';
import type { InsertNode } from '../../src/planner/insert-node.ts';
import { parseInsert } from '../../src/statements/insert.ts';

export function readInsert(sql: string): InsertNode {
  return parseText(sql, (parser) => {
    parser.expect('INSERT', 'INTO');
    return parseInsert(parser, false);
  });
}
