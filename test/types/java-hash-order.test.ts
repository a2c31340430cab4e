import { expect, test } from 'vitest';
import { inHashOrder, inStringHashOrder } from '../../src/types/java-hash-order.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';

function ordered(type: LogicalType, keys: readonly Value[]): Value[] {
  return inHashOrder(
    type,
    keys.map((key): readonly [Value, Value] => [key, 1]),
  ).map(([key]) => key);
}

test('keys come in the order of their buckets', () => {
  expect(ordered(types.string(), ['bee', 'dog', 'cat', 'ant'])).toEqual(['ant', 'dog', 'bee', 'cat']);
  expect(ordered(types.string(), ['Oslo', 'Rome'])).toEqual(['Rome', 'Oslo']);
  expect(ordered(types.int(), [17, 3, null, 16, 1])).toEqual([null, 16, 17, 1, 3]);
  expect(ordered(types.bigint(), [-1n, 5n, 4294967296n])).toEqual([-1n, 4294967296n, 5n]);
  expect(
    ordered(
      types.int(),
      Array.from({ length: 13 }, (_, i) => 20 - i),
    ),
  ).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
});

test("Java's own texts lie in a table of the size that was asked for", () => {
  const keys = (names: string, capacity: number) =>
    inStringHashOrder(
      names.split(' ').map((name): readonly [Value, Value] => [name, 1]),
      capacity,
    ).map(([key]) => key);
  expect(keys('z a m', 3)).toEqual(['a', 'm', 'z']);
  expect(keys('z a m b', 4)).toEqual(['a', 'z', 'b', 'm']);
  expect(keys('z a m BB Aa q', 6)).toEqual(['BB', 'Aa', 'a', 'q', 'z', 'm']);
});
