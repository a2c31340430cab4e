import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTableSource } from '../../src/connectors/table-context.ts';
import { types } from '../../src/types/logical-type.ts';
import { batchOf, chunks, openSink, openSource, readAll, tableOf } from './open-table.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'millrace-upsert-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const columns = [
  { name: 'user_id', type: types.bigint(false) },
  { name: 'id', type: types.int(false) },
  { name: 'name', type: types.string() },
];
const options = {
  connector: 'upsert-kafka',
  topic: 'u',
  'properties.bootstrap.servers': 'embedded',
  'key.format': 'json',
  'value.format': 'json',
};
const keyed = { primaryKey: ['user_id', 'id'] };

async function writeAndRead(more: Record<string, string>) {
  const table = tableOf({ ...options, ...more }, columns, keyed);
  const { sink, context } = openSink(table, home);
  expect(sink.changelogMode({ updateBefore: true, updateAfter: true, delete: true }).updateBefore).toBe(false);
  const committer = await sink.openCommitter?.(context);
  const writer = sink.openWriter(context);
  const rows = [
    ['+I', 1n, 7, 'a'],
    ['+U', 1n, 7, 'b'],
    ['+I', 2n, 8, null],
    ['-D', 1n, 7, 'b'],
  ];
  writer.write(batchOf(context.inputTypes, rows, context.heap));
  const sealed = writer.seal() ?? [];
  await committer?.commit({
    next: { incarnation: 0, epoch: 0 },
    decide: () => 'apply',
    buffers: () => chunks(...sealed),
  });
  await committer?.close();
  const bounded = tableOf({ ...options, ...more, 'scan.bounded.mode': 'latest-offset' }, columns, keyed);
  const opened = await openSource(bounded, home);
  return readAll(opened);
}

const expected = [
  ['+U', 1n, 7, 'a'],
  ['+U', 1n, 7, 'b'],
  ['+U', 2n, 8, null],
  ['-D', 1n, 7, null],
];

test('a removed row is a message without value, read as -D with its key', async () => {
  expect(await writeAndRead({})).toEqual(expected);
});

test('the key need not be in the value', async () => {
  expect(await writeAndRead({ 'value.fields-include': 'EXCEPT_KEY' })).toEqual(expected);
});

test('what Flink refuses is refused', () => {
  const reading = (more: Record<string, string>, primaryKey: readonly string[] | null = ['id']) => {
    try {
      createTableSource(tableOf({ ...options, ...more }, columns, { primaryKey }), { home, mode: 'streaming' });
      return '';
    } catch (error) {
      return ((error as Error).cause as Error).message;
    }
  };
  expect(reading({}, null)).toMatch(/^'upsert-kafka' tables require to define a PRIMARY KEY constraint\./);
  expect(reading({ 'value.format': 'canal-json' })).toBe(
    "'upsert-kafka' connector doesn't support 'canal-json' as value format, because 'canal-json' is not in insert-only mode.",
  );
  expect(reading({ 'scan.startup.mode': 'earliest-offset' })).toContain(
    "Unsupported options found for 'upsert-kafka'.",
  );
});
