/** The demo as a user runs it: the whole warehouse from `bin/sql-client.sh`, embedded and on real servers, without a difference. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processesOf, stopHome } from '../../scripts/warehouse-kills.ts';
import { type Service, startKafka, startMariadb } from '../support/services.ts';
import { sqlClient } from '../support/sql-client.ts';

const ROOT = join(import.meta.dirname, '../..');
const DEMO = join(ROOT, 'demo/warehouse');
const LIMIT = { timeout: 400_000 };
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'millrace-warehouse-'));
});
afterEach(async () => {
  await stopHome(home);
  expect(processesOf(home)).toEqual([]);
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}, 120_000);

it('rule 20: every Kafka table that the demo writes is exactly-once, with a prefix', () => {
  const files = readdirSync(DEMO).filter((name) => name.endsWith('.sql'));
  const text = files.map((name) => readFileSync(join(DEMO, name), 'utf8')).join('\n');
  const written = new Set([...text.matchAll(/INSERT INTO (?:\w+\.)*(\w+)/gi)].map(([, table]) => table));
  const tables = [...text.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(?:\w+\.)*(\w+)[^;]*?WITH \(([^;]*)\)/gis)];
  const sinks = tables.filter(
    ([, name, options]) => written.has(name) && /'connector' = '(upsert-)?kafka'/.test(options ?? ''),
  );
  expect(sinks.length).toBeGreaterThan(10);
  for (const [, name, options] of sinks) {
    expect({ name, options }).toMatchObject({
      options: expect.stringContaining("'sink.delivery-guarantee' = 'exactly-once'"),
    });
    expect({ name, options }).toMatchObject({ options: expect.stringContaining("'sink.transactional-id-prefix' = ") });
  }
});

it('runs embedded, all in one file', LIMIT, async () => {
  const { code, output, errors } = await client(['-Dorders=1000', '-f', join(DEMO, 'warehouse.sql')]);
  expect(errors).not.toContain('[ERROR]');
  expect(code).toBe(0);
  expectNoDifference(output);
  const jobs = await client(['-e', 'SHOW JOBS']);
  expect(jobs.output.match(/RUNNING/g)?.length).toBe(6);
});

it('runs on Kafka and MariaDB, layer by layer', LIMIT, async () => {
  const [kafka, mariadb] = await Promise.all([startKafka(), startMariadb()]);
  try {
    await mysql(mariadb, readFileSync(join(DEMO, 'mysql.sql'), 'utf8'));
    const values = [
      `-Dbootstrap=127.0.0.1:${kafka.port}`,
      `-Djdbc=jdbc:mysql://127.0.0.1:${mariadb.port}/`,
      '-Djdbc_suffix=',
      '-Dmysql=127.0.0.1',
      `-Dmysql_port=${mariadb.port}`,
      '-Duser=root',
      '-Dpassword=',
      '-Dorders=1000',
    ];
    let last = '';
    for (const file of ['play-mysql', 'ods', 'collect', 'dim', 'dwd', 'ads', 'await', 'show', 'check']) {
      const { code, output, errors } = await client([...values, '-f', join(DEMO, `${file}.sql`)]);
      expect({ file, code, errors: errors.match(/^\[ERROR\][\s\S]*/m)?.[0] }).toEqual({
        file,
        code: 0,
        errors: undefined,
      });
      last = output;
    }
    expectNoDifference(last);
    await stopHome(home);
  } finally {
    await Promise.all([kafka.stop(), mariadb.stop()]);
  }
});

/** The closing table of check.sql: six indicators, each with rows and without a difference. */
function expectNoDifference(output: string): void {
  const rows = [...output.matchAll(/^\| +(ads_\w+) \| +(\d+) \| +(\d+) \|$/gm)];
  expect(rows.map(([, table, , differences]) => `${table}: ${differences}`)).toEqual([
    'ads_region_day: 0',
    'ads_category_brand: 0',
    'ads_sku_top: 0',
    'ads_conversion: 0',
    'ads_new_users: 0',
    'ads_day_type: 0',
  ]);
  expect(rows.filter(([, , count]) => Number(count) === 0)).toEqual([]);
}

const client = (args: readonly string[]) => sqlClient(home, args);

async function mysql(service: Service, statements: string): Promise<void> {
  const child = spawn('mariadb', ['-h', '127.0.0.1', '-P', String(service.port), '-u', 'root'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(statements);
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
}
