/** Queries through the whole engine: changes as Flink 2.3 gives them, and what it refuses. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import type { Session } from '../../src/engine/session.ts';
import { rowsOf } from '../../src/index.ts';
import { openTestEngine, type TestHome } from '../support/test-engine.ts';

let world: TestHome;
let session: Session;
beforeAll(async () => {
  world = await openTestEngine();
  session = await world.engine.openSession('s', { 'table.local-time-zone': 'UTC' });
  await file('codes', 'id INT, name STRING, op STRING', [
    { id: 1, name: 'a', op: 'c' },
    { id: 2, name: 'b', op: 'c' },
    { id: 1, name: 'a', op: 'b' },
    { id: 1, name: 'A', op: 'u' },
    { id: 2, name: 'b', op: 'd' },
  ]);
  await file('sale', 'id INT, shop INT, price INT', [
    { id: 1, shop: 1, price: 10 },
    { id: 2, shop: 2, price: 30 },
    { id: 3, shop: null, price: 50 },
  ]);
  await file('shop', 'num INT NOT NULL, town STRING', [
    { num: 1, town: 'Oslo' },
    { num: 2, town: 'Rome' },
  ]);
  const late = [
    [1, 1, '01'],
    [1, 2, '04'],
    [1, 3, '12'],
    [1, 4, '03'],
    [2, 5, '02'],
    [1, 6, '25'],
    [1, 7, '05'],
  ] as const;
  await file(
    'late',
    'k INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts',
    late.map(([k, v, second]) => ({ k, v, ts: `2024-03-01 10:00:${second}` })),
    { 'scan.watermark.emit.strategy': 'on-event' },
  );
});
afterAll(() => world.close());

async function file(name: string, columns: string, rows: readonly object[], more: object = {}): Promise<void> {
  const path = join(world.home, `${name}.json`);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const options = Object.entries({ connector: 'filesystem', path, format: 'json', ...more });
  const clause = options.map(([key, value]) => `'${key}' = '${value}'`).join(', ');
  await changes(`CREATE TABLE ${name} (${columns}) WITH (${clause})`);
}

const KINDS = ['+I', '-U', '+U', '-D'];

/** `+I a 1`, in the order in which they come. */
async function changes(sql: string): Promise<string[]> {
  const rows: string[] = [];
  for await (const { kind, values } of rowsOf(session.execute(sql)))
    rows.push([KINDS[kind], ...values.map((value) => value ?? 'null')].join(' '));
  return rows;
}

/** What is left when all changes are applied. */
async function result(sql: string): Promise<string[]> {
  const rows = new Map<string, number>();
  for (const change of await changes(sql)) {
    const [kind = '', row = ''] = [change.slice(0, 2), change.slice(3)];
    rows.set(row, (rows.get(row) ?? 0) + (kind.startsWith('+') ? 1 : -1));
  }
  return [...rows].flatMap(([row, count]) => Array<string>(count).fill(row)).sort();
}

/** Runs with settings that are reset behind it. */
async function withSettings<T>(settings: Record<string, string>, run: () => Promise<T>): Promise<T> {
  for (const [key, value] of Object.entries(settings)) await changes(`SET '${key}' = '${value}'`);
  try {
    return await run();
  } finally {
    for (const key of Object.keys(settings)) await changes(`RESET '${key}'`);
  }
}

/** The innermost message. */
async function refusal(sql: string): Promise<string> {
  try {
    await changes(sql);
  } catch (error) {
    let root = error;
    while (root instanceof EngineError && root.cause instanceof Error) root = root.cause;
    return root instanceof Error ? root.message : String(root);
  }
  return 'no error';
}

