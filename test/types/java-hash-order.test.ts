import { expect, test } from 'vitest';
import { inHashOrder } from '../../src/types/java-hash-order.ts';
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
