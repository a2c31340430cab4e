/** Catalogs of type `level`: one LevelDB folder each. Only the engine's process opens it. */
import { join } from 'node:path';
import { openStore } from '../base/store.ts';
import type { Catalog } from './catalog.ts';
import { StoreCatalog } from './store-catalog.ts';

export const LEVEL = 'level';
const LEVEL_DEFAULT_DATABASE = 'default';

/** Where a level catalog lives under the home. */
export function levelCatalogFolder(home: string, name: string): string {
  return join(home, `${encodeURIComponent(name)}.catalog`);
}

/** Opens the catalog, with its default database. A folder that cannot be read fails with one `CATALOG_STORE_…` error that names it. */
export async function openLevelCatalog(
  home: string,
  name: string,
  options: Readonly<Record<string, string>>,
  comment: string | undefined,
): Promise<Catalog> {
  const store = await openStore(levelCatalogFolder(home, name));
  const defaultDatabase = options['default-database'] ?? LEVEL_DEFAULT_DATABASE;
  const properties = { name, type: LEVEL, options, defaultDatabase };
  const catalog = new StoreCatalog(comment === undefined ? properties : { ...properties, comment }, store);
  try {
    await catalog.initialise();
  } catch (error) {
    await store.close();
    throw error;
  }
  return catalog;
}
