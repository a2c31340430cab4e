import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maskSecrets } from '../../src/base/secret.ts';
import { openStore } from '../../src/base/store.ts';
import { CatalogRegistry } from '../../src/catalog/catalog-registry.ts';
import { SessionCatalogs } from '../../src/catalog/session-catalogs.ts';
import type { TableDescriptor } from '../../src/catalog/table-descriptor.ts';
import { types } from '../../src/types/logical-type.ts';

const table: TableDescriptor = {
  kind: 'table',
  columns: [{ kind: 'physical', name: 'a', type: types.decimal(10, 2) }],
  partitionKeys: [],
  options: { connector: 'datagen' },
};

let home: string;
let registry: CatalogRegistry;
let session: SessionCatalogs;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'catalogs-'));
  registry = await CatalogRegistry.open(home);
  session = await SessionCatalogs.create(registry);
});

afterEach(async () => {
  await registry.close();
  rmSync(home, { recursive: true, force: true });
});

describe('a session', () => {
  it('begins in default_catalog, beside myhive', async () => {
    expect(await session.listCatalogs()).toEqual(['default_catalog', 'myhive']);
    expect([session.currentCatalog, session.currentDatabase]).toEqual(['default_catalog', 'default_database']);
    expect(session.describeCatalog('default_catalog')).toBeUndefined();
  });

  it('keeps default_catalog to itself and shares level catalogs', async () => {
    const other = await SessionCatalogs.create(registry);
    for (const name of ['default_catalog', 'myhive']) {
      const catalog = await session.getCatalog(name);
      await catalog.createObject(catalog.defaultDatabase, 't', table, false);
    }
    expect(await other.resolve(['t'])).toBeUndefined();
    expect((await other.resolve(['myhive', 'default', 't']))?.object).toEqual(table);
  });

  it('sees a temporary table before a permanent one', async () => {
    const path = session.qualify(['t']);
    await (await session.getCatalog('default_catalog')).createObject(path.database, 't', table, false);
    const temporary = { ...table, options: { connector: 'print' } };
    session.createTemporary(path, temporary, false);
    expect(await session.resolve(['t'])).toEqual({ path, object: temporary, isTemporary: true });
    expect(session.dropTemporary(path)).toBe(true);
    expect((await session.resolve(['t']))?.object).toEqual(table);
  });

  it('answers unknown names as Flink does', async () => {
    await expect(session.useCatalog('nosuch')).rejects.toThrow('A catalog with name [nosuch] does not exist.');
    await expect(session.useDatabase(['nosuch'])).rejects.toThrow(
      'A database with name [nosuch] does not exist in the catalog: [default_catalog].',
    );
    await expect(session.dropCatalog('nosuch', false)).rejects.toMatchObject({
      message: 'Could not execute DROP CATALOG: (catalogName: [nosuch])',
      cause: { message: 'Catalog nosuch does not exist.' },
    });
  });

  it('refuses types it does not have and tells Hive users what to type', async () => {
    await expect(session.createCatalog('c', { type: 'nope' }, undefined, false)).rejects.toMatchObject({
      message: "Unable to create catalog 'c'.\n\nCatalog options are:\n'type'='nope'",
      cause: { message: expect.stringContaining("Could not find any factory for identifier 'nope'") },
    });
    await expect(session.createCatalog('h', { type: 'hive' }, undefined, false)).rejects.toMatchObject({
      cause: {
        message: expect.stringContaining("CREATE CATALOG h WITH ('type' = 'level', 'default-database' = 'default');"),
      },
    });
  });
});

describe('a database', () => {
  it('goes only when empty, or with CASCADE', async () => {
    const catalog = await session.getCatalog('myhive');
    await catalog.createDatabase('d', { properties: { a: 'b' } }, false);
    await catalog.createObject('d', 't', table, false);
    await expect(catalog.dropDatabase('d', false, false)).rejects.toMatchObject({
      message: 'Database d in catalog myhive is not empty.',
      exceptionClass: 'org.apache.flink.table.catalog.exceptions.DatabaseNotEmptyException',
    });
    await catalog.dropDatabase('d', false, true);
    expect(await catalog.listDatabases()).toEqual(['default']);
    await expect(catalog.listObjects('d')).rejects.toThrow('Database d does not exist in Catalog myhive.');
  });

  it('does not mix the tables of databases whose names are prefixes or hold slashes', async () => {
    const catalog = await session.getCatalog('myhive');
    for (const name of ['d', 'd/x', 'dd']) {
      await catalog.createDatabase(name, { properties: {} }, false);
      await catalog.createObject(name, `in ${name}`, table, false);
    }
    expect(await catalog.listObjects('d')).toEqual(['in d']);
    expect(await catalog.listObjects('d/x')).toEqual(['in d/x']);
  });
});

