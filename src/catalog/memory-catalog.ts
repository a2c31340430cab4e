/** Catalogs of type `generic_in_memory`: gone with their session. */
import { memoryStore } from '../base/store.ts';
import type { Catalog } from './catalog.ts';
import { StoreCatalog } from './store-catalog.ts';

export const GENERIC_IN_MEMORY = 'generic_in_memory';

export async function createMemoryCatalog(
  name: string,
  options: Readonly<Record<string, string>>,
  comment?: string,
): Promise<Catalog> {
  const defaultDatabase = options['default-database'] ?? 'default';
  const properties = { name, type: GENERIC_IN_MEMORY, options, defaultDatabase };
  const catalog = new StoreCatalog(comment === undefined ? properties : { ...properties, comment }, memoryStore());
  await catalog.initialise();
  return catalog;
}
