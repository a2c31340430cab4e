/**
 * Catalogs of one session: the engine's catalogs, the session's `default_catalog`, its current names and its temporary objects.
 * The contract that statements and the planner use; errors have Flink's texts.
 */
import type { Catalog } from './catalog.ts';
import type { ObjectPath } from './object-path.ts';
import type { CatalogObject } from './table-descriptor.ts';

/** A name's object, as the session sees it. */
export interface ResolvedObject {
  readonly path: ObjectPath;
  readonly object: CatalogObject;
  readonly isTemporary: boolean;
}

/** What ALTER CATALOG changes. */
export interface CatalogChange {
  readonly set?: Readonly<Record<string, string>>;
  readonly reset?: readonly string[];
  readonly comment?: string;
}

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
  /** Options and comment as they were given; undefined for the session's built-in catalog and for none. */
  describeCatalog(
    name: string,
  ): { readonly options: Readonly<Record<string, string>>; readonly comment?: string } | undefined;
  /** Throws CatalogException when there is nothing to alter. */
  alterCatalog(name: string, change: CatalogChange): Promise<void>;
  dropCatalog(name: string, ignoreIfNotExists: boolean): Promise<void>;
  useCatalog(name: string): Promise<void>;
  useDatabase(parts: readonly string[]): Promise<void>;
  /** One to three parts to a full path, whether the object exists or not. */
  qualify(parts: readonly string[]): ObjectPath;
  resolve(parts: readonly string[]): Promise<ResolvedObject | undefined>;
  createTemporary(path: ObjectPath, object: CatalogObject, ignoreIfExists: boolean): void;
  /** Replaces a temporary object. */
  alterTemporary(path: ObjectPath, object: CatalogObject): void;
  getTemporary(path: ObjectPath): CatalogObject | undefined;
  dropTemporary(path: ObjectPath): boolean;
  listTemporary(catalog: string, database: string): Array<{ name: string; object: CatalogObject }>;
}