describe('FROM_CHANGELOG and TO_CHANGELOG', () => {
  const MAPPING = "MAP['c, r', 'INSERT', 'b', 'UPDATE_BEFORE', 'u', 'UPDATE_AFTER', 'd', 'DELETE']";
  const DECODED = `FROM_CHANGELOG(input => TABLE codes, op_mapping => ${MAPPING})`;

  it('makes changes of rows with codes', async () => {
    expect(await changes(`SELECT * FROM ${DECODED}`)).toEqual(['+I 1 a', '+I 2 b', '-U 1 a', '+U 1 A', '-D 2 b']);
  });

  it('makes rows with codes of changes, by name and by place', async () => {
    const all = ['+I INSERT 1 a', '+I INSERT 2 b', '+I UPDATE_BEFORE 1 a', '+I UPDATE_AFTER 1 A', '+I DELETE 2 b'];
    expect(await changes(`SELECT * FROM TO_CHANGELOG(input => (SELECT * FROM ${DECODED}))`)).toEqual(all);
    const coded = `TO_CHANGELOG((SELECT * FROM ${DECODED}), DESCRIPTOR(k), MAP['INSERT, UPDATE_AFTER', '+', 'DELETE', '-'])`;
    expect(await changes(`SELECT k, id FROM ${coded}`)).toEqual(['+I + 1', '+I + 2', '+I + 1', '+I - 2']);
  });

  it.each([
    [
      'FROM_CHANGELOG(TABLE codes PARTITION BY id)',
      "Only tables with set semantics may be partitioned. Invalid PARTITION BY clause in the 0-th operand of table function 'FROM_CHANGELOG'",
    ],
    ['FROM_CHANGELOG(TABLE codes, DESCRIPTOR(x))', "The op column 'x' does not exist in the input schema."],
    [
      "FROM_CHANGELOG(input => TABLE codes, op_mapping => MAP['c', 'INSERT', 'u', 'UPDATE_AFTER'])",
      "The 'op_mapping' must include UPDATE_BEFORE for retract mode. Upsert mode (without UPDATE_BEFORE) is not supported in this version.",
    ],
    [
      'FROM_CHANGELOG(INPUT => TABLE codes)',
      "Param 'INPUT' not found in function 'FROM_CHANGELOG'; did you mean 'input'?",
    ],
    [
      "FROM_CHANGELOG(TABLE codes, DESCRIPTOR(op), MAP['c', 'INSERT'])",
      "Received invalid op code 'b'. Defined op codes are: [c].",
    ],
    [
      "TO_CHANGELOG(input => TABLE codes, op_mapping => MAP['NOPE', 'c'])",
      "Invalid target mapping for argument 'op_mapping'. Unknown change operation: 'NOPE'. Valid values are: [INSERT, DELETE, UPDATE_BEFORE, UPDATE_AFTER].",
    ],
    ['TO_CHANGELOG(op => DESCRIPTOR(x))', 'DEFAULT is only allowed for optional parameters'],
    ['TO_CHANGELOG(TABLE codes)', 'Field names must be unique. Found duplicates: [op]'],
  ])('refuses %s', async (call, text) => {
    expect(await refusal(`SELECT * FROM ${call}`)).toBe(text);
  });
});

describe('sub-queries in the condition of an outer join', () => {
  it.each([
    ['LEFT', 's.price > (SELECT AVG(price) FROM sale)', ['1 null', '2 null', '3 null']],
    ['LEFT', 's.price >= (SELECT AVG(price) FROM sale)', ['1 null', '2 Rome', '3 null']],
    ['LEFT', "EXISTS (SELECT 1 FROM shop x WHERE x.town = 'Oslo')", ['1 Oslo', '2 Rome', '3 null']],
    ['LEFT', 'EXISTS (SELECT 1 FROM shop x WHERE x.num = s.shop AND x.num > 1)', ['1 null', '2 Rome', '3 null']],
    ['LEFT', 's.price NOT IN (SELECT price FROM sale WHERE id = 2)', ['1 Oslo', '2 null', '3 null']],
    ['RIGHT', 'p.town = (SELECT MIN(town) FROM shop)', ['1 Oslo', 'null Rome']],
    [
      'FULL',
      's.price < (SELECT MAX(price) FROM sale) AND p.num > (SELECT MIN(num) FROM shop)',
      ['1 null', '2 Rome', '3 null', 'null Oslo'],
    ],
  ])('%s JOIN … AND %s', async (type, condition, rows) => {
    const sql = `SELECT s.id, p.town FROM sale s ${type} JOIN shop p ON s.shop = p.num AND ${condition}`;
    expect(await result(sql)).toEqual(rows);
  });

  it('refuses one that reads both sides', async () => {
    const sql =
      'SELECT 1 FROM sale s LEFT JOIN shop p ON EXISTS (SELECT 1 FROM shop x WHERE x.num = s.shop AND x.town = p.town)';
    expect(await refusal(sql)).toBe("A sub-query in an outer join's condition may read one side of the join only.");
  });
});

describe('what Flink cannot run', () => {
  it.each([
    ['SELECT * FROM UNNEST(ARRAY[1], ARRAY[2])', /^UNNEST takes one collection/],
    ['SELECT * FROM sale PIVOT (SUM(price) FOR shop IN (1, 2))', /^PIVOT is not supported/],
    ['SELECT * FROM sale UNPIVOT (v FOR k IN (id, price))', /^UNPIVOT is not supported/],
  ])('%s', async (sql, text) => {
    expect(await refusal(sql)).toMatch(text);
  });
});

