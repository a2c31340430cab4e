/** The jdbc sink over SQLite: one transaction with its marker, folding by key, rules 2 and 13 of exactly-once. */

import { mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uninterrupted } from '../../src/base/interruption.ts';
import { BoxedRowReader, BoxedRowWriter } from '../../src/connectors/boxed-rows.ts';
import { ChangeBuffer, decodeChanges } from '../../src/connectors/jdbc/change-buffer.ts';
import type { TargetTable } from '../../src/connectors/jdbc/database.ts';
import { SqliteDatabase } from '../../src/connectors/jdbc/sqlite-database.ts';
import { type Batch, BatchWriter } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import { types } from '../../src/types/logical-type.ts';
import { RowKind } from '../../src/types/row-kind.ts';
import type { Value } from '../../src/types/value.ts';

const FIELDS = [
  { name: 'id', type: types.bigint(false) },
  { name: 'name', type: types.string() },
  { name: 'amount', type: types.decimal(10, 2) },
  { name: 'at', type: types.timestamp(3) },
  { name: 'ok', type: types.boolean() },
];
const TARGET: TargetTable = { name: 'orders', fields: FIELDS, key: [0] };
const MARKER = { lineage: 'l1', sink: 's1' };
const row = (id: bigint, name: string | null, amount = 150n): Value[] => [
  id,
  name,
  amount,
  1_700_000_000_123_000_000n,
  true,
];

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-sqlite-'));
  path = join(folder, 'sub', 'shop.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function commit(
  database: SqliteDatabase,
  epoch: number,
  changes: Array<{ isDelete: boolean; row: Value[] }>,
): Promise<void> {
  await database.transaction(MARKER, async (transaction) => {
    await transaction.apply(TARGET, changes);
    await transaction.writeMarker({ incarnation: 1, epoch });
  });
}

async function rowsOf(database: SqliteDatabase): Promise<Value[][]> {
  const rows: Value[][] = [];
  for await (const page of database.scan('orders', FIELDS, null)) rows.push(...page);
  return rows;
}

