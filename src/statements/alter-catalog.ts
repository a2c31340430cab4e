/** ALTER CATALOG … SET, RESET, COMMENT. */
import { validationError } from '../base/error.ts';
import { executionError } from '../catalog/catalog-error.ts';
import type { CatalogChange } from '../catalog/catalog-manager.ts';
import { OK } from './answer.ts';
import { optionPairs, parseOptionKeys } from './option-clause.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface AlterCatalogNode extends StatementNode {
  readonly name: string;
  readonly change: CatalogChange;
}

export const alterCatalog = defineStatement<AlterCatalogNode>({
  name: 'alter-catalog',
  heads: [['ALTER', 'CATALOG']],
  syntax: "ALTER CATALOG catalog {SET ('key' = 'value', …) | RESET ('key', …) | COMMENT 'text'}",
  summary: "Changes a catalog's options or comment.",
  example: "CREATE CATALOG c WITH ('type' = 'generic_in_memory'); ALTER CATALOG c COMMENT 'scratch'",
  parse(parser, start) {
    const { name } = parser.identifier();
    let change: CatalogChange;
    if (parser.accept('SET')) change = { set: parser.options() };
    else if (parser.accept('RESET')) change = { reset: parseOptionKeys(parser) };
    else {
      const comment = parser.comment();
      if (comment === undefined) return parser.unexpected();
      change = { comment };
    }
    return { statement: 'alter-catalog', name, change, span: parser.spanFrom(start) };
  },
  async execute({ name, change }, { catalogs }) {
    if (change.set && 'type' in change.set) throw validationError("ALTER CATALOG SET does not support changing 'type'");
    if (change.reset?.includes('type')) throw validationError("ALTER CATALOG RESET does not support changing 'type'");
    if (change.reset?.length === 0) throw validationError('ALTER CATALOG RESET does not support empty key');
    if (!catalogs.describeCatalog(name)) {
      const missing = await catalogs.alterCatalog(name, change).catch((error: unknown) => error);
      throw executionError(`Could not execute ALTER CATALOG ${name}${changeText(change)}`, missing);
    }
    await catalogs.alterCatalog(name, change);
    return OK;
  },
});

function changeText(change: CatalogChange): string {
  if (change.set)
    return `\n${optionPairs(change.set)
      .map((pair) => `  SET ${pair}`)
      .join(',\n')}`;
  if (change.reset) return `\n${change.reset.map((key) => `  RESET '${key}'`).join(',\n')}`;
  return ` COMMENT '${change.comment ?? ''}'`;
}
