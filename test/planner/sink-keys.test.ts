/** What a keyed sink asks of a Top-N, as Flink 2.3 plans it: with or without -U, with or without a materializer. */
import { expect, test } from 'vitest';
import { explain } from '../../src/planner/planner.ts';
import { readInsert } from '../support/read-insert.ts';
import { sqlTables } from './sql-tables.ts';

const GROUPED = {
  both: 'SELECT p, g, COUNT(*) AS c FROM t GROUP BY p, g',
  computed: 'SELECT MOD(g, 2) AS p, g, COUNT(*) AS c FROM t GROUP BY g',
};

async function planOf(key: string, rows: number, grouped: keyof typeof GROUPED): Promise<string> {
  const world = sqlTables();
  await world.create(
    "CREATE TABLE t (p INT, g INT) WITH ('connector' = 'filesystem', 'path' = '/tmp', 'format' = 'json')",
  );
  await world.create(
    `CREATE TABLE o (p INT, g INT, c BIGINT, PRIMARY KEY (${key}) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'embedded', 'key.format' = 'json', 'value.format' = 'json')`,
  );
  const insert = `INSERT INTO o SELECT p, g, c FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY p ORDER BY c DESC, g) AS r FROM (${GROUPED[grouped]})) WHERE r <= ${rows}`;
  const [, physical = ''] = (await explain([readInsert(insert)], ['CHANGELOG_MODE'], world.context)).split('\n\n');
  const mode = /Rank\(.*changelogMode=\[(.*)\]/.exec(physical)?.[1];
  return `${mode}${physical.includes('upsertMaterialize') ? ' materialized' : ''}`;
}

test.each([
  ['g', 1, 'both', 'I,UB,UA,D materialized'],
  ['g', 1, 'computed', 'I,UB,UA,D materialized'],
  ['g', 2, 'both', 'I,UB,UA,D materialized'],
  ['g', 2, 'computed', 'I,UB,UA,D materialized'],
  ['p', 1, 'both', 'I,UA,D'],
  ['p', 1, 'computed', 'I,UA,D'],
  ['p', 2, 'both', 'I,UB,UA,D materialized'],
  ['p, g', 1, 'both', 'I,UB,UA,D'],
  ['p, g', 1, 'computed', 'I,UB,UA,D'],
  ['p, g', 2, 'both', 'I,UA,D'],
  ['p, g', 2, 'computed', 'I,UB,UA,D materialized'],
] as const)('the key (%s), the first %i of a part, grouped by %s', async (key, rows, grouped, expected) => {
  expect(await planOf(key, rows, grouped)).toBe(expected);
});