describe('the registry', () => {
  it('remembers catalogs and tables across starts', async () => {
    await session.createCatalog('dim', { type: 'level', 'default-database': 'dw' }, 'dimensions', false);
    await session.useCatalog('dim');
    expect(session.currentDatabase).toBe('dw');
    await (await session.getCatalog('dim')).createObject('dw', 't', table, false);
    await registry.close();
    registry = await CatalogRegistry.open(home);
    session = await SessionCatalogs.create(registry);
    expect(await session.listCatalogs()).toEqual(['default_catalog', 'dim', 'myhive']);
    expect(session.describeCatalog('dim')?.comment).toBe('dimensions');
    expect((await session.resolve(['dim', 'dw', 't']))?.object).toEqual(table);
  });

  it('does not bring myhive back once it was dropped', async () => {
    await session.dropCatalog('myhive', false);
    await registry.close();
    registry = await CatalogRegistry.open(home);
    expect(registry.list()).toEqual([]);
  });

  it('does not make a catalog anew whose folder is gone', async () => {
    await session.getCatalog('myhive');
    await registry.close();
    rmSync(join(home, 'myhive.catalog'), { recursive: true });
    registry = await CatalogRegistry.open(home);
    session = await SessionCatalogs.create(registry);
    await expect(session.getCatalog('myhive')).rejects.toThrow(
      /myhive.catalog of the catalog 'myhive' is gone. Bring it back from a copy; or DROP CATALOG myhive/,
    );
    await session.dropCatalog('myhive', false);
    await registry.create('myhive', { options: { type: 'level' } });
    expect(await (await session.getCatalog('myhive')).listDatabases()).toEqual(['default']);
  });

  it('leaves a home alone that a newer version wrote', async () => {
    await registry.close();
    const store = await openStore(join(home, 'registry.catalogs'));
    await store.put('version', '2');
    await store.close();
    await expect(CatalogRegistry.open(home)).rejects.toThrow('was written by a newer Millrace (version 2');
    const again = await openStore(join(home, 'registry.catalogs'));
    await again.put('version', '1');
    await again.close();
    registry = await CatalogRegistry.open(home);
  });

  it('names the folder of a damaged catalog and goes on without it', async () => {
    await session.createCatalog('broken', { type: 'level' }, undefined, false);
    await registry.close();
    const folder = join(home, 'broken.catalog');
    for (const file of readdirSync(folder))
      if (/^MANIFEST|\.ldb$/.test(file)) writeFileSync(join(folder, file), 'rubbish');
    registry = await CatalogRegistry.open(home);
    session = await SessionCatalogs.create(registry);
    await expect(session.getCatalog('broken')).rejects.toThrow(folder);
    expect((await session.getCatalog('myhive')).defaultDatabase).toBe('default');
  });

  it('names a damaged log, which LevelDB would cut short without a word, each time', async () => {
    const catalog = await session.getCatalog('myhive');
    for (let i = 0; i < 50; i++) await catalog.createDatabase(`db${i}`, { properties: {} }, false);
    await registry.close();
    const folder = join(home, 'myhive.catalog');
    const log = readdirSync(folder).find((name) => /^\d+\.log$/.test(name)) ?? '';
    const bytes = readFileSync(join(folder, log));
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(join(folder, log), bytes);
    for (let i = 0; i < 2; i++) {
      registry = await CatalogRegistry.open(home);
      session = await SessionCatalogs.create(registry);
      await expect(session.getCatalog('myhive')).rejects.toThrow(/damaged: \d+\.log has a wrong checksum at byte/);
      await registry.close();
    }
    registry = await CatalogRegistry.open(mkdtempSync(join(home, 'other-')));
  });
});

it('masks what looks secret', () => {
  expect(maskSecrets({ password: 'x', 'properties.sasl.jaas.config': 'y', url: 'z' })).toEqual({
    password: '******',
    'properties.sasl.jaas.config': '******',
    url: 'z',
  });
});
