/** Flink's partial cache of look-ups: its bounds and what it keeps. */
import { expect, test } from 'vitest';
import { LookupCache } from '../../src/operators/lookup-cache.ts';

const NO_BOUND = { maxKeys: null, afterWriteMs: null, afterAccessMs: null, keepsMisses: true };
const ROW = [[1n]];

test('without a cache nothing is kept', () => {
  const cache = new LookupCache(null);
  cache.put('a', ROW, 0);
  expect(cache.get('a', 0)).toBeUndefined();
});

test('the key that was not asked for longest goes first', () => {
  const cache = new LookupCache({ ...NO_BOUND, maxKeys: 2 });
  cache.put('a', ROW, 0);
  cache.put('b', ROW, 0);
  cache.get('a', 1);
  cache.put('c', ROW, 2);
  expect(['a', 'b', 'c'].map((key) => cache.get(key, 3) !== undefined)).toEqual([true, false, true]);
});

test('a row expires by its age, or when nobody asks for it', () => {
  const written = new LookupCache({ ...NO_BOUND, afterWriteMs: 10 });
  const read = new LookupCache({ ...NO_BOUND, afterAccessMs: 10 });
  for (const cache of [written, read]) cache.put('a', ROW, 0);
  expect([written.get('a', 9), read.get('a', 9)]).toEqual([ROW, ROW]);
  expect([written.get('a', 10), read.get('a', 18)]).toEqual([undefined, ROW]);
  expect(read.get('a', 28)).toBeUndefined();
  written.put('a', [], 20);
  expect(written.get('a', 29)).toEqual([]);
});

test('misses are kept, unless they are not', () => {
  const cache = new LookupCache({ ...NO_BOUND, keepsMisses: false });
  cache.put('a', [], 0);
  cache.put('b', ROW, 0);
  expect([cache.get('a', 0), cache.get('b', 0)]).toEqual([undefined, ROW]);
});
