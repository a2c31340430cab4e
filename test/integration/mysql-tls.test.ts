/** jdbc and mysql-cdc against a MariaDB that takes TLS alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mysqlTls } from '../../src/connectors/mysql-tls.ts';
import { types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';
import { openSource, readAll, tableOf } from '../connectors/open-table.ts';
import { type Service, startMariadb } from '../support/services.ts';

const COLUMNS = [{ name: 'id', type: types.bigint(false) }];
const home = mkdtempSync(join(tmpdir(), 'millrace-tls-'));
let server: Service;
let admin: Connection;
beforeAll(async () => {
  server = await startMariadb('secure');
  const ssl = { rejectUnauthorized: false };
  admin = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root', ssl, multipleStatements: true });
  await admin.query('CREATE DATABASE shop; USE shop; CREATE TABLE t (id BIGINT PRIMARY KEY); INSERT INTO t VALUES (7)');
});
afterAll(async () => {
  await admin.end().catch(() => undefined);
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

async function read(options: Record<string, string>, more: { most?: number } = {}): Promise<Value[][]> {
  const opened = await openSource(tableOf(options, COLUMNS), home);
  try {
    return await readAll(opened, more.most);
  } finally {
    await opened.reader.close();
  }
}

const trusting = () => `trustCertificateKeyStoreUrl=${encodeURIComponent(`file:${join(server.folder, 'trust.pem')}`)}`;

function jdbc(parameters: string, host = '127.0.0.1'): Promise<Value[][]> {
  const url = `jdbc:mysql://${host}:${server.port}/shop?${parameters}`;
  return read({ connector: 'jdbc', url, 'table-name': 't', username: 'root', password: '' });
}

test('jdbc: sslMode and useSSL', async () => {
  const row = [['+I', 7n]];
  expect(await jdbc('useSSL=true')).toEqual(row);
  expect(await jdbc('sslMode=REQUIRED')).toEqual(row);
  expect(await jdbc(`sslMode=VERIFY_CA&${trusting()}`)).toEqual(row);
  expect(await jdbc(`sslMode=VERIFY_IDENTITY&${trusting()}`, 'localhost')).toEqual(row);
  await expect(jdbc('sslMode=DISABLED')).rejects.toThrow(/insecure transport|Access denied/);
  await expect(jdbc('sslMode=VERIFY_CA')).rejects.toThrow(/self-signed certificate/);
  expect(mysqlTls({ sslMode: 'VERIFY_IDENTITY' })).toMatchObject({ rejectUnauthorized: true, verifyIdentity: true });
  await expect(jdbc('sslMode=MAYBE')).rejects.toThrow("'sslMode' accepts DISABLED, PREFERRED, REQUIRED, VERIFY_CA");
});

test('mysql-cdc: snapshot and binlog over TLS', async () => {
  const options = {
    connector: 'mysql-cdc',
    hostname: '127.0.0.1',
    port: String(server.port),
    username: 'root',
    password: '',
    'database-name': 'shop',
    'table-name': 't',
    'jdbc.properties.sslMode': 'VERIFY_CA',
    'jdbc.properties.trustCertificateKeyStoreUrl': `file:${join(server.folder, 'trust.pem')}`,
  };
  const opened = await openSource(tableOf(options, COLUMNS), home);
  expect(await readAll(opened, 1)).toEqual([['+I', 7n]]);
  await admin.query('INSERT INTO shop.t VALUES (8)');
  expect(await readAll(opened, 1)).toEqual([['+I', 8n]]);
  await opened.reader.close();
  const { 'jdbc.properties.sslMode': _mode, ...plain } = options;
  await expect(read(plain)).rejects.toThrow(/insecure transport|Access denied/);
  expect(await read({ ...plain, 'debezium.database.ssl.mode': 'required' }, { most: 2 })).toHaveLength(2);
});
