import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeapState } from '../../src/state/heap-state.ts';
import { PackedTable } from '../../src/state/keyed-table.ts';
import { mergeSegments } from '../../src/state/merge.ts';
import type { StateSegment } from '../../src/state/operator-state.ts';
import type { KeyedTable, TableSpec } from '../../src/state/state.ts';
import { Batch } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue, writeValue } from '../../src/types/lane-value.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';

const KEY: readonly LogicalType[] = [types.int(), types.string(), types.tinyint(false)];
const VALUE: readonly LogicalType[] = [types.bigint(), types.string(), types.boolean()];
const ROW = [...KEY, ...VALUE];
const KEY_COLUMNS = [0, 1, 2];

function spec(prefix: number, ttlMs = 0): TableSpec {
  return { name: 't', version: 1, key: KEY, value: VALUE, prefix, ttlMs };
}

class Fixture {
  readonly heap = new Heap();
  readonly batch = new Batch(ROW);
  readonly out = new Batch(ROW);

  put(row: readonly Value[]): void {
    row.forEach((value, i) => {
      writeValue(ROW[i] as LogicalType, this.batch.columns[i] as never, 0, value, this.heap);
    });
  }

  upsert(table: KeyedTable, row: readonly Value[]): number {
    this.put(row);
    const address = table.findOrInsert(this.batch, KEY_COLUMNS, 0);
    for (let i = 0; i < VALUE.length; i++) table.setValue(address, i, this.batch, KEY.length + i, 0);
    return address;
  }

  remove(table: KeyedTable, key: readonly Value[]): void {
    this.put([...key, null, null, null]);
    const address = table.find(this.batch, KEY_COLUMNS, 0);
    if (address !== 0) table.remove(address);
  }

  row(table: KeyedTable, address: number): Value[] {
    KEY.forEach((_, i) => {
      table.read(address, 'key', i, this.out, i, 0);
    });
    VALUE.forEach((_, i) => {
      table.read(address, 'value', i, this.out, KEY.length + i, 0);
    });
    return ROW.map((type, i) => readValue(type, this.out.columns[i] as never, 0, this.heap));
  }

  contents(table: KeyedTable): string[] {
    const rows: string[] = [];
    table.forEach((address) => {
      rows.push(text(this.row(table, address)));
    });
    return rows.sort();
  }

  chain(table: KeyedTable, key: readonly Value[]): string[] {
    this.put([...key, null, null, null]);
    const rows: string[] = [];
    for (let at = table.chain(this.batch, KEY_COLUMNS, 0); at !== 0; ) {
      rows.push(text(this.row(table, at)));
      at = this.heap.u32[(at + table.layout.next) >>> 2] as number;
    }
    return rows;
  }
}

function text(row: readonly Value[]): string {
  return JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
}

const keyArb = fc.tuple(
  fc.option(fc.integer({ min: 0, max: 3 })),
  fc.option(fc.constantFrom('', 'a', 'abc', 'abcd', 'abcde', 'a longer text of some thirty bytes')),
  fc.integer({ min: -2, max: 2 }),
);
const valueArb = fc.tuple(
  fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  fc.option(fc.string()),
  fc.option(fc.boolean()),
);
const stepArb = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('upsert' as const), key: keyArb, value: valueArb }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), key: keyArb }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('acknowledge' as const, 'abort' as const) }) },
);

/** The reference: rows by key in order of insertion. */
class Model {
  readonly rows = new Map<string, Value[]>();

  chain(key: readonly Value[], prefix: number): string[] {
    const wanted = text(key.slice(0, prefix));
    return [...this.rows.values()].filter((row) => text(row.slice(0, prefix)) === wanted).map(text);
  }

  contents(): string[] {
    return [...this.rows.values()].map(text).sort();
  }
}

function joined(segment: StateSegment): Uint8Array {
  return new Uint8Array(Buffer.concat(segment.chunks));
}

