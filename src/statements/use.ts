/** USE a database. */
import { OK } from './answer.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface UseNode extends StatementNode {
  readonly parts: readonly string[];
}

export const use = defineStatement<UseNode>({
  name: 'use',
  heads: [['USE']],
  syntax: 'USE [catalog.]database',
  summary: 'Makes a database the current one.',
  example: 'CREATE DATABASE shop; USE shop',
  parse(parser, start) {
    if (!parser.seesIdentifier()) {
      parser.backTo(start);
      parser.notAQuery();
    }
    const { parts } = parser.compoundIdentifier();
    return { statement: 'use', parts, span: parser.spanFrom(start) };
  },
  async execute({ parts }, { catalogs }) {
    // biome-ignore lint/correctness/useHookAtTopLevel: no hook, a catalog manager's method
    await catalogs.useDatabase(parts);
    return OK;
  },
});
