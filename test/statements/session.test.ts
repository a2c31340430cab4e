import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maskStatement } from '../../src/base/secret.ts';
import { statements } from '../../src/statements/index.ts';
import { openTestSession, type TestSession } from './session-double.ts';

let session: TestSession;
beforeEach(async () => {
  session = await openTestSession();
});
afterEach(() => session.close());

describe('the shelf', () => {
  it('has one entry for each name and each head', () => {
    const names = statements.map(({ name }) => name);
    const heads = statements.flatMap((statement) => statement.heads.map((head) => head.join(' ')));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(heads).size).toBe(heads.length);
    for (const { syntax, summary } of statements) expect(syntax.length * summary.length).toBeGreaterThan(0);
  });
});

describe('catalogs and databases', () => {
  it('are made, used, shown and dropped', async () => {
    await session.run("CREATE CATALOG dim COMMENT 'dimensions' WITH ('type' = 'level', 'default-database' = 'dw')");
    expect(await session.rows("SHOW CATALOGS LIKE 'd%'")).toEqual([['default_catalog'], ['dim']]);
    await session.run('USE CATALOG dim');
    await session.run('CREATE DATABASE ods');
    await session.run('USE ods');
    expect(await session.rows('SHOW CURRENT DATABASE')).toEqual([['ods']]);
    expect(await session.rows('SHOW DATABASES')).toEqual([['dw'], ['ods']]);
    expect(await session.rows('SHOW CREATE CATALOG dim')).toEqual([
      ["CREATE CATALOG `dim`\nCOMMENT 'dimensions'\nWITH (\n  'default-database' = 'dw',\n  'type' = 'level'\n)\n"],
    ]);
    expect(await session.rows('DESCRIBE CATALOG EXTENDED dim')).toEqual([
      ['name', 'dim'],
      ['type', 'level'],
      ['comment', 'dimensions'],
      ['option:default-database', 'dw'],
    ]);
    await session.run('USE CATALOG default_catalog');
    await session.run('DROP CATALOG dim');
    expect(await session.rows('SHOW CATALOGS')).toEqual([['default_catalog'], ['myhive']]);
  });

  it.each([
    [
      'DROP DATABASE nosuch',
      'Could not execute DROP DATABASE default_catalog.nosuch RESTRICT',
      'Database nosuch does not exist in Catalog default_catalog.',
    ],
    [
      'DROP DATABASE default_database',
      'Could not execute DROP DATABASE default_catalog.default_database RESTRICT',
      'Cannot drop a database which is currently in use.',
    ],
    [
      'DROP CATALOG default_catalog',
      'Could not execute DROP CATALOG: (catalogName: [default_catalog])',
      'Cannot drop a catalog which is currently in use.',
    ],
    [
      'CREATE DATABASE default_database',
      'Could not execute CREATE DATABASE: (catalogDatabase: [{}], catalogName: [default_catalog], databaseName: [default_database], ignoreIfExists: [false])',
      'Database default_database already exists in Catalog default_catalog.',
    ],
    [
      "ALTER CATALOG nosuch SET ('a' = 'b')",
      "Could not execute ALTER CATALOG nosuch\n  SET 'a' = 'b'",
      'Catalog nosuch does not exist in the catalog store.',
    ],
    [
      "ALTER DATABASE nosuch SET ('a' = 'b')",
      'Database nosuch not exists',
      'Database nosuch does not exist in Catalog default_catalog.',
    ],
    [
      'SHOW TABLES FROM nosuch',
      "Database 'default_catalog'.'nosuch' doesn't exist.",
      "Database 'default_catalog'.'nosuch' doesn't exist.",
    ],
    [
      'SHOW PARTITIONS x',
      'Could not execute SHOW PARTITIONS default_catalog.default_database.x',
      'Table (or view) default_database.x does not exist in Catalog default_catalog.',
    ],
  ])('%s', async (sql, message, root) => {
    expect(await session.error(sql)).toMatchObject({ message, root });
  });

  it('keep a database that is not empty, unless CASCADE is said', async () => {
    await session.run('CREATE DATABASE d');
    await session.run('CREATE TABLE d.t (a INT)');
    expect((await session.error('DROP DATABASE d')).root).toBe('Database d in catalog default_catalog is not empty.');
    await session.run('DROP DATABASE d CASCADE');
    expect(await session.rows('SHOW DATABASES')).toEqual([['default_database']]);
  });
});

