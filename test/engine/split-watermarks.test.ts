/** Windows over a topic of several partitions: each has its own watermark, so that none is late for another. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TopicLog } from '../../src/connectors/kafka/topic-log.ts';
import type { Session } from '../../src/engine/session.ts';
import { rowsOf } from '../../src/index.ts';
import { openTestEngine, type TestHome } from '../support/test-engine.ts';

let world: TestHome;
let session: Session;
beforeAll(async () => {
  world = await openTestEngine();
  session = await world.engine.openSession('s', { 'table.local-time-zone': 'UTC' });
  for (const topic of ['events', 'others']) await new TopicLog(world.home, topic).create(4);
});
afterAll(() => world.close());

async function run(sql: string): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  for await (const { values } of rowsOf(session.execute(sql))) rows.push([...values]);
  return rows;
}

function topicTable(name: string, topics: string, more = ''): string {
  return `CREATE TABLE ${name} (k INT, ts TIMESTAMP(3), late AS ts - INTERVAL '1' HOUR, WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka',
    'properties.bootstrap.servers' = 'embedded', 'topic' = '${topics}', 'format' = 'json', 'key.format' = 'json', 'key.fields' = 'k',
    'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset'${more})`;
}

const COUNTED = (table: string) =>
  `SELECT SUM(c) FROM (SELECT COUNT(*) AS c FROM TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end)`;

test('no row of a partition is late because another was read first', async () => {
  await run(topicTable('events', 'events'));
  await run(topicTable('others', 'others'));
  await run(topicTable('every_topic', 'events;others'));
  await run("SET 'table.dml-sync' = 'true'");
  const rows = Array.from({ length: 480 }, (_, i) => {
    const minute = String(Math.floor(i / 8)).padStart(2, '0');
    return `(${i % 8}, TIMESTAMP '2024-01-01 00:${minute}:00')`;
  });
  for (const topic of ['events', 'others']) await run(`INSERT INTO ${topic} VALUES ${rows.join(', ')}`);
  expect((await run(COUNTED('events'))).at(-1)).toEqual([480n]);
  expect((await run(COUNTED('every_topic'))).at(-1)).toEqual([960n]);
});

test('half of an alignment is refused', async () => {
  await run(topicTable('halved', 'events', ", 'scan.watermark.alignment.group' = 'g'"));
  await expect(run('SELECT * FROM halved')).rejects.toMatchObject({
    cause: {
      cause: { message: expect.stringContaining("'scan.watermark.alignment.max-drift' must be set when configuring") },
    },
  });
});
