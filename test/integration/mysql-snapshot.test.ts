/** Snapshots of mysql-cdc that are killed again and again while writers go on: what was read is the table, whatever orders it. */
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeJson } from '../../src/base/json.ts';
import { types } from '../../src/types/logical-type.ts';
import { rowsOf } from '../connectors/open-table.ts';
import { type Service, startMariadb } from '../support/services.ts';
import { type CapturedColumns, type OpenCapture, openCapture, read } from './capture-reader.ts';

let server: Service;
let admin: Connection;
let opened: OpenCapture | null = null;
beforeAll(async () => {
  server = await startMariadb();
});
afterAll(() => server.stop());
beforeEach(async () => {
  admin = await createConnection({
    host: '127.0.0.1',
    port: server.port,
    user: 'root',
    charset: 'utf8mb4',
    multipleStatements: true,
  });
  await admin.query(
    'SET GLOBAL innodb_flush_log_at_trx_commit = 0; DROP DATABASE IF EXISTS shop; CREATE DATABASE shop; USE shop',
  );
});
afterEach(async () => {
  await opened?.reader.close();
  opened = null;
  await admin.end();
});

const ROWS = 600;
const CHUNK = { 'scan.incremental.snapshot.chunk.size': '40' };

/** How a table is made, and a key's values: SQL for number `i`. */
interface Shape {
  readonly columns: string;
  readonly key: (i: number) => Readonly<Record<string, string>>;
  readonly captured: CapturedColumns;
  readonly options?: Readonly<Record<string, string>>;
}

const id = { name: 'id', type: types.bigint() };
const n = { name: 'n', type: types.int() };
const text = (name: string) => ({ name, type: types.string() });
/** Upper and lower case, blanks and letters that no byte order sorts as the collation does. */
const word = (i: number) => `'${['b', 'B', 'ä', 'a ', 'Z', 'z_', 'é', "o\\'"][i % 8]}${String(i).padStart(4, '0')}'`;

const shapes: Record<string, Shape> = {
  'a number': { columns: 'id BIGINT PRIMARY KEY', key: (i) => ({ id: String(i * 7) }), captured: [id] },
  'a text': {
    columns: 'k VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PRIMARY KEY',
    key: (i) => ({ k: word(i) }),
    captured: [text('k')],
  },
  'a text of another character set': {
    columns: 'k CHAR(30) CHARACTER SET latin1 PRIMARY KEY',
    key: (i) => ({ k: word(i) }),
    captured: [text('k')],
  },
  'several columns': {
    columns: 'shop VARCHAR(9), day DATE, id BIGINT UNSIGNED, PRIMARY KEY (shop, day, id)',
    key: (i) => ({ shop: `'s${i % 3}'`, day: `'2026-01-0${1 + (i % 5)}'`, id: String(i) }),
    captured: [text('shop'), { name: 'day', type: types.date() }, id],
  },
  'a time and a decimal': {
    columns: 't DATETIME(3), d DECIMAL(20,4), PRIMARY KEY (t, d)',
    key: (i) => ({ t: `'2026-01-01 00:00:${String(i % 60).padStart(2, '0')}.5'`, d: `${i - 300}.25` }),
    captured: [
      { name: 't', type: types.timestamp(3) },
      { name: 'd', type: types.decimal(20, 4) },
    ],
  },
  bytes: {
    columns: 'b VARBINARY(8) PRIMARY KEY',
    key: (i) => ({ b: `X'${((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')}'` }),
    captured: [{ name: 'b', type: types.bytes() }],
  },
  'a unique index': {
    columns: 'id BIGINT NOT NULL, UNIQUE KEY (id)',
    key: (i) => ({ id: String(i) }),
    captured: [id],
  },
  'a column with equal values and nulls, without a key': {
    columns: 'grp INT NULL, id BIGINT',
    key: (i) => ({ grp: i % 9 === 0 ? 'NULL' : String(i % 13), id: String(i) }),
    captured: [{ name: 'grp', type: types.int() }, id],
    options: { 'scan.incremental.snapshot.chunk.key-column': 'grp' },
  },
  'nothing: the table is one unit': { columns: 'id BIGINT', key: (i) => ({ id: String(i) }), captured: [id] },
};

/** The table as a multiset of rows; a change that does not fit what came before fails. */
class Folded {
  readonly rows: Map<string, number>;
  constructor(rows: ReadonlyMap<string, number> = new Map()) {
    this.rows = new Map(rows);
  }
  add([kind, ...values]: readonly unknown[]): void {
    const row = values.map(String).join('|');
    const change = kind === '+I' || kind === '+U' ? 1 : -1;
    const count = (this.rows.get(row) ?? 0) + change;
    expect(count, `${kind} ${row}`).toBeGreaterThanOrEqual(0);
    if (count === 0) this.rows.delete(row);
    else this.rows.set(row, count);
  }
}