function restored(segments: readonly Uint8Array[], tableSpec: TableSpec): [Fixture, KeyedTable] {
  const fixture = new Fixture();
  const state = new HeapState(fixture.heap);
  const table = state.backend.table(tableSpec);
  state.restore(segments, 'chk-1');
  expect(state.seal()).toBeNull();
  return [fixture, table];
}

describe.each([0, 1, 2, 3])('a table with a prefix of %i', (prefix) => {
  test('follows a Map through changes, checkpoints and restores', () => {
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 120 }), (steps) => {
        const fixture = new Fixture();
        const state = new HeapState(fixture.heap);
        const table = state.backend.table(spec(prefix));
        const model = new Model();
        const stored: Uint8Array[] = [];
        for (const step of steps) {
          if (step.kind === 'upsert') {
            const row = [...step.key, ...step.value];
            fixture.upsert(table, row);
            model.rows.set(text(step.key), row);
          } else if (step.kind === 'remove') {
            fixture.remove(table, step.key);
            model.rows.delete(text(step.key));
          } else {
            const segment = state.seal();
            if (step.kind === 'abort') state.abort();
            else {
              if (segment) stored.push(joined(segment));
              state.acknowledge();
            }
          }
          fixture.heap.release();
        }
        const last = state.seal();
        if (last) stored.push(joined(last));
        expect(fixture.contents(table)).toEqual(model.contents());
        const merged = mergeSegments(stored, 'chk-1');
        // Key group by key group.
        const again = mergeSegments(merged, 'chk-1', 0);
        const half = [...mergeSegments(stored.slice(0, 2), 'chk-1', 0), ...stored.slice(2)];
        for (const segments of [stored, merged, again, half, mergeSegments(half, 'chk-1', 100)]) {
          const [other, table2] = restored(segments, spec(prefix));
          expect(other.contents(table2)).toEqual(model.contents());
          if (prefix > 0)
            for (const row of model.rows.values())
              expect(other.chain(table2, row.slice(0, 3))).toEqual(model.chain(row, prefix));
        }
        if (prefix > 0)
          for (const row of model.rows.values())
            expect(fixture.chain(table, row.slice(0, 3))).toEqual(model.chain(row, prefix));
      }),
      { numRuns: 150 },
    );
  });
});

test.each([0, 2])('a base and deltas of many rows, with a prefix of %i', (prefix) => {
  const fixture = new Fixture();
  const state = new HeapState(fixture.heap);
  const table = state.backend.table(spec(prefix));
  const model = new Map<string, Value[]>();
  const stored: Uint8Array[] = [];
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 3000; i += round + 1) {
      const key = [i % 1500, i % 7 === 0 ? null : `key ${i}`, 1];
      const note = (i + round) % 5 === 0 ? null : 'x'.repeat((i * (round + 3)) % 90);
      if ((i + round) % 11 === 0) {
        fixture.remove(table, key);
        model.delete(text(key));
      } else {
        const row = [...key, BigInt(i * round), note, i % 3 === 0];
        fixture.upsert(table, row);
        model.set(text(key), row);
      }
      fixture.heap.release();
    }
    const segment = state.seal();
    if (segment) stored.push(joined(segment));
    state.acknowledge();
  }
  const [other, again] = restored(stored, spec(prefix));
  const rows = [...model.values()].map(text);
  expect(other.contents(again)).toEqual(rows.sort());
  if (prefix > 0)
    for (const row of [...model.values()].slice(0, 200))
      expect(other.chain(again, row.slice(0, 3))).toEqual(fixture.chain(table, row.slice(0, 3)));
});

