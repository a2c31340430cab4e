/** Every endpoint over a real socket, with the shapes of Flink's own answers. */
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayClient } from '../../src/gateway/client.ts';
import { createGateway, listen } from '../../src/gateway/server.ts';
import { types } from '../../src/types/logical-type.ts';
import {
  addTable,
  type Exchange,
  exchange,
  openTestEngine,
  sequence,
  type TestHome,
  tableOf,
} from '../support/test-engine.ts';

let test_: TestHome;
let server: Server;
let socketPath: string;

beforeAll(async () => {
  test_ = await openTestEngine();
  socketPath = join(test_.home, 'gateway.sock');
  server = createGateway(test_.engine, null);
  await listen(server, { path: socketPath });
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await test_.close();
});

const call = (method: string, path: string, payload?: unknown): Promise<Exchange> =>
  exchange({ socketPath }, method, path, payload);

async function open(properties: Record<string, string> = {}): Promise<string> {
  const { body } = await call('POST', '/v4/sessions', { sessionName: 's', properties });
  return body['sessionHandle'] as string;
}

async function submit(session: string, statement: string, version = 'v4'): Promise<string> {
  const { status, body } = await call('POST', `/${version}/sessions/${session}/statements`, { statement });
  expect(status).toBe(200);
  return `/${version}/sessions/${session}/operations/${body['operationHandle']}`;
}

async function ready(path: string): Promise<Exchange> {
  for (;;) {
    const answer = await call('GET', path);
    if (answer.body['resultType'] !== 'NOT_READY') return answer;
  }
}

/** Stack frames differ; classes and messages may not. */
function withoutFrames(errors: unknown): string[] {
  return (errors as string[]).map((text) => text.replace(/\n\tat [^\n]*/g, '').trim());
}