describe('SqliteDatabase', () => {
  it('tells the error that ended a transaction, also when SQLite has rolled it back itself, and goes on', async () => {
    const database = new SqliteDatabase(path, true, uninterrupted);
    await database.prepareTarget(TARGET, true);
    const other = new DatabaseSync(path);
    other.exec("CREATE TRIGGER t BEFORE INSERT ON orders BEGIN SELECT RAISE(ROLLBACK, 'not this row'); END");
    await expect(commit(database, 1, [{ isDelete: false, row: row(1n, 'a') }])).rejects.toThrow(
      /shop\.db: not this row/,
    );
    other.exec('DROP TRIGGER t');
    other.close();
    await commit(database, 1, [{ isDelete: false, row: row(1n, 'a') }]);
    expect(await rowsOf(database)).toEqual([row(1n, 'a')]);
    await database.close();
  });

  it('makes the table, upserts, deletes, and keeps the marker in the same transaction', async () => {
    const database = new SqliteDatabase(path, true, uninterrupted);
    await database.prepareTarget(TARGET, true);
    expect(await database.readMarker(MARKER)).toBeNull();
    await commit(database, 1, [
      { isDelete: false, row: row(1n, 'a') },
      { isDelete: false, row: row(2n, null) },
    ]);
    await commit(database, 2, [
      { isDelete: true, row: row(1n, 'a') },
      { isDelete: false, row: row(2n, 'ü', -5n) },
      { isDelete: false, row: row(9007199254740993n, 'big') },
    ]);
    expect(await rowsOf(database)).toEqual([row(2n, 'ü', -5n), row(9007199254740993n, 'big')]);
    expect(await database.readMarker(MARKER)).toEqual({ incarnation: 1, epoch: 2 });
    await database.close();
  });

  it('rule 2: changes nothing when the work fails', async () => {
    const database = new SqliteDatabase(path, true, uninterrupted);
    await database.prepareTarget(TARGET, true);
    await commit(database, 1, [{ isDelete: false, row: row(1n, 'a') }]);
    const failing = database.transaction(MARKER, async (transaction) => {
      await transaction.apply(TARGET, [{ isDelete: true, row: row(1n, 'a') }]);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await rowsOf(database)).toEqual([row(1n, 'a')]);
    expect(await database.readMarker(MARKER)).toEqual({ incarnation: 1, epoch: 1 });
    await database.close();
  });

  it('rule 9: a large epoch is applied in slices of one transaction: others get turns, and see all of it or nothing', async () => {
    const database = new SqliteDatabase(path, true, uninterrupted);
    await database.prepareTarget(TARGET, true);
    const many = Array.from({ length: 20_000 }, (_, i) => ({ isDelete: false, row: row(BigInt(i), 'x') }));
    const seen: number[] = [];
    const other = new SqliteDatabase(path, false, uninterrupted);
    let isOver = false;
    const look = async () => {
      while (!isOver) {
        seen.push((await rowsOf(other)).length);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const looking = look();
    const failing = database.transaction(MARKER, async (transaction) => {
      await transaction.apply(TARGET, many);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    await commit(database, 1, many);
    isOver = true;
    await looking;
    expect(seen.length).toBeGreaterThan(20);
    expect(new Set([0, ...seen])).toEqual(new Set(seen.includes(20_000) ? [0, 20_000] : [0]));
    expect(await database.readMarker(MARKER)).toEqual({ incarnation: 1, epoch: 1 });
    expect((await rowsOf(database)).length).toBe(20_000);
    await Promise.all([database.close(), other.close()]);
  });

  it('lets two writers of one file take turns', async () => {
    const first = new SqliteDatabase(path, true, uninterrupted);
    await first.prepareTarget(TARGET, true);
    const second = new SqliteDatabase(path, true, uninterrupted);
    const many = Array.from({ length: 1000 }, (_, i) => ({ isDelete: false, row: row(BigInt(i), 'x') }));
    await Promise.all([commit(first, 1, many), commit(second, 2, many), commit(first, 3, many)]);
    expect((await rowsOf(first)).length).toBe(1000);
    await Promise.all([first.close(), second.close()]);
  });

  it('rule 13: stops when the file is removed under it', async () => {
    const database = new SqliteDatabase(path, true, uninterrupted);
    await database.prepareTarget(TARGET, true);
    unlinkSync(path);
    await expect(commit(database, 1, [{ isDelete: false, row: row(1n, 'a') }])).rejects.toThrow('removed or replaced');
    await database.close();
  });

  it('rule 13: a table that is missing on a restore stops the job', async () => {
    const database = new SqliteDatabase(join(folder, 'empty.db'), true, uninterrupted);
    await expect(database.prepareTarget(TARGET, false)).rejects.toThrow('The table orders is missing');
    await database.close();
  });

  it('looks up rows by key', async () => {
    const database = new SqliteDatabase(path, true, uninterrupted);
    await database.prepareTarget(TARGET, true);
    await commit(database, 1, [{ isDelete: false, row: row(1n, 'a') }]);
    const found = await database.lookup(
      'orders',
      [FIELDS[0] as (typeof FIELDS)[0]],
      [[1n], [5n]],
      [FIELDS[1] as (typeof FIELDS)[0]],
    );
    expect(found).toEqual([[['a']], []]);
    await database.close();
  });
});

describe('ChangeBuffer', () => {
  const columnTypes = FIELDS.map((field) => field.type);

  function batchOf(heap: Heap, changes: ReadonlyArray<readonly [number, Value[]]>): Batch {
    const writer = new BatchWriter(columnTypes, () => undefined);
    const rows = new BoxedRowWriter(columnTypes, writer, heap);
    for (const [kind, values] of changes) rows.write(kind, values);
    return writer.batch;
  }

  it('rule 4: keeps the last operation of each key, across batches, and cancels no pair', () => {
    const heap = new Heap(1 << 26);
    const buffer = new ChangeBuffer(columnTypes, [0], new BoxedRowReader(columnTypes, heap));
    buffer.add(
      batchOf(heap, [
        [RowKind.INSERT, row(1n, 'a')],
        [RowKind.INSERT, row(2n, 'b')],
        [RowKind.UPDATE_BEFORE, row(1n, 'a')],
        [RowKind.UPDATE_AFTER, row(1n, 'c')],
      ]),
    );
    buffer.add(
      batchOf(heap, [
        [RowKind.DELETE, row(2n, 'b')],
        [RowKind.INSERT, row(3n, null)],
        [RowKind.DELETE, row(3n, null)],
      ]),
    );
    const chunks = buffer.seal() ?? [];
    expect(chunks.flatMap((chunk) => decodeChanges(columnTypes, chunk))).toEqual([
      { isDelete: false, row: row(1n, 'c') },
      { isDelete: true, row: row(2n, 'b') },
      { isDelete: true, row: row(3n, null) },
    ]);
    expect(buffer.seal()).toBeNull();
  });

  it('without a key keeps every row in order', () => {
    const heap = new Heap(1 << 26);
    const buffer = new ChangeBuffer(columnTypes, [], new BoxedRowReader(columnTypes, heap));
    buffer.add(
      batchOf(heap, [
        [RowKind.INSERT, row(1n, 'a')],
        [RowKind.INSERT, row(1n, 'a')],
      ]),
    );
    expect((buffer.seal() ?? []).flatMap((chunk) => decodeChanges(columnTypes, chunk)).length).toBe(2);
  });
});
