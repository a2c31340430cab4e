/** DROP FUNCTION. */
import { validationError } from '../base/error.ts';
import { functionNotFound } from '../catalog/catalog-error.ts';
import { pathToString } from '../catalog/object-path.ts';
import { OK } from './answer.ts';
import { checkFunctionName, parseIfExists } from './exists-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface DropFunctionNode extends StatementNode {
  readonly parts: readonly string[];
  readonly scope: 'catalog' | 'temporary' | 'temporary-system';
  readonly ifExists: boolean;
}

export const dropFunction = defineStatement<DropFunctionNode>({
  name: 'drop-function',
  heads: [
    ['DROP', 'FUNCTION'],
    ['DROP', 'TEMPORARY', 'FUNCTION'],
    ['DROP', 'TEMPORARY', 'SYSTEM', 'FUNCTION'],
  ],
  syntax: 'DROP [TEMPORARY [SYSTEM]] FUNCTION [IF EXISTS] function',
  summary: 'Forgets a function.',
  example: 'DROP FUNCTION IF EXISTS tax',
  parse(parser, start) {
    const head = parser.text.slice(start.start).toUpperCase();
    const isTemporary = /^DROP\s+TEMPORARY/.test(head);
    const scope = /^DROP\s+TEMPORARY\s+SYSTEM/.test(head) ? 'temporary-system' : isTemporary ? 'temporary' : 'catalog';
    checkFunctionName(parser, start);
    const ifExists = parseIfExists(parser);
    const { parts } = parser.compoundIdentifier();
    return { statement: 'drop-function', parts, scope, ifExists, span: parser.spanFrom(start) };
  },
  async execute({ parts, scope, ifExists }, { catalogs }) {
    const path = catalogs.qualify(parts);
    if (scope === 'catalog') {
      const catalog = await catalogs.getCatalog(path.catalog);
      if (await catalog.getFunction(path.database, path.name)) await catalog.dropFunction(path.database, path.name);
      else if (!ifExists) {
        const missing = functionNotFound(path.database, path.name, path.catalog);
        throw validationError(missing.message, undefined, missing);
      }
    } else if (!ifExists)
      throw validationError(
        scope === 'temporary'
          ? `Temporary catalog function ${pathToString(path)} doesn't exist`
          : `Could not drop temporary system function. A function named '${parts.join('.')}' doesn't exist.`,
      );
    return OK;
  },
});
