import { describe, expect, it } from 'vitest';
import { Column } from '../../src/types/column.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue, writeValue } from '../../src/types/lane-value.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { decodeValue, encodeValue } from '../../src/types/nested-codec.ts';
import { MapValue, type Value } from '../../src/types/value.ts';

const nested = types.row([
  { name: 'a', type: types.array(types.string()) },
  { name: 'm', type: types.map(types.int(), types.decimal(20, 2)) },
  { name: 't', type: types.timestamp(9) },
]);
const cases: [LogicalType, Value][] = [
  [types.boolean(), true],
  [types.tinyint(), -128],
  [types.smallint(), -2],
  [types.int(), 2147483647],
  [types.bigint(), -9223372036854775808n],
  [types.decimal(18, 2), -150n],
  [types.decimal(38, 2), -(10n ** 37n)],
  [types.decimal(38, 2), 10n ** 37n + 1n],
  [types.float(), 0.5],
  [types.double(), -0],
  [types.timestamp(3), -1_000_000n],
  [types.timestamp(9), -1n],
  [types.timestampLtz(6), 1_600_000_000_123_456_000n],
  [types.string(), 'äöü€😀 and a text that is longer than short'],
  [types.bytes(), new Uint8Array([0, 255, 7])],
  [
    nested,
    [
      ['x', null, 'é'],
      new MapValue([
        [1, 5n],
        [-1, null],
      ]),
      -1_000_000_000_001n,
    ],
  ],
  [
    types.multiset(types.string()),
    new MapValue([
      ['a', 2],
      ['b', 1],
    ]),
  ],
];

describe('lanes and boxes', () => {
  it.each(cases)('%j survives lanes', (type, value) => {
    const heap = new Heap();
    const column = new Column(type, 4);
    writeValue(type, column, 2, value, heap);
    writeValue(type, column, 3, null, heap);
    const back = readValue(type, column, 2, heap);
    if (value instanceof MapValue) expect(encodeValue(type, back)).toEqual(encodeValue(type, value));
    else if (type !== nested) expect(back).toEqual(value);
    expect(readValue(type, column, 3, heap)).toBeNull();
  });

  it.each(cases)('%j survives bytes', (type, value) => {
    const bytes = encodeValue(type, value);
    expect(encodeValue(type, decodeValue(type, bytes))).toEqual(bytes);
  });

  it('a map keeps the order of its entries', () => {
    const type = types.map(types.string(), types.int());
    const entries = [
      ['b', 1],
      ['a', null],
    ] as const;
    expect(decodeValue(type, encodeValue(type, new MapValue(entries)))).toEqual(new MapValue(entries));
  });

  it('multisets with the same elements in another order have the same bytes', () => {
    const type = types.multiset(types.string());
    const one = encodeValue(
      type,
      new MapValue([
        ['b', 1],
        ['a', 2],
        [null, 3],
      ]),
    );
    const two = encodeValue(
      type,
      new MapValue([
        [null, 3],
        ['a', 2],
        ['b', 1],
      ]),
    );
    expect(one).toEqual(two);
  });
});
