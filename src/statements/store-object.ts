/** A new table or view put where it belongs: into its catalog, or among the session's temporary objects. */
import { EngineError, validationError } from '../base/error.ts';
import { executionError } from '../catalog/catalog-error.ts';
import { type ObjectPath, pathToString } from '../catalog/object-path.ts';
import type { CatalogObject } from '../catalog/table-descriptor.ts';
import type { StatementContext } from './statement.ts';

export interface StoreOptions {
  readonly isTemporary: boolean;
  readonly replaces: boolean;
  readonly ifNotExists: boolean;
}

/** Throws Flink's `Could not execute CreateTable in path …` with the reason as its cause. */
export async function storeObject(
  path: ObjectPath,
  object: CatalogObject,
  options: StoreOptions,
  { catalogs }: StatementContext,
): Promise<void> {
  if (options.isTemporary) {
    const existing = catalogs.getTemporary(path);
    if (existing && options.ifNotExists) return;
    if (existing && !options.replaces) throw validationError(`Temporary table '${pathToString(path)}' already exists`);
    catalogs.alterTemporary(path, object);
    return;
  }
  if (!(await catalogs.listCatalogs()).includes(path.catalog))
    throw validationError(`Catalog ${path.catalog} does not exist.`);
  const catalog = await catalogs.getCatalog(path.catalog);
  try {
    const existing = options.replaces ? await catalog.getObject(path.database, path.name) : undefined;
    if (existing && existing.kind === object.kind) await catalog.alterObject(path.database, path.name, object);
    else await catalog.createObject(path.database, path.name, object, options.ifNotExists);
  } catch (error) {
    const isKnown = error instanceof EngineError && /_(NOT_FOUND|EXISTS)$/.test(error.code);
    throw isKnown ? executionError(`Could not execute CreateTable in path ${pathToString(path)}`, error) : error;
  }
}
