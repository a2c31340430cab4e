import { expect, test } from 'vitest';
import { types } from '../../src/types/logical-type.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { batchOf, openSink, openSource, readAll, rowsOf, tableOf } from './open-table.ts';

const columns = [
  { name: 'id', type: types.bigint() },
  { name: 's', type: types.string() },
  { name: 'd', type: types.decimal(10, 2) },
  { name: 'ts', type: types.timestamp(3) },
];

test('datagen gives the same rows again from a stored position', async () => {
  const table = tableOf(
    {
      connector: 'datagen',
      'number-of-rows': '3000',
      'fields.id.kind': 'sequence',
      'fields.id.start': '1',
      'fields.id.end': '9000',
      'fields.s.length': '7',
    },
    columns,
  );
  const clock = new ManualClock();
  const first = await openSource(table, '/', { clock });
  expect(first.source.bounded).toBe(true);
  first.reader.poll();
  clock.advance(50);
  const batch = first.reader.poll();
  if (batch === null || batch === 'end') throw new Error('no rows');
  expect(batch.rowCount).toBe(500);
  const position = first.reader.position();
  clock.advance(10);
  const next = first.reader.poll();
  if (next === null || next === 'end') throw new Error('no rows');
  const expected = rowsOf(next, first.heap);
  const second = await openSource(table, '/', { clock, restored: position });
  second.reader.poll();
  clock.advance(1000);
  const again = second.reader.poll();
  if (again === null || again === 'end') throw new Error('no rows');
  const got = rowsOf(again, second.heap);
  expect(got.slice(0, 50).map((row) => row.slice(0, 4))).toEqual(expected.slice(1, 51).map((row) => row.slice(0, 4)));
  expect(expected[0]?.[1]).toBe(502n);
  expect(expected[0]?.[2]).toMatch(/^[0-9a-f]{7}$/);
});

test('datagen stops at its number of rows', async () => {
  const table = tableOf({ connector: 'datagen', 'number-of-rows': '2500', 'rows-per-second': '1000000' }, columns);
  expect(await readAll(await openSource(table, '/'))).toHaveLength(2500);
});

test('datagen refuses a length for CHAR', () => {
  const table = tableOf({ connector: 'datagen', 'fields.c.length': '3' }, [{ name: 'c', type: types.char(2) }]);
  return expect(openSource(table, '/')).rejects.toMatchObject({
    cause: { message: "Custom length for fixed-length type (CHAR/BINARY) field 'c' is not supported." },
  });
});

test('print writes Java text', () => {
  const { sink, context, printed } = openSink(tableOf({ connector: 'print', 'print-identifier': 'p' }, columns), '/');
  const writer = sink.openWriter(context);
  const rows = [
    ['+I', 1n, 'abc', 150n, 1577880000000000000n],
    ['-U', 2n, null, null, 1577880001500000000n],
  ];
  writer.write(batchOf(context.inputTypes, rows, context.heap));
  expect(printed).toEqual(['p> +I[1, abc, 1.50, 2020-01-01T12:00]', 'p> -U[2, null, null, 2020-01-01T12:00:01.500]']);
});

test('blackhole asks for no -U', () => {
  const { sink } = openSink(tableOf({ connector: 'blackhole' }, columns), '/');
  expect(sink.changelogMode({ updateBefore: true, updateAfter: true, delete: true })).toEqual({
    updateBefore: false,
    updateAfter: true,
    delete: true,
  });
});
