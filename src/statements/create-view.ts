/** CREATE VIEW. */
import { validationError } from '../base/error.ts';
import type { ViewDescriptor } from '../catalog/table-descriptor.ts';
import type { Query } from '../parser/ast.ts';
import { declarationError } from '../parser/syntax-error.ts';
import { unparseQuery } from '../parser/unparse.ts';
import { bindView } from '../planner/bind-view.ts';
import { OK } from './answer.ts';
import { parseIfNotExists } from './exists-clause.ts';
import { expandQuery } from './expand-query.ts';
import { defineStatement, type StatementContext, type StatementNode } from './statement.ts';
import { storeObject } from './store-object.ts';

interface CreateViewNode extends StatementNode {
  readonly view: readonly string[];
  readonly isTemporary: boolean;
  readonly replaces: boolean;
  readonly ifNotExists: boolean;
  readonly columns: readonly string[];
  readonly comment: string | undefined;
  readonly query: Query;
}

export const createView = defineStatement<CreateViewNode>({
  name: 'create-view',
  heads: [
    ['CREATE', 'VIEW'],
    ['CREATE', 'TEMPORARY', 'VIEW'],
    ['CREATE', 'OR', 'REPLACE', 'VIEW'],
    ['CREATE', 'OR', 'REPLACE', 'TEMPORARY', 'VIEW'],
  ],
  syntax: "CREATE [TEMPORARY] VIEW [IF NOT EXISTS] view [(column, …)] [COMMENT 'text'] AS query",
  summary: 'Names a query.',
  example: 'CREATE VIEW spenders (id, total) AS SELECT user_id, SUM(price) FROM orders GROUP BY user_id',
  parse(parser, start) {
    const head = parser.text.slice(start.start, parser.peekSpan().start).toUpperCase();
    const ifNotExists = parseIfNotExists(parser);
    const { parts: view } = parser.compoundIdentifier();
    const columns = parser.seesSymbol('(') ? parser.identifierList().map(({ parts }) => parts.join('.')) : [];
    const comment = parser.comment();
    parser.expect('AS');
    const query = parser.seesQuery() ? parser.query() : parser.notAQuery();
    return {
      statement: 'create-view',
      view,
      isTemporary: /\bTEMPORARY\b/.test(head),
      replaces: /\bREPLACE\b/.test(head),
      ifNotExists,
      columns,
      comment,
      query,
      span: parser.spanFrom(start),
    };
  },
  async execute(node, context) {
    const path = context.catalogs.qualify(node.view);
    const comment = node.comment === undefined ? {} : { comment: node.comment };
    const descriptor = { ...(await describeView(node.query, node.columns, context)), ...comment };
    await storeObject(path, descriptor, node, context);
    return OK;
  },
});

/** A view as a catalog keeps it. */
export async function describeView(
  query: Query,
  names: readonly string[],
  context: StatementContext,
): Promise<ViewDescriptor> {
  checkNames(query, names);
  const expanded = await expandQuery(query, context.catalogs);
  const columns = await bindView(expanded, names, context.planner);
  const originalQuery = context.text.slice(query.span.start, query.span.end);
  return { kind: 'view', columns, originalQuery, expandedQuery: unparseQuery(expanded), options: {} };
}

/** Throws when two columns of the view have one name. */
function checkNames(query: Query, names: readonly string[]): void {
  const repeated = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (repeated < 0) return;
  const name = names[repeated] ?? '';
  const items = query.body.kind === 'select' ? query.body.items : [];
  const { line, column } = (items[names.indexOf(name)] ?? query).span;
  const cause = declarationError(
    `A column with the same name \`${name}\` has been defined at line ${line}, column ${column}.`,
  );
  throw validationError(`SQL validation failed. ${cause.message}`, undefined, cause);
}
