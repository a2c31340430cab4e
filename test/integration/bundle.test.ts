/**
 * The connectors to real servers as the generated bundle has them, through `bin/sql-client.sh`: changes of a MariaDB by its binlog, into Kafka
 * topics of every codec, exactly once, out of them with a look-up into a MariaDB table; both servers take TLS alone, and jobs are killed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processesOf, stopHome } from '../../scripts/warehouse-kills.ts';
import { type Service, startKafka, startMariadb } from '../support/services.ts';
import { sqlClient } from '../support/sql-client.ts';

const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'];
const ROWS = 400;
const home = mkdtempSync(join(tmpdir(), 'millrace-bundle-'));
const started: Service[] = [];
let kafka: Service;
let mariadb: Service;
let admin: Connection;

beforeAll(async () => {
  mariadb = await startMariadb('secure');
  started.push(mariadb);
  kafka = await startKafka('secure');
  started.push(kafka);
  const ssl = { rejectUnauthorized: false };
  admin = await createConnection({
    host: '127.0.0.1',
    port: mariadb.port,
    user: 'root',
    ssl,
    multipleStatements: true,
  });
  await admin.query(
    `CREATE DATABASE shop; USE shop;
     CREATE TABLE src (id BIGINT PRIMARY KEY, codec VARCHAR(10), name VARCHAR(20)) CHARACTER SET utf8mb4;
     CREATE TABLE names (codec VARCHAR(10) PRIMARY KEY, label VARCHAR(20)) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
     CREATE TABLE target (id BIGINT PRIMARY KEY, label VARCHAR(20), name VARCHAR(20)) CHARACTER SET utf8mb4;
     INSERT INTO names VALUES ${CODECS.map((codec) => `('${codec}', 'by ${codec}')`).join(', ')}`,
  );
});
afterAll(async () => {
  await stopHome(home);
  await admin?.end().catch(() => undefined);
  for (const service of started) await service.stop();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

function script(): string {
  const tls = `'jdbc.properties.sslMode' = 'REQUIRED'`;
  const jdbc = `'connector' = 'jdbc', 'url' = 'jdbc:mysql://127.0.0.1:${mariadb.port}/shop?sslMode=REQUIRED', 'username' = 'root', 'password' = ''`;
  const broker = `'connector' = 'kafka', 'properties.bootstrap.servers' = '127.0.0.1:${kafka.port}', 'properties.security.protocol' = 'SASL_SSL',
    'properties.sasl.mechanism' = 'SCRAM-SHA-512', 'properties.sasl.jaas.config' = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="alice-secret";',
    'properties.ssl.truststore.location' = '${join(kafka.folder, 'trust.p12')}', 'properties.ssl.truststore.password' = 'trusted', 'format' = 'debezium-json'`;
  const topics = CODECS.map(
    (
      codec,
    ) => `CREATE TABLE out_${codec} (id BIGINT, codec STRING, name STRING) WITH (${broker}, 'topic' = 't-${codec}',
    'properties.compression.type' = '${codec}', 'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = '${codec}');`,
  );
  const inserts = CODECS.map(
    (codec) => `INSERT INTO out_${codec} SELECT id, codec, name FROM src WHERE codec = '${codec}';`,
  );
  return `
SET 'execution.checkpointing.interval' = '200 ms';
SET 'restart-strategy.type' = 'fixed-delay';
SET 'restart-strategy.fixed-delay.attempts' = '20';
SET 'restart-strategy.fixed-delay.delay' = '100 ms';
SET 'table.exec.source.idle-timeout' = '1 s';
USE CATALOG myhive;
CREATE TABLE src (id BIGINT, codec STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'mysql-cdc', 'hostname' = '127.0.0.1',
    'port' = '${mariadb.port}', 'username' = 'root', 'password' = '', 'database-name' = 'shop', 'table-name' = 'src', ${tls});
${topics.join('\n')}
CREATE TABLE \`all\` (id BIGINT, codec STRING, name STRING, proc AS PROCTIME()) WITH (${broker}, 'topic' = '${CODECS.map((codec) => `t-${codec}`).join(';')}', 'scan.startup.mode' = 'earliest-offset');
CREATE TABLE names (codec STRING, label STRING) WITH (${jdbc}, 'table-name' = 'names');
CREATE TABLE target (id BIGINT, label STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (${jdbc}, 'table-name' = 'target');
EXECUTE STATEMENT SET BEGIN
${inserts.join('\n')}
END;
INSERT INTO target SELECT a.id, n.label, a.name FROM \`all\` AS a JOIN names FOR SYSTEM_TIME AS OF a.proc AS n ON n.codec = a.codec;
`;
}

async function rowsOf(sql: string): Promise<string[]> {
  const [rows] = await admin.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
  return rows.map((row) => row.join());
}

test('changes go from MariaDB through Kafka into MariaDB, whatever is killed', { timeout: 170_000 }, async () => {
  const file = join(home, 'pipeline.sql');
  writeFileSync(file, script());
  await admin.query(`INSERT INTO src VALUES ${rowTexts(0, ROWS / 2).join(', ')}`);
  const { code, errors } = await sqlClient(home, ['-f', file]);
  expect({ code, errors: errors.match(/^\[ERROR\][\s\S]*/m)?.[0] }).toEqual({ code: 0, errors: undefined });
  for (let at = ROWS / 2; at < ROWS; at += 50) {
    await admin.query(`INSERT INTO src VALUES ${rowTexts(at, at + 50).join(', ')}`);
    const [job] = processesOf(home).filter(({ role }) => role === 'job');
    if (at % 100 === 0 && job) process.kill(job.pid, 'SIGKILL');
    await sleep(300);
  }
  await admin.query('UPDATE src SET name = CONCAT(name, "!") WHERE id < 40; DELETE FROM src WHERE id >= 390');
  const wanted = await rowsOf(
    'SELECT s.id, n.label, s.name FROM src s JOIN names n ON n.codec = s.codec ORDER BY s.id',
  );
  const found = (): Promise<string[]> => rowsOf('SELECT id, label, name FROM target ORDER BY id');
  const end = Date.now() + 90_000;
  while (JSON.stringify(await found()) !== JSON.stringify(wanted) && Date.now() < end) await sleep(200);
  expect(await found()).toEqual(wanted);
  expect(wanted).toHaveLength(390);
  const stopped = await sqlClient(home, ['-e', 'SHOW JOBS']);
  expect(stopped.output.match(/RUNNING/g)).toHaveLength(2);
});

function rowTexts(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `(${from + i}, '${CODECS[i % CODECS.length]}', 'n${from + i}')`);
}