const where = (key: Readonly<Record<string, string>>) =>
  Object.entries(key)
    .map(([name, value]) => `${name} <=> ${value}`)
    .join(' AND ');

/** Inserts, updates, deletes and changes of keys, near and far. */
async function write(shape: Shape, random: () => number): Promise<void> {
  for (let i = 0; i < 4; i++) {
    const [a, b] = [Math.floor(random() * ROWS), Math.floor(random() * ROWS)];
    const [from, to] = [shape.key(a), shape.key(b)];
    const values = `${Object.values(to).join(', ')}, ${b}`;
    const sql = [
      `INSERT IGNORE INTO t VALUES (${values})`,
      `DELETE FROM t WHERE ${where(from)}`,
      `UPDATE t SET n = n + 1 WHERE ${where(from)}`,
      `UPDATE IGNORE t SET ${Object.entries(to)
        .map(([name, value]) => `${name} = ${value}`)
        .join(', ')} WHERE ${where(from)}`,
      `START TRANSACTION; DELETE FROM t WHERE ${where(from)}; INSERT IGNORE INTO t VALUES (${values}); COMMIT`,
    ][Math.floor(random() * 5)] as string;
    await admin.query(sql);
  }
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

it('says what is wrong with the options of chunks', async () => {
  await admin.query('CREATE TABLE t (id BIGINT PRIMARY KEY)');
  const read1 = async (options: Record<string, string>) => {
    opened = await openCapture(server.port, { options, columns: [id] });
    await read(opened, 1);
  };
  await expect(read1({ 'scan.incremental.snapshot.chunk.key-column': 'nope' })).rejects.toThrow(
    "Chunk key column 'nope' doesn't exist in the columns [id] of the table shop.t.",
  );
  await expect(read1({ 'scan.incremental.snapshot.chunk.size': '1' })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('must larger than 1, but is 1') },
  });
});

describe('a snapshot that is killed while writers go on, ordered by', () => {
  for (const [name, shape] of Object.entries(shapes))
    it(name, async () => {
      await admin.query(`CREATE TABLE t (${shape.columns}, n INT) CHARACTER SET utf8mb4`);
      const rows = Array.from({ length: ROWS }, (_, i) => `(${Object.values(shape.key(i)).join(', ')}, ${i})`);
      await admin.query(`INSERT INTO t VALUES ${rows.filter((_, i) => i % 3 !== 1).join(', ')}`);
      const options = { ...CHUNK, ...shape.options };
      const columns = [...shape.captured, n];
      const random = randomFrom(77);
      let saved = { position: null as unknown, folded: new Folded() };
      const phases = new Set<string>();
      let folded = new Folded();
      const isPast = () => {
        const position = saved.position as { phase: string; progress?: unknown } | null;
        return position?.phase === 'binlog' && position.progress === null;
      };
      for (let kills = 0; kills < 12 || (kills < 60 && !isPast()); kills++) {
        opened = await openCapture(server.port, { restored: saved.position, options, columns });
        folded = new Folded(saved.folded.rows);
        for (let polls = 0; polls < 2 + kills; polls++) {
          const batch = opened.reader.poll();
          if (batch !== null && batch !== 'end') for (const row of rowsOf(batch, opened.heap)) folded.add(row);
          else await Promise.race([opened.reader.ready(), write(shape, random)]);
          if (opened.reader.canSnapshot && random() < 0.7) {
            const position = JSON.parse(encodeJson(opened.reader.position()));
            saved = { position, folded: new Folded(folded.rows) };
            phases.add(`${position.phase} ${position.progress?.marks.length > 1}`);
          }
        }
        await write(shape, random);
        await opened.reader.close();
      }
      opened = await openCapture(server.port, { restored: saved.position, options, columns });
      folded = new Folded(saved.folded.rows);
      while (!(await opened.reader.hasCaughtUp?.())) {
        const batch = opened.reader.poll();
        if (batch !== null && batch !== 'end') for (const row of rowsOf(batch, opened.heap)) folded.add(row);
        else await opened.reader.ready();
      }
      const isUnit = name.startsWith('nothing');
      if (!isUnit)
        expect([...phases]).toEqual(expect.arrayContaining(['snapshot true', 'binlog true', 'binlog false']));
      const truth = new Folded();
      await opened.reader.close();
      opened = await openCapture(server.port, { options: { ...options, 'scan.startup.mode': 'snapshot' }, columns });
      for (const row of await read(opened, Number.POSITIVE_INFINITY)) truth.add(row);
      expect(opened.notices.length).toBe(isUnit ? 1 : 0);
      expect(folded.rows).toEqual(truth.rows);
      expect([...truth.rows.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(ROWS / 4);
    });
});
