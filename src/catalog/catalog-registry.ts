/**
 * The engine's catalogs: those of type `level`, which every session sees. What CREATE CATALOG said is remembered in a store of its own,
 * `<home>/registry.catalogs`, under `catalog/<name>`; a fresh home begins with `myhive`. Catalogs open when they are first asked for.
 */
import { join } from 'node:path';
import { decodeJson, encodeJson } from '../base/json.ts';
import { openStore, type Store } from '../base/store.ts';
import type { Catalog } from './catalog.ts';
import { LEVEL, openLevelCatalog } from './level-catalog.ts';

/** What is remembered of a catalog. */
export interface CatalogEntry {
  readonly options: Readonly<Record<string, string>>;
  readonly comment?: string;
}

const FIRST_CATALOG = 'myhive';
const VERSION_KEY = 'version';

export class CatalogRegistry {
  readonly #home: string;
  readonly #store: Store;
  readonly #entries: Map<string, CatalogEntry>;
  readonly #open = new Map<string, Promise<Catalog>>();

  private constructor(home: string, store: Store, entries: Map<string, CatalogEntry>) {
    this.#home = home;
    this.#store = store;
    this.#entries = entries;
  }

  /** Opens the registry of a home. Throws `CATALOG_STORE_…` when it cannot be read. */
  static async open(home: string): Promise<CatalogRegistry> {
    const store = await openStore(join(home, 'registry.catalogs'));
    try {
      if ((await store.get(VERSION_KEY)) === undefined) {
        const first: CatalogEntry = { options: { type: LEVEL, 'default-database': 'default' } };
        await store.batch([
          { type: 'put', key: VERSION_KEY, value: '1' },
          { type: 'put', key: entryKey(FIRST_CATALOG), value: encodeJson(first) },
        ]);
      }
      const entries = new Map<string, CatalogEntry>();
      for (const [key, value] of await store.entries('catalog/'))
        entries.set(decodeURIComponent(key.slice('catalog/'.length)), decodeJson<CatalogEntry>(value));
      return new CatalogRegistry(home, store, entries);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  list(): string[] {
    return [...this.#entries.keys()].sort();
  }

  entry(name: string): CatalogEntry | undefined {
    return this.#entries.get(name);
  }

  /** The catalog, opened; undefined when there is none. Throws `CATALOG_STORE_…` when its folder cannot be read. */
  async get(name: string): Promise<Catalog | undefined> {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    let catalog = this.#open.get(name);
    if (!catalog) {
      catalog = openLevelCatalog(this.#home, name, entry.options, entry.comment);
      this.#open.set(name, catalog);
      catalog.catch(() => this.#open.delete(name));
    }
    return await catalog;
  }

  /** Remembers a new catalog and opens it. The caller has checked its name and its options. */
  async create(name: string, entry: CatalogEntry): Promise<void> {
    this.#entries.set(name, entry);
    try {
      await this.get(name);
      await this.#store.put(entryKey(name), encodeJson(entry));
    } catch (error) {
      this.#entries.delete(name);
      throw error;
    }
  }

  async alter(name: string, entry: CatalogEntry): Promise<void> {
    await this.#store.put(entryKey(name), encodeJson(entry));
    this.#entries.set(name, entry);
    await this.#close(name);
  }

  /** Forgets a catalog. Its folder stays: a catalog of the same name finds its tables again. */
  async drop(name: string): Promise<void> {
    await this.#store.delete(entryKey(name));
    this.#entries.delete(name);
    await this.#close(name);
  }

  async close(): Promise<void> {
    for (const name of [...this.#open.keys()]) await this.#close(name);
    await this.#store.close();
  }

  async #close(name: string): Promise<void> {
    const catalog = this.#open.get(name);
    this.#open.delete(name);
    if (!catalog) return;
    const opened = await catalog.catch(() => undefined);
    await opened?.close();
  }
}

function entryKey(name: string): string {
  return `catalog/${encodeURIComponent(name)}`;
}
