import { expect, test } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { MemoryGuard } from '../../src/runtime/memory-guard.ts';
import { Heap } from '../../src/types/heap.ts';

test('objects of a host do not count, whether or not it can collect', () => {
  const own = globalThis.gc;
  let collections = 0;
  globalThis.gc = (() => void collections++) as unknown as typeof globalThis.gc;
  try {
    expect(() => new MemoryGuard(new Heap(8 * 2 ** 20), null).check()).not.toThrow();
    expect(collections).toBe(0);
  } finally {
    globalThis.gc = own;
  }
});

test('objects beside the heap count towards the limit, after garbage was collected', () => {
  let collections = 0;
  const collect = (): void => void collections++;
  const error = (() => {
    try {
      new MemoryGuard(new Heap(8 * 2 ** 20), collect).check();
      return null;
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(EngineError);
  expect(error).toMatchObject({ code: 'JOB_MEMORY_LIMIT' });
  expect(collections).toBe(1);
  expect(() => new MemoryGuard(new Heap(2 ** 32), collect).check()).not.toThrow();
  expect(collections).toBe(1);
});
