import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestSession, type TestSession } from './session-double.ts';

const T =
  "CREATE TABLE t (a INT, b STRING NOT NULL, c AS a + 1, ts TIMESTAMP(3), k INT NOT NULL, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND, PRIMARY KEY (k) NOT ENFORCED) PARTITIONED BY (b) WITH ('connector' = 'datagen', 'number-of-rows' = '1')";

let session: TestSession;
beforeEach(async () => {
  session = await openTestSession();
  await session.run(T);
});
afterEach(() => session.close());

async function ddlOf(table: string, kind = 'TABLE'): Promise<string> {
  return String((await session.rows(`SHOW CREATE ${kind} ${table}`))[0]?.[0]);
}
async function columnsOf(table: string): Promise<string[]> {
  return (await session.rows(`DESCRIBE ${table}`)).map((row) => row.slice(0, 2).join(' '));
}

describe('CREATE TABLE', () => {
  it('shows itself again', async () => {
    expect(await ddlOf('t')).toBe(
      "CREATE TABLE `default_catalog`.`default_database`.`t` (\n  `a` INT,\n  `b` VARCHAR(2147483647) NOT NULL,\n  `c` AS `a` + 1,\n  `ts` TIMESTAMP(3),\n  `k` INT NOT NULL,\n  WATERMARK FOR `ts` AS `ts` - INTERVAL '1' SECOND,\n  CONSTRAINT `PK_k` PRIMARY KEY (`k`) NOT ENFORCED\n)\nPARTITIONED BY (`b`)\nWITH (\n  'connector' = 'datagen',\n  'number-of-rows' = '1'\n)\n",
    );
  });

  it('is described with keys, extras and watermark', async () => {
    expect(await session.rows('DESCRIBE t')).toEqual([
      ['a', 'INT', true, null, null, null],
      ['b', 'STRING', false, null, null, null],
      ['c', 'INT', true, null, 'AS `a` + 1', null],
      ['ts', 'TIMESTAMP(3) *ROWTIME*', true, null, null, "`ts` - INTERVAL '1' SECOND"],
      ['k', 'INT', false, 'PRI(k)', null, null],
    ]);
    expect(await session.rows("SHOW COLUMNS FROM t LIKE 'k%'")).toEqual([['k', 'INT', false, 'PRI(k)', null, null]]);
  });

  it('has a column of comments only when there are comments', async () => {
    await session.run("CREATE TABLE x (a INT COMMENT 'it''s', b BIGINT METADATA FROM 'off' VIRTUAL)");
    expect((await session.run('DESC x')).kind).toBe('rows');
    expect(await session.rows('DESC x')).toEqual([
      ['a', 'INT', true, null, null, null, "it's"],
      ['b', 'BIGINT', true, null, "METADATA FROM 'off' VIRTUAL", null, null],
    ]);
    expect(await ddlOf('x')).toContain("`a` INT COMMENT 'it''s'");
  });

  it.each([
    ['CREATE TABLE t (a INT)', 'Could not execute CreateTable in path `default_catalog`.`default_database`.`t`'],
    ['CREATE TABLE x.y (a INT)', 'Could not execute CreateTable in path `default_catalog`.`x`.`y`'],
    [
      'CREATE TABLE x (a INT, a AS 1)',
      "A column named 'a' already exists in the table. Duplicate columns exist in the compute column and regular column. ",
    ],
    ['CREATE TABLE x (a INT, PRIMARY KEY (a))', /^Flink doesn't support ENFORCED mode/],
    ['CREATE TABLE x (a INT, UNIQUE (a) NOT ENFORCED)', 'UNIQUE constraint is not supported yet'],
    [
      'CREATE TABLE x (a INT PRIMARY KEY NOT ENFORCED, b INT PRIMARY KEY NOT ENFORCED)',
      'Duplicate primary key definition',
    ],
    [
      'CREATE TABLE x (a INT) PARTITIONED BY (z)',
      "Partition column 'z' not defined in the table schema. Available columns: ['a']",
    ],
    ['CREATE TABLE x (a INT) DISTRIBUTED BY (z)', /^Invalid bucket key 'z'/],
    ['CREATE TABLE x (a)', /Columns identifiers without types in the schema are supported on CTAS/],
    ['CREATE TABLE x LIKE nosuch', /of the LIKE clause not found in the catalog, at line 1, column 21$/],
    ['CREATE TABLE x (a STRING) LIKE t', "A column named 'a' already exists in the base table."],
    [
      'CREATE TABLE x (PRIMARY KEY (a) NOT ENFORCED) LIKE t (EXCLUDING CONSTRAINTS)',
      "Invalid primary key 'PK_a'. Column 'a' is nullable.",
    ],
    [
      "CREATE TABLE x WITH ('connector' = 'print') LIKE t (INCLUDING OPTIONS)",
      "There already exists an option ['connector' -> 'datagen']  in the base table. You might want to specify EXCLUDING OPTIONS or OVERWRITING OPTIONS.",
    ],
  ])('refuses %s', async (sql, message) => {
    expect((await session.error(sql)).message).toMatch(message);
  });

  it('takes over from another table what LIKE says', async () => {
    await session.run(
      "CREATE TABLE x (z INT, y AS z) WITH ('k' = 'v') LIKE t (EXCLUDING GENERATED EXCLUDING CONSTRAINTS)",
    );
    expect(await columnsOf('x')).toEqual(['a INT', 'b STRING', 'ts TIMESTAMP(3) *ROWTIME*', 'k INT', 'z INT', 'y INT']);
    expect(await ddlOf('x')).toContain("WITH (\n  'connector' = 'datagen',\n  'k' = 'v',\n  'number-of-rows' = '1'\n)");
  });

  it('masks secrets when it is shown', async () => {
    await session.run("CREATE TABLE x (a INT) WITH ('password' = 'geheim')");
    expect(await ddlOf('x')).toContain("'password' = '******'");
  });

  it('lives in the session when it is temporary', async () => {
    await session.run('CREATE TEMPORARY TABLE t (z INT)');
    expect(await columnsOf('t')).toEqual(['z INT']);
    expect((await session.error('DROP TABLE t')).message).toBe(
      "Temporary table with identifier '`default_catalog`.`default_database`.`t`' exists. Drop it first before removing the permanent table.",
    );
    await session.run('DROP TEMPORARY TABLE t');
    expect(await columnsOf('t')).toHaveLength(5);
  });
});

describe('ALTER TABLE', () => {
  it.each([
    ['ADD (z INT FIRST, y STRING AFTER a)', ['z', 'a', 'y', 'b', 'c', 'ts', 'k']],
    ['MODIFY a BIGINT AFTER b', ['b', 'a', 'c', 'ts', 'k']],
    ['DROP (a, c)', ['b', 'ts', 'k']],
    ['RENAME k TO key1', ['a', 'b', 'c', 'ts', 'key1']],
    ['ADD z AS k + 1 AFTER a', ['a', 'z', 'b', 'c', 'ts', 'k']],
  ])('%s', async (action, names) => {
    await session.run(`ALTER TABLE t ${action}`);
    expect((await session.rows('DESCRIBE t')).map(([name]) => name)).toEqual(names);
  });

  it('renames the key with its column, and makes a new key NOT NULL', async () => {
    await session.run('ALTER TABLE t RENAME k TO z');
    expect(await ddlOf('t')).toContain('CONSTRAINT `PK_k` PRIMARY KEY (`z`) NOT ENFORCED');
    await session.run('ALTER TABLE t DROP PRIMARY KEY');
    await session.run('ALTER TABLE t ADD PRIMARY KEY (a) NOT ENFORCED');
    expect(await ddlOf('t')).toContain('`a` INT NOT NULL');
  });

  it('changes options and the watermark', async () => {
    await session.run("ALTER TABLE t SET ('number-of-rows' = '5')");
    await session.run("ALTER TABLE t RESET ('x')");
    await session.run('ALTER TABLE t MODIFY WATERMARK FOR ts AS ts');
    expect(await ddlOf('t')).toMatch(/WATERMARK FOR `ts` AS `ts`,[\s\S]*'number-of-rows' = '5'/);
  });

  it('recomputes the types of computed columns', async () => {
    await session.run('ALTER TABLE t MODIFY a BIGINT');
    expect(await columnsOf('t')).toContain('c BIGINT');
    expect((await session.error('ALTER TABLE t MODIFY a STRING')).message).toBe(
      "Failed to execute ALTER TABLE statement.\nInvalid expression for computed column 'c'.",
    );
  });

  it.each([
    ['DROP a', 'The column `a` is referenced by computed column `c`.'],
    ['DROP b', 'The column `b` is used as the partition keys.'],
    ['DROP ts', 'The column `ts` is referenced by watermark expression.'],
    ['DROP k', 'The column `k` is used as the primary key.'],
    ['DROP nosuch', 'The column `nosuch` does not exist in the base table.'],
    ['ADD a INT', 'Column `a` already exists in the table.'],
    ['ADD (z INT, z INT)', 'Encounter duplicate column `z`.'],
    ['ADD z INT AFTER nosuch', "Referenced column `nosuch` by 'AFTER' does not exist in the table."],
    [
      'ADD PRIMARY KEY (a) NOT ENFORCED',
      'The current table has already defined the primary key constraint [`k`]. You might want to drop it before adding a new one.',
    ],
    [
      'DROP CONSTRAINT foo',
      "The current table does not define a primary key constraint named 'foo'. Available constraint name: ['PK_k'].",
    ],
    ['RENAME a TO b', 'The column `b` already existed in table schema.'],
  ])('refuses %s', async (action, message) => {
    expect((await session.error(`ALTER TABLE t ${action}`)).message).toBe(
      `Failed to execute ALTER TABLE statement.\n${message}`,
    );
  });

  it('declares partitions, which SHOW PARTITIONS lists', async () => {
    await session.run("ALTER TABLE t ADD PARTITION (b = '1') PARTITION (b = 'x') WITH ('k' = 'v')");
    await session.run("ALTER TABLE t ADD IF NOT EXISTS PARTITION (b = '1')");
    expect(await session.rows('SHOW PARTITIONS t')).toEqual([['b=1'], ['b=x']]);
    expect(await session.rows("SHOW PARTITIONS t PARTITION (b = 'x')")).toEqual([['b=x']]);
    await session.run("ALTER TABLE t DROP PARTITION (b = '1')");
    expect((await session.error("ALTER TABLE t DROP PARTITION (b = '1')")).root).toBe(
      'Partition CatalogPartitionSpec{{b=1}} of table default_database.t in catalog default_catalog does not exist.',
    );
    expect((await session.error("ALTER TABLE t ADD PARTITION (z = '1')")).root).toMatch(
      /^PartitionSpec CatalogPartitionSpec\{\{z=1\}\} does not match partition keys \[b\]/,
    );
    expect(await session.rows('SHOW PARTITIONS t')).toEqual([['b=x']]);
  });

  it('renames the table', async () => {
    await session.run('ALTER TABLE t RENAME TO u');
    expect(await session.rows('SHOW TABLES')).toEqual([['u']]);
    expect((await session.error('ALTER TABLE u RENAME TO u')).root).toBe(
      'Table (or view) default_database.u already exists in Catalog default_catalog.',
    );
  });
});

describe('views', () => {
  it('keep full names and the columns of today', async () => {
    await session.run('CREATE VIEW v AS SELECT * FROM t WHERE a > 1');
    expect(await ddlOf('v', 'VIEW')).toBe(
      'CREATE VIEW `default_catalog`.`default_database`.`v` (\n  `a`,\n  `b`,\n  `c`,\n  `ts`,\n  `k`\n)\nAS SELECT `t`.`a`, `t`.`b`, `t`.`c`, `t`.`ts`, `t`.`k`\nFROM `default_catalog`.`default_database`.`t` AS `t`\nWHERE `t`.`a` > 1\n',
    );
    await session.run('CREATE DATABASE d');
    await session.run('USE d');
    await session.run('ALTER TABLE default_database.t ADD z INT');
    expect((await session.rows('DESCRIBE default_database.v')).map(([name]) => name)).toEqual([
      'a',
      'b',
      'c',
      'ts',
      'k',
    ]);
  });

  it.each([
    [
      'SELECT q.a FROM (SELECT a FROM t) AS q',
      'SELECT `q`.`a`\nFROM (SELECT `t`.`a`\nFROM `default_catalog`.`default_database`.`t` AS `t`) AS `q`',
    ],
    [
      'WITH q AS (SELECT a FROM t) SELECT * FROM q',
      'WITH `q` AS (SELECT `t`.`a`\nFROM `default_catalog`.`default_database`.`t` AS `t`) SELECT `q`.`a`\nFROM `q` AS `q`',
    ],
    [
      'SELECT x.a, y.a AS b FROM t x JOIN t y ON x.a = y.a',
      'SELECT `x`.`a`, `y`.`a` AS `b`\nFROM `default_catalog`.`default_database`.`t` AS `x`\nINNER JOIN `default_catalog`.`default_database`.`t` AS `y` ON `x`.`a` = `y`.`a`',
    ],
    [
      'SELECT a FROM t AS o WHERE EXISTS (SELECT 1 FROM t AS i WHERE i.a = o.k)',
      'SELECT `o`.`a`\nFROM `default_catalog`.`default_database`.`t` AS `o`\nWHERE EXISTS (SELECT 1\nFROM `default_catalog`.`default_database`.`t` AS `i`\nWHERE `i`.`a` = `o`.`k`)',
    ],
  ])('%s', async (query, expanded) => {
    await session.run(`CREATE VIEW v AS ${query}`);
    expect((await ddlOf('v', 'VIEW')).split('\nAS ')[1]).toBe(`${expanded}\n`);
  });

  it('take other names for their columns', async () => {
    await session.run("CREATE TEMPORARY VIEW v (x) COMMENT 'text' AS SELECT a FROM t");
    expect(await columnsOf('v')).toEqual(['x INT']);
    expect((await session.error('CREATE VIEW w (x) AS SELECT a, b FROM t')).message).toMatch(
      /^VIEW definition and input fields not match/,
    );
    expect((await session.error('CREATE VIEW w (x, x) AS SELECT a, b FROM t')).root).toMatch(/same name `x`/);
  });

  it('change name and query', async () => {
    await session.run('CREATE VIEW v AS SELECT a FROM t');
    await session.run('ALTER VIEW v RENAME TO w');
    await session.run('ALTER VIEW w AS SELECT b FROM t');
    expect(await columnsOf('w')).toEqual(['b STRING']);
    expect((await session.error('ALTER VIEW t AS SELECT 1')).message).toBe('ALTER VIEW for a table is not allowed');
    expect((await session.error('SHOW CREATE TABLE w')).message).toMatch(
      /is a view. Please use SHOW CREATE VIEW instead\.$/,
    );
    await session.run('DROP VIEW w');
    expect((await session.error('DROP VIEW w')).message).toBe(
      "View with identifier 'default_catalog.default_database.w' does not exist.",
    );
  });
});

describe('CREATE TABLE AS', () => {
  it('makes the table with declared columns in front, and submits the INSERT', async () => {
    await session.run("CREATE TABLE x (a BIGINT, z INT) WITH ('connector' = 'blackhole') AS SELECT a, b FROM t");
    expect(await columnsOf('x')).toEqual(['z INT', 'a BIGINT', 'b STRING']);
    expect(session.submitted).toHaveLength(1);
  });

  it('leaves no table behind when the INSERT cannot be planned', async () => {
    await session.error('CREATE TABLE x AS SELECT a FROM t');
    expect(await session.rows('SHOW TABLES')).toEqual([['t']]);
  });

  it('refuses REPLACE TABLE of a table that is not there, and types that do not fit', async () => {
    const table = "TABLE x (a DATE) WITH ('connector' = 'blackhole') AS SELECT a FROM t";
    expect((await session.error(`REPLACE ${table}`)).message).toMatch(
      /^Incompatible types for sink column 'a' at position 1/,
    );
    expect((await session.error(`REPLACE ${table.replace('DATE', 'BIGINT')}`)).message).toMatch(
      /to be replaced doesn't exist/,
    );
    await session.run(`CREATE OR REPLACE ${table.replace('DATE', 'BIGINT')}`);
    expect(await columnsOf('x')).toEqual(['a BIGINT']);
  });

  it('is explained without being made', async () => {
    const [[plan] = []] = await session.rows(
      "EXPLAIN CREATE TABLE x WITH ('connector' = 'blackhole') AS SELECT a FROM t",
    );
    expect(plan).toContain('LogicalSink(table=[default_catalog.default_database.x], fields=[a])');
    expect(await session.rows('SHOW TABLES')).toEqual([['t']]);
  });
});
