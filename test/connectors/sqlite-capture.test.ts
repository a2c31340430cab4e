/** Capture from SQLite (rule 18): snapshot, then every change of any writer, exactly, from any position that is kept. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { uninterrupted } from '../../src/base/interruption.ts';
import { BoxedRowReader } from '../../src/connectors/boxed-rows.ts';
import type { TableContext } from '../../src/connectors/connector.ts';
import { SqliteCaptureSource } from '../../src/connectors/mysql-cdc/sqlite-capture-source.ts';
import type { SourceReader } from '../../src/dataflow/source.ts';
import { Heap } from '../../src/types/heap.ts';
import { types } from '../../src/types/logical-type.ts';
import { rowKindSigns } from '../../src/types/row-kind.ts';

const COLUMNS = [types.bigint(false), types.string()];
let folder: string;
let path: string;
let db: DatabaseSync;
let reader: SourceReader | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-capture-'));
  path = join(folder, 'dim.db');
  db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)');
});
afterEach(async () => {
  await reader?.close();
  reader = null;
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const table = { requiredOption: () => 'dim' } as unknown as TableContext;

async function open(
  restored: unknown = null,
  mode = 'initial',
  readerId = 'r1',
): Promise<{ reader: SourceReader; heap: Heap }> {
  const heap = new Heap(1 << 26);
  reader = await new SqliteCaptureSource(table, path, 't', mode).open({
    heap,
    clock: systemClock,
    timeZone: 'UTC',
    produced: [
      { column: { kind: 'physical', path: ['id'] }, field: { name: 'id', type: types.bigint(false) } },
      { column: { kind: 'physical', path: ['name'] }, field: { name: 'name', type: types.string() } },
    ],
    restored,
    readerId,
    retainedCheckpoints: 1,
    signal: uninterrupted,
    home: folder,
    count: () => undefined,
    notice: () => undefined,
  });
  return { reader, heap };
}

/** Polls until nothing comes any more. */
function drain(opened: { reader: SourceReader; heap: Heap }): string[] {
  const rows = new BoxedRowReader(COLUMNS, opened.heap);
  const changes: string[] = [];
  for (let idle = 0; idle < 3; ) {
    const batch = opened.reader.poll();
    if (batch === null || batch === 'end') idle++;
    else
      for (let i = 0; i < batch.rowCount; i++)
        changes.push(
          `${rowKindSigns[batch.insertOnly ? 0 : (batch.kinds[i] as number)]}${rows.row(batch, i).join(',')}`,
        );
  }
  return changes;
}

describe('capture from SQLite', () => {
  it('reads what is there, then inserts, updates, deletes and replacements of any writer', async () => {
    db.exec("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    const opened = await open();
    expect(drain(opened)).toEqual(['+I1,a', '+I2,b']);
    db.exec("UPDATE t SET name = 'A' WHERE id = 1; DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (3, NULL)");
    db.exec("INSERT OR REPLACE INTO t VALUES (1, 'R')");
    db.exec("INSERT INTO t VALUES (1, 'U'), (4, 'd') ON CONFLICT (id) DO UPDATE SET name = excluded.name");
    db.exec("INSERT OR IGNORE INTO t VALUES (1, 'ignored'), (5, 'e')");
    expect(drain(opened)).toEqual([
      '-U1,a',
      '+U1,A',
      '-D2,b',
      '+I3,',
      '-U1,A',
      '+U1,R',
      '-U1,R',
      '+U1,U',
      '+I4,d',
      '+I5,e',
    ]);
  });

  it('tells an update of the key as a delete and an insert', async () => {
    db.exec("INSERT INTO t VALUES (1, 'a')");
    const opened = await open();
    drain(opened);
    db.exec('UPDATE t SET id = 9 WHERE id = 1');
    expect(drain(opened)).toEqual(['-D1,a', '+I9,a']);
  });

  it('rule 6: lets no barrier fall into the snapshot', async () => {
    db.exec("INSERT INTO t VALUES (1, 'a')");
    const opened = await open();
    expect(opened.reader.canSnapshot).toBe(false);
    drain(opened);
    expect(opened.reader.canSnapshot).toBe(true);
  });

  it('goes on from a position, with nothing lost and nothing twice', async () => {
    db.exec("INSERT INTO t VALUES (1, 'a')");
    const first = await open();
    drain(first);
    db.exec("UPDATE t SET name = 'b'");
    drain(first);
    const position = first.reader.position();
    await first.reader.close();
    db.exec("UPDATE t SET name = 'c'; INSERT INTO t VALUES (2, 'x')");
    expect(drain(await open(position))).toEqual(['-U1,b', '+U1,c', '+I2,x']);
  });

  it('rule 6: takes a large transaction in several batches', async () => {
    const opened = await open();
    drain(opened);
    db.exec('BEGIN');
    for (let i = 0; i < 3000; i++) db.exec(`INSERT INTO t VALUES (${i}, 'n${i}')`);
    db.exec('UPDATE t SET name = upper(name)');
    db.exec('COMMIT');
    const changes = drain(opened);
    expect(changes.length).toBe(9000);
    expect(changes.at(-1)).toBe('+U2999,N2999');
  });

  it('rule 18: trims no further than the oldest retained checkpoint, and refuses positions below by name', async () => {
    const opened = await open();
    drain(opened);
    const before = opened.reader.position();
    db.exec('BEGIN');
    for (let i = 0; i < 6000; i++) db.exec(`INSERT INTO t VALUES (${i}, 'n')`);
    db.exec('COMMIT');
    drain(opened);
    const after = opened.reader.position();
    opened.reader.checkpointComplete?.(after);
    expect(db.prepare('SELECT COUNT(*) AS n FROM _millrace_changes_t').get()).toEqual({ n: 6000 });
    opened.reader.checkpointComplete?.(after);
    expect(db.prepare('SELECT COUNT(*) AS n FROM _millrace_changes_t').get()).toEqual({ n: 0 });
    await opened.reader.close();
    await expect(open(before)).rejects.toThrow('no longer kept (trimmed up to 6000)');
    reader = null;
  });

  it('rule 18: stops by name when its triggers are taken away', async () => {
    const opened = await open();
    drain(opened);
    db.exec("DROP TRIGGER _millrace_t_update; UPDATE t SET name = 'z'; INSERT INTO t VALUES (9, 'q')");
    expect(() => drain(opened)).toThrow('was taken away (trigger _millrace_t_update)');
  });

  it('rule 18: refuses tables that it could not capture exactly', async () => {
    db.exec('DROP TABLE t');
    await expect(open()).rejects.toThrow("There is no table 't'");
    db.exec('CREATE TABLE t (id INTEGER, name TEXT)');
    await expect(open()).rejects.toThrow('has no primary key');
    db.exec('DROP TABLE t; CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)');
    await expect(open()).rejects.toThrow('second unique index');
    reader = null;
  });

  it('ends after the snapshot in mode snapshot', async () => {
    db.exec("INSERT INTO t VALUES (1, 'a')");
    const opened = await open(null, 'snapshot');
    expect(drain(opened)).toEqual(['+I1,a']);
    expect(opened.reader.poll()).toBe('end');
  });
});
