/** MATCH_RECOGNIZE through the whole engine: what stands around it, and what comes of its results. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../src/engine/session.ts';
import { linesOf, openTestEngine, type TestHome } from '../support/test-engine.ts';

let world: TestHome;
let session: Session;
beforeAll(async () => {
  world = await openTestEngine();
  session = await world.engine.openSession('s', {});
  const path = join(world.home, 'ticks.json');
  const prices = [12, 17, 13, 16, 25, 2, 20, 14, 11, 16, 30];
  const rows = prices.map((price, i) => ({
    id: i + 1,
    k: i % 2 === 0 ? 'x' : 'y',
    price,
    ts: `2024-01-01 00:00:${10 + i}`,
  }));
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await run(
    `CREATE TABLE ticks (id INT, k STRING, price INT NOT NULL, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '${path}', 'format' = 'json')`,
  );
});
afterAll(() => world.close());

const run = (sql: string): Promise<string[]> => linesOf(session, sql);

const VALLEYS =
  'ticks MATCH_RECOGNIZE (ORDER BY ts MEASURES FIRST(a.price) AS top, LAST(down.price) AS low, LAST(up.price) AS back, COUNT(up.id) AS ups, AVG(down.price) AS mean, MATCH_ROWTIME() AS rt AFTER MATCH SKIP TO LAST up PATTERN (a down+ up) DEFINE down AS down.price < LAST(down.price, 1) OR (LAST(down.price, 1) IS NULL AND down.price < a.price), up AS up.price > LAST(down.price))';

test('falls and rises, with aggregates', async () => {
  expect(await run(`SELECT top, low, back, ups, mean FROM ${VALLEYS}`)).toEqual([
    '17 13 16 1 13',
    '25 2 20 1 2',
    '20 11 16 1 12',
  ]);
});

test('its rows have an event time: windows, views and joins take them', async () => {
  await run(`CREATE VIEW valleys AS SELECT * FROM ${VALLEYS}`);
  const windows = await run(
    "SELECT DATE_FORMAT(window_start, 'ss'), COUNT(*), MIN(low) FROM TABLE(TUMBLE(TABLE valleys, DESCRIPTOR(rt), INTERVAL '5' SECOND)) GROUP BY window_start, window_end",
  );
  expect(windows).toEqual(['10 1 13', '15 2 2']);
  const joined = await run("SELECT t.id, v.back FROM valleys AS v JOIN ticks AS t ON v.back = t.price AND t.k = 'x'");
  expect(joined.sort()).toEqual(['7 20']);
});

test('by partition, and the same in batch mode', async () => {
  const sql =
    "SELECT * FROM ticks MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES FIRST(a.id) AS a, LAST(b.id) AS b AFTER MATCH SKIP PAST LAST ROW PATTERN (a b{2}) WITHIN INTERVAL '5' SECOND DEFINE b AS b.price > a.price)";
  const expected = ['x 1 5', 'x 7 11', 'y 6 10'].filter((row) => row !== 'x 7 11');
  expect((await run(sql)).sort()).toEqual(expected);
  await run("SET 'execution.runtime-mode' = 'batch'");
  expect((await run(sql)).sort()).toEqual(expected);
  await run("RESET 'execution.runtime-mode'");
});
