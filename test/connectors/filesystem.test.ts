import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { types } from '../../src/types/logical-type.ts';
import { batchOf, chunks, openSink, openSource, readAll, tableOf } from './open-table.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'millrace-fs-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const idAndName = [
  { name: 'id', type: types.bigint() },
  { name: 'name', type: types.string() },
];
const jsonAt = (path: string) => ({ connector: 'filesystem', path, format: 'json' });

test('reads lines of all files of a folder, hidden ones apart', async () => {
  writeFileSync(join(home, 'b.json'), '{"id":3,"name":"c"}');
  writeFileSync(join(home, 'a.json'), '{"id":1,"name":"ä"}\r\n{"id":2}\n');
  writeFileSync(join(home, '_hidden'), '{"id":9}\n');
  const opened = await openSource(tableOf(jsonAt(home), idAndName), home);
  expect(await readAll(opened)).toEqual([
    ['+I', 1n, 'ä'],
    ['+I', 2n, null],
    ['+I', 3n, 'c'],
  ]);
});

test('goes on at the stored position, row for row', async () => {
  const path = join(home, 'many.json');
  writeFileSync(path, Array.from({ length: 5000 }, (_, i) => `{"id":${i},"name":"n${i}"}`).join('\n'));
  const table = tableOf(jsonAt(path), idAndName);
  const first = await openSource(table, home);
  const before = await readAll(first, 2000);
  expect(first.reader.canSnapshot).toBe(true);
  const restored = JSON.parse(JSON.stringify(first.reader.position()));
  await first.reader.close();
  const second = await openSource(table, home, { restored });
  const after = await readAll(second);
  expect([...before, ...after].map((row) => row[1])).toEqual(Array.from({ length: 5000 }, (_, i) => BigInt(i)));
});

test('a record larger than a chunk is read', async () => {
  const name = 'x'.repeat(5 << 20);
  writeFileSync(join(home, 'big.json'), `{"id":1,"name":"${name}"}\n{"id":2,"name":"y"}\n`);
  const rows = await readAll(await openSource(tableOf(jsonAt(home), idAndName), home));
  expect(rows.map((row) => (row[2] as string).length)).toEqual([5 << 20, 1]);
});

test('partition folders and file metadata become columns', async () => {
  mkdirSync(join(home, 'dt=2024-01-02', 'k=__DEFAULT_PARTITION__'), { recursive: true });
  writeFileSync(join(home, 'dt=2024-01-02', 'k=__DEFAULT_PARTITION__', 'f'), '{"id":1}\n');
  const table = tableOf(
    jsonAt(home),
    [
      { name: 'id', type: types.bigint() },
      { name: 'dt', type: types.date() },
      { name: 'k', type: types.string() },
      { name: 'fname', type: types.string(false), metadata: 'file.name' },
    ],
    { partitionKeys: ['dt', 'k'] },
  );
  expect(await readAll(await openSource(table, home))).toEqual([['+I', 1n, 19724, null, 'f']]);
});

test('a missing path is an error at the start', async () => {
  await expect(openSource(tableOf(jsonAt(join(home, 'nowhere')), idAndName), home)).rejects.toThrow('does not exist');
});

