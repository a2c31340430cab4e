/** USE CATALOG. */
import { OK } from './answer.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface UseCatalogNode extends StatementNode {
  readonly name: string;
}

export const useCatalog = defineStatement<UseCatalogNode>({
  name: 'use-catalog',
  heads: [['USE', 'CATALOG']],
  syntax: 'USE CATALOG catalog',
  summary: 'Makes a catalog the current one, in its default database.',
  example: "CREATE CATALOG c WITH ('type' = 'generic_in_memory'); USE CATALOG c",
  parse(parser, start) {
    const { name } = parser.identifier();
    return { statement: 'use-catalog', name, span: parser.spanFrom(start) };
  },
  async execute({ name }, { catalogs }) {
    // biome-ignore lint/correctness/useHookAtTopLevel: no hook, a catalog manager's method
    await catalogs.useCatalog(name);
    return OK;
  },
});
