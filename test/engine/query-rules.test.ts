/** Rules of Flink's planner and operators that show in a query's changes: fields inside rows, unique keys, equal rows, sorts of batch. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../src/engine/session.ts';
import { rowsOf } from '../../src/index.ts';
import { openTestEngine, type TestHome } from '../support/test-engine.ts';

let world: TestHome;
let session: Session;
beforeAll(async () => {
  world = await openTestEngine();
  session = await world.engine.openSession('s', { 'table.local-time-zone': 'UTC' });
  const accounts = [
    [null, { id: 1, town: 'a', n: 1, ts: '2024-03-01 10:00:00' }],
    [null, { id: 2, town: 'a', n: 2, ts: '2024-03-01 10:00:01' }],
    [
      { id: 1, town: 'a', n: 1, ts: '2024-03-01 10:00:00' },
      { id: 1, town: 'b', n: 3, ts: '2024-03-01 10:00:02' },
    ],
  ].map(([before, after]) => ({ before, after, op: before === null ? 'c' : 'u' }));
  const columns = 'id INT, town STRING, n INT, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED';
  await file('account', columns, 'debezium-json', accounts);
  await file('timed', `${columns}, WATERMARK FOR ts AS ts`, 'debezium-json', accounts);
  const clicks = [
    [1, 'x', 1, '01'],
    [2, 'y', 2, '03'],
    [3, 'x', 1, '03'],
    [4, 'x', null, '02'],
    [5, 'y', 3, '30'],
  ] as const;
  await file(
    'click',
    "id INT, k STRING, r ROW<a INT, low ROW<a INT, deep INT>>, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND",
    'json',
    clicks.map(([id, k, a, second]) => ({
      id,
      k,
      r: { a, low: { a: 7, deep: id } },
      ts: `2024-03-01 10:00:${second}`,
    })),
  );
});
afterAll(() => world.close());

async function file(name: string, columns: string, format: string, rows: readonly object[]): Promise<void> {
  const path = join(world.home, `${name}.json`);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await changes(
    `CREATE TABLE ${name} (${columns}) WITH ('connector' = 'filesystem', 'path' = '${path}', 'format' = '${format}')`,
  );
}

const KINDS = ['+I', '-U', '+U', '-D'];

async function changes(sql: string, mode: 'streaming' | 'batch' = 'streaming'): Promise<string[]> {
  for await (const _ of rowsOf(session.execute(`SET 'execution.runtime-mode' = '${mode}'`)));
  const rows: string[] = [];
  for await (const { kind, values } of rowsOf(session.execute(sql)))
    rows.push([KINDS[kind], ...values.map((value) => value ?? 'NULL')].join(' '));
  return rows;
}

async function refusal(sql: string): Promise<string> {
  const error = await changes(sql).then(
    () => new Error('no error'),
    (thrown: Error) => thrown,
  );
  let root: Error = error;
  while (root.cause instanceof Error) root = root.cause;
  return root.message;
}

describe('a name that no column has', () => {
  it('is a field of a row, the one that lies least deep', async () => {
    expect(await changes('SELECT a, click.deep FROM click WHERE id < 3')).toEqual(['+I 1 1', '+I 2 2']);
    expect(await changes('SELECT a, COUNT(*) FROM click WHERE id IN (1, 3) GROUP BY a')).toEqual([
      '+I 1 1',
      '-U 1 1',
      '+U 1 2',
    ]);
  });
  it('is refused when two relations have it', async () => {
    expect(await refusal('SELECT a FROM click CROSS JOIN (VALUES (1)) AS t(a)')).toBe("Column 'a' is ambiguous");
    expect(await refusal('SELECT nowhere FROM click')).toBe("Column 'nowhere' not found in any table");
  });
});

describe('an aggregation by a unique key', () => {
  const updated = ['+I 1 1', '+I 2 2', '-U 1 1', '+U 1 3'];
  it.each([
    'SELECT id, MAX(n) FROM account GROUP BY id',
    'SELECT id, SUM(DISTINCT n) FROM account GROUP BY id',
    'SELECT id, MIN(s) FROM (SELECT id, SUM(n) s FROM account GROUP BY id) GROUP BY id',
  ])('is a projection: %s', async (sql) => {
    expect(await changes(sql)).toEqual(updated);
  });
  it.each([
    'SELECT id, MAX(n) FROM timed GROUP BY id',
    'SELECT id, AVG(n) FROM account GROUP BY id',
    'SELECT id, MAX(n) FILTER (WHERE n > 0) FROM account GROUP BY id',
  ])('is none through a watermark, nor of other functions: %s', async (sql) => {
    expect(await changes(sql)).toEqual(['+I 1 1', '+I 2 2', '-D 1 1', '+I 1 3']);
  });
});

describe('the first row by a time', () => {
  it('of rows that change is found anew when it goes', async () => {
    const sql =
      'SELECT id, town FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY town ORDER BY ts) AS n1 FROM timed) WHERE n1 = 1';
    expect(await changes(sql)).toEqual(['+I 1 a', '-D 1 a', '+I 2 a', '+I 1 b']);
  });
  it('of a window is the last that came of equal ones, when it is the last', async () => {
    const windows = "TABLE(TUMBLE(TABLE click, DESCRIPTOR(ts), INTERVAL '20' SECOND))";
    const last = (direction: string) =>
      `SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY ts ${direction}) AS n1 FROM ${windows}) WHERE n1 = 1`;
    expect(await changes(last('DESC'))).toEqual(['+I 3', '+I 5']);
    expect(await changes(last('ASC'))).toEqual(['+I 1', '+I 5']);
  });
  it('by processing time is not said again when only the clock differs', async () => {
    const sql =
      'SELECT k FROM (SELECT k, p, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p DESC) AS n1 FROM click) WHERE n1 = 1';
    expect(await changes(sql)).toEqual(['+I x', '+I y']);
  });
});

describe('GROUP BY of windows', () => {
  it('by other columns than those that cut the sessions is one of rows', async () => {
    const sessions = "TABLE(SESSION(TABLE click PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND))";
    expect(
      await changes(`SELECT k, a, COUNT(*) FROM ${sessions} WHERE k = 'x' GROUP BY k, a, window_start, window_end`),
    ).toEqual(['+I x 1 1', '-U x 1 1', '+U x 1 2', '+I x NULL 1']);
  });
  it('has its rows by time in batch, where their order matters', async () => {
    const sql = "SELECT k, LAST_VALUE(id) FROM click GROUP BY k, TUMBLE(ts, INTERVAL '20' SECOND)";
    expect((await changes(sql, 'batch')).sort()).toEqual(['+I x 3', '+I y 2', '+I y 5']);
    const all = "SELECT ARRAY_AGG(id) FROM click GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)";
    expect(await changes(all, 'batch')).toEqual(['+I 1,4,2,3,5']);
  });
});

describe('refused', () => {
  const over = (frame: string, order = 'ts') => `SELECT SUM(id) OVER (ORDER BY ${order} ${frame}) FROM click`;
  it.each([
    [
      'SELECT LAG(id) OVER (ORDER BY ts ROWS 1 PRECEDING) FROM click',
      'ROW/RANGE not allowed with RANK, DENSE_RANK or ROW_NUMBER functions',
    ],
    [
      over('ROWS BETWEEN CURRENT ROW AND 1 PRECEDING'),
      'Upper frame boundary cannot be PRECEDING when lower boundary is CURRENT ROW',
    ],
    [
      over('ROWS BETWEEN 1 FOLLOWING AND CURRENT ROW'),
      'Upper frame boundary cannot be CURRENT ROW when lower boundary is FOLLOWING',
    ],
    [over('ROWS UNBOUNDED FOLLOWING'), 'UNBOUNDED FOLLOWING cannot be specified for the lower frame boundary'],
    [
      over('ROWS BETWEEN CURRENT ROW AND UNBOUNDED PRECEDING'),
      'UNBOUNDED PRECEDING cannot be specified for the upper frame boundary',
    ],
    [over('ROWS 1.5 PRECEDING'), 'ROWS value must be a non-negative integral constant'],
    [
      over("RANGE INTERVAL '1' SECOND PRECEDING", 'ts, id'),
      'RANGE clause cannot be used with compound ORDER BY clause',
    ],
    [over('RANGE 1 PRECEDING', 'k'), 'Data type of ORDER BY prohibits use of RANGE clause'],
    [
      'SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY k) AS n1 FROM click) WHERE n1 < 1',
      'Rank end should not less than zero, but now is 0',
    ],
  ])('%s', async (sql, text) => {
    expect(await refusal(sql)).toBe(text);
  });
});
