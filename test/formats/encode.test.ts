import { expect, test } from 'vitest';
import { type Field, types } from '../../src/types/logical-type.ts';
import { MapValue, type Value } from '../../src/types/value.ts';
import { decodeMessages } from './decode-messages.ts';
import { encodeRows } from './encode-rows.ts';

const all: readonly Field[] = [
  { name: 'b', type: types.boolean() },
  { name: 'ti', type: types.tinyint() },
  { name: 'i', type: types.int() },
  { name: 'bi', type: types.bigint() },
  { name: 'f', type: types.float() },
  { name: 'd', type: types.double() },
  { name: 'de', type: types.decimal(10, 3) },
  { name: 'dw', type: types.decimal(38, 2) },
  { name: 's', type: types.string() },
  { name: 'byt', type: types.bytes() },
  { name: 'da', type: types.date() },
  { name: 'tm', type: types.time(3) },
  { name: 'ts', type: types.timestamp(9) },
  { name: 'tz', type: types.timestampLtz(3) },
  { name: 'a', type: types.array(types.int()) },
  { name: 'm', type: types.map(types.string(), types.int()) },
  { name: 'r', type: types.row([{ name: 'x', type: types.int() }]) },
];
const full: readonly Value[] = [
  '+I',
  true,
  -8,
  3,
  9223372036854775807n,
  Math.fround(1.1),
  1e10,
  12300n,
  -(10n ** 30n),
  'q"u\\o\té\u0001',
  Uint8Array.of(1, 2),
  19782,
  45_296_500,
  1_704_164_645_678_000_100n,
  1_700_000_000_123_000_000n,
  [1, null],
  new MapValue([['k', 1]]),
  [7],
]; // prettier-ignore

test('json spells values as Flink does', () => {
  expect(encodeRows('json', all, [full])).toEqual([
    '{"b":true,"ti":-8,"i":3,"bi":9223372036854775807,"f":1.1,"d":1.0E10,"de":12.3,"dw":-1E+28,"s":"q\\"u\\\\o\\té\\u0001","byt":"AQI=","da":"2024-02-29","tm":"12:34:56.5","ts":"2024-01-02 03:04:05.6780001","tz":"2023-11-14 22:13:20.123Z","a":[1,null],"m":{"k":1},"r":{"x":7}}',
  ]);
});

test('what was written is read again', () => {
  const [line = ''] = encodeRows('json', all, [full]);
  expect(decodeMessages({ format: 'json', fields: all }, [line])).toEqual([full]);
  const nulls = ['+I', ...all.map(() => null)];
  const [empty = ''] = encodeRows('json', all, [nulls]);
  expect(decodeMessages({ format: 'json', fields: all }, [empty])).toEqual([nulls]);
});

const few = all.slice(6, 9);
test('json options of writing', () => {
  const row = ['+I', 1000000n, null, null];
  expect(encodeRows('json', few, [row])).toEqual(['{"de":1E+3,"dw":null,"s":null}']);
  expect(encodeRows('json', few, [row], { 'encode.decimal-as-plain-number': 'true' })).toEqual([
    '{"de":1000.000,"dw":null,"s":null}',
  ]);
  expect(encodeRows('json', few, [row], { 'encode.ignore-null-fields': 'true' })).toEqual(['{"de":1E+3}']);
});

test('null keys of maps', () => {
  const fields = [{ name: 'm', type: types.map(types.string(), types.int()) }];
  const rows = [
    [
      '+I',
      new MapValue([
        [null, 1],
        ['a', 2],
      ]),
    ],
  ];
  expect(() => encodeRows('json', fields, rows)).toThrow('Could not serialize row');
  expect(encodeRows('json', fields, rows, { 'map-null-key.mode': 'DROP' })).toEqual(['{"m":{"a":2}}']);
  const literal = { 'map-null-key.mode': 'LITERAL', 'map-null-key.literal': 'none' };
  expect(JSON.parse(encodeRows('json', fields, rows, literal)[0] ?? '')).toEqual({ m: { none: 1, a: 2 } });
});

