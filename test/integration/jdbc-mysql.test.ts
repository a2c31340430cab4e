/** The jdbc connector against a real MariaDB: upserts, deletes, markers, rule 12, types, odd texts, a killed server. */

import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { uninterrupted } from '../../src/base/interruption.ts';
import type { TableChange, TargetTable } from '../../src/connectors/jdbc/database.ts';
import { MysqlDatabase } from '../../src/connectors/jdbc/mysql-database.ts';
import { createLookupSource } from '../../src/connectors/table-context.ts';
import { types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';
import { openSource, tableOf } from '../connectors/open-table.ts';
import { type Service, startMariadb } from '../support/services.ts';

const FIELDS = [
  { name: 'id', type: types.bigint(false) },
  { name: 'name', type: types.string() },
  { name: 'amount', type: types.decimal(10, 2) },
  { name: 'at', type: types.timestamp(3) },
  { name: 'ok', type: types.boolean() },
  { name: 'raw', type: types.bytes() },
];
const TARGET: TargetTable = { name: 't', fields: FIELDS, key: [0] };
const MARKER = { lineage: 'l1', sink: 's1' };
const DDL =
  'CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(20), amount DECIMAL(10,2), at DATETIME(3), ok TINYINT(1), raw BLOB) CHARACTER SET utf8mb4';

let server: Service;
let admin: Connection;
beforeAll(async () => {
  server = await startMariadb();
  admin = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root', charset: 'utf8mb4' });
});
afterAll(async () => {
  await admin.end().catch(() => undefined);
  await server.stop();
});
beforeEach(async () => {
  await admin.query('DROP DATABASE IF EXISTS shop');
  await admin.query('CREATE DATABASE shop');
  await admin.query('USE shop');
});

function database(signal = uninterrupted): MysqlDatabase {
  return new MysqlDatabase(
    { dialect: 'mysql', host: '127.0.0.1', port: server.port, database: 'shop', parameters: {} },
    'root',
    '',
    signal,
  );
}
const row = (id: bigint, name: string | null): Value[] => [
  id,
  name,
  -1050n,
  1_700_000_000_123_000_000n,
  true,
  new Uint8Array([0, 255, 39]),
];

async function commit(target: MysqlDatabase, epoch: number, changes: TableChange[]): Promise<void> {
  await target.transaction(MARKER, async (transaction) => {
    await transaction.apply(TARGET, changes);
    await transaction.writeMarker({ incarnation: 3, epoch });
  });
}

async function scan(target: MysqlDatabase): Promise<Value[][]> {
  const rows: Value[][] = [];
  for await (const page of target.scan('t', FIELDS, null)) rows.push(...page);
  return rows.sort((a, b) => Number((a[0] as bigint) - (b[0] as bigint)));
}

describe('MysqlDatabase', () => {
  it('upserts and deletes with every kind of text, and keeps the marker', async () => {
    await admin.query(DDL);
    const target = database();
    await target.prepareTarget(TARGET, true, () => undefined);
    const odd = ["'", '\\', '"; --', '\0\n\r\u001a', '😀 ü 商品', '%_', null];
    await commit(
      target,
      1,
      odd.map((name, i) => ({ isDelete: false, row: row(BigInt(i), name) })),
    );
    expect(await scan(target)).toEqual(odd.map((name, i) => row(BigInt(i), name)));
    await commit(target, 2, [
      { isDelete: true, row: row(0n, null) },
      { isDelete: false, row: row(1n, 'new') },
    ]);
    expect((await scan(target)).map((r) => [r[0], r[1]]).slice(0, 2)).toEqual([
      [1n, 'new'],
      [2n, '"; --'],
    ]);
    expect(await target.readMarker(MARKER)).toEqual({ incarnation: 3, epoch: 2 });
    expect(
      await target.lookup('t', [FIELDS[0] as (typeof FIELDS)[0]], [[1n], [77n]], [FIELDS[1] as (typeof FIELDS)[0]]),
    ).toEqual([[['new']], []]);
    await target.close();
  });

  it('gives a text key the rows that the server holds for equal', async () => {
    const ask = async (collation: string, ...keys: string[]) => {
      await admin.query(
        `CREATE OR REPLACE TABLE words (k VARCHAR(20) CHARACTER SET utf8mb4 COLLATE ${collation}, v INT)`,
      );
      await admin.query("INSERT INTO words VALUES ('a', 1), ('A', 2), ('b ', 3), ('ä', 4)");
      const db = database();
      const found = await db.lookup(
        'words',
        [{ name: 'k', type: types.string() }],
        keys.map((key) => [key]),
        [{ name: 'v', type: types.int() }],
      );
      await db.close();
      return found.map((rows) => rows.flat().sort());
    };
    expect(await ask('utf8mb4_general_ci', 'a', 'A', 'b', 'x')).toEqual([[1, 2, 4], [1, 2, 4], [3], []]);
    expect(await ask('utf8mb4_bin', 'a', 'A', 'b', 'x')).toEqual([[1], [2], [3], []]);
    expect(await ask('utf8mb4_bin', 'a', 'a  ')).toEqual([[1], [1]]);
    expect(await ask('utf8mb4_nopad_bin', 'b', 'b ', 'a')).toEqual([[], [3], [1]]);
    const many = Array.from({ length: 600 }, (_, i) => `w${i}`);
    expect(await ask('utf8mb4_general_ci', ...many, 'a')).toEqual([...many.map(() => []), [1, 2, 4]]);
  });

  it('rule 2: an epoch that fails leaves neither rows nor marker', async () => {
    await admin.query(DDL);
    const target = database();
    await target.prepareTarget(TARGET, true, () => undefined);
    const tooLong = commit(target, 1, [
      { isDelete: false, row: row(1n, 'fine') },
      { isDelete: false, row: row(2n, 'x'.repeat(21)) },
    ]);
    await expect(tooLong).rejects.toThrow(
      /Data too long for column 'name'.* Its longest value has 21 characters \(in the row with id = 2\): widen the column of table 't'/,
    );
    expect(await scan(target)).toEqual([]);
    expect(await target.readMarker(MARKER)).toBeNull();
    await target.close();
  });

  it('rule 9: a large epoch is many statements of one transaction: a connection that dies among them leaves nothing of it', async () => {
    await admin.query(DDL);
    const target = database();
    await target.prepareTarget(TARGET, true, () => undefined);
    const slice = (from: number): TableChange[] =>
      Array.from({ length: 3000 }, (_, i) => ({ isDelete: false, row: row(BigInt(from + i), 'x') }));
    const whole = async (between: () => Promise<void>) =>
      target.transaction(MARKER, async (transaction) => {
        await transaction.apply(TARGET, slice(0));
        await between();
        await transaction.apply(TARGET, slice(3000));
        await transaction.writeMarker({ incarnation: 3, epoch: 1 });
      });
    const killed = whole(async () => {
      const [[{ id }]] = (await admin.query(
        'SELECT trx_mysql_thread_id AS id FROM information_schema.INNODB_TRX WHERE trx_rows_modified >= 3000',
      )) as unknown as [[{ id: number }]];
      await admin.query(`KILL ${id}`);
    });
    await expect(killed).rejects.toMatchObject({ retryable: true });
    expect([await scan(target), await target.readMarker(MARKER)]).toEqual([[], null]);
    await whole(async () => undefined);
    expect((await scan(target)).length).toBe(6000);
    expect(await target.readMarker(MARKER)).toEqual({ incarnation: 3, epoch: 1 });
    await target.close();
  });

  it('rule 12: refuses a second unique key and a missing one, and warns of loose texts', async () => {
    await admin.query(
      'CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(20), amount DECIMAL(10,2), at DATETIME(3), ok TINYINT(1), raw BLOB, UNIQUE KEY u (name))',
    );
    const target = database();
    await expect(target.prepareTarget(TARGET, true, () => undefined)).rejects.toThrow('another unique key, u (name)');
    await admin.query('DROP TABLE t');
    await admin.query(
      'CREATE TABLE t (id BIGINT, name VARCHAR(20), amount DECIMAL(10,2), at DATETIME(3), ok TINYINT(1), raw BLOB)',
    );
    await expect(target.prepareTarget(TARGET, true, () => undefined)).rejects.toThrow('has no unique key over (id)');
    await admin.query('DROP TABLE t');
    await admin.query('CREATE TABLE t (name VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY)');
    const notices: string[] = [];
    await target.prepareTarget({ name: 't', fields: [FIELDS[1] as (typeof FIELDS)[0]], key: [0] }, true, (text) =>
      notices.push(text),
    );
    expect(notices.join()).toContain('utf8mb4_general_ci');
    await target.close();
  });

  it('names a table that does not exist, and a column', async () => {
    const target = database();
    await expect(target.prepareTarget(TARGET, true, () => undefined)).rejects.toThrow(
      "The table 't' does not exist in the MySQL database 'shop'",
    );
    await admin.query('CREATE TABLE t (id BIGINT PRIMARY KEY)');
    await expect(target.prepareTarget(TARGET, true, () => undefined)).rejects.toThrow('has no column name, amount');
    await target.close();
  });

  it('fault 27: a server that is killed gives a retryable error, and the next try succeeds', async () => {
    await admin.query(DDL);
    const target = database();
    await target.prepareTarget(TARGET, true, () => undefined);
    await commit(target, 1, [{ isDelete: false, row: row(1n, 'a') }]);
    const killed = target.transaction(MARKER, async (transaction) => {
      await transaction.apply(TARGET, [{ isDelete: false, row: row(2n, 'b') }]);
      await server.restart();
      await transaction.writeMarker({ incarnation: 3, epoch: 2 });
    });
    await expect(killed).rejects.toMatchObject({ retryable: true });
    await commit(target, 2, [{ isDelete: false, row: row(2n, 'b') }]);
    expect((await scan(target)).length).toBe(2);
    await target.close();
    admin = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root', charset: 'utf8mb4' });
  });

  it('writes at least 20,000 rows a second', async () => {
    await admin.query(DDL);
    const target = database();
    await target.prepareTarget(TARGET, true, () => undefined);
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ isDelete: false, row: row(BigInt(i), `name ${i}`) }));
    const start = performance.now();
    await commit(target, 1, rows);
    const seconds = (performance.now() - start) / 1000;
    expect((await scan(target)).length).toBe(20_000);
    expect(seconds).toBeLessThan(4);
    await target.close();
  });

  it('closes at once while a scan waits for its rows', async () => {
    await admin.query('CREATE TABLE n (id BIGINT PRIMARY KEY)');
    await admin.query('INSERT INTO n VALUES (1)');
    await admin.query('CREATE VIEW slow AS SELECT id, SLEEP(4) AS s FROM n');
    const url = `jdbc:mysql://127.0.0.1:${server.port}/shop`;
    const options = { connector: 'jdbc', url, 'table-name': 'slow', username: 'root', password: '' };
    const { reader } = await openSource(tableOf(options, [{ name: 's', type: types.bigint() }]), '/nonexistent');
    expect(reader.poll()).toBeNull();
    void reader.ready();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const start = performance.now();
    await reader.close();
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('gives up a commit that waits for a lock when its job is cancelled', async () => {
    await admin.query('CREATE TABLE held (id BIGINT PRIMARY KEY, name VARCHAR(9))');
    const cancel = new AbortController();
    const db = database(cancel.signal);
    const target = { name: 'held', fields: [{ name: 'id', type: types.bigint(false) }], key: [0] };
    await db.prepareTarget(target, true, () => undefined);
    await admin.query('LOCK TABLES held WRITE, _millrace_commit WRITE');
    const commit = db.transaction({ lineage: 'l', sink: 's' }, async (transaction) => {
      await transaction.apply(target, [{ isDelete: false, row: [1n] }]);
    });
    const begun = performance.now();
    setTimeout(() => cancel.abort(), 50);
    await expect(commit).rejects.toMatchObject({ name: 'AbortError' });
    await db.close();
    expect(performance.now() - begun).toBeLessThan(200);
    await admin.query('UNLOCK TABLES');
  });

  it('tries a failing look-up again, as often as lookup.max-retries says', async () => {
    await admin.query('CREATE TABLE n (id BIGINT PRIMARY KEY)');
    const url = `jdbc:mysql://127.0.0.1:${server.port}/shop`;
    const common = { connector: 'jdbc', url, 'table-name': 'n', username: 'root', password: '' };
    const columns = [{ name: 'id', type: types.bigint(false) }];
    const ask = async (retries: string): Promise<number> => {
      const table = tableOf({ ...common, 'lookup.max-retries': retries }, columns);
      const reader = await createLookupSource(table, { home: '/nonexistent', mode: 'streaming' }).open(
        ['id'],
        ['id'],
        uninterrupted,
      );
      await reader.lookup([[1n]]);
      const [[{ id }]] = (await admin.query(
        'SELECT id FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND USER = "root" ORDER BY ID DESC LIMIT 1',
      )) as unknown as [[{ id: number }]];
      await admin.query(`LOCK TABLES n WRITE`);
      const killer = setInterval(() => void admin.query(`KILL ${id}`).catch(() => undefined), 50);
      const started = performance.now();
      const outcome = await Promise.race([
        reader.lookup([[1n]]).then(
          () => 0,
          () => performance.now() - started,
        ),
        new Promise<number>((resolve) => setTimeout(resolve, 300, -1)),
      ]);
      clearInterval(killer);
      await admin.query('UNLOCK TABLES');
      await reader.close();
      return outcome;
    };
    // Without a retry the killed connection is the end; with one it is opened again, and waits for the lock.
    expect(await ask('0')).toBeGreaterThan(0);
    expect(await ask('1')).toBe(-1);
  });
});
