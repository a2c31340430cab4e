/**
 * A catalog whose content is entries of a store. Keys, with each name percent-encoded so that `/` only separates:
 *
 *     database/<database>                → DatabaseDescriptor
 *     object/<database>/<name>           → TableDescriptor or ViewDescriptor
 *     function/<database>/<name>         → FunctionDescriptor, the name in lower case
 *
 * Values are `encodeJson` texts. Statements of several sessions come one by one: each change waits for the one before it.
 */
import { decodeJson, encodeJson } from '../base/json.ts';
import type { Store, StoreChange } from '../base/store.ts';
import type { Catalog, DatabaseDescriptor, FunctionDescriptor } from './catalog.ts';
import {
  databaseExists,
  databaseNotEmpty,
  databaseNotFound,
  functionExists,
  functionNotFound,
  objectExists,
  objectNotFound,
} from './catalog-error.ts';
import type { CatalogObject } from './table-descriptor.ts';

export interface CatalogProperties {
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  readonly comment?: string;
  readonly defaultDatabase: string;
}

type Kind = 'object' | 'function';

export class StoreCatalog implements Catalog {
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  readonly comment?: string;
  readonly defaultDatabase: string;
  readonly #store: Store;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(properties: CatalogProperties, store: Store) {
    this.name = properties.name;
    this.type = properties.type;
    this.options = properties.options;
    if (properties.comment !== undefined) this.comment = properties.comment;
    this.defaultDatabase = properties.defaultDatabase;
    this.#store = store;
  }

  /** Makes the default database when it is not there. */
  async initialise(): Promise<void> {
    await this.createDatabase(this.defaultDatabase, { properties: {} }, true);
  }

  async listDatabases(): Promise<string[]> {
    return names(await this.#store.entries('database/'));
  }

  async getDatabase(name: string): Promise<DatabaseDescriptor | undefined> {
    return await this.#read<DatabaseDescriptor>(databaseKey(name));
  }

  async createDatabase(name: string, database: DatabaseDescriptor, ignoreIfExists: boolean): Promise<void> {
    await this.#alone(async () => {
      if ((await this.getDatabase(name)) === undefined) await this.#store.put(databaseKey(name), encodeJson(database));
      else if (!ignoreIfExists) throw databaseExists(name, this.name);
    });
  }

  async alterDatabase(name: string, database: DatabaseDescriptor): Promise<void> {
    await this.#alone(async () => {
      await this.#requireDatabase(name);
      await this.#store.put(databaseKey(name), encodeJson(database));
    });
  }

  async dropDatabase(name: string, ignoreIfNotExists: boolean, cascade: boolean): Promise<void> {
    await this.#alone(async () => {
      if ((await this.getDatabase(name)) === undefined) {
        if (ignoreIfNotExists) return;
        throw databaseNotFound(name, this.name);
      }
      const objects = await this.#store.entries(prefix('object', name));
      const functions = await this.#store.entries(prefix('function', name));
      const content = [...objects, ...functions];
      if (content.length > 0 && !cascade) throw databaseNotEmpty(name, this.name);
      const changes: StoreChange[] = content.map(([key]) => ({ type: 'del', key }));
      await this.#store.batch([...changes, { type: 'del', key: databaseKey(name) }]);
    });
  }

  async listObjects(database: string): Promise<string[]> {
    return await this.#list('object', database);
  }

  async getObject(database: string, name: string): Promise<CatalogObject | undefined> {
    return await this.#read<CatalogObject>(key('object', database, name));
  }

  async createObject(database: string, name: string, object: CatalogObject, ignoreIfExists: boolean): Promise<void> {
    await this.#alone(async () => {
      await this.#requireDatabase(database);
      if ((await this.getObject(database, name)) === undefined)
        await this.#store.put(key('object', database, name), encodeJson(object));
      else if (!ignoreIfExists) throw objectExists(database, name, this.name);
    });
  }

  async alterObject(database: string, name: string, object: CatalogObject): Promise<void> {
    await this.#alone(async () => {
      await this.#requireObject(database, name);
      await this.#store.put(key('object', database, name), encodeJson(object));
    });
  }

  async renameObject(database: string, name: string, newName: string): Promise<void> {
    await this.#alone(async () => {
      const object = await this.#requireObject(database, name);
      if ((await this.getObject(database, newName)) !== undefined) throw objectExists(database, newName, this.name);
      await this.#store.batch([
        { type: 'del', key: key('object', database, name) },
        { type: 'put', key: key('object', database, newName), value: encodeJson(object) },
      ]);
    });
  }

  async dropObject(database: string, name: string): Promise<void> {
    await this.#alone(async () => {
      await this.#requireObject(database, name);
      await this.#store.delete(key('object', database, name));
    });
  }

  async listFunctions(database: string): Promise<string[]> {
    return await this.#list('function', database);
  }

  async getFunction(database: string, name: string): Promise<FunctionDescriptor | undefined> {
    return await this.#read<FunctionDescriptor>(key('function', database, name.toLowerCase()));
  }

  async createFunction(database: string, name: string, fn: FunctionDescriptor): Promise<void> {
    await this.#alone(async () => {
      await this.#requireDatabase(database);
      if ((await this.getFunction(database, name)) !== undefined) throw functionExists(database, name, this.name);
      await this.#store.put(key('function', database, name.toLowerCase()), encodeJson(fn));
    });
  }

  async dropFunction(database: string, name: string): Promise<void> {
    await this.#alone(async () => {
      if ((await this.getFunction(database, name)) === undefined) throw functionNotFound(database, name, this.name);
      await this.#store.delete(key('function', database, name.toLowerCase()));
    });
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => {});
    await this.#store.close();
  }

  async #list(kind: Kind, database: string): Promise<string[]> {
    await this.#requireDatabase(database);
    return names(await this.#store.entries(prefix(kind, database)));
  }

  async #read<T>(at: string): Promise<T | undefined> {
    const text = await this.#store.get(at);
    return text === undefined ? undefined : decodeJson<T>(text);
  }

  async #requireDatabase(name: string): Promise<void> {
    if ((await this.getDatabase(name)) === undefined) throw databaseNotFound(name, this.name);
  }

  async #requireObject(database: string, name: string): Promise<CatalogObject> {
    const object = await this.getObject(database, name);
    if (object === undefined) throw objectNotFound(database, name, this.name);
    return object;
  }

  /** Runs a change when the one before it has ended. */
  async #alone(change: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(change, change);
    this.#turn = turn.catch(() => {});
    await turn;
  }
}

function databaseKey(name: string): string {
  return `database/${encodeURIComponent(name)}`;
}

function prefix(kind: Kind, database: string): string {
  return `${kind}/${encodeURIComponent(database)}/`;
}

function key(kind: Kind, database: string, name: string): string {
  return prefix(kind, database) + encodeURIComponent(name);
}

/** Last parts of keys, sorted as Java sorts strings. */
function names(entries: ReadonlyArray<readonly [string, string]>): string[] {
  return entries.map(([at]) => decodeURIComponent(at.slice(at.lastIndexOf('/') + 1))).sort(byCodeUnits);
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