describe('growth', () => {
  const key = [types.int(false), types.int(false)];
  const grown: TableSpec = { name: 'g', version: 1, key, value: [types.int(false)], prefix: 1, ttlMs: 0 };

  test('loses nothing among insertions and removals of any size', () => {
    const heap = new Heap();
    const table = new PackedTable(grown, heap);
    const batch = new Batch(key);
    const model = new Map<string, number>();
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return (seed >>> 8) % below;
    };
    const valueAt = table.layout.value[0]?.lanes[0] as number;
    let mistakes = 0;
    for (let step = 0; step < 150_000; step++) {
      const [left, right] = [random(300), random(200)];
      (batch.columns[0]?.lane0 as Int32Array)[0] = left;
      (batch.columns[1]?.lane0 as Int32Array)[0] = right;
      if (random(4) === 0) {
        const address = table.find(batch, [0, 1], 0);
        if ((address !== 0) !== model.delete(`${left},${right}`)) mistakes++;
        if (address !== 0) table.remove(address);
      } else {
        const address = table.findOrInsert(batch, [0, 1], 0);
        if (table.lastInserted === model.has(`${left},${right}`)) mistakes++;
        heap.i32[(address + valueAt) >>> 2] = step;
        model.set(`${left},${right}`, step);
      }
    }
    expect(mistakes).toBe(0);
    expect(table.size).toBe(model.size);
    for (const [name, value] of model) {
      const [left, right] = name.split(',').map(Number) as [number, number];
      (batch.columns[0]?.lane0 as Int32Array)[0] = left;
      (batch.columns[1]?.lane0 as Int32Array)[0] = right;
      const address = table.find(batch, [0, 1], 0);
      if (heap.i32[(address + valueAt) >>> 2] !== value) mistakes++;
      if (table.chainOf(address) !== table.chain(batch, [0], 0)) mistakes++;
    }
    expect(mistakes).toBe(0);
  });

  test('touch does not change what is found', () => {
    const heap = new Heap();
    const table = new PackedTable(grown, heap);
    const batch = new Batch(key);
    let mistakes = 0;
    for (let round = 0; round < 40; round++) {
      for (let row = 0; row < 1024; row++) {
        (batch.columns[0]?.lane0 as Int32Array)[row] = (round * 37 + row) % 700;
        (batch.columns[1]?.lane0 as Int32Array)[row] = row % 31;
      }
      table.touch(batch, [0, 1], 0, 1024);
      for (let row = 0; row < 1024; row++) {
        if (row % 7 === 3) {
          const address = table.findTouched(batch, [0, 1], row);
          if (address !== table.find(batch, [0, 1], row)) mistakes++;
          if (address !== 0) table.remove(address);
        } else {
          const address = table.findOrInsertTouched(batch, [0, 1], row);
          if (address !== table.find(batch, [0, 1], row)) mistakes++;
        }
      }
    }
    expect(mistakes).toBe(0);
  });
});

describe('keys', () => {
  const find = (type: LogicalType, values: readonly Value[]): number[] => {
    const heap = new Heap();
    const table = new PackedTable(
      { name: 'k', version: 1, key: [type], value: [types.int()], prefix: 0, ttlMs: 0 },
      heap,
    );
    const batch = new Batch([type]);
    return values.map((value) => {
      writeValue(type, batch.columns[0] as never, 0, value, heap);
      return table.findOrInsert(batch, [0], 0);
    });
  };

  test.each<[string, LogicalType, readonly Value[]]>([
    ['BOOLEAN', types.boolean(), [true, false, null]],
    ['TINYINT', types.tinyint(), [0, -1, 127, null]],
    ['SMALLINT', types.smallint(), [0, -1, 32767, null]],
    ['INT', types.int(), [0, -1, 2147483647, -2147483648, null]],
    ['BIGINT', types.bigint(), [0n, -1n, 1n << 40n, -(1n << 63n), null]],
    ['DECIMAL(38)', types.decimal(38, 0), [0n, -1n, 10n ** 37n, -(10n ** 37n), 1n << 64n, null]],
    ['FLOAT', types.float(), [0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, null]],
    ['DOUBLE', types.double(), [0, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, null]],
    ['TIMESTAMP(3)', types.timestamp(3), [0n, 1_000_000n, -1_000_000n, null]],
    ['TIMESTAMP(9)', types.timestamp(9), [0n, 1n, -1n, 1_000_000n, null]],
    ['STRING', types.string(), ['', 'a', 'ab', 'abcd', 'abcde', '\u0000', null]],
  ])('%s: each value is a key of its own, found again', (_name, type, values) => {
    const addresses = find(type, [...values, ...values]);
    expect(new Set(addresses).size).toBe(values.length);
    expect(addresses.slice(values.length)).toEqual(addresses.slice(0, values.length));
  });
});

