import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSegment } from '../../src/runtime/checkpoint-reading.ts';
import { CheckpointStore } from '../../src/runtime/checkpoint-store.ts';
import type { FileRef } from '../../src/runtime/completed-checkpoint.ts';
import { DataFile } from '../../src/runtime/data-file.ts';
import { type MergeFiles, mergeFiles } from '../../src/runtime/merge-worker.ts';
import { isMergeDue, mergeOperators } from '../../src/runtime/segment-merge.ts';
import { HeapState } from '../../src/state/heap-state.ts';
import type { TableSpec } from '../../src/state/state.ts';
import { Batch } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import { types } from '../../src/types/logical-type.ts';

const SPEC: TableSpec = {
  name: 't',
  version: 1,
  key: [types.int(false)],
  value: [types.int(false)],
  prefix: 0,
  ttlMs: 0,
};

let folder: string;
let store: CheckpointStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'merge-'));
  mkdirSync(join(folder, 'shared'));
  store = new CheckpointStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An operator's segments in one file each: rounds of 1,000 keys, the older half of which changes. */
async function segments(rounds: number, name: string): Promise<FileRef[]> {
  const heap = new Heap();
  const state = new HeapState(heap);
  const table = state.table(SPEC);
  const batch = new Batch([types.int(false)]);
  const refs: FileRef[] = [];
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < 1000; i++) {
      (batch.columns[0]?.lane0 as Int32Array)[0] = round * 500 + i;
      const address = table.findOrInsert(batch, [0], 0);
      heap.i32[(address + (table.layout.value[0]?.lanes[0] as number)) >>> 2] = round;
      table.markDirty(address);
    }
    const data = new DataFile(`shared/${name}-${round}`);
    refs.push(data.add(state.seal()?.chunks ?? []));
    state.acknowledge();
    await store.writeData([data]);
  }
  return refs;
}

async function contents(refs: readonly FileRef[]): Promise<string[]> {
  const heap = new Heap();
  const state = new HeapState(heap);
  const table = state.table(SPEC);
  const read: Uint8Array[] = [];
  for (const ref of refs) read.push(await readSegment(folder, ref));
  state.restore(read, 'test');
  const at = (slot: { readonly lanes: readonly number[] } | undefined) => slot?.lanes[0] as number;
  const rows: string[] = [];
  table.forEach((address) => {
    const value = heap.i32[(address + at(table.layout.value[0])) >>> 2];
    rows.push(`${heap.i32[(address + at(table.layout.key[0])) >>> 2]}: ${value}`);
  });
  return rows.sort();
}

const elsewhere: MergeFiles = async (task) => mergeFiles(task);

test('merging is due when there are many segments that weigh as much as half the base', () => {
  const ref = (bytes: number): FileRef => ({ file: 'shared/x', offset: 0, lengths: [bytes], crc: 0 });
  expect(isMergeDue([ref(10), ...Array.from({ length: 14 }, () => ref(10))])).toBe(false);
  expect(isMergeDue([ref(10), ...Array.from({ length: 15 }, () => ref(10))])).toBe(true);
  expect(isMergeDue([ref(301), ...Array.from({ length: 15 }, () => ref(10))])).toBe(false);
  expect(isMergeDue([ref(1e9), ...Array.from({ length: 511 }, () => ref(10))])).toBe(true);
});

test('each operator has one base, which holds what its segments held, wherever it is made', async () => {
  const operators = [
    { uid: 'a', refs: await segments(3, 'a') },
    { uid: 'b', refs: await segments(160, 'b') },
  ];
  const { signal } = new AbortController();
  const here = await mergeOperators({ folder, file: 'shared/here', operators }, store, null, signal);
  const there = await mergeOperators({ folder, file: 'shared/there', operators }, store, elsewhere, signal);
  expect(there.map((base) => ({ ...base, file: 'shared/here' }))).toEqual(here);
  expect(readFileSync(join(folder, 'shared/there')).equals(readFileSync(join(folder, 'shared/here')))).toBe(true);
  for (const [i, { refs }] of operators.entries())
    expect(await contents([there[i] as FileRef])).toEqual(await contents(refs));
});

test('a segment that has been damaged is not merged', async () => {
  const refs = await segments(2, 'a');
  const path = join(folder, refs[0]?.file ?? '');
  const bytes = readFileSync(path);
  bytes[bytes.length - 9] = (bytes[bytes.length - 9] as number) ^ 1;
  writeFileSync(path, bytes);
  const task = { folder, file: 'shared/base', operators: [{ uid: 'a', refs }] };
  expect(() => mergeFiles(task)).toThrow('check sum');
  await expect(mergeOperators(task, store, null, new AbortController().signal)).rejects.toThrow('checksum');
  expect(readdirSync(join(folder, 'shared'))).toEqual(['a-0', 'a-1']);
});
