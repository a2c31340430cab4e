import { describe, expect, test } from 'vitest';
import { firstAsFlink, sortAsFlink } from '../../src/operators/unstable-sort.ts';

/** Sixty rows by a key of five values; `-` stands for null, which sorts first. */
const KEYS = 'daaaba--dbd-a-acddbcbb-dad-acc-a--da-a-dabbbb-ad-b-cad-bdbd-';
const byKey = (a: number, b: number): number => KEYS.charCodeAt(a) - KEYS.charCodeAt(b);
const rows = (): number[] => Array.from(KEYS, (_, i) => i);

describe('sorts of batch operators', () => {
  test('equal rows come in the order that Flink gives them', () => {
    const sorted = rows();
    sortAsFlink(sorted, byKey);
    expect(sorted).toEqual([
      59, 6, 7, 11, 13, 22, 26, 30, 32, 33, 36, 38, 45, 48, 50, 54, 24, 31, 52, 46, 5, 35, 12, 37, 2, 3, 40, 27, 1, 14,
      42, 43, 44, 21, 49, 57, 9, 18, 20, 4, 55, 41, 15, 19, 28, 29, 51, 39, 0, 34, 56, 53, 8, 58, 10, 47, 25, 23, 17,
      16,
    ]);
  });

  test('any input is sorted, also one that makes quicksort give up', () => {
    for (const count of [0, 1, 2, 12, 13, 14, 1000]) {
      const values = Array.from({ length: count }, (_, i) => (i * 7919) % 101);
      const sorted = values.map((_, i) => i);
      sortAsFlink(sorted, (a, b) => (values[a] as number) - (values[b] as number));
      expect(sorted.map((i) => values[i])).toEqual(values.toSorted((a, b) => a - b));
      expect(sorted.toSorted((a, b) => a - b)).toEqual(values.map((_, i) => i));
    }
  });

  test('the first rows are the smallest, in order', () => {
    const first = firstAsFlink(rows(), byKey, 20);
    expect(first.map((row) => KEYS.charAt(row)).join('')).toBe(Array.from(KEYS).sort().join('').slice(0, 20));
    expect(new Set(first).size).toBe(20);
    expect(firstAsFlink(rows(), byKey, 0)).toEqual([]);
    expect(firstAsFlink([3], byKey, 5)).toEqual([3]);
  });
});
