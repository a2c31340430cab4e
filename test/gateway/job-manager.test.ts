/** The JobManager's REST over a socket: a running job, its checkpoints, a savepoint, a stop, and what is refused. */
import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../src/engine/session.ts';
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

let world: TestHome;
let server: Server;
let session: Session;
let job: string;

beforeAll(async () => {
  world = await openTestEngine();
  server = createGateway(world.engine, null);
  await listen(server, { path: join(world.home, 'g.sock') });
  session = await world.engine.openSession('s', {
    'pipeline.name': 'numbers',
    'execution.checkpointing.interval': '50 ms',
  });
  await addTable(session, 'd', tableOf({ a: types.bigint() }, sequence('a', 10_000_000, 1000)));
  const files = { connector: 'filesystem', format: 'json', path: join(world.home, 'out') };
  await addTable(session, 'f', tableOf({ a: types.bigint() }, files));
  const operation = session.execute('INSERT INTO f SELECT a FROM d');
  await operation.finished();
  job = world.engine.jobs.list()[0]?.id ?? '';
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await world.close();
});

const call = (method: string, path: string, payload?: unknown): Promise<Exchange> =>
  exchange({ socketPath: join(world.home, 'g.sock') }, method, path, payload);

async function trigger(path: string, payload: object): Promise<Record<string, unknown>> {
  const { status, body } = await call('POST', path, payload);
  expect(status).toBe(202);
  const kind = path.endsWith('/checkpoints') ? 'checkpoints' : 'savepoints';
  for (;;) {
    const answer = await call('GET', `/jobs/${job}/${kind}/${body['request-id']}`);
    if ((answer.body['status'] as { id: string }).id === 'COMPLETED') return answer.body['operation'] as never;
  }
}

test('overviews count the running job', async () => {
  expect((await call('GET', '/overview')).body).toMatchObject({ 'jobs-running': 1, 'flink-version': '2.3.0' });
  expect((await call('GET', '/v1/jobs')).body).toEqual({ jobs: [{ id: job, status: 'RUNNING' }] });
  const { body } = await call('GET', '/jobs/overview');
  expect(body['jobs']).toEqual([
    expect.objectContaining({ jid: job, name: 'numbers', state: 'RUNNING', 'end-time': -1, jobType: 'STREAMING' }),
  ]);
  const [entry] = body['jobs'] as Array<{ tasks: Record<string, number> }>;
  expect(entry?.tasks['running']).toBe(entry?.tasks['total']);
});

test('details, plan, status, config, metrics', async () => {
  const { body } = await call('GET', `/jobs/${job}`);
  expect(body).toMatchObject({ jid: job, state: 'RUNNING', 'end-time': -1, isStoppable: false });
  const vertices = body['vertices'] as Array<{ id: string; tasks: Record<string, number> }>;
  expect(vertices[0]?.id).toMatch(/^[0-9a-f]{32}$/);
  expect(vertices[0]?.tasks['RUNNING']).toBe(1);
  const { body: plan } = await call('GET', `/jobs/${job}/plan`);
  expect((plan['plan'] as { nodes: object[] }).nodes).toHaveLength(vertices.length);
  expect((await call('GET', `/jobs/${job}/status`)).body).toEqual({ status: 'RUNNING' });
  expect((await call('GET', `/jobs/${job}/metrics?get=numRestarts,nosuch`)).body).toEqual([
    { id: 'numRestarts', value: '0' },
  ]);
  expect((await call('GET', `/jobs/${job}/execution-result`)).body).toEqual({ status: { id: 'IN_PROGRESS' } });
});

test('vertices, their only subtask, and the one task manager', async () => {
  const { body } = await call('GET', `/jobs/${job}`);
  const [first] = body['vertices'] as Array<{ id: string; name: string }>;
  const path = `/jobs/${job}/vertices/${first?.id}`;
  expect((await call('GET', path)).body).toMatchObject({ id: first?.id, name: first?.name, parallelism: 1 });
  expect((await call('GET', `${path}/subtasks/0`)).body).toMatchObject({ subtask: 0, status: 'RUNNING' });
  expect((await call('GET', `${path}/subtasks/1`)).status).toBe(404);
  expect((await call('GET', `${path}/subtasktimes`)).body).toMatchObject({ id: first?.id });
  expect((await call('GET', `${path}/backpressure`)).body).toMatchObject({ status: 'ok' });
  const metrics = await call('GET', `${path}/subtasks/metrics?get=numRecordsOut&agg=sum`);
  expect(metrics.body).toEqual([{ id: 'numRecordsOut', sum: expect.any(Number) }]);
  const unknown = `/jobs/${job}/vertices/${'0'.repeat(32)}`;
  expect(String((await call('GET', unknown)).body['errors'])).toContain(
    `No vertex with ID '${'0'.repeat(32)}' exists.`,
  );
  expect((await call('GET', '/taskmanagers')).body).toMatchObject({ taskmanagers: [{ assignedTasks: 1 }] });
  expect((await call('GET', '/jobmanager/config')).status).toBe(200);
});

test('checkpoints: on demand, counted, in detail', async () => {
  const { checkpointId } = (await trigger(`/jobs/${job}/checkpoints`, { checkpointType: 'FULL' })) as {
    checkpointId: number;
  };
  const { body } = await call('GET', `/jobs/${job}/checkpoints`);
  expect((body['counts'] as { completed: number }).completed).toBeGreaterThan(0);
  const detail = await call('GET', `/jobs/${job}/checkpoints/details/${checkpointId}`);
  expect(detail.body).toMatchObject({ id: checkpointId, status: 'COMPLETED', is_savepoint: false });
  expect((await call('GET', `/jobs/${job}/checkpoints/details/999999`)).status).toBe(404);
  expect((await call('GET', `/jobs/${job}/checkpoints/config`)).body).toMatchObject({
    mode: 'exactly_once',
    interval: 50,
  });
});

test('unknown and malformed jobs', async () => {
  const unknown = await call('GET', `/jobs/${'0'.repeat(32)}`);
  expect(unknown.status).toBe(404);
  expect(String(unknown.body['errors'])).toContain(`Could not find Flink job (${'0'.repeat(32)})`);
  expect((await call('GET', '/jobs/xyz')).status).toBe(400);
});

test('savepoint, then stop, then a cancel that comes too late', async () => {
  const { location } = (await trigger(`/jobs/${job}/savepoints`, {
    'target-directory': `file://${world.home}/sp`,
  })) as { location: string };
  expect(location).toMatch(new RegExp(`^file:${world.home}/sp/savepoint-${job.slice(0, 6)}-`));
  await trigger(`/jobs/${job}/stop`, { targetDirectory: join(world.home, 'sp') });
  expect((await call('GET', `/jobs/${job}/status`)).body).toEqual({ status: 'FINISHED' });
  const late = await call('PATCH', `/jobs/${job}?mode=cancel`);
  expect(late.status).toBe(409);
  expect(String(late.body['errors'])).toContain('the job has already reached another terminal state (FINISHED).');
});
