/** `INSERT INTO` and `INSERT OVERWRITE`: a job in the background that writes a table. Inside a statement set it waits for END. */
import type { Span } from '../base/error.ts';
import type { Identifier } from '../parser/ast.ts';
import type { Parser } from '../parser/parser.ts';
import type { InsertNode as PlannedInsert } from '../planner/bind-insert.ts';
import { planInserts } from '../planner/planner.ts';
import { defineStatement, type StatementContext, type StatementNode, type StatementResult } from './statement.ts';

export interface InsertNode extends StatementNode {
  readonly insert: PlannedInsert;
}

export const insert = defineStatement<InsertNode>({
  name: 'insert',
  heads: [['INSERT']],
  syntax: 'INSERT {INTO | OVERWRITE} table [PARTITION (key = value, …)] [(column, …)] query',
  summary: 'Writes the rows of a query into a table, as a job in the background.',
  parse(parser, start) {
    return { statement: 'insert', ...parseInsert(parser, start) };
  },
  async execute(node, context) {
    const { statementSet } = context.session;
    if (statementSet) {
      statementSet.push(node);
      return { kind: 'ok' };
    }
    return await submitInserts([node.insert], context);
  },
});

/** Behind the word INSERT. */
export function parseInsert(parser: Parser, start: Span): { span: Span; insert: PlannedInsert } {
  const overwrite = parser.accept('OVERWRITE');
  if (!overwrite) parser.expect('INTO');
  parser.accept('TABLE');
  const target = parser.compoundIdentifier();
  const hints = parser.hints();
  const partition = parser.accept('PARTITION') ? parsePartition(parser) : [];
  const columns = parser.seesQuery() ? [] : parseColumns(parser);
  const query = parser.query();
  const onConflict = parser.accept('ON', 'CONFLICT') ? parseConflict(parser) : null;
  return {
    span: parser.spanFrom(start),
    insert: { target, hints, columns, partition, query, overwrite, onConflict },
  };
}

/** One job of all these INSERTs. */
export async function submitInserts(
  inserts: readonly PlannedInsert[],
  context: StatementContext,
): Promise<StatementResult> {
  const graph = await planInserts(inserts, context.planner, { sql: context.text, secrets: context.secrets });
  const jobId = await context.jobs.submit(graph, { operationId: context.operationId });
  return { kind: 'job', jobId };
}

function parseColumns(parser: Parser): Identifier[] {
  return parser.identifierList();
}

function parsePartition(parser: Parser): Array<PlannedInsert['partition'][number]> {
  const parts: Array<PlannedInsert['partition'][number]> = [];
  parser.expectSymbol('(');
  do {
    const { name } = parser.identifier();
    parser.expectSymbol('=');
    parts.push({ name, value: parser.expression() });
  } while (parser.acceptSymbol(','));
  parser.expectSymbol(')');
  return parts;
}

function parseConflict(parser: Parser): 'error' | 'nothing' | 'deduplicate' {
  parser.expect('DO');
  if (parser.accept('ERROR')) return 'error';
  if (parser.accept('NOTHING')) return 'nothing';
  parser.expect('DEDUPLICATE');
  return 'deduplicate';
}
