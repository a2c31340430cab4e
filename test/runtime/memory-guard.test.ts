import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { MemoryGuard } from '../../src/runtime/memory-guard.ts';
import { Heap } from '../../src/types/heap.ts';

// A job's own process can collect.
const own = globalThis.gc;
beforeEach(() => {
  globalThis.gc = (() => undefined) as unknown as typeof globalThis.gc;
});
afterEach(() => {
  globalThis.gc = own;
});

test('objects of a host do not count', () => {
  globalThis.gc = undefined;
  expect(() => new MemoryGuard(new Heap(8 * 2 ** 20)).check()).not.toThrow();
});

test('objects beside the heap count towards the limit', () => {
  const error = (() => {
    try {
      new MemoryGuard(new Heap(8 * 2 ** 20)).check();
      return null;
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(EngineError);
  expect(error).toMatchObject({ code: 'JOB_MEMORY_LIMIT' });
  expect(() => new MemoryGuard(new Heap(2 ** 32)).check()).not.toThrow();
});