describe('memory', () => {
  test('strings that come and go leave nothing behind', () => {
    const fixture = new Fixture();
    const table = new PackedTable(spec(1), fixture.heap);
    const churn = (round: number) => {
      for (let i = 0; i < 300; i++)
        fixture.upsert(table, [i % 20, `key ${i}`, 0, BigInt(round), 'x'.repeat((i * 7 + round * 13) % 300), null]);
      table.forEach((address) => {
        table.remove(address);
      });
      fixture.heap.release();
      table.changes.clear();
    };
    churn(0);
    const baseline = fixture.heap.usedBytes;
    for (let round = 1; round < 30; round++) churn(round);
    expect(fixture.heap.usedBytes).toBe(baseline);
    table.close();
    fixture.heap.release();
    expect(fixture.heap.usedBytes).toBe(0);
  });

  test('the bytes of a removed record stay readable until the heap is released', () => {
    const fixture = new Fixture();
    const table = new PackedTable(spec(0), fixture.heap);
    const address = fixture.upsert(table, [1, 'key', 0, 5n, 'the old value', null]);
    const before = text(fixture.row(table, address));
    fixture.upsert(table, [1, 'key', 0, 6n, 'the new value', null]);
    const column = fixture.out.columns[4] as never;
    expect(readValue(types.string(), column, 0, fixture.heap)).toBe('the old value');
    table.remove(address);
    expect(text(fixture.row(table, address))).toBe(before.replace('5n', '6n').replace('old', 'new'));
  });
});

describe('time to live', () => {
  test('expired records are gone at access, in chains, and by sweeping', () => {
    const fixture = new Fixture();
    const state = new HeapState(fixture.heap);
    const table = state.backend.table(spec(1, 1000));
    state.setTime(10_000);
    fixture.upsert(table, [1, 'a', 0, 1n, null, null]);
    fixture.upsert(table, [1, 'b', 0, 1n, null, null]);
    state.setTime(10_500);
    fixture.upsert(table, [1, 'b', 0, 2n, null, null]);
    fixture.upsert(table, [2, 'c', 0, 1n, null, null]);
    state.setTime(11_000);
    expect(fixture.chain(table, [1, null, 0])).toEqual([text([1, 'b', 0, 2n, null, null])]);
    expect(table.size).toBe(2);
    state.setTime(11_499);
    fixture.put([2, 'c', 0, null, null, null]);
    expect(table.find(fixture.batch, KEY_COLUMNS, 0)).not.toBe(0);
    state.setTime(11_500);
    expect(table.find(fixture.batch, KEY_COLUMNS, 0)).toBe(0);
    table.findOrInsert(fixture.batch, KEY_COLUMNS, 0);
    expect(table.lastInserted).toBe(true);
    state.sweep();
    expect(fixture.contents(table)).toEqual([text([2, 'c', 0, null, null, null])]);
  });

  test('a table that gets or loses its time to live is restored', () => {
    const fixture = new Fixture();
    const state = new HeapState(fixture.heap);
    const table = state.backend.table(spec(1, 1000));
    state.setTime(500);
    fixture.upsert(table, [1, 'a', 0, 1n, 'x', null]);
    const withTtl = joined(state.seal() as StateSegment);
    const [other, without] = restored([withTtl], spec(1));
    expect(other.contents(without)).toEqual([text([1, 'a', 0, 1n, 'x', null])]);
    other.upsert(without, [1, 'b', 0, 2n, 'y', true]);
    without.markDirty(other.upsert(without, [1, 'a', 0, 3n, 'z', null]));
    expect(other.contents(without)).toHaveLength(2);
  });
});

