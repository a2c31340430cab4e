/** Joins through the whole engine: event times, and in which order the inputs get the rows of one source. */
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
  await file('orders', 'id INT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts', [
    { id: 1, k: 'a', ts: '2024-01-01 00:00:05' },
    { id: 2, k: 'a', ts: '2024-01-01 00:00:15' },
    { id: 3, k: 'b', ts: '2024-01-01 00:00:16' },
    { id: 4, k: null, ts: '2024-01-01 00:00:17' },
  ]);
  await file('rates', 'k STRING, rate INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts', [
    { k: 'a', rate: 10, ts: '2024-01-01 00:00:00' },
    { k: 'a', rate: 11, ts: '2024-01-01 00:00:10' },
    { k: null, rate: 12, ts: '2024-01-01 00:00:11' },
  ]);
  await run(
    'CREATE VIEW newest AS SELECT k, rate, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS n FROM rates) WHERE n = 1',
  );
});
afterAll(() => world.close());

async function file(name: string, columns: string, rows: readonly object[]): Promise<void> {
  const path = join(world.home, `${name}.json`);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await run(
    `CREATE TABLE ${name} (${columns}) WITH ('connector' = 'filesystem', 'path' = '${path}', 'format' = 'json')`,
  );
}

const run = (sql: string): Promise<string[]> => linesOf(session, sql);

test('the version of an order is that of its time; null keys are equal, as in Flink', async () => {
  const rows = await run(
    'SELECT o.id, r.rate FROM orders o LEFT JOIN newest FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k',
  );
  expect(rows.sort()).toEqual(['1 10', '2 11', '3 ', '4 12']);
});

test('an aggregation of windows over an interval join counts the rows that waited for their partner', async () => {
  await run(
    "CREATE VIEW near AS SELECT o.id, o.ts FROM orders o JOIN rates r ON o.k = r.k AND r.ts BETWEEN o.ts - INTERVAL '6' SECOND AND o.ts + INTERVAL '6' SECOND",
  );
  const rows = await run(
    "SELECT DATE_FORMAT(window_start, 'ss'), COUNT(*) FROM TABLE(TUMBLE(TABLE near, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end",
  );
  expect(rows).toEqual(['00 2', '10 1']);
});

test('one source for both sides: the left side has the rows first, and sides that are the same take turns', async () => {
  const padded = await run('SELECT a.id, b.id FROM orders a LEFT JOIN orders b ON a.k = b.k AND b.id > 1');
  expect(padded.slice(0, 4)).toEqual(['1 ', '2 ', '3 ', '4 ']);
  const pairs = await run('SELECT a.id, b.id FROM orders a JOIN orders b ON a.k = b.k');
  expect(pairs).toEqual(['1 1', '2 1', '1 2', '2 2', '3 3']);
});