describe('SHOW … LIKE', () => {
  it.each([
    ["SHOW CATALOGS LIKE 'my%'", [['myhive']]],
    ["SHOW CATALOGS NOT LIKE 'my%'", [['default_catalog']]],
    ["SHOW CATALOGS ILIKE 'MY____'", [['myhive']]],
    ["SHOW CATALOGS LIKE 'MY%'", []],
    ["SHOW CATALOGS LIKE 'm.*'", []],
  ])('%s', async (sql, rows) => {
    expect(await session.rows(sql)).toEqual(rows);
  });
});

describe('SET and RESET', () => {
  it.each(["SET 'a.b' = 'c d'", 'SET a.b=c', "SET a.b = 'c';"])('%s', async (sql) => {
    await session.run(sql);
    expect(session.state.config.get('a.b')).toMatch(/^c/);
    await session.run('RESET a.b');
    expect(await session.rows('SET')).toEqual([]);
  });

  it('lists in order and hides secrets', async () => {
    await session.run("SET 'z' = '1'");
    await session.run("SET 'my.password' = 'geheim'");
    expect(await session.rows('SET')).toEqual([
      ['my.password', '******'],
      ['z', '1'],
    ]);
    await session.run('RESET');
    expect(await session.rows('SET')).toEqual([]);
  });
});

describe('statement sets', () => {
  beforeEach(async () => {
    await session.run("CREATE TABLE s (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1')");
    await session.run("CREATE TABLE k (a INT) WITH ('connector' = 'blackhole')");
  });

  it('gather INSERTs between BEGIN STATEMENT SET and END', async () => {
    await session.run('BEGIN STATEMENT SET');
    expect(await session.run('INSERT INTO k SELECT a FROM s')).toEqual({ kind: 'ok' });
    await session.run('INSERT INTO k SELECT a + 1 FROM s');
    expect((await session.error('SHOW TABLES')).message).toBe(
      "Only 'INSERT/CREATE TABLE AS' statement is allowed in Statement Set or use 'END' statement to submit Statement Set.",
    );
    expect(session.submitted).toHaveLength(0);
    expect(await session.run('END')).toEqual({ kind: 'job', jobId: 'new-job' });
    expect(session.submitted).toHaveLength(1);
    expect(session.state.statementSet).toBeNull();
  });

  it('are submitted at once by EXECUTE STATEMENT SET', async () => {
    await session.run('EXECUTE STATEMENT SET BEGIN INSERT INTO k SELECT a FROM s; INSERT INTO k SELECT 1; END');
    expect(session.submitted[0]?.vertices.filter(({ body }) => body.kind === 'Sink')).toHaveLength(2);
  });

  it('end only when begun', async () => {
    expect((await session.error('END')).message).toMatch(/^No Statement Set to submit\./);
    await session.run('BEGIN STATEMENT SET');
    expect(await session.run('END')).toEqual({ kind: 'ok' });
  });
});

describe('jobs', () => {
  it('are listed and described, their start as nanoseconds', async () => {
    const row = ['abc123', 'dwd', 'RUNNING', 1_700_000_000_123_000_000n];
    expect(await session.rows('SHOW JOBS')).toEqual([row]);
    expect(await session.rows("DESCRIBE JOB 'abc'")).toEqual([row]);
    expect((await session.error("DESCRIBE JOB 'x'")).message).toBe('Described job x does not exist in the cluster.');
  });

  it('are stopped, cancelled, resumed and dropped', async () => {
    expect(await session.run("STOP JOB 'dwd'")).toEqual({ kind: 'ok' });
    expect(await session.rows("STOP JOB 'dwd' WITH SAVEPOINT WITH DRAIN")).toEqual([['/savepoint']]);
    await session.run("CANCEL JOB 'dwd'");
    expect(await session.run("RESUME JOB 'dwd'")).toEqual({ kind: 'job', jobId: 'abc123' });
    await session.run("RESUME JOB 'dwd' FROM CHECKPOINT 7 WITH ('allow-duplicates' = 'true')");
    await session.run("RESUME JOB 'dwd' FROM '/path'");
    await session.run("DROP JOB 'dwd'");
    expect(session.asked).toEqual([
      'stop abc123 {"savepoint":false,"drain":false}',
      'stop abc123 {"savepoint":true,"drain":true}',
      'cancel abc123',
      'resume abc123 {"allowDuplicates":false}',
      'resume abc123 {"allowDuplicates":true,"from":"7"}',
      'resume abc123 {"allowDuplicates":false,"from":"/path"}',
      'drop abc123',
    ]);
    expect((await session.error("STOP JOB 'x' WITH DRAIN")).message).toContain(
      'WITH DRAIN could only be used after WITH SAVEPOINT.',
    );
  });

  it('show their checkpoints', async () => {
    const row = ['abc123', 7n, 'checkpoint', 'COMPLETED', 5_000_000n, 2n, 10n, '/chk-7'];
    expect(await session.rows('SHOW CHECKPOINTS')).toEqual([row]);
    expect(await session.rows("SHOW CHECKPOINTS FOR JOB 'dwd'")).toEqual([row]);
  });
});