const pair = [
  { name: 'id', type: types.int() },
  { name: 's', type: types.string() },
];
const changes = [
  ['+I', 1, 'a'],
  ['-U', 1, 'a'],
  ['+U', 1, 'b'],
  ['-D', 1, 'b'],
];
test.each([
  ['canal-json', '{"data":[{"id":1,"s":"a"}],"type":"INSERT"}', '{"data":[{"id":1,"s":"a"}],"type":"DELETE"}'],
  ['maxwell-json', '{"data":{"id":1,"s":"a"},"type":"insert"}', '{"data":{"id":1,"s":"a"},"type":"delete"}'],
  [
    'debezium-json',
    '{"before":null,"after":{"id":1,"s":"a"},"op":"c"}',
    '{"before":{"id":1,"s":"a"},"after":null,"op":"d"}',
  ],
  [
    'ogg-json',
    '{"before":null,"after":{"id":1,"s":"a"},"op_type":"I"}',
    '{"before":{"id":1,"s":"a"},"after":null,"op_type":"D"}',
  ],
])('%s writes an update as two messages', (format, insert, remove) => {
  const lines = encodeRows(format, pair, changes);
  expect(lines.slice(0, 2)).toEqual([insert, remove]);
  expect(decodeMessages({ format, fields: pair }, lines)).toEqual([
    ['+I', 1, 'a'],
    ['-D', 1, 'a'],
    ['+I', 1, 'b'],
    ['-D', 1, 'b'],
  ]);
});

test('changelog-json loses nothing', () => {
  const lines = encodeRows('changelog-json', pair, changes);
  expect(lines[2]).toBe('{"data":{"id":1,"s":"b"},"op":"+U"}');
  expect(decodeMessages({ format: 'changelog-json', fields: pair }, lines)).toEqual(changes);
  expect(() => decodeMessages({ format: 'changelog-json', fields: pair }, ['{"data":{},"op":"x"}'])).toThrow(
    'Corrupt Changelog JSON message',
  );
});

test('csv quotes what its writer would quote', () => {
  const fields = [...pair, { name: 'p', type: types.decimal(10, 2) }, { name: 'ts', type: types.timestamp(3) }];
  const at = 1_704_164_645_000_000_000n;
  const rows = [
    ['+I', 1, 'a', 150n, at],
    ['+I', 2, null, null, null],
    ['+I', 3, 'q"u,o\n', 100_000_000n, null],
    ['+I', 4, 'abcdefghijklmnopqrstuvwxyz', null, null],
  ];
  expect(encodeRows('csv', fields, rows)).toEqual([
    '1,a,1.5,"2024-01-02 03:04:05"',
    '2,,,',
    '3,"q""u,o\n",1E+6,',
    '4,"abcdefghijklmnopqrstuvwxyz",,',
  ]);
  expect(
    encodeRows('csv', fields, rows.slice(0, 2), {
      'disable-quote-character': 'true',
      'null-literal': 'n/a',
      'field-delimiter': '\\t',
    }),
  ).toEqual(['1\ta\t1.5\t2024-01-02 03:04:05', '2\tn/a\tn/a\tn/a']);
});

test('raw numbers in both orders of bytes', () => {
  const fields = [{ name: 'v', type: types.int() }];
  const message = Uint8Array.of(0, 0, 1, 2);
  expect(decodeMessages({ format: 'raw', fields }, [message, null])).toEqual([
    ['+I', 258],
    ['+I', null],
  ]);
  const little = { endianness: 'little-endian' };
  expect(decodeMessages({ format: 'raw', fields, options: little }, [message])).toEqual([['+I', 33619968]]);
  expect(() => decodeMessages({ format: 'raw', fields }, [Uint8Array.of(1)])).toThrow(
    'Size of data received for deserializing INT type is not 4.',
  );
  expect(() => decodeMessages({ format: 'raw', fields: pair }, [])).toThrow(
    "The 'raw' format only supports single physical column.",
  );
});
