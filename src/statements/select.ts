/** SELECT, WITH, VALUES and TABLE: a query whose rows come back. */
import type { Query } from '../parser/ast.ts';
import { planQuery } from '../planner/planner.ts';
import { runtimeMode } from '../planner/setting-value.ts';
import { planOptions } from './plan-options.ts';
import { defineStatement, type StatementContext, type StatementNode, type StatementResult } from './statement.ts';

export interface SelectNode extends StatementNode {
  readonly query: Query;
}

export const select = defineStatement<SelectNode>({
  name: 'select',
  heads: [['SELECT'], ['WITH'], ['VALUES'], ['TABLE'], ['(']],
  syntax: 'SELECT … | WITH name AS (query), … SELECT … | VALUES (…), … | TABLE table',
  summary: 'Runs a query and shows its rows.',
  example: 'SELECT user_id, SUM(price) AS total FROM orders GROUP BY user_id',
  parse(parser, start) {
    parser.backTo(start);
    const query = parser.query();
    return { statement: 'select', query, span: parser.spanFrom(start) };
  },
  execute: ({ query }, context) => runQuery(query, context),
});

/** Starts the query's job; its rows come through the handle. */
export async function runQuery(query: Query, context: StatementContext): Promise<StatementResult> {
  const { fields, graph } = await planQuery(query, context.planner, planOptions(context));
  const handle = await context.jobs.query(graph, context.operationId);
  return { kind: 'query', columns: fields, handle, isStreaming: runtimeMode(context.planner) === 'streaming' };
}
