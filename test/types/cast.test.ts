import { describe, expect, it } from 'vitest';
import { castFunction, tryCastFunction } from '../../src/types/cast.ts';
import { castProblem } from '../../src/types/cast-check.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { clientPrinter } from '../../src/types/print-value.ts';
import { MapValue, type Value } from '../../src/types/value.ts';

const context = { timeZone: 'UTC', legacyCast: false };

function cast(from: LogicalType, to: LogicalType, value: Value, timeZone = 'UTC'): Value {
  return castFunction(from, to)(value, { ...context, timeZone });
}

const text = types.string();
const toText: [LogicalType, Value, string][] = [
  [types.boolean(), true, 'TRUE'],
  [types.bigint(), -5n, '-5'],
  [types.decimal(5, 2), 150n, '1.50'],
  [types.decimal(5, 2), -5n, '-0.05'],
  [types.double(), 1e10, '1.0E10'],
  [types.double(), 0.1, '0.1'],
  [types.double(), Number.NaN, 'NaN'],
  [types.float(), Math.fround(0.1), '0.1'],
  [types.date(), 18_262, '2020-01-01'],
  [types.time(3), 45_296_120, '12:34:56.12'],
  [types.timestamp(6), 1_577_934_245_123_456_000n, '2020-01-02 03:04:05.123456'],
  [types.timestamp(0), 1_577_934_245_999_000_000n, '2020-01-02 03:04:05'],
  [types.intervalMonth(), -14, '-1-02'],
  [types.intervalDay(), 123_456_789n, '+1 10:17:36.789'],
  [types.array(types.int()), [1, null], '[1, NULL]'],
  [types.map(text, types.int()), new MapValue([['k', 1]]), '{k=1}'],
  [
    types.row([
      { name: 'a', type: types.int() },
      { name: 'b', type: text },
    ]),
    [1, null],
    '(1, NULL)',
  ],
];

describe('casts', () => {
  it.each(toText)('%j to text', (from, value, wanted) => {
    expect(cast(from, text, value)).toBe(wanted);
  });

  it('fills and cuts texts and bytes', () => {
    expect(cast(text, types.char(5), 'ab')).toBe('ab   ');
    expect(cast(text, types.char(2), 'äöü')).toBe('äö');
    expect(cast(text, types.varchar(1), '😀x')).toBe('😀');
    expect(cast(types.char(2), types.varchar(2), 'ab,cd'), 'as LISTAGG gives it').toBe('ab,cd');
    expect(cast(types.bytes(), types.binary(3), new Uint8Array([1]))).toEqual(new Uint8Array([1, 0, 0]));
    expect(castFunction(text, types.char(5))('ab', { ...context, legacyCast: true })).toBe('ab');
  });

  it('reads numbers out of text', () => {
    expect(cast(text, types.int(), ' 12.9 ')).toBe(12);
    expect(cast(text, types.double(), '1e3')).toBe(1000);
    expect(cast(text, types.decimal(5, 2), '1.005')).toBe(101n);
    expect(() => cast(text, types.tinyint(), '128')).toThrow("For input string: '128'. Overflow.");
    expect(() => cast(text, types.int(), 'x')).toThrow("For input string: 'x'. Invalid character found.");
    expect(() => cast(text, types.double(), '')).toThrow('empty String');
    expect(() => cast(text, types.boolean(), 'maybe')).toThrow("Cannot parse 'maybe' as BOOLEAN.");
  });

  it('wraps integers, holds floats at the ends, and gives null for too many digits', () => {
    expect(cast(types.int(), types.tinyint(), 300)).toBe(44);
    expect(cast(types.double(), types.int(), 1e20)).toBe(2147483647);
    expect(cast(types.double(), types.tinyint(), 1e20)).toBe(-1);
    expect(cast(types.decimal(6, 2), types.tinyint(), 912_387n)).toBe(-93);
    expect(cast(types.int(), types.decimal(3, 1), 100)).toBeNull();
    expect(cast(types.decimal(4, 3), types.decimal(2, 1), 1250n)).toBe(13n);
  });

  it('moves times through the session zone', () => {
    const local = 1_585_449_000_000_000_000n; // 2020-03-29 02:30, in Berlin's gap
    const instant = cast(types.timestamp(3), types.timestampLtz(3), local, 'Europe/Berlin');
    expect(clientPrinter(types.timestampLtz(3), 'Europe/Berlin')(instant)).toBe('2020-03-29 03:30:00.000');
    expect(cast(types.timestampLtz(3), types.timestamp(3), 0n, 'GMT+08:00')).toBe(28_800_000_000_000n);
    expect(cast(types.date(), types.timestamp(3), 1)).toBe(86_400_000_000_000n);
    expect(cast(types.time(3), types.timestamp(0), 1999)).toBe(1_000_000_000n);
  });

  it('goes into nested values', () => {
    expect(cast(types.array(types.decimal(3, 1)), types.array(types.int()), [15n, null])).toEqual([1, null]);
    expect(tryCastFunction(types.array(text), types.array(types.int()))(['a'], context)).toBeNull();
  });

  it('names what cannot be cast', () => {
    expect(castProblem(types.boolean(), types.date())?.message).toBe(
      'Cast function cannot convert value of type BOOLEAN to type DATE',
    );
    expect(castProblem(types.int(), types.timestamp(3))?.message).toMatch(
      /^The cast from NUMERIC type to TIMESTAMP type/,
    );
    expect(castProblem(types.char(4, false), types.intervalMonth('YEAR TO MONTH', false))?.message).toBe(
      "Unsupported cast from 'CHAR(4) NOT NULL' to 'INTERVAL MONTH NOT NULL'.",
    );
    expect(castProblem(types.row([{ name: 'a', type: types.int() }]), types.string())).toBeUndefined();
  });
});

describe('the client', () => {
  it('shows bytes in hex and null in brackets', () => {
    const print = clientPrinter(types.array(types.bytes()), 'UTC');
    expect(print([new Uint8Array([10, 255]), null])).toBe("[x'0aff', NULL]");
    expect(print(null)).toBe('<NULL>');
  });

  it('shows a multiset in the order of a hash table', () => {
    const bag = new MapValue([
      ['bee', 2],
      ['dog', 1],
    ]);
    expect(clientPrinter(types.multiset(text), 'UTC')(bag)).toBe('{dog=1, bee=2}');
    expect(
      clientPrinter(
        types.multiset(types.int()),
        'UTC',
      )(
        new MapValue([
          [17, 1],
          [2, 1],
        ]),
      ),
    ).toBe('{17=1, 2=1}');
  });
});