describe('the others', () => {
  it('CALL passes constants', async () => {
    await session.run("CALL sys.play_shop(orders => 20000, seed => -1, tag => 'x')");
    expect(session.asked).toEqual([
      'call sys.play_shop [{"name":"orders","value":20000},{"name":"seed","value":-1},{"name":"tag","value":"x"}]',
    ]);
    expect((await session.error('CALL f(a)')).message).toBe('Arguments of CALL must be constants.');
  });

  it.each([
    ['UPDATE t SET a = 1', /^Unable to create a source for reading table/],
    ['TRUNCATE TABLE t', 'TRUNCATE TABLE statement is not supported in streaming mode.'],
    ['ANALYZE TABLE t COMPUTE STATISTICS', 'ANALYZE TABLE is not supported for streaming mode now'],
    ['ALTER MODEL m RENAME TO n', /^Model `default_catalog`.`default_database`.`m` doesn't exist/],
    ['DROP MATERIALIZED TABLE t', /^Table `default_catalog`.`default_database`.`t` is not a materialized table/],
    ['USE MODULES core, core', /Module 'core' appears more than once$/],
    ['ANALYZE TABLE t COMPUTE STATISTICS FOR COLUMNS z', /^Column: z does not exist in the table/],
    ['CREATE MATERIALIZED TABLE m AS SELECT 1', /^Materialized tables are not supported/],
    ['LOAD MODULE core', "Could not execute LOAD MODULE `core`. A module with name 'core' already exists"],
    ['HELP', 'HELP is a command of the SQL client, not a statement.'],
    ["EXECUTE PLAN '/nosuch.json'", "Failed to execute EXECUTE PLAN '/nosuch.json' statement."],
  ])('%s', async (sql, message) => {
    await session.run('CREATE TABLE t (a INT)');
    expect((await session.error(sql)).message).toMatch(message);
  });

  it('SHOW MODULES and SHOW FUNCTIONS', async () => {
    expect(await session.rows('SHOW FULL MODULES')).toEqual([['core', true]]);
    await session.run("CREATE FUNCTION my_f AS 'x.Y'");
    expect(await session.rows('SHOW USER FUNCTIONS')).toEqual([['my_f']]);
    expect(await session.rows("SHOW FUNCTIONS LIKE 'json%'")).toEqual([]);
    await session.run('DROP FUNCTION my_f');
    expect((await session.error('DROP FUNCTION my_f')).message).toBe(
      'Function default_database.my_f does not exist in Catalog default_catalog.',
    );
  });

  it('a text is kept without secrets', () => {
    expect(maskStatement("INSERT INTO t /*+ OPTIONS('password' = 'a''b', 'url' = 'x') */ SELECT 1")).toBe(
      "INSERT INTO t /*+ OPTIONS('password' = '******', 'url' = 'x') */ SELECT 1",
    );
  });
});

it('a statement too large to be planned fails clearly', async () => {
  const chain = Array.from({ length: 20_000 }, (_, i) => `1 = ${i}`).join(' AND ');
  expect((await session.error(`SELECT 1 AS a FROM (VALUES (1)) AS t (x) WHERE ${chain}`)).message).toMatch(
    /too long to be planned/,
  );
});
