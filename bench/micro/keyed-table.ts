/** SUM and COUNT by key over 1,000,000 keys: the packed table against Map<string, object> in the same run, and the worst single step of growth. */
import { PackedTable } from '../../src/state/keyed-table.ts';
import { BATCH_ROWS, Batch } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import { types } from '../../src/types/logical-type.ts';

const KEYS = 1_000_000;
const UPDATES = 4_000_000;
const MAP_UPDATES = 2_000_000;

function xorshift(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % KEYS;
  };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] as number;
}

type Update = (table: PackedTable, heap: Heap, address: number) => void;

/** What a generated GROUP BY does with a record. */
function updater(table: PackedTable): Update {
  const sum = (table.layout.value[0]?.lanes[0] as number) >> 3;
  const count = (table.layout.value[1]?.lanes[0] as number) >> 3;
  return (target, heap, address) => {
    const i64 = heap.i64;
    const at = address >>> 3;
    i64[at + sum] = BigInt.asIntN(64, (i64[at + sum] as bigint) + 7n);
    i64[at + count] = BigInt.asIntN(64, (i64[at + count] as bigint) + 1n);
    target.markDirty(address);
  };
}

function runTable(isText: boolean, updates: number): { ns: number; worstMs: number } {
  const heap = new Heap();
  const key = isText ? types.string(false) : types.bigint(false);
  const table = new PackedTable(
    { name: 't', version: 1, key: [key], value: [types.bigint(false), types.bigint(false)], prefix: 0, ttlMs: 0 },
    heap,
  );
  const update = updater(table);
  const batch = new Batch([key]);
  const columns = [0];
  const random = xorshift(12345);
  let spent = 0;
  let worst = 0;
  for (let done = 0; done < updates; done += BATCH_ROWS) {
    fill(batch, heap, isText, random);
    const start = performance.now();
    table.touch(batch, columns, 0, BATCH_ROWS);
    for (let row = 0; row < BATCH_ROWS; row++) update(table, heap, table.findOrInsertTouched(batch, columns, row));
    const took = performance.now() - start;
    spent += took;
    if (took > worst) worst = took;
    heap.release();
  }
  return { ns: (spent * 1e6) / updates, worstMs: worst };
}

function fill(batch: Batch, heap: Heap, isText: boolean, random: () => number): void {
  const column = batch.columns[0] as Batch['columns'][number];
  for (let row = 0; row < BATCH_ROWS; row++) {
    const id = random();
    if (!isText) {
      column.lane0[row] = BigInt(id);
      continue;
    }
    const address = heap.scratch(9);
    for (let i = 0, rest = id; i < 9; i++, rest = Math.floor(rest / 10)) heap.u8[address + i] = 48 + (rest % 10);
    column.lane0[row] = address;
    (column.lane1 as Int32Array)[row] = 9;
  }
  batch.rowCount = BATCH_ROWS;
}

function runMap(updates: number): number {
  const map = new Map<string, { sum: number; count: number }>();
  const random = xorshift(12345);
  let spent = 0;
  const bytes = Buffer.alloc(9 * BATCH_ROWS);
  for (let done = 0; done < updates; done += BATCH_ROWS) {
    for (let row = 0; row < BATCH_ROWS; row++) {
      const id = random();
      for (let i = 0, rest = id; i < 9; i++, rest = Math.floor(rest / 10)) bytes[row * 9 + i] = 48 + (rest % 10);
    }
    const start = performance.now();
    for (let row = 0; row < BATCH_ROWS; row++) {
      const key = bytes.toString('latin1', row * 9, row * 9 + 9);
      const entry = map.get(key);
      if (entry) {
        entry.sum += 7;
        entry.count++;
      } else map.set(key, { sum: 7, count: 1 });
    }
    spent += performance.now() - start;
  }
  return (spent * 1e6) / updates;
}

const rounds = Number(process.argv[2] ?? 3);
const results = Array.from({ length: rounds }, () => ({
  map: runMap(MAP_UPDATES),
  text: runTable(true, UPDATES),
  bigint: runTable(false, UPDATES),
}));
const map = median(results.map((r) => r.map));
const text = median(results.map((r) => r.text.ns));
const bigint = median(results.map((r) => r.bigint.ns));
console.log(`Map<string, object>    ${map.toFixed(0)} ns/update`);
console.log(`packed, 9 B text key   ${text.toFixed(0)} ns/update, ${(map / text).toFixed(1)} times as fast`);
console.log(`packed, BIGINT key     ${bigint.toFixed(0)} ns/update, ${(map / bigint).toFixed(1)} times as fast`);
console.log(`worst batch of 1,024 rows with growth ${Math.min(...results.map((r) => r.bigint.worstMs)).toFixed(2)} ms`);
