/** INSERT INTO and INSERT OVERWRITE. */
import { validationError } from '../base/error.ts';
import type { Identifier, SqlExpression } from '../parser/ast.ts';
import type { Parser } from '../parser/parser.ts';
import { declarationError } from '../parser/syntax-error.ts';
import type { InsertNode } from '../planner/insert-node.ts';
import { planInserts } from '../planner/planner.ts';
import { OK } from './answer.ts';
import { planOptions } from './plan-options.ts';
import { defineStatement, type StatementContext, type StatementNode, type StatementResult } from './statement.ts';

export interface InsertStatementNode extends StatementNode, InsertNode {}

export const insert = defineStatement<InsertStatementNode>({
  name: 'insert',
  heads: [
    ['INSERT', 'INTO'],
    ['INSERT', 'OVERWRITE'],
    ['UPSERT', 'INTO'],
  ],
  syntax:
    'INSERT {INTO | OVERWRITE} table [PARTITION (column = value, …)] [(column, …)] query [ON CONFLICT DO {ERROR | NOTHING | DEDUPLICATE}]',
  summary: 'Writes the rows of a query to a table; the job goes on in the background.',
  example: 'INSERT INTO totals SELECT user_id, SUM(price) FROM orders GROUP BY user_id',
  parse(parser, start) {
    const head = parser.text.slice(start.start, parser.peekSpan().start).toUpperCase();
    const overwrite = head.includes('OVERWRITE');
    if (head.startsWith('UPSERT')) {
      const cause = declarationError('UPSERT INTO statement is not supported. Please use INSERT INTO instead.');
      parser.defer(validationError(`SQL validation failed. ${cause.message}`, undefined, cause));
    }
    return { statement: 'insert', ...parseInsert(parser, overwrite), span: parser.spanFrom(start) };
  },
  async execute(node, context) {
    if (!context.session.statementSet) return await submitInserts([node], context);
    context.session.statementSet.push(node);
    return OK;
  },
});

/** Behind INSERT INTO. */
export function parseInsert(parser: Parser, overwrite: boolean): InsertNode {
  const target = parser.compoundIdentifier();
  const hints = parser.hints();
  const partition = parser.accept('PARTITION') ? parsePartition(parser) : [];
  const columns = parser.seesSymbol('(') && !parser.seesQuery() ? parseColumns(parser) : [];
  const query = parser.seesQuery() ? parser.query() : parser.notAQuery();
  const onConflict = parser.accept('ON') ? parseConflict(parser) : null;
  return { target, hints, partition, columns, query, overwrite, onConflict };
}

/** `(a, b)`; at `(` with a query inside, the query's own error is wanted. */
function parseColumns(parser: Parser): Identifier[] {
  const start = parser.peekSpan();
  parser.expectSymbol('(');
  if (parser.sees('SELECT') || parser.sees('WITH') || parser.sees('VALUES') || parser.seesSymbol('(')) {
    parser.backTo(start);
    return [];
  }
  parser.backTo(start);
  return parser.identifierList();
}

/** `(k = value, …)`. */
export function parsePartition(parser: Parser): Array<{ readonly name: string; readonly value: SqlExpression }> {
  const list: Array<{ readonly name: string; readonly value: SqlExpression }> = [];
  parser.expectSymbol('(');
  do {
    const { name } = parser.identifier();
    parser.expectSymbol('=');
    list.push({ name, value: parser.expression() });
  } while (parser.acceptSymbol(','));
  parser.expectSymbol(')');
  return list;
}

function parseConflict(parser: Parser): 'error' | 'nothing' | 'deduplicate' {
  parser.expect('CONFLICT', 'DO');
  if (parser.accept('ERROR')) return 'error';
  if (parser.accept('NOTHING')) return 'nothing';
  parser.expect('DEDUPLICATE');
  return 'deduplicate';
}

/** One job of all inserts. */
export async function submitInserts(
  inserts: readonly InsertNode[],
  context: StatementContext,
): Promise<StatementResult> {
  const graph = await planInserts(inserts, context.planner, planOptions(context));
  const { config, session } = { config: context.planner.config, session: context.session };
  const restorePath = session.config.get('execution.state-recovery.path') ?? config('execution.state-recovery.path');
  const allowNonRestored = config('execution.state-recovery.ignore-unclaimed-state')?.toLowerCase() === 'true';
  const jobId = await context.jobs.submit(graph, {
    operationId: context.operationId,
    notice: (text) => context.notice(text),
    ...(restorePath === undefined || restorePath === '' ? {} : { restorePath }),
    ...(allowNonRestored ? { allowNonRestoredState: true } : {}),
  });
  return { kind: 'job', jobId };
}