describe('early and late results of the older group windows', () => {
  const EARLY = { 'table.exec.emit.early-fire.enabled': 'true', 'table.exec.emit.early-fire.delay': '0 ms' };
  const LATE = { 'table.exec.emit.late-fire.enabled': 'true', 'table.exec.emit.late-fire.delay': '0 ms' };
  const SUMS =
    "SELECT DATE_FORMAT(TUMBLE_START(ts, INTERVAL '10' SECOND), 'ss'), k, SUM(v) FROM late GROUP BY TUMBLE(ts, INTERVAL '10' SECOND), k";
  const withWatermarks = { 'pipeline.auto-watermark-interval': '0 ms' };

  it('early: each row of an open window', async () => {
    const rows = await withSettings({ ...EARLY, ...withWatermarks }, () => changes(SUMS));
    expect(rows).toEqual(['+I 00 1 1', '-U 00 1 1', '+U 00 1 3', '+I 10 1 3', '+I 20 1 6']);
  });

  it('late: each late row within the allowed lateness, and a key that comes late', async () => {
    const rows = await withSettings({ ...LATE, ...withWatermarks, 'table.exec.emit.allow-lateness': '10 s' }, () =>
      changes(SUMS),
    );
    expect(rows).toEqual(['+I 00 1 3', '-U 00 1 3', '+U 00 1 7', '+I 00 2 5', '+I 10 1 3', '+I 20 1 6']);
  });

  it.each([
    [{ 'table.exec.emit.early-fire.enabled': 'true' }, SUMS, /Early-fire delay should not be null or negative value/],
    [LATE, SUMS, /requires set 'allow-lateness' or 'minIdleStateRetentionTime'/],
    [
      EARLY,
      "SELECT COUNT(*) FROM late GROUP BY SESSION(ts, INTERVAL '1' SECOND)",
      /^Session window doesn't support EMIT/,
    ],
    [
      EARLY,
      "SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE late, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY window_start, window_end",
      /^Currently, window table function based aggregate doesn't support early-fire/,
    ],
  ])('refuses %j', async (settings, sql, text) => {
    expect(await withSettings(settings, () => refusal(sql))).toMatch(text);
  });
});

describe('settings that are none of their values', () => {
  const INSERT = 'INSERT INTO gone SELECT id FROM sale';
  const NO_BOOLEAN = 'Unrecognized option for boolean: nope. Expected either true or false(case insensitive)';
  const noConstant = (name: string, words: string) =>
    `Could not parse value for enum class org.apache.flink.table.api.config.ExecutionConfigOptions$${name}. Expected one of: [[${words}]]`;
  const COUNTED = "SELECT COUNT(*) FROM late GROUP BY TUMBLE(ts, INTERVAL '1' SECOND)";

  it.each([
    ['table.exec.sink.not-null-enforcer', INSERT, noConstant('NotNullEnforcer', 'ERROR, DROP')],
    ['table.exec.sink.type-length-enforcer', INSERT, noConstant('TypeLengthEnforcer', 'IGNORE, TRIM_PAD, ERROR')],
    ['table.exec.sink.upsert-materialize', INSERT, noConstant('UpsertMaterialize', 'NONE, AUTO, FORCE')],
    ['table.exec.legacy-cast-behaviour', 'SELECT id FROM sale', noConstant('LegacyCastBehaviour', 'ENABLED, DISABLED')],
    ['table.dynamic-table-options.enabled', "SELECT id FROM sale /*+ OPTIONS('path' = 'x') */", NO_BOOLEAN],
    ['table.exec.emit.early-fire.enabled', COUNTED, NO_BOOLEAN],
    ['table.exec.emit.late-fire.enabled', COUNTED, NO_BOOLEAN],
  ])('%s', async (key, sql, reason) => {
    await changes("CREATE TABLE IF NOT EXISTS gone (id INT) WITH ('connector' = 'blackhole')");
    expect(await withSettings({ [key]: 'nope' }, () => refusal(sql))).toBe(reason);
  });
});