test('rule 14: writes an epoch as one linked file, and a repeat changes nothing', async () => {
  const out = join(home, 'out');
  const table = tableOf(jsonAt(out), idAndName);
  const { sink, context } = openSink(table, home);
  const writer = sink.openWriter(context);
  writer.write(
    batchOf(
      context.inputTypes,
      [
        ['+I', 1n, 'a'],
        ['+I', 2n, null],
      ],
      context.heap,
    ),
  );
  const sealed = writer.seal() as Uint8Array[];
  expect(writer.seal()).toBeNull();
  const committer = await sink.openCommitter?.(context);
  if (!committer) throw new Error('no committer');
  expect(await committer.readMarker()).toBeNull();
  const request = (epoch: number) => ({
    next: { incarnation: 1, epoch },
    decide: (current: { epoch: number } | null) => (current?.epoch === epoch ? ('done' as const) : ('apply' as const)),
    buffers: () => chunks(...sealed),
  });
  await committer.commit(request(1));
  await committer.commit(request(1));
  const [finished = ''] = readdirSync(out).filter((name) => !name.startsWith('.'));
  const { ino } = statSync(join(out, finished));
  for (const name of readdirSync(out)) if (name.startsWith('.')) rmSync(join(out, name), { recursive: true });
  await committer.commit(request(1));
  expect(statSync(join(out, finished)).ino).toBe(ino);
  expect(await committer.readMarker()).toEqual({ incarnation: 1, epoch: 1 });
  const files = readdirSync(out).filter((name) => !name.startsWith('.'));
  expect(files).toHaveLength(1);
  expect(readFileSync(join(out, files[0] as string), 'utf8')).toBe('{"id":1,"name":"a"}\n{"id":2,"name":null}\n');
  expect(await readAll(await openSource(table, home))).toEqual([
    ['+I', 1n, 'a'],
    ['+I', 2n, null],
  ]);
});

test('rule 2: a crash between the data and the marker leaves nothing twice', async () => {
  const out = join(home, 'out');
  const { sink, context } = openSink(tableOf(jsonAt(out), idAndName), home);
  const writer = sink.openWriter(context);
  writer.write(batchOf(context.inputTypes, [['+I', 1n, 'a']], context.heap));
  const sealed = writer.seal() as Uint8Array[];
  const committer = await sink.openCommitter?.(context);
  async function* dying(): AsyncGenerator<Uint8Array> {
    yield* sealed;
    throw new Error('killed');
  }
  const next = { incarnation: 1, epoch: 1 };
  await expect(committer?.commit({ next, decide: () => 'apply', buffers: dying })).rejects.toThrow('killed');
  expect(await committer?.readMarker()).toBeNull();
  await committer?.commit({ next, decide: () => 'apply', buffers: () => chunks(...sealed) });
  expect(readdirSync(out).filter((name) => !name.startsWith('.'))).toHaveLength(1);
});

test('rows go to the folder of their partition', async () => {
  const out = join(home, 'out');
  const table = tableOf(jsonAt(out), [...idAndName, { name: 'dt', type: types.date() }], { partitionKeys: ['dt'] });
  const { sink, context } = openSink(table, home);
  const writer = sink.openWriter(context);
  writer.write(
    batchOf(
      context.inputTypes,
      [
        ['+I', 1n, 'a', 19724],
        ['+I', 2n, 'b', null],
      ],
      context.heap,
    ),
  );
  const committer = await sink.openCommitter?.(context);
  const sealed = writer.seal() as Uint8Array[];
  await committer?.commit({
    next: { incarnation: 0, epoch: 0 },
    decide: () => 'apply',
    buffers: () => chunks(...sealed),
  });
  expect(
    readdirSync(out)
      .filter((name) => !name.startsWith('.'))
      .sort(),
  ).toEqual(['dt=2024-01-02', 'dt=__DEFAULT_PARTITION__']);
  expect((await readAll(await openSource(table, home))).sort()).toEqual([
    ['+I', 1n, 'a', 19724],
    ['+I', 2n, 'b', null],
  ]);
});

test('content that cannot be read is named by its file and line', async () => {
  const path = join(home, 'broken.json');
  writeFileSync(path, '{"id":1}\n{"id":2}\n{"id": nope}\n{"id":4}\n');
  const opened = await openSource(tableOf(jsonAt(path), idAndName), home);
  let root = (await readAll(opened).catch((thrown: unknown) => thrown)) as Error;
  while (root.cause instanceof Error) root = root.cause;
  expect(root.message).toContain(` (file '${path}', line 3; the format's option ignore-parse-errors`);
});
