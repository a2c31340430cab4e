/** The catalogs of one session: the engine's, the session's own in memory, its current names and its temporary objects. */
import { validationError } from '../base/error.ts';
import type { Catalog } from './catalog.ts';
import { catalogError, executionError, objectExists } from './catalog-error.ts';
import type { CatalogChange, CatalogManager, ResolvedObject } from './catalog-manager.ts';
import type { CatalogEntry, CatalogRegistry } from './catalog-registry.ts';
import { checkCatalogOptions, createCatalogError } from './catalog-types.ts';
import { createMemoryCatalog, GENERIC_IN_MEMORY } from './memory-catalog.ts';
import { type ObjectPath, pathToString } from './object-path.ts';
import type { CatalogObject } from './table-descriptor.ts';

const DEFAULT_CATALOG = 'default_catalog';
const DEFAULT_DATABASE = 'default_database';

/** Options of a session's first catalog. */
export interface SessionCatalogOptions {
  /** `table.builtin-catalog-name` and `table.builtin-database-name`. */
  readonly catalogName?: string;
  readonly databaseName?: string;
}

export class SessionCatalogs implements CatalogManager {
  currentCatalog: string;
  currentDatabase: string;
  readonly #builtinCatalog: string;
  readonly #registry: CatalogRegistry;
  readonly #own = new Map<string, Catalog>();
  readonly #temporary = new Map<string, { readonly path: ObjectPath; readonly object: CatalogObject }>();

  private constructor(registry: CatalogRegistry, builtin: Catalog) {
    this.#registry = registry;
    this.#own.set(builtin.name, builtin);
    this.#builtinCatalog = builtin.name;
    this.currentCatalog = builtin.name;
    this.currentDatabase = builtin.defaultDatabase;
  }

  /** A new session's catalogs. `registry` is the engine's; sessions come and go without closing it. */
  static async create(registry: CatalogRegistry, options: SessionCatalogOptions = {}): Promise<SessionCatalogs> {
    const builtin = await createMemoryCatalog(options.catalogName ?? DEFAULT_CATALOG, {
      'default-database': options.databaseName ?? DEFAULT_DATABASE,
    });
    return new SessionCatalogs(registry, builtin);
  }

