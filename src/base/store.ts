/**
 * A small ordered store of texts on disk: LevelDB, with a checksum of our own on every value, since LevelDB gives damaged bytes back as
 * data. One process opens a folder; writes are on disk when they resolve.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Level } from 'level';
import { EngineError, messageOf } from './error.ts';
import { findLogDamage } from './level-log.ts';

export type StoreChange =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

export interface Store {
  get(key: string): Promise<string | undefined>;
  put(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** All or nothing. */
  batch(changes: readonly StoreChange[]): Promise<void>;
  /** Entries whose keys begin with `prefix`, in key order. */
  entries(prefix: string): Promise<Array<readonly [string, string]>>;
  close(): Promise<void>;
}

const CRC_DIGITS = 8;
const WAY_OUT = 'Bring the folder back from a copy, or move it away and make what was in it anew.';

/** Opens the store in a folder, made when absent. Throws `CATALOG_STORE_LOCKED` when another process has it, `CATALOG_STORE_DAMAGED` when it cannot be read. */
export async function openStore(folder: string): Promise<Store> {
  const isNew = !existsSync(join(folder, 'CURRENT')) && !existsSync(join(folder, 'LOCK'));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const damage = findLogDamage(folder);
  if (damage !== null)
    throw new EngineError('CATALOG_STORE_DAMAGED', `The store ${folder} is damaged: ${damage}. ${WAY_OUT}`);
  const db = new Level<string, string>(folder, { createIfMissing: isNew });
  try {
    await db.open();
  } catch (error) {
    throw openError(folder, error);
  }
  return new LevelStore(folder, db);
}

class LevelStore implements Store {
  readonly #folder: string;
  readonly #db: Level<string, string>;

  constructor(folder: string, db: Level<string, string>) {
    this.#folder = folder;
    this.#db = db;
  }

  async get(key: string): Promise<string | undefined> {
    const stored = (await this.#db.get(key)) as string | undefined;
    return stored === undefined ? undefined : this.#checked(key, stored);
  }

  async put(key: string, value: string): Promise<void> {
    await this.#db.put(key, sealed(value), { sync: true } as object);
  }

  async delete(key: string): Promise<void> {
    await this.#db.del(key, { sync: true } as object);
  }

  async batch(changes: readonly StoreChange[]): Promise<void> {
    const operations = changes.map((change) =>
      change.type === 'put' ? { ...change, value: sealed(change.value) } : change,
    );
    await this.#db.batch(operations, { sync: true } as object);
  }

  async entries(prefix: string): Promise<Array<readonly [string, string]>> {
    const found: Array<readonly [string, string]> = [];
    for await (const [key, stored] of this.#db.iterator({ gte: prefix })) {
      if (!key.startsWith(prefix)) break;
      found.push([key, this.#checked(key, stored)]);
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  #checked(key: string, stored: string): string {
    const value = stored.slice(CRC_DIGITS);
    if (checksum(value) === stored.slice(0, CRC_DIGITS)) return value;
    throw new EngineError(
      'CATALOG_STORE_DAMAGED',
      `The store ${this.#folder} is damaged: the value of '${key}' has a wrong checksum. ${WAY_OUT}`,
    );
  }
}

function sealed(value: string): string {
  return checksum(value) + value;
}

function checksum(value: string): string {
  return crc32(value).toString(16).padStart(CRC_DIGITS, '0');
}

function openError(folder: string, error: unknown): EngineError {
  const cause = (error as { cause?: { code?: string } }).cause;
  if (cause?.code === 'LEVEL_LOCKED')
    return new EngineError('CATALOG_STORE_LOCKED', `The store ${folder} is open in another process.`, { cause: error });
  return new EngineError(
    'CATALOG_STORE_DAMAGED',
    `The store ${folder} cannot be opened: ${messageOf(cause ?? error)}. ${WAY_OUT}`,
    {
      cause: error,
    },
  );
}

/** The same in memory. */
export function memoryStore(): Store {
  const map = new Map<string, string>();
  return {
    get: async (key) => map.get(key),
    put: async (key, value) => void map.set(key, value),
    delete: async (key) => void map.delete(key),
    async batch(changes) {
      for (const change of changes)
        if (change.type === 'put') map.set(change.key, change.value);
        else map.delete(change.key);
    },
    entries: async (prefix) =>
      [...map].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    close: async () => {},
  };
}
