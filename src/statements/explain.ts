/** EXPLAIN. */
import type { Span } from '../base/error.ts';
import { pathToString } from '../catalog/object-path.ts';
import type { Query } from '../parser/ast.ts';
import type { Parser } from '../parser/parser.ts';
import { grammarError } from '../parser/syntax-error.ts';
import type { InsertNode } from '../planner/insert-node.ts';
import { type ExplainDetail, explain as explainPlan } from '../planner/planner.ts';
import type { PlannerContext } from '../planner/planner-context.ts';
import { listOf } from './answer.ts';
import { type CreateTableNode, createTable } from './create-table.ts';
import { describeTableAs } from './create-table-as.ts';
import { parseInsert } from './insert.ts';
import { defineStatement, type StatementContext, type StatementNode } from './statement.ts';
import { parseStatementSet } from './statement-set.ts';

interface ExplainNode extends StatementNode {
  readonly details: readonly ExplainDetail[];
  readonly explained: Query | readonly InsertNode[] | CreateTableNode;
}

const DETAILS: readonly ExplainDetail[] = ['ESTIMATED_COST', 'CHANGELOG_MODE', 'JSON_EXECUTION_PLAN', 'PLAN_ADVICE'];

export const explain = defineStatement<ExplainNode>({
  name: 'explain',
  heads: [['EXPLAIN']],
  syntax:
    'EXPLAIN [PLAN FOR | {ESTIMATED_COST | CHANGELOG_MODE | JSON_EXECUTION_PLAN | PLAN_ADVICE}, …] {query | insert | STATEMENT SET BEGIN … END}',
  summary: 'Shows how a query or an INSERT would run.',
  example: 'EXPLAIN CHANGELOG_MODE SELECT user_id, COUNT(*) FROM orders GROUP BY user_id',
  parse(parser, start) {
    const details = parser.accept('PLAN', 'FOR') ? [] : parseDetails(parser);
    return { statement: 'explain', details, explained: parseExplained(parser), span: parser.spanFrom(start) };
  },
  async execute({ explained, details }, context) {
    const text =
      'statement' in explained
        ? await explainTableAs(explained, details, context)
        : await explainPlan(explained, details, context.planner);
    return listOf('result', [text]);
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

function parseExplained(parser: Parser): ExplainNode['explained'] {
  parser.accept('EXECUTE');
  if (parser.accept('STATEMENT', 'SET')) return parseStatementSet(parser);
  if (parser.accept('INSERT')) {
    const overwrite = parser.accept('OVERWRITE');
    if (!overwrite) parser.expect('INTO');
    return [parseInsert(parser, overwrite)];
  }
  const start = parser.peekSpan();
  if (parser.accept('CREATE')) {
    if (parser.accept('OR')) parser.expect('REPLACE');
    parser.expect('TABLE');
    return parseTableAs(parser, start);
  }
  return parser.seesQuery() ? parser.query() : parser.notAQuery();
}

function parseTableAs(parser: Parser, start: Span): CreateTableNode {
  const node = createTable.parse(parser, start);
  if (node.query) return node;
  throw grammarError(
    'Unsupported CREATE OR REPLACE statement for EXPLAIN. The statement must define a query using the AS clause (i.e. CTAS/RTAS statements).',
    start,
  );
}

/** The plan of the INSERT, into a table that is not made. */
async function explainTableAs(
  node: CreateTableNode,
  details: readonly ExplainDetail[],
  context: StatementContext,
): Promise<string> {
  const { planner } = context;
  const { path, table, insert } = await describeTableAs(node, node.query as Query, context);
  const planned: PlannerContext = {
    ...planner,
    currentCatalog: planner.currentCatalog,
    currentDatabase: planner.currentDatabase,
    async resolve(parts) {
      const isNew = pathToString(context.catalogs.qualify(parts)) === pathToString(path);
      return isNew ? { path, object: table, isTemporary: false } : await planner.resolve(parts);
    },
  };
  return await explainPlan([insert], details, planned);
}
