/** Against a real broker, when its jars are there (`scripts/services/install.sh`). */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SinkCommitter, SinkMarker } from '../../src/dataflow/sink.ts';
import { types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';
import { batchOf, chunks, type OpenedSink, openSink, openSource, readAll, tableOf } from './open-table.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PORT = 20_000 + (process.pid % 10_000);
const home = mkdtempSync(join(tmpdir(), 'millrace-kafka-'));
let broker: ChildProcess | null = null;

const columns = [
  { name: 'id', type: types.bigint() },
  { name: 'name', type: types.string() },
];
const kafka = (topic: string, more: Record<string, string> = {}) => ({
  connector: 'kafka',
  topic,
  'properties.bootstrap.servers': `127.0.0.1:${PORT}`,
  format: 'json',
  ...more,
});
const reading = { 'scan.startup.mode': 'earliest-offset', 'scan.bounded.mode': 'latest-offset' };
const exactly = { 'sink.delivery-guarantee': 'exactly-once', 'sink.transactional-id-prefix': 'p' };

async function waitForPort(): Promise<void> {
  for (let i = 0; i < 300; i++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(PORT, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error('the broker did not start');
}

async function readTopic(topic: string, more: Record<string, string> = {}): Promise<Value[][]> {
  const opened = await openSource(tableOf(kafka(topic, { ...reading, ...more }), columns), home);
  const rows = await readAll(opened);
  await opened.reader.close();
  return rows.sort((a, b) => Number(a[1]) - Number(b[1]));
}

function sealed(opened: OpenedSink, rows: Value[][]): Uint8Array[] {
  const writer = opened.sink.openWriter(opened.context);
  writer.write(batchOf(opened.context.inputTypes, rows, opened.context.heap));
  return writer.seal() ?? [];
}

function committing(epoch: number, buffers: Uint8Array[], incarnation = 1) {
  return {
    next: { incarnation, epoch },
    decide: (current: SinkMarker | null) => (current?.epoch === epoch ? ('done' as const) : ('apply' as const)),
    buffers: () => chunks(...buffers),
  };
}

async function committerOf(opened: OpenedSink): Promise<SinkCommitter> {
  const committer = await opened.sink.openCommitter?.(opened.context);
  if (!committer) throw new Error('no committer');
  return committer;
}

describe.skipIf(!existsSync(join(ROOT, '.services', 'kafka')))('kafka', () => {
  beforeAll(async () => {
    broker = spawn('bash', [join(ROOT, 'scripts/services/kafka.sh'), join(home, 'broker'), String(PORT)], {
      stdio: 'ignore',
    });
    await waitForPort();
    await sleep(1000);
  }, 60_000);
  afterAll(async () => {
    const ended = new Promise((resolve) => broker?.once('exit', resolve));
    broker?.kill('SIGKILL');
    await ended;
    rmSync(home, { recursive: true, force: true });
  });

  test('an epoch is written once, however often it is committed', async () => {
    const opened = openSink(tableOf(kafka('once', exactly), columns), home);
    const committer = await committerOf(opened);
    expect(await committer.readMarker()).toBeNull();
    await committer.commit(committing(0, []));
    const rows = sealed(opened, [
      ['+I', 1n, 'a'],
      ['+I', 2n, null],
    ]);
    await committer.commit(committing(1, rows));
    await committer.commit(committing(1, rows));
    await committer.close();
    const again = await committerOf(opened);
    expect(await again.readMarker()).toEqual({ incarnation: 1, epoch: 1 });
    await again.commit(committing(1, rows));
    await again.commit(committing(2, sealed(opened, [['+I', 3n, 'ü']])));
    await again.close();
    expect(await readTopic('once')).toEqual([
      ['+I', 1n, 'a'],
      ['+I', 2n, null],
      ['+I', 3n, 'ü'],
    ]);
  });

  test('what a dead run left open is never seen, and its successor writes the epoch', async () => {
    const opened = openSink(tableOf(kafka('fenced', exactly), columns), home);
    const first = await committerOf(opened);
    await first.commit(committing(0, []));
    const rows = sealed(opened, [['+I', 1n, 'a']]);
    async function* dying(): AsyncGenerator<Uint8Array> {
      yield* rows;
      throw new Error('killed');
    }
    await expect(first.commit({ ...committing(1, rows), buffers: dying })).rejects.toThrow('killed');
    const second = await committerOf(opened);
    await second.commit(committing(1, rows, 2));
    expect(await second.readMarker()).toEqual({ incarnation: 2, epoch: 1 });
    await first.close();
    await second.close();
    expect(await readTopic('fenced')).toEqual([['+I', 1n, 'a']]);
  });

  test('a fenced producer cannot commit', async () => {
    const opened = openSink(tableOf(kafka('zombie', exactly), columns), home);
    const first = await committerOf(opened);
    await first.commit(committing(0, []));
    const second = await committerOf(opened);
    await second.commit(committing(1, sealed(opened, [['+I', 1n, 'second']]), 2));
    const late = first.commit(committing(2, sealed(opened, [['+I', 2n, 'zombie']])));
    await expect(late).rejects.toMatchObject({ code: 'JOB_FENCED' });
    await first.close();
    await second.close();
    expect(await readTopic('zombie')).toEqual([['+I', 1n, 'second']]);
  });

  test('reading goes on at the stored offsets, and follows new rows', async () => {
    const opened = openSink(tableOf(kafka('follow', { 'sink.partitioner': 'round-robin' }), columns), home);
    const committer = await committerOf(opened);
    const rows = Array.from({ length: 5000 }, (_, i): Value[] => ['+I', BigInt(i), `n${i}`]);
    await committer.commit(
      committing(
        0,
        [0, 1, 2, 3, 4].flatMap((k) => sealed(opened, rows.slice(k * 1000, k * 1000 + 1000))),
      ),
    );
    const table = tableOf(kafka('follow', { 'scan.startup.mode': 'earliest-offset' }), columns);
    const first = await openSource(table, home);
    const before = await readAll(first, 2000);
    const restored = JSON.parse(JSON.stringify(first.reader.position()));
    await first.reader.close();
    const second = await openSource(table, home, { restored });
    const after = await readAll(second, 5000 - before.length);
    await committer.commit(committing(1, sealed(opened, [['+I', 5000n, 'new']])));
    after.push(...(await readAll(second, 1)));
    await second.reader.close();
    await committer.close();
    const ids = [...before, ...after].map((row) => Number(row[1])).sort((a, b) => a - b);
    expect(ids).toEqual(Array.from({ length: 5001 }, (_, i) => i));
  });

  test('keys, headers, timestamps and offsets pass through', async () => {
    const wide = [
      { name: 'id', type: types.bigint() },
      { name: 'name', type: types.string() },
      { name: 'ts', type: types.timestampLtz(3, false), metadata: 'timestamp' },
      { name: 'h', type: types.map(types.string(), types.bytes(), false), metadata: 'headers' },
    ];
    const options = kafka('wide', { 'key.format': 'json', 'key.fields': 'id' });
    const opened = openSink(tableOf(options, wide), home);
    const committer = await committerOf(opened);
    const { MapValue } = await import('../../src/types/value.ts');
    const row: Value[] = ['+I', 1n, 'a', 1_700_000_000_123_000_000n, new MapValue([['k', Uint8Array.of(1, 2)]])];
    await committer.commit(committing(0, sealed(opened, [row])));
    await committer.close();
    const table = tableOf({ ...options, ...reading }, [
      ...wide,
      { name: 'o', type: types.bigint(false), metadata: 'offset' },
      { name: 'kind', type: types.string(false), metadata: 'timestamp-type' },
    ]);
    const source = await openSource(table, home);
    expect(await readAll(source)).toEqual([[...row, 0n, 'CreateTime']]);
    await source.reader.close();
  });

  test('a missing topic and a missing offset are told by name', async () => {
    await expect(readTopic('nowhere')).rejects.toThrow("The topic 'nowhere' does not exist");
    const restored = { partitions: [{ topic: 'once', partition: 0, offset: 999_999, stop: null }] };
    const opened = await openSource(tableOf(kafka('once', { 'scan.startup.mode': 'earliest-offset' }), columns), home, {
      restored,
    });
    await expect(readAll(opened, 1)).rejects.toThrow("Offset 999999 of partition 0 of topic 'once' is not there");
    await opened.reader.close();
  });

  test('start-up by timestamp, by offsets and by group', async () => {
    const none = await readTopic('once', {
      'scan.startup.mode': 'timestamp',
      'scan.startup.timestamp-millis': '4000000000000',
    });
    expect(none).toEqual([]);
    const some = { 'scan.startup.mode': 'specific-offsets', 'scan.startup.specific-offsets': 'partition:0,offset:1' };
    expect((await readTopic('once', some)).map((row) => row[1])).toEqual([2n, 3n]);
    const group = { 'scan.startup.mode': 'group-offsets', 'properties.group.id': 'g' };
    await expect(readTopic('once', group)).rejects.toThrow('Undefined offset with no reset policy');
    const opened = await openSource(
      tableOf(kafka('once', { ...reading, ...group, 'scan.startup.mode': 'earliest-offset' }), columns),
      home,
    );
    await readAll(opened);
    opened.reader.checkpointComplete?.(opened.reader.position());
    await sleep(500);
    await opened.reader.close();
    expect(await readTopic('once', group)).toEqual([]);
  });
});
