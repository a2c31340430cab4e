/** Embedded topics: what is committed is visible, nothing else; modes, metadata, keys, torn writes; rule 10 of exactly-once. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginFrame, endFrame } from '../../src/connectors/kafka/message-frame.ts';
import { TopicLog } from '../../src/connectors/kafka/topic-log.ts';
import { GrowingBytes, putBytes } from '../../src/formats/bytes-out.ts';
import { types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';
import { batchOf, chunks, openSink, openSource, readAll, tableOf } from './open-table.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'millrace-topic-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const WRITER = { lineage: 'l', sink: 's' };

/** Appends texts as one epoch. */
async function append(
  log: TopicLog,
  epoch: number,
  texts: readonly string[],
  partition = 0,
  key: string | null = null,
  firstMs = 1000,
): Promise<void> {
  const out = new GrowingBytes();
  texts.forEach((text, i) => {
    const start = beginFrame(out, firstMs + i, key === null ? null : Buffer.from(key));
    putBytes(out, Buffer.from(text));
    endFrame(out, start, true, [{ name: Buffer.from('h'), value: Buffer.from([i]) }]);
  });
  const frames = out.take();
  const request = {
    next: { incarnation: 1, epoch },
    decide: (marker: { epoch: number } | null) =>
      marker !== null && marker.epoch >= epoch ? ('done' as const) : ('apply' as const),
    buffers: async function* () {
      yield frames;
    },
  };
  await log.commit(WRITER, request, (chunk) => [{ partition, frames: chunk, count: texts.length }]);
}

function table(
  options: Record<string, string> = {},
  columns = [{ name: 'a', type: types.int() }] as Parameters<typeof tableOf>[1],
) {
  return tableOf(
    {
      connector: 'kafka',
      topic: 't',
      'properties.bootstrap.servers': 'embedded',
      'scan.startup.mode': 'earliest-offset',
      'scan.bounded.mode': 'latest-offset',
      format: 'json',
      ...options,
    },
    columns,
  );
}

const json = (...values: number[]): string[] => values.map((a) => JSON.stringify({ a }));

async function read(
  options: Record<string, string> = {},
  columns?: Parameters<typeof tableOf>[1],
): Promise<unknown[][]> {
  const opened = await openSource(table(options, columns), home);
  const rows = await readAll(opened);
  await opened.reader.close();
  return rows.map((row) => row.slice(1));
}

describe('embedded topics', () => {
  it('shows committed epochs, each once', async () => {
    const log = new TopicLog(home, 't');
    await log.create(1);
    await append(log, 1, json(1, 2));
    await append(log, 1, json(1, 2));
    await append(log, 2, json(3));
    expect(await read()).toEqual([[1], [2], [3]]);
    expect(new TopicLog(home, 't').marker(WRITER)).toEqual({ incarnation: 1, epoch: 2 });
  });

  it('rule 10: bytes without a commit record are never seen, and the next writer cuts them off', async () => {
    const log = new TopicLog(home, 't');
    await log.create(1);
    await append(log, 1, json(1));
    const size = statSync(log.partitionPath(0)).size;
    appendFileSync(log.partitionPath(0), Buffer.alloc(5000, 7));
    expect(await read()).toEqual([[1]]);
    await append(new TopicLog(home, 't'), 2, json(2));
    expect(await read()).toEqual([[1], [2]]);
    expect(statSync(log.partitionPath(0)).size).toBe(size * 2);
  });

  it('rule 10: a torn commit record is no record', async () => {
    const log = new TopicLog(home, 't');
    await log.create(1);
    await append(log, 1, json(1));
    await append(log, 2, json(2));
    const commits = join(log.folder, 'commits');
    writeFileSync(commits, readFileSync(commits).subarray(0, -3));
    expect(await read()).toEqual([[1]]);
    await append(new TopicLog(home, 't'), 2, json(2));
    expect(await read()).toEqual([[1], [2]]);
  });

  it('begins where the start-up mode says', async () => {
    const log = new TopicLog(home, 't');
    await log.create(1);
    await append(log, 1, json(1, 2, 3, 4));
    expect(await read({ 'scan.startup.mode': 'timestamp', 'scan.startup.timestamp-millis': '1002' })).toEqual([
      [3],
      [4],
    ]);
    const specific = {
      'scan.startup.mode': 'specific-offsets',
      'scan.startup.specific-offsets': 'partition:0,offset:1',
    };
    expect(
      await read({
        ...specific,
        'scan.bounded.mode': 'specific-offsets',
        'scan.bounded.specific-offsets': 'partition:0,offset:3',
      }),
    ).toEqual([[2], [3]]);
    expect(await read({ 'scan.startup.mode': 'latest-offset' })).toEqual([]);
    await expect(read({ 'scan.startup.mode': 'group-offsets' })).rejects.toThrow();
    await expect(read({ 'scan.startup.mode': 'group-offsets', 'properties.group.id': 'g' })).rejects.toThrow(
      'Undefined offset with no reset policy',
    );
  });

  it('gives metadata, and key columns', async () => {
    const log = new TopicLog(home, 't');
    await log.create(2);
    await append(log, 1, ['{"a":7}'], 1, '{"k":"x"}');
    const rows = await read({ 'key.format': 'json', 'key.fields': 'k', 'value.fields-include': 'EXCEPT_KEY' }, [
      { name: 'k', type: types.string() },
      { name: 'a', type: types.int() },
      { name: 'p', type: types.int(false), metadata: 'partition' },
      { name: 'o', type: types.bigint(false), metadata: 'offset' },
      { name: 'ts', type: types.timestampLtz(3, false), metadata: 'timestamp' },
      { name: 'topic', type: types.string(false), metadata: 'topic' },
    ]);
    expect(rows).toEqual([['x', 7, 1, 0n, 1_000_000_000n, 't']]);
  });

  it('goes on from a position while the topic grows', async () => {
    const log = new TopicLog(home, 't');
    await log.create(1);
    await append(
      log,
      1,
      Array.from({ length: 2500 }, (_, a) => JSON.stringify({ a })),
    );
    const first = await openSource(table({ 'scan.bounded.mode': 'unbounded' }), home);
    const seen = await readAll(first, 1000);
    expect(first.reader.canSnapshot).toBe(true);
    const position = JSON.parse(JSON.stringify(first.reader.position()));
    await first.reader.close();
    await append(log, 2, json(9999));
    const second = await openSource(table({ 'scan.bounded.mode': 'unbounded' }), home, { restored: position });
    const rest = await readAll(second, 2501 - seen.length);
    await second.reader.close();
    expect([...seen, ...rest].map((row) => row[1])).toEqual([...Array.from({ length: 2500 }, (_, a) => a), 9999]);
  });

  it('names a topic that does not exist', async () => {
    await expect(read()).rejects.toThrow("The embedded topic 't' does not exist");
  });
});

