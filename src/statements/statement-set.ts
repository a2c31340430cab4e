/** EXECUTE STATEMENT SET BEGIN … END in one text, and BEGIN STATEMENT SET … END as statements of their own. */
import { EngineError, isStackOverflow, tooLargeError } from '../base/error.ts';
import type { Parser } from '../parser/parser.ts';
import type { InsertNode } from '../planner/insert-node.ts';
import { OK } from './answer.ts';
import { type InsertStatementNode, insert, parseInsert, submitInserts } from './insert.ts';
import { defineStatement, type Statement, type StatementNode } from './statement.ts';

interface StatementSetNode extends StatementNode {
  readonly inserts: readonly InsertNode[];
}

export const executeStatementSet = defineStatement<StatementSetNode>({
  name: 'execute-statement-set',
  heads: [['EXECUTE', 'STATEMENT', 'SET']],
  syntax: 'EXECUTE STATEMENT SET BEGIN insert; insert; … END',
  summary: 'Runs several INSERTs as one job.',
  example:
    'EXECUTE STATEMENT SET BEGIN INSERT INTO log SELECT user_id, currency FROM orders; INSERT INTO totals SELECT user_id, price FROM orders; END',
  parse(parser, start) {
    const inserts = parseStatementSet(parser);
    return { statement: 'execute-statement-set', inserts, span: parser.spanFrom(start) };
  },
  execute: ({ inserts }, context) => submitInserts(inserts, context),
});

/** `BEGIN insert; … END`. */
export function parseStatementSet(parser: Parser): InsertNode[] {
  const inserts: InsertNode[] = [];
  parser.expect('BEGIN');
  do {
    parser.record('UPSERT');
    parser.expect('INSERT');
    const overwrite = parser.accept('OVERWRITE');
    if (!overwrite) parser.expect('INTO');
    inserts.push(parseInsert(parser, overwrite));
    parser.expectSymbol(';');
  } while (!parser.accept('END'));
  return inserts;
}

export const beginStatementSet = defineStatement({
  name: 'begin-statement-set',
  heads: [['BEGIN', 'STATEMENT', 'SET']],
  syntax: 'BEGIN STATEMENT SET',
  summary: 'Gathers the INSERTs that follow, until END, for one job.',
  example: 'BEGIN STATEMENT SET; INSERT INTO log SELECT user_id, currency FROM orders; END',
  parse: (parser, start) => ({ statement: 'begin-statement-set', span: parser.spanFrom(start) }),
  async execute(_node, { session }) {
    session.statementSet = [];
    return OK;
  },
});

export const endStatementSet = defineStatement({
  name: 'end-statement-set',
  heads: [['END']],
  syntax: 'END',
  summary: 'Submits the INSERTs gathered since BEGIN STATEMENT SET as one job.',
  example: 'BEGIN STATEMENT SET; INSERT INTO totals SELECT user_id, price FROM orders; END',
  parse: (parser, start) => ({ statement: 'end-statement-set', span: parser.spanFrom(start) }),
  async execute(_node, context) {
    const gathered = context.session.statementSet;
    if (!gathered)
      throw executionException(
        "No Statement Set to submit. 'END' statement should be used after 'BEGIN STATEMENT SET'.",
      );
    context.session.statementSet = null;
    if (gathered.length === 0) return OK;
    return await submitInserts(gathered as InsertStatementNode[], context);
  },
});

function executionException(message: string): EngineError {
  return new EngineError('SQL_VALIDATION', message, {
    exceptionClass: 'org.apache.flink.table.gateway.service.utils.SqlExecutionException',
  });
}

/** The statement, refused between BEGIN STATEMENT SET and END unless it belongs there. */
export function guarded(statement: Statement): Statement {
  return {
    ...statement,
    async execute(node, context) {
      const query = (node as { query?: unknown }).query;
      const belongs =
        [insert.name, endStatementSet.name].includes(node.statement) || (node.statement === 'create-table' && query);
      if (context.session.statementSet && !belongs)
        throw executionException(
          "Only 'INSERT/CREATE TABLE AS' statement is allowed in Statement Set or use 'END' statement to submit Statement Set.",
        );
      try {
        return await statement.execute(node, context);
      } catch (error) {
        throw isStackOverflow(error) ? tooLargeError() : error;
      }
    },
  };
}
