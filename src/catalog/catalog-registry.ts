/**
 * The engine's catalogs: those of type `level`, which every session sees. What CREATE CATALOG said is remembered in a store of its own,
 * `<home>/registry.catalogs`, under `catalog/<name>`; a fresh home begins with `myhive`. Catalogs open when they are first asked for.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '../base/error.ts';
import { decodeJson, encodeJson } from '../base/json.ts';
import { openStore, type Store } from '../base/store.ts';
import type { Catalog } from './catalog.ts';
import { LEVEL, levelCatalogFolder, openLevelCatalog } from './level-catalog.ts';

/** What is remembered of a catalog. */
export interface CatalogEntry {
  readonly options: Readonly<Record<string, string>>;
  readonly comment?: string;
  /** Its folder has been made. */
  readonly hasFolder?: true;
}

const FIRST_CATALOG = 'myhive';
const VERSION_KEY = 'version';
/** Of what a home's catalogs and jobs are written in; a higher one is a newer program's. */
const VERSION = 1;

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
      const version = await store.get(VERSION_KEY);
      if (Number(version ?? VERSION) > VERSION) throw newerHome(home, version);
      if (version === undefined) {
        const first: CatalogEntry = { options: { type: LEVEL, 'default-database': 'default' } };
        await store.batch([
          { type: 'put', key: VERSION_KEY, value: String(VERSION) },
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
      catalog = this.#opened(name, entry);
      this.#open.set(name, catalog);
      catalog.catch(() => this.#open.delete(name));
    }
    return await catalog;
  }

  /** A folder that has gone is not made again in silence: its tables would seem never to have been. */
  async #opened(name: string, entry: CatalogEntry): Promise<Catalog> {
    const folder = levelCatalogFolder(this.#home, name);
    if (entry.hasFolder && !existsSync(folder)) throw folderGone(name, folder);
    const catalog = await openLevelCatalog(this.#home, name, entry.options, entry.comment);
    if (!entry.hasFolder) await this.#remember(name, { ...entry, hasFolder: true });
    return catalog;
  }

  async #remember(name: string, entry: CatalogEntry): Promise<void> {
    await this.#store.put(entryKey(name), encodeJson(entry));
    this.#entries.set(name, entry);
  }

  /** Remembers a new catalog and opens it. The caller has checked its name and its options. */
  async create(name: string, entry: CatalogEntry): Promise<void> {
    this.#entries.set(name, entry);
    try {
      await this.get(name);
    } catch (error) {
      this.#entries.delete(name);
      throw error;
    }
  }

  async alter(name: string, entry: CatalogEntry): Promise<void> {
    const { hasFolder } = this.#entries.get(name) ?? {};
    await this.#remember(name, hasFolder ? { ...entry, hasFolder } : entry);
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

function newerHome(home: string, version: string | undefined): EngineError {
  return new EngineError(
    'CATALOG_STORE_NEWER',
    `The home ${home} was written by a newer Millrace (version ${version} of its catalogs, this one reads up to ${VERSION}). Use that program, or another home (--home DIR).`,
  );
}

function folderGone(name: string, folder: string): EngineError {
  return new EngineError(
    'CATALOG_STORE_MISSING',
    `The folder ${folder} of the catalog '${name}' is gone. Bring it back from a copy; or DROP CATALOG ${name}, and create it anew.`,
  );
}

function entryKey(name: string): string {
  return `catalog/${encodeURIComponent(name)}`;
}
