import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PackedTable } from '../../src/state/keyed-table.ts';
import { OrderedIndex } from '../../src/state/ordered-index.ts';
import { RowIndex } from '../../src/state/row-index.ts';
import type { Slot } from '../../src/state/state.ts';
import { Batch } from '../../src/types/batch.ts';
import type { Column } from '../../src/types/column.ts';
import { Heap } from '../../src/types/heap.ts';
import { writeValue } from '../../src/types/lane-value.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';

test('an ordered index follows a sorted list', () => {
  // Numbers are ordered by tens; those of one ten keep their order of arrival.
  const order = (a: number, b: number) => Math.floor(a / 10) - Math.floor(b / 10);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('insert' as const), n: fc.integer({ min: 1, max: 400 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), n: fc.nat(2000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('first' as const), n: fc.nat(3) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 40 }), (steps, times) => {
      const index = new OrderedIndex(order);
      const list: number[] = [];
      for (const { kind, n } of steps)
        if (kind === 'insert')
          for (let i = 0; i < times; i++) {
            const value = n + i;
            const place = list.findIndex((other) => order(other, value) > 0);
            const position = place < 0 ? list.length : place;
            list.splice(position, 0, value);
            expect(index.insert(value)).toBe(position);
          }
        else if (kind === 'remove' && list.length > 0) {
          list.splice(n % list.length, 1);
          index.removeAt(n % (list.length + 1));
        } else if (kind === 'first') expect(index.removeFirst(n)).toEqual(list.splice(0, n));
      expect(index.length).toBe(list.length);
      expect(list.map((_, i) => index.at(i))).toEqual(list);
      expect(index.at(list.length)).toBe(0);
      for (const value of list.slice(0, 20)) {
        expect(index.at(index.indexOf(value))).toBe(value);
        expect(index.lowerBound((other) => order(other, value))).toBe(list.findIndex((v) => order(v, value) >= 0));
      }
      expect(index.indexOf(100_000)).toBe(-1);
    }),
    { numRuns: 150 },
  );
});

const ROW: readonly LogicalType[] = [types.int(), types.string(), types.double(), types.timestamp(9), types.boolean()];

test('a row index finds the oldest of equal rows', () => {
  const heap = new Heap();
  const number = types.double(false);
  const table = new PackedTable({ name: 't', version: 1, key: [number], value: ROW, prefix: 0, ttlMs: 0 }, heap);
  const slots = table.layout.value;
  const index = new RowIndex(
    heap,
    ROW.map((type, i) => ({ type, column: 1 + i, slot: slots[i] as Slot })),
  );
  const batch = new Batch([number, ...ROW]);
  const put = (row: readonly Value[]) => {
    row.forEach((value, i) => {
      writeValue(batch.types[i] as LogicalType, batch.columns[i] as Column, 0, value, heap);
    });
  };
  const arrival = (address: number) => heap.f64[(address + (table.layout.key[0]?.lanes[0] as number)) >>> 3] as number;
  const rowArb = fc.tuple(
    fc.option(fc.integer({ min: 0, max: 2 })),
    fc.option(fc.constantFrom('', 'a', 'longer text')),
    fc.option(fc.constantFrom(0, 1.5, Number.NaN)),
    fc.option(fc.constantFrom(0n, 1n, 5_000_000n)),
    fc.option(fc.boolean()),
  );
  let arrived = 0;
  const model: Array<{ readonly text: string; readonly n: number; readonly address: number }> = [];
  fc.assert(
    fc.property(rowArb, fc.boolean(), (row, isRemoval) => {
      put([arrived, ...row]);
      const text = row.map(String).join('|');
      const oldest = model.find((entry) => entry.text === text);
      const found = index.find(batch, 0, arrival);
      expect(found).toBe(oldest?.address ?? 0);
      if (isRemoval) {
        if (!oldest) return;
        index.remove(found);
        table.remove(found);
        model.splice(model.indexOf(oldest), 1);
      } else {
        const address = table.findOrInsert(batch, [0], 0);
        for (let i = 0; i < ROW.length; i++) table.setValue(address, i, batch, 1 + i, 0);
        index.add(address);
        model.push({ text, n: arrived++, address });
      }
      expect(index.size).toBe(model.length);
    }),
    { numRuns: 3000 },
  );
});
