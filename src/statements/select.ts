/** A query: SELECT, WITH, VALUES, TABLE, or one in parentheses. Its job's rows are the result. */
import type { Query } from '../parser/ast.ts';
import { planQuery, runtimeMode } from '../planner/planner.ts';
import { defineStatement, type StatementNode } from './statement.ts';

export interface SelectNode extends StatementNode {
  readonly query: Query;
}

export const select = defineStatement<SelectNode>({
  name: 'select',
  heads: [['SELECT'], ['WITH'], ['VALUES'], ['TABLE'], ['(']],
  syntax: 'SELECT …',
  summary: 'Runs a query and shows its rows, or its changes as they come.',
  parse(parser, start) {
    parser.backTo(start);
    const query = parser.query();
    return { statement: 'select', span: parser.spanFrom(start), query };
  },
  async execute(node, context) {
    const { planner } = context;
    const { fields, graph } = await planQuery(node.query, planner, { sql: context.text, secrets: context.secrets });
    const handle = await context.jobs.query(graph, context.operationId);
    return { kind: 'query', columns: fields, handle, isStreaming: runtimeMode(planner) === 'streaming' };
  },
});
