import { expect, test } from 'vitest';
import { Heap } from '../../src/types/heap.ts';

test('room is aligned, disjoint, and reused only after a release', () => {
  const heap = new Heap();
  const first = heap.allocate(20);
  const second = heap.allocate(20);
  expect([first % 8, second % 8]).toEqual([0, 0]);
  expect(Math.abs(second - first)).toBeGreaterThanOrEqual(20);
  heap.free(first, 20);
  expect(heap.allocate(20)).not.toBe(first);
  heap.release();
  expect(heap.allocate(20)).toBe(first);
});

test('every size from 1 byte to megabytes can be taken and given back', () => {
  const heap = new Heap();
  const sizes = [1, 8, 16, 17, 100, 1023, 1024, 1025, 65_535, 65_536, 65_537, 3_000_000];
  const taken = sizes.map((size) => [heap.allocate(size), size] as const);
  for (const [address, size] of taken) heap.u8.fill(7, address, address + size);
  const ranges = taken.map(([address, size]) => [address, address + size] as const).sort((a, b) => a[0] - b[0]);
  for (let i = 1; i < ranges.length; i++) expect(ranges[i]?.[0]).toBeGreaterThanOrEqual(ranges[i - 1]?.[1] as number);
  for (const [address, size] of taken) heap.free(address, size);
  heap.release();
  expect(heap.usedBytes).toBe(0);
  const again = sizes.map((size) => heap.allocate(size));
  expect(new Set(again)).toEqual(new Set(taken.map(([address]) => address)));
});

test('scratch room is given out anew after a release', () => {
  const heap = new Heap();
  const first = heap.scratch(10);
  const second = heap.scratch(2_000_000);
  expect(second).not.toBe(first);
  heap.release();
  expect([heap.scratch(10), heap.scratch(2_000_000)]).toEqual([first, second]);
  expect(heap.usedBytes).toBe(0);
});

test('what was written stays when the memory grows, also for old views', () => {
  const heap = new Heap();
  const address = heap.allocate(8);
  const before = heap.u8;
  before[address] = 42;
  heap.allocate(50_000_000);
  expect(heap.u8).not.toBe(before);
  expect([heap.u8[address], before[address]]).toEqual([42, 42]);
});

test('the limit is an error that says what to do, and counts what lies outside', () => {
  const heap = new Heap(32 * 1024 * 1024);
  expect(() => heap.allocate(64 * 1024 * 1024)).toThrow(
    /memory limit of 33554432 bytes.*table\.exec\.state\.ttl.*taskmanager\.memory\.process\.size/,
  );
  heap.account(20 * 1024 * 1024);
  expect(() => heap.account(20 * 1024 * 1024)).toThrow(/memory limit/);
});
