/** Against a real broker, when its jars are there (`scripts/services/install.sh`). */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uninterrupted } from '../../src/base/interruption.ts';
import { clusterSettings } from '../../src/connectors/kafka/client-settings.ts';
import { Cluster } from '../../src/connectors/kafka/cluster.ts';
import { CONTROL_TOPIC } from '../../src/connectors/kafka/control-topic.ts';
import { Producer } from '../../src/connectors/kafka/producer.ts';
import { singleRecord } from '../../src/connectors/kafka/record-encode.ts';
import { resolveConnector } from '../../src/connectors/table-context.ts';
import type { SinkCommitter, SinkMarker } from '../../src/dataflow/sink.ts';
import { types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';
import { type Service, startKafka } from '../support/services.ts';
import { batchOf, chunks, type OpenedSink, openSink, openSource, readAll, tableOf } from './open-table.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const home = mkdtempSync(join(tmpdir(), 'millrace-kafka-'));
let broker: Service | null = null;

const columns = [
  { name: 'id', type: types.bigint() },
  { name: 'name', type: types.string() },
];
const kafka = (topic: string, more: Record<string, string> = {}) => ({
  connector: 'kafka',
  topic,
  'properties.bootstrap.servers': `127.0.0.1:${broker?.port}`,
  format: 'json',
  ...more,
});
const reading = { 'scan.startup.mode': 'earliest-offset', 'scan.bounded.mode': 'latest-offset' };
const exactly = { 'sink.delivery-guarantee': 'exactly-once', 'sink.transactional-id-prefix': 'p' };

async function readTopic(topic: string, more: Record<string, string> = {}): Promise<Value[][]> {
  const opened = await openSource(tableOf(kafka(topic, { ...reading, ...more }), columns), home);
  const rows = await readAll(opened);
  await opened.reader.close();
  return rows.sort((a, b) => Number(a[1]) - Number(b[1]));
}

function sealed(opened: OpenedSink, rows: Value[][]): Uint8Array[] {
  const writer = opened.sink.openWriter(opened.context);
  for (let at = 0; at < rows.length; at += 1000)
    writer.write(batchOf(opened.context.inputTypes, rows.slice(at, at + 1000), opened.context.heap));
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
    broker = await startKafka();
  });
  afterAll(async () => {
    await broker?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  test('rule 2: an epoch is written once, however often it is committed', async () => {
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

  test('rule 11: what a dead run left open is never seen, and its successor writes the epoch', async () => {
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

  /** Leaves a record in the control topic inside a transaction that stays open; returns what ends it. */
  async function openTransaction(id: string): Promise<() => Promise<void>> {
    const table = tableOf(kafka('any', exactly), columns);
    const { context } = resolveConnector(table, { home, mode: 'streaming' }, 'sink');
    const cluster = new Cluster(clusterSettings(context), uninterrupted);
    const producer = await Producer.begin(cluster, id);
    await producer.partitions([CONTROL_TOPIC]);
    await producer.send(CONTROL_TOPIC, [singleRecord(0, 0, Buffer.from('stranger'), Buffer.from('{}'))]);
    return async () => {
      await Producer.begin(cluster, id);
      await cluster.close();
    };
  }

  test('rule 11: a marker behind a transaction that a stranger left open is waited for, not overlooked', async () => {
    const opened = openSink(tableOf(kafka('hidden', exactly), columns), home);
    const committer = await committerOf(opened);
    await committer.commit(committing(0, []));
    const end = await openTransaction('stranger');
    await committer.commit(committing(1, sealed(opened, [['+I', 1n, 'a']])));
    let found: SinkMarker | null | undefined;
    const reading = committer.readMarker().then((marker) => {
      found = marker;
    });
    await sleep(1500);
    expect(found).toBeUndefined();
    await end();
    await reading;
    expect(found).toEqual({ incarnation: 1, epoch: 1 });
    await committer.close();
  });

  test('rule 11: what an older run of the sink left open is ended before markers are read', async () => {
    const opened = openSink(tableOf(kafka('left-open', exactly), columns), home);
    const first = await committerOf(opened);
    await first.commit(committing(0, []));
    await first.close();
    await openTransaction(`p-${opened.context.lineage}-${opened.context.sink}`);
    const second = await committerOf(opened);
    expect(await Promise.race([second.readMarker(), sleep(8000)])).toEqual({ incarnation: 1, epoch: 0 });
    await second.close();
  });

  test('rule 3: a fenced producer cannot commit', async () => {
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

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])(
    'messages packed by %s come back, and the broker takes them',
    async (type) => {
      const options = kafka(`packed-${type}`, { 'properties.compression.type': type });
      const opened = openSink(tableOf(options, columns), home, type);
      const committer = await committerOf(opened);
      const rows: Value[][] = Array.from({ length: 20_000 }, (_, i) => ['+I', BigInt(i), `name ${i % 7} of many`]);
      await committer.commit(committing(0, sealed(opened, rows)));
      await committer.commit(committing(1, sealed(opened, [['+I', 20_000n, 'x']])));
      await committer.close();
      expect(await readTopic(`packed-${type}`)).toEqual([...rows, ['+I', 20_000n, 'x']]);
      const files = join(broker?.folder ?? '', 'log', `packed-${type}-0`);
      const bytes = readdirSync(files).reduce(
        (sum, name) => sum + (name.endsWith('.log') ? statSync(join(files, name)).size : 0),
        0,
      );
      expect(bytes).toBeLessThan(400_000);
    },
  );

  test('an unknown compression type is refused', () => {
    const opened = openSink(tableOf(kafka('t', { 'properties.compression.type': 'bla' }), columns), home);
    const text =
      'Invalid value bla for configuration compression.type: String must be one of: none, gzip, snappy, lz4, zstd';
    return expect(committerOf(opened)).rejects.toThrow(text);
  });

  test('rows of a list or a pattern of topics choose their own, exactly once', async () => {
    const wide = [...columns, { name: 't', type: types.string(false), metadata: 'topic' }];
    const { topic: _topic, ...without } = kafka('', exactly);
    for (const where of [{ topic: 'many-a; many-b' }, { 'topic-pattern': 'many-.' }]) {
      const opened = openSink(tableOf({ ...without, ...where }, wide), home, `L-${Object.keys(where)}`);
      const committer = await committerOf(opened);
      const chunks = sealed(opened, [
        ['+I', 1n, 'x', 'many-a'],
        ['+I', 2n, 'y', 'many-b'],
        ['+I', 3n, 'z', 'many-a'],
      ]);
      await committer.commit(committing(0, chunks));
      await committer.commit(committing(0, chunks));
      expect(await committer.readMarker()).toEqual({ incarnation: 1, epoch: 0 });
      await committer.close();
      expect(() => sealed(opened, [['+I', 4n, 'z', 'other']])).toThrow(
        'topic' in where
          ? 'The topic of the sink record is not valid. Expected topic to be in: [many-a, many-b] but was: other'
          : 'The topic of the sink record is not valid. Expected topic to match: many-. but was: other',
      );
    }
    expect((await readTopic('many-a')).map((row) => row[1])).toEqual([1n, 1n, 3n, 3n]);
    expect((await readTopic('many-b')).map((row) => row[1])).toEqual([2n, 2n]);
    const blind = openSink(tableOf({ ...without, topic: 'many-a;many-b' }, columns), home);
    expect(() => sealed(blind, [['+I', 1n, 'x']])).toThrow('Expected a single topic but no topic is set.');
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

describe.skipIf(!existsSync(join(ROOT, '.services', 'kafka')))('kafka with TLS and SASL', () => {
  let secure: Service;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kafka-secure-'));
  beforeAll(async () => {
    secure = await startKafka('secure');
  });
  afterAll(async () => {
    await secure.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const PACKAGE = 'org.apache.flink.kafka.shaded.org.apache.kafka.common.security';
  const plain = (password: string) =>
    `${PACKAGE}.plain.PlainLoginModule required username="alice" password="${password}";`;
  const scram = (password: string) =>
    `${PACKAGE}.scram.ScramLoginModule required\n username=alice\n password='${password}' ;`;
  const secured = (topic: string, more: Record<string, string>) => ({
    connector: 'kafka',
    topic,
    format: 'json',
    'properties.bootstrap.servers': `127.0.0.1:${secure.port}`,
    'properties.security.protocol': 'SASL_SSL',
    ...more,
  });
  const store = () => ({
    'properties.ssl.truststore.location': join(secure.folder, 'trust.p12'),
    'properties.ssl.truststore.password': 'trusted',
  });
  const pem = () => ({
    'properties.ssl.truststore.type': 'PEM',
    'properties.ssl.truststore.location': join(secure.folder, 'trust.pem'),
  });
  const text = () => ({
    'properties.ssl.truststore.type': 'PEM',
    'properties.ssl.truststore.certificates': readFileSync(join(secure.folder, 'trust.pem'), 'utf8').replaceAll(
      '\n',
      ' ',
    ),
  });

  async function writeAndRead(topic: string, options: Record<string, string>): Promise<Value[][]> {
    const opened = openSink(tableOf(secured(topic, options), columns), folder, topic);
    const committer = await committerOf(opened);
    await committer.commit(committing(0, sealed(opened, [['+I', 1n, 'a']])));
    await committer.close();
    const source = await openSource(tableOf(secured(topic, { ...options, ...reading }), columns), folder);
    const rows = await readAll(source);
    await source.reader.close();
    return rows;
  }

  test.each([
    ['PLAIN', plain, store],
    ['SCRAM-SHA-256', scram, pem],
    ['SCRAM-SHA-512', scram, text],
  ] as const)('%s: written and read', async (mechanism, jaas, trust) => {
    const options = {
      'properties.sasl.mechanism': mechanism,
      'properties.sasl.jaas.config': jaas('alice-secret'),
      ...trust(),
    };
    expect(await writeAndRead(`by-${mechanism}`, options)).toEqual([['+I', 1n, 'a']]);
    const wrong = { ...options, 'properties.sasl.jaas.config': jaas('guess') };
    await expect(writeAndRead('refused', wrong)).rejects.toMatchObject({
      message: expect.stringMatching(/^Authentication failed/),
      exceptionClass: 'org.apache.kafka.common.errors.SaslAuthenticationException',
      retryable: false,
    });
  });

  test('a server that is not trusted is not spoken to', async () => {
    const credentials = {
      'properties.sasl.mechanism': 'SCRAM-SHA-256',
      'properties.sasl.jaas.config': scram('alice-secret'),
    };
    await expect(writeAndRead('refused', credentials)).rejects.toThrow(/SSL handshake with .* failed: .*certificate/);
    const wrong = { ...credentials, ...store(), 'properties.ssl.truststore.password': 'guess' };
    await expect(writeAndRead('refused', wrong)).rejects.toThrow(/trust\.p12' cannot be used: the password is wrong\./);
    const absent = { ...credentials, 'properties.ssl.truststore.location': '/nowhere.jks' };
    await expect(writeAndRead('refused', absent)).rejects.toThrow(/'\/nowhere\.jks' cannot be read/);
  });

  test('what the client cannot do is refused by name', async () => {
    const gssapi = { 'properties.sasl.mechanism': 'GSSAPI' };
    await expect(writeAndRead('refused', gssapi)).rejects.toThrow(
      "'properties.sasl.mechanism' = 'GSSAPI' is not supported. Supported: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512.",
    );
    const mixed = { 'properties.sasl.mechanism': 'PLAIN', 'properties.sasl.jaas.config': scram('alice-secret') };
    await expect(writeAndRead('refused', mixed)).rejects.toThrow('PlainLoginModule required username');
  });
});
