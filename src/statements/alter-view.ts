/** ALTER VIEW: another name, another query. */
import { validationError } from '../base/error.ts';
import { executionError } from '../catalog/catalog-error.ts';
import { pathToString, pathToSummary } from '../catalog/object-path.ts';
import type { Query } from '../parser/ast.ts';
import { OK } from './answer.ts';
import { describeView } from './create-view.ts';
import { parseIfExists } from './exists-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface AlterViewNode extends StatementNode {
  readonly view: readonly string[];
  readonly ifExists: boolean;
  readonly newName?: readonly string[];
  readonly query?: Query;
}

export const alterView = defineStatement<AlterViewNode>({
  name: 'alter-view',
  heads: [['ALTER', 'VIEW']],
  syntax: 'ALTER VIEW view {RENAME TO view | AS query}',
  summary: 'Gives a view another name or another query.',
  example: 'ALTER VIEW big_orders AS SELECT id, user_id, price FROM orders WHERE price > 500',
  parse(parser, start) {
    const ifExists = parseIfExists(parser);
    const { parts: view } = parser.compoundIdentifier();
    if (parser.accept('RENAME')) {
      parser.expect('TO');
      const { parts: newName } = parser.compoundIdentifier();
      return { statement: 'alter-view', view, ifExists, newName, span: parser.spanFrom(start) };
    }
    parser.expect('AS');
    const query = parser.seesQuery() ? parser.query() : parser.notAQuery();
    return { statement: 'alter-view', view, ifExists, query, span: parser.spanFrom(start) };
  },
  async execute({ view, newName, query, ifExists }, context) {
    const { catalogs } = context;
    const path = catalogs.qualify(view);
    const resolved = await catalogs.resolve(view);
    if (!resolved || resolved.isTemporary) {
      if (ifExists) return OK;
      throw validationError(`View ${pathToString(path)} doesn't exist or is a temporary view.`);
    }
    if (resolved.object.kind === 'table') throw validationError('ALTER VIEW for a table is not allowed');
    const catalog = await catalogs.getCatalog(path.catalog);
    if (newName) {
      const target = newName[newName.length - 1] ?? '';
      const frame = `Could not execute ALTER VIEW ${pathToSummary(path)} RENAME TO ${pathToSummary({ ...path, name: target })}`;
      await catalog.renameObject(path.database, path.name, target).catch((error: unknown) => {
        throw executionError(frame, error);
      });
    }
    if (query) {
      const { comment, options } = resolved.object;
      const changed = { ...(await describeView(query, [], context)), options };
      await catalog.alterObject(path.database, path.name, comment === undefined ? changed : { ...changed, comment });
    }
    return OK;
  },
});
