/** DROP CATALOG. */
import { OK } from './answer.ts';
import { parseIfExists } from './exists-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface DropCatalogNode extends StatementNode {
  readonly name: string;
  readonly ifExists: boolean;
}

export const dropCatalog = defineStatement<DropCatalogNode>({
  name: 'drop-catalog',
  heads: [['DROP', 'CATALOG']],
  syntax: 'DROP CATALOG [IF EXISTS] catalog',
  summary: 'Forgets a catalog; the folder of a level catalog stays.',
  example: "CREATE CATALOG c WITH ('type' = 'generic_in_memory'); DROP CATALOG c",
  parse(parser, start) {
    const ifExists = parseIfExists(parser);
    const { name } = parser.identifier();
    return { statement: 'drop-catalog', name, ifExists, span: parser.spanFrom(start) };
  },
  async execute({ name, ifExists }, { catalogs }) {
    await catalogs.dropCatalog(name, ifExists);
    return OK;
  },
});