describe('refusals', () => {
  const sealed = (): Uint8Array => {
    const fixture = new Fixture();
    const state = new HeapState(fixture.heap);
    fixture.upsert(state.backend.table(spec(0)), [1, 'a', 0, 1n, null, null]);
    state.backend.value('count', 3n).set(4n);
    return joined(state.seal() as StateSegment);
  };
  const restore = (segment: Uint8Array, tableSpec: TableSpec) => {
    const state = new HeapState(new Heap());
    state.backend.table(tableSpec);
    const count = state.backend.value('count', 0n);
    state.restore([segment], 'chk-7');
    return count.get();
  };

  test('what came and went within an epoch leaves nothing to settle', () => {
    const fixture = new Fixture();
    const state = new HeapState(fixture.heap);
    const table = state.backend.table(spec(1));
    fixture.upsert(table, [1, 'a', 0, 1n, null, null]);
    fixture.remove(table, [1, 'a', 0]);
    expect(state.seal()).toBeNull();
    expect(state.seal()).toBeNull();
  });

  test('plain values come back', () => {
    expect(restore(sealed(), spec(0))).toBe(4n);
  });

  test.each<[string, TableSpec, RegExp]>([
    ['another name', { ...spec(0), name: 'u' }, /chk-7 cannot be restored: it holds table t,/],
    ['another version', { ...spec(0), version: 2 }, /table t was stored with version 1, and the job now has 2/],
    [
      'other types',
      { ...spec(0), value: [types.int(), ...VALUE.slice(1)] },
      /with value \["BIGINT",.*now has \["INT",/,
    ],
    ['another prefix', spec(1), /with prefix 0, and the job now has 1/],
  ])('%s', (_name, tableSpec, message) => {
    expect(() => restore(sealed(), tableSpec)).toThrow(message);
  });

  test('any flipped byte and any missing tail is found', () => {
    const segment = sealed();
    for (let i = 0; i < segment.length; i += 3) {
      const broken = segment.slice();
      broken[i] = (broken[i] as number) ^ 4;
      expect(() => restore(broken, spec(0))).toThrow(/chk-7/);
    }
    for (const size of [1, 40, segment.length - 4])
      expect(() => restore(segment.slice(0, size), spec(0))).toThrow(/chk-7/);
  });
});

describe('the format of segments', () => {
  const older = (version: number): Uint8Array[] => {
    const fixture = new Fixture();
    const state = new HeapState(fixture.heap);
    fixture.upsert(state.table(spec(0)), [1, 'a', 0, 5n, 'x', true]);
    const segment = joined(state.seal() as StateSegment);
    const view = new DataView(segment.buffer);
    view.setInt32(8, version, true);
    view.setUint32(segment.length - 4, crc32(segment.subarray(0, segment.length - 4)), true);
    return [segment];
  };

  test('the one before is read', () => {
    const [fixture, table] = restored(older(2), spec(0));
    expect(fixture.contents(table)).toEqual(['[1,"a",0,"5n","x",true]']);
  });

  test.each([1, 4])('format %i is refused by its number', (version) => {
    expect(() => restored(older(version), spec(0))).toThrow(`its format is ${version}, and this program reads 2 to 3`);
  });

  test('a table that an older version kept is refused as such', () => {
    const state = new HeapState(new Heap());
    state.table({ ...spec(0), name: 'other' });
    expect(() => state.restore(older(2), 'chk-1')).toThrow(
      'it holds table t, as an older version of this program kept it (state format 2)',
    );
    expect(() => state.restore(older(3), 'chk-1')).toThrow('it holds table t, which the job no longer has');
  });
});
