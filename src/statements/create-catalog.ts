/** CREATE CATALOG. */
import { OK } from './answer.ts';
import { parseIfNotExists } from './exists-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface CreateCatalogNode extends StatementNode {
  readonly name: string;
  readonly ifNotExists: boolean;
  readonly comment: string | undefined;
  readonly options: Readonly<Record<string, string>>;
}

export const createCatalog = defineStatement<CreateCatalogNode>({
  name: 'create-catalog',
  heads: [['CREATE', 'CATALOG']],
  syntax:
    "CREATE CATALOG [IF NOT EXISTS] catalog [COMMENT 'text'] [WITH ('type' = 'level', 'default-database' = 'name')]",
  summary: "Makes a catalog: 'level' keeps its tables across starts, 'generic_in_memory' until the session ends.",
  example: "CREATE CATALOG warehouse WITH ('type' = 'level', 'default-database' = 'shop')",
  parse(parser, start) {
    const ifNotExists = parseIfNotExists(parser);
    const { name } = parser.identifier();
    const comment = parser.comment();
    const options = parser.accept('WITH') ? parser.options() : {};
    return { statement: 'create-catalog', name, ifNotExists, comment, options, span: parser.spanFrom(start) };
  },
  async execute({ name, options, comment, ifNotExists }, { catalogs }) {
    await catalogs.createCatalog(name, options, comment, ifNotExists);
    return OK;
  },
});
