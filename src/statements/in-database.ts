/** `[FROM | IN] [catalog.]database` of SHOW statements. */
import { validationError } from '../base/error.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogManager } from '../catalog/catalog-manager.ts';
import type { Parser } from '../parser/parser.ts';

/** Parts of the name, none when the clause is not there. */
export function parseInDatabase(parser: Parser): readonly string[] {
  return parser.accept('FROM') || parser.accept('IN') ? parser.compoundIdentifier().parts : [];
}

/** The database that is meant. Throws Flink's error when it is not there. */
export async function databaseOf(
  catalogs: CatalogManager,
  parts: readonly string[],
  words = 'SHOW TABLES',
): Promise<{ catalog: Catalog; database: string }> {
  if (parts.length > 2)
    throw validationError(
      `${words} from/in identifier [ ${parts.join('.')} ] format error, it should be [catalog_name.]database_name.`,
    );
  const database = parts[parts.length - 1] ?? catalogs.currentDatabase;
  const name = parts.length === 2 ? (parts[0] ?? '') : catalogs.currentCatalog;
  const catalog = await catalogs.getCatalog(name);
  if ((await catalog.getDatabase(database)) === undefined)
    throw validationError(`Database '${name}'.'${database}' doesn't exist.`);
  return { catalog, database };
}