describe('query hints', () => {
  it.each([
    ["LOOKUP('retry-predicate' = 'lookup_miss')", /^Invalid LOOKUP hint: incomplete required option/],
    ["LOOKUP('table' = 'p', 'retry-predicate' = 'lookup_miss')", /retry options can be both null or all not null$/],
    ["LOOKUP('table' = 'p', 'async' = 'maybe')", /Could not parse value 'maybe' for key 'async'\.$/],
    ["LOOKUP('table' = 'nope')", /cannot match the name of input tables or views: \n`nope` in `LOOKUP`$/],
    ["STATE_TTL('nope' = '1 d')", /`nope` in `STATE_TTL`$/],
    ["STATE_TTL('p' = 'x')", /^Invalid STATE_TTL hint value/],
    ['BROADCAST', /expecting at least one table or view specified in hint BROADCAST\.$/],
    ['NOPE(p)', /^Hint: NOPE should be registered/],
  ])('%s is refused', async (hint, text) => {
    expect(await refusal(`SELECT /*+ ${hint} */ s.id FROM sale s JOIN shop p ON s.shop = p.num`)).toMatch(text);
  });

  it('a job whose look-up waits for its next try is cancelled at once', async () => {
    const dim = "'connector' = 'jdbc', 'url' = 'jdbc:sqlite:dim.db', 'table-name' = 'dim'";
    await changes(`CREATE TABLE dim (id INT, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (${dim})`);
    await withSettings({ 'table.dml-sync': 'true' }, () => changes("INSERT INTO dim VALUES (-1, 'nobody')"));
    await changes("CREATE TABLE names (id INT, name STRING) WITH ('connector' = 'blackhole')");
    await changes(
      "CREATE TABLE ids (id INT, proc AS PROCTIME()) WITH ('connector' = 'datagen', 'fields.id.min' = '1', 'rows-per-second' = '10')",
    );
    const hint =
      "LOOKUP('table' = 'd', 'retry-predicate' = 'lookup_miss', 'retry-strategy' = 'fixed_delay', 'fixed-delay' = '1 h', 'max-attempts' = '3')";
    const [job = ''] = await changes(
      `INSERT INTO names SELECT /*+ ${hint} */ i.id, d.name FROM ids AS i LEFT JOIN dim FOR SYSTEM_TIME AS OF i.proc AS d ON i.id = d.id`,
    );
    const id = job.split(' ')[1] ?? '';
    await vi.waitFor(() => expect(world.engine.jobs.find(id).recordsIn).toBeGreaterThan(0), 5000);
    await changes(`CANCEL JOB '${id}'`);
    expect(await world.engine.jobs.wait(id)).toMatchObject({ status: 'CANCELED', failure: null });
  });

  it('hints that are right change no result', async () => {
    const hints = "STATE_TTL('s' = '1 d'), BROADCAST(p), LOOKUP('table' = 'p')";
    expect(await result(`SELECT /*+ ${hints} */ s.id FROM sale s JOIN shop p ON s.shop = p.num`)).toEqual(['1', '2']);
  });
});

describe('windows', () => {
  const WINDOW = "TABLE(TUMBLE(TABLE late, DESCRIPTOR(ts), INTERVAL '10' SECOND))";

  it('GROUPING of a window comes once, when the window is over', async () => {
    const sql = `SELECT k, COUNT(*), GROUPING(k) FROM ${WINDOW} WHERE v < 3 GROUP BY window_start, window_end, GROUPING SETS ((k), ())`;
    expect(await changes(sql)).toEqual(['+I 1 2 0', '+I null 2 1']);
  });

  it('window_time orders the windows of an aggregation with more keys', async () => {
    const inner = `SELECT window_time AS rt, k, COUNT(*) AS c FROM ${WINDOW} WHERE v < 4 GROUP BY window_start, window_end, window_time, k`;
    const sql = `SELECT SUM(c) FROM TABLE(TUMBLE((${inner}), DESCRIPTOR(rt), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end`;
    expect(await changes(sql)).toEqual(['+I 3']);
  });

  it('RANK is refused as a Top-N of a window', async () => {
    const sql = `SELECT * FROM (SELECT *, RANK() OVER (PARTITION BY window_start, window_end ORDER BY v) AS r FROM ${WINDOW}) WHERE r < 2`;
    expect(await refusal(sql)).toMatch(/^RANK\(\) function is not supported on Window TopN/);
  });
});

it('OVER in batch: each function has its own column, whatever order its window is computed in', async () => {
  const sql =
    'SELECT id, RANK() OVER (PARTITION BY op ORDER BY name), DENSE_RANK() OVER (PARTITION BY op ORDER BY name), ROW_NUMBER() OVER (PARTITION BY op ORDER BY name DESC) FROM codes';
  const rows = await withSettings({ 'execution.runtime-mode': 'batch' }, () => result(sql));
  expect(rows).toEqual(['1 1 1 1', '1 1 1 1', '1 1 1 2', '2 1 1 1', '2 2 2 1']);
});

