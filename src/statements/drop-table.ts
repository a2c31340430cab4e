/** DROP TABLE and DROP VIEW. */
import { validationError } from '../base/error.ts';
import { pathToString, pathToSummary } from '../catalog/object-path.ts';
import { OK } from './answer.ts';
import { parseIfExists } from './exists-clause.ts';
import { defineStatement, type Statement, type StatementNode } from './statement.ts';

interface DropObjectNode extends StatementNode {
  readonly parts: readonly string[];
  readonly ifExists: boolean;
  readonly isTemporary: boolean;
}

export const dropTable = dropObject('table', 'Forgets a table; its data stays where it is.');
export const dropView = dropObject('view', 'Drops a view.');

function dropObject(kind: 'table' | 'view', summary: string): Statement<DropObjectNode> {
  const word = kind.toUpperCase();
  const noun = kind === 'table' ? 'Table' : 'View';
  return defineStatement<DropObjectNode>({
    name: `drop-${kind}`,
    heads: [
      ['DROP', word],
      ['DROP', 'TEMPORARY', word],
    ],
    syntax: `DROP [TEMPORARY] ${word} [IF EXISTS] ${kind}`,
    summary,
    example: `DROP ${word} IF EXISTS big_${kind}s`,
    parse(parser, start) {
      const isTemporary = /^DROP\s+TEMPORARY/i.test(parser.text.slice(start.start));
      const ifExists = parseIfExists(parser);
      const { parts } = parser.compoundIdentifier();
      return { statement: `drop-${kind}`, parts, ifExists, isTemporary, span: parser.spanFrom(start) };
    },
    async execute({ parts, ifExists, isTemporary }, { catalogs }) {
      const path = catalogs.qualify(parts);
      const temporary = catalogs.getTemporary(path);
      if (isTemporary) {
        if (temporary?.kind === kind) catalogs.dropTemporary(path);
        else if (!ifExists)
          throw validationError(`Temporary table or view with identifier '${pathToSummary(path)}' does not exist.`);
        return OK;
      }
      if (temporary?.kind === kind)
        throw validationError(
          `Temporary ${kind} with identifier '${pathToString(path)}' exists. Drop it first before removing the permanent ${kind}.`,
        );
      const isKnown = (await catalogs.listCatalogs()).includes(path.catalog);
      const catalog = isKnown ? await catalogs.getCatalog(path.catalog) : undefined;
      const object = await catalog?.getObject(path.database, path.name);
      if (object?.kind === kind) await catalog?.dropObject(path.database, path.name);
      else if (!ifExists) throw validationError(`${noun} with identifier '${pathToSummary(path)}' does not exist.`);
      return OK;
    },
  });
}
