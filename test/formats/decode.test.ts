import { expect, test } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { type Field, types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';
import { type DecodeRequest, decodeMessages } from './decode-messages.ts';

/** The innermost cause, as Flink's client shows it. */
function refusal(request: DecodeRequest, message: string): string {
  try {
    decodeMessages(request, [message]);
  } catch (error) {
    let at = error as EngineError;
    while (at.cause instanceof EngineError) at = at.cause;
    return `${at.exceptionClass.split('.').pop()}: ${at.message.split('\n')[0]}`;
  }
  return 'accepted';
}
const one = (type: Field['type'], options: Record<string, string> = {}): DecodeRequest => ({
  format: 'json',
  options,
  fields: [{ name: 'v', type }],
});
const read = (type: Field['type'], value: string, options: Record<string, string> = {}): Value | undefined =>
  decodeMessages(one(type, options), [`{"v":${value}}`])[0]?.[1];

test('numbers as strings, strings as numbers', () => {
  expect(read(types.int(), '" 42 "')).toBe(42);
  expect(read(types.int(), '3.7')).toBe(3);
  expect(read(types.bigint(), '1e3')).toBe(1000n);
  expect(read(types.bigint(), '"9223372036854775807"')).toBe(9223372036854775807n);
  expect(read(types.string(), '1.50')).toBe('1.50');
  expect(read(types.string(), '{"a": [1, 2]}')).toBe('{"a":[1,2]}');
  expect(read(types.double(), '"1e3"')).toBe(1000);
  expect(read(types.double(), '0.30000000000000004')).toBe(0.30000000000000004);
  expect(read(types.float(), '1e39')).toBe(Number.POSITIVE_INFINITY);
  expect(read(types.boolean(), '"yes"')).toBe(false);
});

test('decimals are rounded half up, and null where they do not fit', () => {
  expect(read(types.decimal(10, 2), '12.345')).toBe(1235n);
  expect(read(types.decimal(10, 2), '"-0.005"')).toBe(-1n);
  expect(read(types.decimal(10, 2), '99999999.995')).toBeNull();
  expect(read(types.decimal(38, 3), '"12345678901234567890123.4565"')).toBe(12345678901234567890123457n);
});

test('times', () => {
  expect(read(types.timestamp(3), '"2024-02-30 00:00:00"')).toBe(1_709_164_800_000_000_000n);
  expect(read(types.timestamp(9), '"2024-01-02 03:04:05.123456789"')).toBe(1_704_164_645_123_456_789n);
  expect(read(types.timestampLtz(3), '"2024-01-02T03:04Z"', { 'timestamp-format.standard': 'ISO-8601' })).toBe(
    1_704_164_640_000_000_000n,
  );
  expect(read(types.time(3), '"12:34:56.789"')).toBe(45_296_789);
  expect(refusal(one(types.date()), '{"v":"2024-02-30"}')).toBe('JsonParseException: Fail to deserialize at field: v.');
  const tree = { 'decode.json-parser.enabled': 'false' };
  expect(refusal(one(types.date(), tree), '{"v":"2024-02-30"}')).toBe("DateTimeException: Invalid date 'FEBRUARY 30'");
  expect(refusal(one(types.date(), tree), '{"v":"x"}')).toBe(
    "DateTimeParseException: Text 'x' could not be parsed at index 0",
  );
});

test('a repeated name: the last wins while fields are missing', () => {
  const fields = [
    { name: 'v', type: types.int() },
    { name: 'w', type: types.int() },
  ];
  expect(decodeMessages({ format: 'json', fields }, ['{"v":1,"v":2}'])).toEqual([['+I', 2, null]]);
  expect(decodeMessages(one(types.int()), ['{"v":1,"v":2}'])).toEqual([['+I', 1]]);
});

test('parts of rows are read without the rest of the row', () => {
  const fields = [
    {
      name: 'r',
      type: types.row([
        { name: 'x', type: types.int() },
        { name: 'y', type: types.string() },
      ]),
    },
  ];
  const request = { format: 'json', fields, columns: [{ path: ['r', 'y'], type: types.string() }] };
  expect(decodeMessages(request, ['{"r":{"x":"bad","y":"a"}}', '{"r":null}', '{}'])).toEqual([
    ['+I', 'a'],
    ['+I', null],
    ['+I', null],
  ]);
});

test('escapes, surrogates and zero bytes in strings', () => {
  expect(read(types.string(), '"a\\u0000b\\n\\"\\ud83d\\ude00é"')).toBe('a\u0000b\n"😀é');
});

test('arrays of messages, blanks and damage', () => {
  expect(decodeMessages(one(types.int()), ['[{"v":1},{"v":2}]', '', ' {"v":3} ', '{"v":4} {"v":5}'])).toEqual(
    [1, 2, 3, 4].map((v) => ['+I', v]),
  );
  expect(refusal(one(types.int()), '5')).toBe('JsonMappingException: No content to map due to end-of-input');
  expect(refusal(one(types.int()), '{"v":1')).toMatch(
    /^JsonEOFException: Unexpected end-of-input: expected close marker for Object/,
  );
  expect(
    decodeMessages(one(types.int(), { 'ignore-parse-errors': 'true' }), ['{"v":1', 'x', '{"v":"x"}', '{"v":2}']),
  ).toEqual([
    ['+I', null],
    ['+I', 2],
  ]);
});

const wide = [
  { name: 'id', type: types.bigint() },
  { name: 'name', type: types.string() },
];
test('canal: a column that old does not name did not change', () => {
  const message = (type: string, data: string, old: string) =>
    `{"data":${data},"old":${old},"type":"${type}","ts":1700000000123}`;
  const rows = decodeMessages(
    {
      format: 'canal-json',
      fields: wide,
      columns: [
        ...wide.map(({ name, type }) => ({ path: [name], type })),
        { metadata: 'ingestion-timestamp', type: types.timestampLtz(3) },
      ],
    },
    [
      message('UPDATE', '[{"id":"1","name":"b"},{"id":"2","name":null}]', '[{"name":"a"},{"name":null}]'),
      message('CREATE', 'null', 'null'),
    ],
  );
  const at = 1_700_000_000_123_000_000n;
  expect(rows).toEqual([
    ['-U', 1n, 'a', at],
    ['+U', 1n, 'b', at],
    ['-U', 2n, null, at],
    ['+U', 2n, null, at],
  ]);
  expect(refusal({ format: 'canal-json', fields: wide }, message('ALTER', 'null', 'null'))).toMatch(
    /^IOException: Unknown "type" value "ALTER"\. The Canal JSON message is /,
  );
});

test('canal: what one row of old names is no absent column of another row', () => {
  const three = [...wide, { name: 'note', type: types.string() }];
  const data = '[{"id":"1","name":"b","note":"x"},{"id":"2","name":"c","note":"y"}]';
  const updates = (old: string) =>
    decodeMessages({ format: 'canal-json', fields: three }, [`{"data":${data},"old":${old},"type":"UPDATE"}`])
      .filter(([kind]) => kind === '-U')
      .map((row) => row.slice(2));
  expect(updates('[{"name":"a"},{"note":"z"}]')).toEqual([
    ['a', null],
    [null, 'z'],
  ]);
  expect(updates('[{"name":"a"},{"name":"z"}]')).toEqual([
    ['a', 'x'],
    ['z', 'y'],
  ]);
  expect(updates('[{"name":"a","other":{"note":1}},{}]')).toEqual([
    ['a', null],
    [null, null],
  ]);
});

test('a batch that is full in the middle of a message goes on in the next', () => {
  const data = Array.from({ length: 700 }, (_, i) => `{"id":"${i}"}`).join(',');
  const messages = [1, 2, 3].map(
    () => `{"data":[${data}],"old":[${Array.from({ length: 700 }, () => '{}').join(',')}],"type":"UPDATE"}`,
  );
  const rows = decodeMessages({ format: 'canal-json', fields: wide }, messages);
  expect(rows).toHaveLength(4200);
  expect(rows[4199]).toEqual(['+U', 699n, null]);
  expect(rows.filter(([kind]) => kind === '-U')).toHaveLength(2100);
});

test('debezium with its schema and its source', () => {
  const columns = [
    { path: ['id'], type: types.bigint() },
    { metadata: 'source.database', type: types.string() },
  ];
  const message = '{"schema":{},"payload":{"before":null,"after":{"id":1},"source":{"db":"shop","ts_ms":5},"op":"c"}}';
  expect(
    decodeMessages({ format: 'debezium-json', options: { 'schema-include': 'true' }, fields: wide, columns }, [
      message,
    ]),
  ).toEqual([['+I', 1n, 'shop']]);
});

test('any JSON as a VARIANT, and back', async () => {
  const { encodeRows } = await import('./encode-rows.ts');
  const json = '{"a":[1,2.50,null,"x"],"b":{"c":true}}';
  const rows = decodeMessages(one(types.variant()), [`{"v":${json}}`]);
  expect(encodeRows('json', [{ name: 'v', type: types.variant() }], rows)).toEqual([
    '{"v":{"a":[1,2.5,null,"x"],"b":{"c":true}}}',
  ]);
});