describe('DELETE and UPDATE', () => {
  const BATCH = { 'execution.runtime-mode': 'batch', 'table.dml-sync': 'true' };
  const PEOPLE = 'SELECT id, name, age FROM people';

  beforeAll(async () => {
    await changes(
      `CREATE TABLE people (id INT, name STRING, age INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:${join(world.home, 'people.db')}', 'table-name' = 'people')`,
    );
    await withSettings(BATCH, () =>
      changes("INSERT INTO people VALUES (1, 'Ann', 20), (2, 'Bob', 30), (3, 'Cyd', CAST(NULL AS INT))"),
    );
  });

  it('change the rows that are meant, and no others', async () => {
    const rows = await withSettings(BATCH, async () => {
      await changes('UPDATE people SET age = age + 1, name = UPPER(name) WHERE id < 3');
      const updated = await result(PEOPLE);
      await changes('DELETE FROM people AS p WHERE p.age IS NULL OR p.age > (SELECT AVG(age) FROM people)');
      return [updated, await result(PEOPLE)];
    });
    expect(rows).toEqual([['1 ANN 21', '2 BOB 31', '3 Cyd null'], ['1 ANN 21']]);
  });

  it.each([
    ['DELETE FROM people', {}, 'DELETE statement is not supported for streaming mode now.'],
    ['UPDATE people SET age = 1', {}, 'UPDATE statement is not supported for streaming mode now.'],
    ['UPDATE people SET id = 1', BATCH, 'UPDATE cannot change the primary key [id].'],
    ['UPDATE people SET nope = 1', BATCH, "Unknown target column 'nope'"],
    [
      'DELETE FROM sale',
      BATCH,
      "Can't perform delete operation of the table default_catalog.default_database.sale because the corresponding dynamic table sink has not yet implemented org.apache.flink.table.connector.sink.abilities.SupportsRowLevelDelete.",
    ],
  ])('%s is refused', async (sql, settings, text) => {
    expect(await withSettings(settings as Record<string, string>, () => refusal(sql))).toBe(text);
  });
});

describe('OVER', () => {
  const LAG = 'SELECT id, LAG(shop, 1, 0) OVER (ORDER BY id) FROM (SELECT * FROM sale UNION ALL SELECT 4, 4, 4) AS t';

  it('LAG with a default gives the nulls that are there', async () => {
    expect(await result(LAG)).toEqual(['1 0', '2 1', '3 2', '4 null']);
    expect(await withSettings({ 'execution.runtime-mode': 'batch' }, () => result(LAG))).toEqual([
      '1 0',
      '2 1',
      '3 2',
      '4 null',
    ]);
  });
});

describe('long statements', () => {
  it('a CASE of 5,000 branches answers', async () => {
    const branches = Array.from({ length: 5000 }, (_, i) => `WHEN id = ${i} THEN ${i} + price`).join(' ');
    expect(await result(`SELECT CASE ${branches} END FROM sale`)).toEqual(['11', '32', '53']);
  });
});

describe('EXPLAIN PLAN_ADVICE', () => {
  const advised = async (settings: Record<string, string>, query: string): Promise<string> => {
    const [text = ''] = await withSettings(settings, () => changes(`EXPLAIN PLAN_ADVICE ${query}`));
    return text.slice(text.indexOf('== Optimized Physical'), text.indexOf('== Optimized Execution'));
  };
  const COUNT = 'SELECT shop, COUNT(*) FROM sale GROUP BY shop';

  it('names what local and global aggregation needs', async () => {
    const text = await advised({ 'table.optimizer.agg-phase-strategy': 'ONE_PHASE' }, COUNT);
    expect(text).toContain('== Optimized Physical Plan With Advice ==\nGroupAggregate(advice=[1], groupBy=[shop], ');
    expect(text).toContain(
      "\n\nadvice[1]: [ADVICE] You might want to enable local-global two-phase optimization by configuring ('table.optimizer.agg-phase-strategy' to 'AUTO', 'table.exec.mini-batch.enabled' to 'true', ",
    );
  });

  it('has none for aggregates that cannot be merged, and is refused in batch', async () => {
    expect(await advised({}, 'SELECT shop, FIRST_VALUE(id) FROM sale GROUP BY shop')).toContain(
      '\n\nNo available advice...\n',
    );
    const batch = { 'execution.runtime-mode': 'batch' };
    expect(await withSettings(batch, () => refusal(`EXPLAIN PLAN_ADVICE ${COUNT}`))).toBe(
      'EXPLAIN PLAN_ADVICE is not supported under batch mode.',
    );
  });
});
