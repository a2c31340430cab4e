/** Restoring 1,000,000 keys and sealing 100,000 changed ones, against v8.serialize of the same rows in a Map. */
import v8 from 'node:v8';
import { HeapState } from '../../src/state/heap-state.ts';
import type { PackedTable } from '../../src/state/keyed-table.ts';
import { mergeSegments } from '../../src/state/merge.ts';
import { BATCH_ROWS, Batch } from '../../src/types/batch.ts';
import type { Column } from '../../src/types/column.ts';
import { Heap } from '../../src/types/heap.ts';
import { types } from '../../src/types/logical-type.ts';

const KEYS = 1_000_000;
const DIRTY = 100_000;
const key = [types.bigint(false), types.string(false)];
const value = [types.bigint(false), types.double(false), types.string()];

function declare(): { heap: Heap; state: HeapState; table: PackedTable } {
  const heap = new Heap(2 ** 32);
  const state = new HeapState(heap);
  const table = state.table({ name: 't', version: 1, key, value, prefix: 0, ttlMs: 0 }) as PackedTable;
  return { heap, state, table };
}

const batch = new Batch([...key, ...value]);

/** Rows `from` … as batches: an id, the id as text, and three values. */
function put(heap: Heap, table: PackedTable, ids: (i: number) => number, count: number): void {
  const columns = [0, 1];
  for (let start = 0; start < count; start += BATCH_ROWS) {
    const end = Math.min(count, start + BATCH_ROWS);
    for (let i = start; i < end; i++) {
      const row = i - start;
      const id = ids(i);
      (batch.columns[0] as Column).lane0[row] = BigInt(id);
      text(heap, 1, row, id);
      (batch.columns[2] as Column).lane0[row] = BigInt(i);
      (batch.columns[3] as Column).lane0[row] = i / 3;
      text(heap, 4, row, i);
    }
    table.touch(batch, columns, 0, end - start);
    for (let row = 0; row < end - start; row++) {
      const address = table.findOrInsertTouched(batch, columns, row);
      for (let c = 0; c < value.length; c++) table.setValue(address, c, batch, 2 + c, row);
    }
    heap.release();
  }
}

function text(heap: Heap, column: number, row: number, id: number): void {
  const at = heap.scratch(10);
  for (let i = 9, rest = id; i >= 0; i--, rest = Math.floor(rest / 10)) heap.u8[at + i] = 48 + (rest % 10);
  (batch.columns[column] as Column).lane0[row] = at;
  ((batch.columns[column] as Column).lane1 as Int32Array)[row] = 10;
}

/** CPU time, so that a busy machine tells the truth. */
function timed<T>(work: () => T): [T, number] {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return [result, (user + system) / 1000];
}

const { heap, state, table } = declare();
put(heap, table, (i) => i, KEYS);
const [base, baseMs] = timed(() => Buffer.concat(state.seal()?.chunks ?? []));
state.acknowledge();
const seals: number[] = [];
const deltas: Uint8Array[] = [];
for (let round = 0; round < 7; round++) {
  put(heap, table, (i) => (i * 7919 + round * 31) % KEYS, DIRTY);
  const [sealed, ms] = timed(() => state.seal());
  seals.push(ms);
  deltas.push(Buffer.concat(sealed?.chunks ?? []));
  state.acknowledge();
}
seals.sort((a, b) => a - b);
const [merged, mergeMs] = timed(() => Buffer.concat(mergeSegments([base, ...deltas], 'bench')));
const restores = [1, 2, 3].map(() => {
  const other = declare();
  const [, ms] = timed(() => other.state.restore([merged], 'bench'));
  return ms;
});
const [, deltaMs] = timed(() => declare().state.restore([base, ...deltas], 'bench'));

const map = new Map<string, { sum: bigint; part: number; note: string }>();
for (let i = 0; i < DIRTY; i++) map.set(`${i}`.padStart(10, '0'), { sum: BigInt(i), part: i / 3, note: `${i}` });
const [bytes, serializeMs] = timed(() => v8.serialize([...map]));
const [, deserializeMs] = timed(() => new Map(v8.deserialize(bytes)));

console.log(
  `seal of ${DIRTY} dirty rows     ${seals[3]?.toFixed(1)} ms of CPU (worst ${seals[6]?.toFixed(1)}), v8.serialize ${serializeMs.toFixed(0)} ms: ${(serializeMs / (seals[3] as number)).toFixed(1)} times as fast`,
);
console.log(`seal of ${KEYS} new rows    ${baseMs.toFixed(0)} ms`);
console.log(`merge of the base and 7 deltas ${mergeMs.toFixed(0)} ms`);
console.log(
  `restore of ${KEYS} keys     ${Math.min(...restores).toFixed(0)} ms (base), ${deltaMs.toFixed(0)} ms (base and 7 deltas); v8.deserialize ${((deserializeMs * KEYS) / DIRTY).toFixed(0)} ms`,
);
