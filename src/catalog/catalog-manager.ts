/**
 * Catalogs of one session: the engine's catalogs, the session's `default_catalog`, its current names and its temporary objects.
 * The contract that statements and the planner use; errors have Flink's texts.
 */
import type { Catalog } from './catalog.ts';
import type { ObjectPath } from './object-path.ts';
import type { CatalogObject } from './table-descriptor.ts';

export interface CatalogManager {
  currentCatalog: string;
  currentDatabase: string;
  listCatalogs(): Promise<string[]>;
  /** Throws `CATALOG_NOT_FOUND`. */
  getCatalog(name: string): Promise<Catalog>;
  createCatalog(
    name: string,
    options: Readonly<Record<string, string>>,
    comment: string | undefined,
    ignoreIfExists: boolean,
  ): Promise<void>;
  dropCatalog(name: string, ignoreIfNotExists: boolean): Promise<void>;
  useCatalog(name: string): Promise<void>;
  useDatabase(parts: readonly string[]): Promise<void>;
  /** One to three parts to a full path, whether the object exists or not. */
  qualify(parts: readonly string[]): ObjectPath;
  resolve(
    parts: readonly string[],
  ): Promise<{ path: ObjectPath; object: CatalogObject; isTemporary: boolean } | undefined>;
  createTemporary(path: ObjectPath, object: CatalogObject, ignoreIfExists: boolean): void;
  dropTemporary(path: ObjectPath): boolean;
  listTemporary(catalog: string, database: string): Array<{ name: string; object: CatalogObject }>;
}