describe('versions and routes', () => {
  test.each(['/info', '/v1/info', '/v4/info'])('GET %s', async (path) => {
    const { status, body, headers } = await call('GET', path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=UTF-8');
    expect(body).toEqual({ productName: 'Apache Flink', version: '2.3.0' });
  });

  test('GET /api_versions', async () => {
    expect((await call('GET', '/v2/api_versions')).body).toEqual({ versions: ['V1', 'V2', 'V3', 'V4'] });
  });

  test.each(['/v9/info', '/v4/nope', '/v1/sessions/x/complete-statement'])('%s is not found', async (path) => {
    const answer = await call('GET', path);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({ errors: [`Not found: ${path}`] });
  });

  test('configure-session begins with version 2', async () => {
    const session = await open();
    expect((await call('POST', `/v1/sessions/${session}/configure-session`, {})).status).toBe(404);
  });
});

describe('sessions', () => {
  test('open, read, heartbeat, close, close again', async () => {
    const session = await open({ 'a.key': 'v' });
    const read = await call('GET', `/v4/sessions/${session}`);
    expect(read.body).toEqual({ properties: expect.objectContaining({ 'a.key': 'v' }) });
    expect((await call('POST', `/v4/sessions/${session}/heartbeat`)).body).toEqual({});
    expect((await call('DELETE', `/v4/sessions/${session}`)).body).toEqual({ status: 'CLOSED' });
    const again = await call('DELETE', `/v4/sessions/${session}`);
    expect(again.status).toBe(500);
    expect(withoutFrames(again.body['errors'])).toEqual([
      [
        'org.apache.flink.runtime.rest.handler.RestHandlerException: Failed to closeSession.',
        'Caused by: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to closeSession.',
        `Caused by: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Session '${session}' does not exist.`,
      ].join('\n'),
    ]);
  });

  test('unknown fields are ignored, an empty body is an empty object', async () => {
    expect((await call('POST', '/v1/sessions', { nope: 1 })).status).toBe(200);
    expect((await call('POST', '/v1/sessions')).status).toBe(200);
  });

  test('a body that is no JSON', async () => {
    const { status, body } = await call('POST', '/v1/sessions', '{bad');
    expect(status).toBe(400);
    expect(withoutFrames(body['errors'])).toEqual([
      [
        'org.apache.flink.runtime.rest.handler.RestHandlerException: Request did not match expected format OpenSessionRequestBody.',
        "Caused by: org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParseException: Unexpected character ('b' (code 98)): was expecting double-quote to start field name",
        ' at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]',
      ].join('\n'),
    ]);
  });

  test('a malformed handle', async () => {
    const { status, body } = await call('GET', '/v4/sessions/xyz');
    expect(status).toBe(400);
    expect(withoutFrames(body['errors'])).toEqual([
      'org.apache.flink.runtime.rest.handler.RestHandlerException: Bad request, could not parse parameters: Cannot resolve path parameter (session_handle) from value "xyz".\nCaused by: org.apache.flink.runtime.rest.handler.HandlerRequestException: Cannot resolve path parameter (session_handle) from value "xyz".',
    ]);
  });

  test('a statement in a session that is not there', async () => {
    const handle = randomUUID();
    const { status, body } = await call('POST', `/v4/sessions/${handle}/statements`, { statement: 'SELECT 1' });
    expect(status).toBe(500);
    expect(withoutFrames(body['errors'])).toEqual([
      'Internal server error.',
      `<Exception on server side:\norg.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to execute statement.\nCaused by: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Session '${handle}' does not exist.\n\nEnd of exception on server side>`,
    ]);
  });

  test('what may not configure a session', async () => {
    const session = await open();
    const { status, body } = await call('POST', `/v4/sessions/${session}/configure-session`, { statement: 'SELECT 1' });
    expect(status).toBe(500);
    expect(withoutFrames(body['errors'])[1]).toMatch(
      /^<Exception on server side:\norg\.apache\.flink\.table\.gateway\.api\.utils\.SqlGatewayException: Failed to configure session\.\nCaused by: org\.apache\.flink\.table\.gateway\.service\.utils\.SqlExecutionException: Failed to execute the operation .*\.\nCaused by: java\.lang\.UnsupportedOperationException: Unsupported statement for configuring session: SELECT 1\nThe configureSession API only supports/,
    );
  });
});

describe('results', () => {
  test('a query as JSON: pages, the end, repeats, wrong tokens', async () => {
    const operation = await submit(await open(), 'SELECT 1 AS a, CAST(NULL AS INT) AS b');
    const first = await ready(`${operation}/result/0?rowFormat=JSON`);
    expect(first.body).toEqual({
      resultType: 'PAYLOAD',
      isQueryResult: true,
      jobID: expect.stringMatching(/^[0-9a-f]{32}$/),
      resultKind: 'SUCCESS_WITH_CONTENT',
      results: {
        columns: [
          { name: 'a', logicalType: { type: 'INTEGER', nullable: false }, comment: null },
          { name: 'b', logicalType: { type: 'INTEGER', nullable: true }, comment: null },
        ],
        rowFormat: 'JSON',
        data: [{ kind: 'INSERT', fields: [1, null] }],
      },
      nextResultUri: `${operation}/result/1?rowFormat=JSON`,
    });
    expect(await call('GET', `${operation}/result/0?rowFormat=JSON`)).toMatchObject({ body: first.body });
    const end = await call('GET', `${operation}/result/1`);
    expect(end.body).toMatchObject({ resultType: 'EOS', results: { data: [] } });
    expect(end.body).not.toHaveProperty('nextResultUri');
    expect((await call('GET', `${operation}/result/1`)).body).toEqual(end.body);
    const wrong = await call('GET', `${operation}/result/5`);
    expect(wrong.status).toBe(500);
    expect(withoutFrames(wrong.body['errors'])[1]).toContain(
      'Caused by: org.apache.flink.table.gateway.service.utils.SqlExecutionException: Expecting token to be 1 or 0, but found 5.',
    );
    expect((await call('GET', `${operation}/status`)).body).toEqual({ status: 'FINISHED' });
  });

  test('PLAIN_TEXT, and version 1 without a row format in its uri', async () => {
    const session = await open();
    const plain = await submit(session, 'SELECT 1');
    const page = await ready(`${plain}/result/0?rowFormat=PLAIN_TEXT`);
    expect(page.body).toMatchObject({
      results: { rowFormat: 'PLAIN_TEXT', data: [{ kind: 'INSERT', fields: ['1'] }] },
    });
    const old = await submit(session, 'SELECT 1', 'v1');
    expect((await ready(`${old}/result/0`)).body['nextResultUri']).toBe(`${old}/result/1`);
    const bad = await call('GET', `${plain}/result/0?rowFormat=NOPE`);
    expect(bad.status).toBe(400);
  });

  test('an error shows at token 0, with its chain of causes', async () => {
    const operation = await submit(await open(), 'SELECT nosuch FROM nowhere');
    const { status, body } = await ready(`${operation}/result/0`);
    expect(status).toBe(500);
    const handle = operation.split('/').at(-1);
    const [first, text] = withoutFrames(body['errors']);
    expect(first).toBe('Internal server error.');
    expect(text).toMatch(
      new RegExp(
        `^<Exception on server side:\norg.apache.flink.table.gateway.api.utils.SqlGatewayException: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.\nCaused by: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.\nCaused by: org.apache.flink.table.gateway.service.utils.SqlExecutionException: Failed to execute the operation ${handle}.\nCaused by: org.apache.flink.table.api.ValidationException: SQL validation failed.`,
      ),
    );
    expect((await call('GET', `${operation}/status`)).body).toEqual({ status: 'ERROR' });
  });

  test('two statements in one text', async () => {
    const operation = await submit(await open(), 'SELECT 1; SELECT 2');
    const { body } = await ready(`${operation}/result/0`);
    expect(withoutFrames(body['errors'])[1]).toContain(
      'Caused by: java.lang.IllegalArgumentException: only single statement supported',
    );
  });
});

describe('operations', () => {
  test('a running query can be closed, a finished one not cancelled', async () => {
    const session = await open();
    await addTable(test_.engine.session(session), 'd', tableOf({ a: types.bigint() }, { connector: 'datagen' }));
    const operation = await submit(session, 'SELECT a FROM d');
    const page = await ready(`${operation}/result/0`);
    expect(page.body['resultType']).toBe('PAYLOAD');
    const cancel = await call('POST', `${operation}/cancel`);
    expect(cancel.status).toBe(500);
    const handle = operation.split('/').at(-1);
    expect(withoutFrames(cancel.body['errors'])[0]).toContain(
      `Failed to convert the Operation Status from FINISHED to CANCELED for ${handle}.`,
    );
    expect((await call('DELETE', `${operation}/close`)).body).toEqual({ status: 'CLOSED' });
    expect(test_.engine.jobs.runningCount).toBe(0);
    const gone = await call('GET', `${operation}/status`);
    expect(withoutFrames(gone.body['errors'])[0]).toContain(
      `Can not find the submitted operation in the OperationManager with the ${handle}.`,
    );
  });

  test('an INSERT answers with its job id; with table.dml-sync when the job has ended', async () => {
    const session = await open({ 'table.dml-sync': 'true' });
    await addTable(test_.engine.session(session), 'd', tableOf({ a: types.bigint() }, sequence('a', 100)));
    await addTable(test_.engine.session(session), 'p', tableOf({ a: types.bigint() }, { connector: 'blackhole' }));
    const operation = await submit(session, 'INSERT INTO p SELECT a FROM d');
    const { body } = await ready(`${operation}/result/0?rowFormat=JSON`);
    const jobId = body['jobID'] as string;
    expect(body).toMatchObject({
      isQueryResult: false,
      resultKind: 'SUCCESS_WITH_CONTENT',
      results: {
        columns: [{ name: 'job id', logicalType: { type: 'VARCHAR', nullable: true, length: 2147483647 } }],
        data: [{ kind: 'INSERT', fields: [jobId] }],
      },
    });
    expect(test_.engine.jobs.find(jobId)).toMatchObject({ status: 'FINISHED', recordsOut: 100 });
  });

  test('a job that fails while its rows are fetched', async () => {
    const session = await open();
    await addTable(
      test_.engine.session(session),
      'bad',
      tableOf(
        { a: types.bigint() },
        { connector: 'filesystem', format: 'json', path: join(test_.home, 'nothing-here') },
      ),
    );
    const operation = await submit(session, 'SELECT a FROM bad');
    let answer = await ready(`${operation}/result/0`);
    while (answer.status === 200 && answer.body['nextResultUri'])
      answer = await call('GET', answer.body['nextResultUri'] as string);
    if (answer.status !== 200)
      expect(withoutFrames(answer.body['errors'])[1]).toContain(
        'Caused by: org.apache.flink.table.gateway.service.utils.SqlExecutionException: Error while retrieving result.\nCaused by: java.lang.RuntimeException: Failed to fetch next result\nCaused by: java.io.IOException: Failed to fetch job execution result',
      );
  });

  test('completion takes a body on a GET', async () => {
    const session = await open();
    const answer = await call('GET', `/v4/sessions/${session}/complete-statement`, { statement: 'SELE', position: 4 });
    expect(answer.body).toEqual({ candidates: ['SELECT'] });
  });

  test('failures of jobs are announced with a heartbeat', async () => {
    const session = await open();
    test_.engine.jobs.announcements.push({ sequence: 1_000_000, text: 'Job x has failed: größer' });
    const first = await call('POST', `/v4/sessions/${session}/heartbeat`);
    expect(decodeURIComponent(String(first.headers['x-millrace-notice']))).toBe('Job x has failed: größer');
    const second = await call('POST', `/v4/sessions/${session}/heartbeat`);
    expect(second.headers['x-millrace-notice']).toBeUndefined();
    test_.engine.jobs.announcements.length = 0;
  });

  test('many long announcements reach the shell, half a character too', async () => {
    const session = await open();
    const texts = Array.from({ length: 30 }, (_, i) => `Job ${i}: ${'ü'.repeat(1000)}\ud800`);
    for (const [i, text] of texts.entries()) test_.engine.jobs.announcements.push({ sequence: 2_000_000 + i, text });
    const client = new GatewayClient({ socketPath });
    const { notices } = await client.call('POST', `/v4/sessions/${session}/heartbeat`);
    expect(notices).toEqual(texts.map((text) => text.toWellFormed()));
    client.close();
    test_.engine.jobs.announcements.length = 0;
  });
});

describe('TCP', () => {
  test('foreign hosts, origins and missing tokens are refused', async () => {
    const guarded = createGateway(test_.engine, { hosts: new Set(['localhost']), token: 'secret' });
    await listen(guarded, { host: '127.0.0.1', port: 0 });
    const { port } = guarded.address() as AddressInfo;
    const get = (headers: Record<string, string>) =>
      exchange({ port, host: '127.0.0.1' }, 'GET', '/info', undefined, headers);
    try {
      expect((await get({ host: 'evil.example' })).status).toBe(421);
      expect((await get({ host: 'localhost', origin: 'http://evil.example' })).status).toBe(403);
      expect((await get({ host: 'localhost', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
      expect((await get({ host: 'localhost' })).status).toBe(401);
      expect((await get({ host: 'localhost', authorization: 'Bearer secret' })).status).toBe(200);
    } finally {
      guarded.close();
      guarded.closeAllConnections();
    }
  });
});
