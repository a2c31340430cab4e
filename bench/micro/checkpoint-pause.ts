/** How long a barrier holds the loop: `seal` of a table of 1,000,000 keys of which 100,000 have changed, random ones, with and without a text. */
import { HeapState } from '../../src/state/heap-state.ts';
import { BATCH_ROWS, Batch } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import { types } from '../../src/types/logical-type.ts';

const KEYS = 1_000_000;
const CHANGED = 100_000;
const ROUNDS = 12;

/** Milliseconds of each round's `seal`, on the clock and of CPU, in order of size, and bytes of a segment. */
function measure(isText: boolean): { pauses: number[]; cpu: number[]; bytes: number } {
  const heap = new Heap();
  const state = new HeapState(heap);
  const key = isText ? types.string(false) : types.bigint(false);
  const value = [types.bigint(false), types.bigint(false), types.decimal(38, 2)];
  const table = state.backend.table({ name: 't', version: 1, key: [key], value, prefix: 0, ttlMs: 0 });
  const batch = new Batch([key]);
  const update = (next: () => number, count: number): void => {
    for (let done = 0; done < count; done += BATCH_ROWS) {
      fill(batch, heap, isText, next);
      table.touch(batch, [0], 0, BATCH_ROWS);
      for (let row = 0; row < BATCH_ROWS; row++) table.markDirty(table.findOrInsertTouched(batch, [0], row));
      heap.release();
    }
  };
  let last = 0;
  update(() => last++, KEYS);
  state.seal();
  state.acknowledge();
  let seed = 12345;
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed % KEYS;
  };
  const pauses: number[] = [];
  const cpu: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    update(random, CHANGED);
    const before = process.cpuUsage();
    const start = performance.now();
    const segment = state.seal();
    pauses.push(performance.now() - start);
    const used = process.cpuUsage(before);
    cpu.push((used.user + used.system) / 1000);
    bytes = segment?.chunks.reduce((sum, chunk) => sum + chunk.length, 0) ?? 0;
    state.acknowledge();
  }
  return { pauses: pauses.sort((a, b) => a - b), cpu: cpu.sort((a, b) => a - b), bytes };
}

function fill(batch: Batch, heap: Heap, isText: boolean, next: () => number): void {
  const column = batch.columns[0] as Batch['columns'][number];
  for (let row = 0; row < BATCH_ROWS; row++) {
    const id = next();
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

for (const isText of [false, true]) {
  const { pauses, cpu, bytes } = measure(isText);
  const at = (share: number, of = pauses): string => (of[Math.floor((of.length - 1) * share)] as number).toFixed(1);
  console.log(
    `${isText ? '9 B text' : 'BIGINT  '} key: pause ${at(0.5)} ms in the middle, ${at(0)} at best, ${at(1)} at worst, ${at(0.5, cpu)} ms of CPU in the middle; ${(bytes / 1e6).toFixed(1)} MB`,
  );
}