  async listCatalogs(): Promise<string[]> {
    return [...new Set([...this.#own.keys(), ...this.#registry.list()])].sort();
  }

  async getCatalog(name: string): Promise<Catalog> {
    const catalog = await this.#find(name);
    if (!catalog) throw validationError(`Catalog ${name} does not exist`);
    return catalog;
  }

  async #find(name: string): Promise<Catalog | undefined> {
    return this.#own.get(name) ?? (await this.#registry.get(name));
  }

  #exists(name: string): boolean {
    return this.#own.has(name) || this.#registry.entry(name) !== undefined;
  }

  describeCatalog(name: string): CatalogEntry | undefined {
    if (name === this.#builtinCatalog) return undefined;
    const own = this.#own.get(name);
    if (!own) return this.#registry.entry(name);
    return own.comment === undefined ? { options: own.options } : { options: own.options, comment: own.comment };
  }

  async createCatalog(
    name: string,
    options: Readonly<Record<string, string>>,
    comment: string | undefined,
    ignoreIfExists: boolean,
  ): Promise<void> {
    const type = checkCatalogOptions(name, options);
    if (this.#exists(name)) {
      if (ignoreIfExists) return;
      const cause = catalogError(`Catalog ${name} already exists.`);
      throw createCatalogError(name, options, ignoreIfExists, cause);
    }
    if (type === GENERIC_IN_MEMORY) this.#own.set(name, await createMemoryCatalog(name, options, comment));
    else await this.#registry.create(name, comment === undefined ? { options } : { options, comment });
  }

  async alterCatalog(name: string, change: CatalogChange): Promise<void> {
    const entry = this.describeCatalog(name);
    if (!entry) throw catalogError(`Catalog ${name} does not exist in the catalog store.`);
    const options = { ...entry.options, ...change.set };
    for (const key of change.reset ?? []) delete options[key];
    const comment = change.comment ?? entry.comment;
    checkCatalogOptions(name, options);
    const changed: CatalogEntry = comment === undefined ? { options } : { options, comment };
    const own = this.#own.get(name);
    if (own) Object.assign(own, changed);
    else await this.#registry.alter(name, changed);
  }

  async dropCatalog(name: string, ignoreIfNotExists: boolean): Promise<void> {
    const frame = `Could not execute DROP CATALOG: (catalogName: [${name}])`;
    if (!this.#exists(name)) {
      if (ignoreIfNotExists) return;
      throw executionError(frame, catalogError(`Catalog ${name} does not exist.`));
    }
    if (name === this.currentCatalog)
      throw executionError(frame, catalogError('Cannot drop a catalog which is currently in use.'));
    for (const [key, { path }] of this.#temporary) if (path.catalog === name) this.#temporary.delete(key);
    const own = this.#own.get(name);
    this.#own.delete(name);
    if (own) await own.close();
    else await this.#registry.drop(name);
  }

  async useCatalog(name: string): Promise<void> {
    const catalog = await this.#find(name);
    if (!catalog) throw catalogError(`A catalog with name [${name}] does not exist.`);
    if (name === this.currentCatalog) return;
    this.currentCatalog = name;
    this.currentDatabase = catalog.defaultDatabase;
  }

  async useDatabase(parts: readonly string[]): Promise<void> {
    if (parts.length < 1 || parts.length > 2) throw validationError('use database identifier format error');
    const database = parts[parts.length - 1] ?? '';
    const name = parts.length === 2 ? (parts[0] ?? '') : this.currentCatalog;
    const catalog = await this.#find(name);
    if (!catalog) throw catalogError(`A catalog with name [${name}] does not exist.`);
    if ((await catalog.getDatabase(database)) === undefined)
      throw catalogError(`A database with name [${database}] does not exist in the catalog: [${name}].`);
    this.currentCatalog = name;
    this.currentDatabase = database;
  }

  qualify(parts: readonly string[]): ObjectPath {
    const [a, b, c] = parts;
    if (a === undefined || parts.length > 3) throw validationError('Object identifier must consist of 1 to 3 parts.');
    if (b === undefined) return { catalog: this.currentCatalog, database: this.currentDatabase, name: a };
    if (c === undefined) return { catalog: this.currentCatalog, database: a, name: b };
    return { catalog: a, database: b, name: c };
  }

  async resolve(parts: readonly string[]): Promise<ResolvedObject | undefined> {
    if (parts.length === 0 || parts.length > 3) return undefined;
    const path = this.qualify(parts);
    const temporary = this.#temporary.get(pathToString(path));
    if (temporary) return { path, object: temporary.object, isTemporary: true };
    const catalog = await this.#find(path.catalog);
    const object = await catalog?.getObject(path.database, path.name);
    return object && { path, object, isTemporary: false };
  }

  createTemporary(path: ObjectPath, object: CatalogObject, ignoreIfExists: boolean): void {
    const key = pathToString(path);
    if (!this.#temporary.has(key)) this.#temporary.set(key, { path, object });
    else if (!ignoreIfExists) throw objectExists(path.database, path.name, path.catalog);
  }

  alterTemporary(path: ObjectPath, object: CatalogObject): void {
    this.#temporary.set(pathToString(path), { path, object });
  }

  getTemporary(path: ObjectPath): CatalogObject | undefined {
    return this.#temporary.get(pathToString(path))?.object;
  }

  dropTemporary(path: ObjectPath): boolean {
    return this.#temporary.delete(pathToString(path));
  }

  listTemporary(catalog: string, database: string): Array<{ name: string; object: CatalogObject }> {
    const list = [...this.#temporary.values()].filter(
      ({ path }) => path.catalog === catalog && path.database === database,
    );
    return list.map(({ path, object }) => ({ name: path.name, object })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
