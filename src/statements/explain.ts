/** EXPLAIN. */
import type { Query } from '../parser/ast.ts';
import type { Parser } from '../parser/parser.ts';
import { grammarError } from '../parser/syntax-error.ts';
import type { InsertNode } from '../planner/bind-insert.ts';
import { type ExplainDetail, explain as explainPlan } from '../planner/planner.ts';
import { listOf } from './answer.ts';
import { parseInsert } from './insert.ts';
import { defineStatement, type StatementNode } from './statement.ts';
import { parseStatementSet } from './statement-set.ts';

interface ExplainNode extends StatementNode {
  readonly details: readonly ExplainDetail[];
  readonly explained: Query | readonly InsertNode[];
}

const DETAILS: readonly ExplainDetail[] = ['ESTIMATED_COST', 'CHANGELOG_MODE', 'JSON_EXECUTION_PLAN', 'PLAN_ADVICE'];

export const explain = defineStatement<ExplainNode>({
  name: 'explain',
  heads: [['EXPLAIN']],
  syntax:
    'EXPLAIN [PLAN FOR | {ESTIMATED_COST | CHANGELOG_MODE | JSON_EXECUTION_PLAN | PLAN_ADVICE}, …] {query | insert | STATEMENT SET BEGIN … END}',
  summary: 'Shows how a query or an INSERT would run.',
  parse(parser, start) {
    const details = parser.accept('PLAN', 'FOR') ? [] : parseDetails(parser);
    return { statement: 'explain', details, explained: parseExplained(parser), span: parser.spanFrom(start) };
  },
  async execute({ explained, details }, context) {
    return listOf('result', [await explainPlan(explained, details, context.planner)]);
  },
});

function parseDetails(parser: Parser): ExplainDetail[] {
  const details: ExplainDetail[] = [];
  do {
    const span = parser.peekSpan();
    const detail = DETAILS.find((word) => parser.accept(word));
    if (!detail) return details.length === 0 ? details : parser.unexpected();
    if (details.includes(detail)) throw grammarError('Duplicate EXPLAIN DETAIL is not allowed.', span);
    details.push(detail);
  } while (parser.acceptSymbol(','));
  return details;
}

function parseExplained(parser: Parser): Query | readonly InsertNode[] {
  parser.accept('EXECUTE');
  if (parser.accept('STATEMENT', 'SET')) return parseStatementSet(parser);
  if (parser.accept('INSERT')) {
    const overwrite = parser.accept('OVERWRITE');
    if (!overwrite) parser.expect('INTO');
    return [parseInsert(parser, overwrite)];
  }
  if (parser.sees('CREATE'))
    throw grammarError(
      'Unsupported CREATE OR REPLACE statement for EXPLAIN. The statement must define a query using the AS clause (i.e. CTAS/RTAS statements).',
      parser.peekSpan(),
    );
  return parser.seesQuery() ? parser.query() : parser.notAQuery();
}