it('a message that cannot be read is named by its place', async () => {
  const log = new TopicLog(home, 't');
  await log.create(1);
  await append(log, 0, [...json(1), '{"a": nope}']);
  const error = await read().then(
    () => null,
    (thrown: Error) => thrown,
  );
  let root = error as Error;
  while (root.cause instanceof Error) root = root.cause;
  expect(root.message).toMatch(/ \(topic 't', partition 0, offset 1; the format's option ignore-parse-errors .*\)$/);
});

describe('a sink of several topics', () => {
  const columns = [
    { name: 'a', type: types.int() },
    { name: 't', type: types.string(false), metadata: 'topic' },
  ];
  const commit = (epoch: number, buffers: Uint8Array[]) => ({
    next: { incarnation: 1, epoch },
    decide: (marker: { epoch: number } | null) =>
      marker !== null && marker.epoch >= epoch ? ('done' as const) : ('apply' as const),
    buffers: () => chunks(...buffers),
  });

  it('rule 10: a crash between two topics is made good, and repeats nothing', async () => {
    const opened = openSink(table({ topic: 'x;y' }, columns), home);
    const committer = await opened.sink.openCommitter?.(opened.context);
    await committer?.commit(commit(0, []));
    const writer = opened.sink.openWriter(opened.context);
    const rows: Value[][] = [
      ['+I', 1, 'x'],
      ['+I', 2, 'y'],
      ['+I', 3, 'x'],
    ];
    writer.write(batchOf(opened.context.inputTypes, rows, opened.context.heap));
    const sealed = writer.seal() ?? [];
    const crashed = commit(1, sealed);
    let asked = 0;
    const decide = (marker: { epoch: number } | null) => {
      if (++asked === 2) throw new Error('killed');
      return crashed.decide(marker);
    };
    await expect(committer?.commit({ ...crashed, decide })).rejects.toThrow('killed');
    expect(await committer?.readMarker()).toMatchObject({ epoch: 0 });
    await committer?.commit(crashed);
    await committer?.commit(crashed);
    expect(await committer?.readMarker()).toMatchObject({ epoch: 1 });
    expect(await read({ topic: 'x' })).toEqual([[1], [3]]);
    expect(await read({ topic: 'y' })).toEqual([[2]]);
  });

  it('a row must name one of them', () => {
    const opened = openSink(table({ topic: 'x;y' }, columns), home);
    const writer = opened.sink.openWriter(opened.context);
    const row = batchOf(opened.context.inputTypes, [['+I', 1, 'z']], opened.context.heap);
    expect(() => writer.write(row)).toThrow('Expected topic to be in: [x, y] but was: z');
    const { topic: _topic, ...without } = table().options;
    expect(() => openSink(tableOf({ ...without, 'topic-pattern': 'x.*' }, columns), home)).toThrow(
      expect.objectContaining({
        cause: expect.objectContaining({ message: expect.stringContaining("not a 'topic-pattern'") }),
      }),
    );
  });
});
