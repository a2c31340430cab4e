import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineBitmaps, decodeBitmap, encodeBitmap } from '../../src/types/bitmap.ts';
import { decimalToText, divideHalfUp, parseExact, toDecimal } from '../../src/types/decimal.ts';
import { doubleToText, floatToText } from '../../src/types/java-double.ts';
import { parseBigDecimal } from '../../src/types/java-number.ts';
import { javaRegex } from '../../src/types/java-regex.ts';
import { types } from '../../src/types/logical-type.ts';
import { commonType, supportsImplicitCast } from '../../src/types/type-coercion.ts';

describe('floating numbers as text', () => {
  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [1e7, '1.0E7'],
    [9999999, '9999999.0'],
    [0.001, '0.001'],
    [0.00012, '1.2E-4'],
    [1.7976931348623157e308, '1.7976931348623157E308'],
    [4.9e-324, '4.9E-324'],
    [2e-3, '0.002'],
    [2.2250738585072014e-308, '2.2250738585072014E-308'],
    [1e23, '9.999999999999999E22'],
    [123456789012345680, '1.2345678901234568E17'],
  ])('%d', (value, wanted) => {
    expect(doubleToText(value)).toBe(wanted);
  });

  it('come back as they were', () => {
    const finite = { noNaN: true, noDefaultInfinity: true };
    fc.assert(
      fc.property(fc.double(finite), fc.float(finite), (double, float) => {
        expect(Number(doubleToText(double))).toBe(double);
        expect(Math.fround(Number(floatToText(float)))).toBe(float);
      }),
    );
  });
});

describe('decimals', () => {
  it('round half away from zero', () => {
    expect([25n, -25n, 24n, -26n].map((n) => divideHalfUp(n, 10n))).toEqual([3n, -3n, 2n, -3n]);
    expect(divideHalfUp(7n, -2n)).toBe(-4n);
    expect(toDecimal(99_995n, 2, 5, 1)).toBe(10_000n);
    expect(toDecimal(999_995n, 2, 5, 1)).toBeNull();
  });

  it('survive their text', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 38 }), (unscaled, scale) => {
        expect(parseExact(decimalToText(unscaled, scale))).toEqual({ unscaled, scale });
      }),
    );
  });

  it.each([
    ['1.2.3', 'Character array contains more than one decimal point.'],
    ['1e', 'No exponent digits.'],
    ['', 'No digits found.'],
    ['abc', 'Character a is neither a decimal digit number'],
    ['1234567890123456789 x', 'Character array is missing "e" notation exponential mark.'],
  ])('%s is no number', (text, reason) => {
    expect(() => parseBigDecimal(text)).toThrow(reason);
  });
});

describe('common types', () => {
  it.each([
    [types.int(false), types.decimal(2, 1, false), types.decimal(11, 1, false)],
    [types.bigint(), types.int(false), types.bigint()],
    [types.char(1, false), types.char(3, false), types.varchar(3, false)],
    [types.double(), types.decimal(5, 2), types.double()],
    [types.timestamp(0), types.timestamp(3), types.timestamp(3)],
    [types.array(types.int(false)), types.array(types.int()), types.array(types.int())],
    [types.null(), types.int(false), types.int()],
  ])('of %j and %j', (a, b, wanted) => {
    expect(commonType([a, b])).toEqual(wanted);
  });

  it('are not of everything', () => {
    expect(commonType([types.int(), types.string()])).toBeUndefined();
    expect(commonType([types.date(), types.boolean()])).toBeUndefined();
  });

  it('sinks take what widens', () => {
    expect(supportsImplicitCast(types.int(), types.bigint())).toBe(true);
    expect(supportsImplicitCast(types.bigint(), types.int())).toBe(false);
    expect(supportsImplicitCast(types.varchar(9), types.varchar(2))).toBe(true);
    expect(supportsImplicitCast(types.string(), types.int())).toBe(false);
    expect(supportsImplicitCast(types.timestamp(6), types.timestampLtz(3))).toBe(true);
  });
});

describe('regular expressions of Java', () => {
  it.each([
    ['\\Qa.b\\E', 'a.b', true],
    ['\\p{Alpha}+', 'abc', true],
    ['(?i)ABC', 'xabcx', true],
    ['a(?i)b', 'aB', true],
    ['a(?i)b', 'AB', false],
    ['(x(?i)y)z', 'xYz', true],
    ['(x(?i)y)z', 'xYZ', false],
    ['[a-c[x-z]]+$', 'ay', true],
    ['a.b', 'a\nb', false],
    ['\\h', '\t', true],
    ['\\x41\\u0042', 'AB', true],
    ['^[a-z&&[^b]]$', 'c', true],
    ['^[a-z&&[^b]]$', 'b', false],
    ['^[a-c&&b-d]+$', 'bc', true],
    ['^[\\w&&[^\\d]]$', '1', false],
    ['^[^\\S&&[^ ]]$', 'a', false],
    ['\\p{IsLatin}', 'b', true],
    ['\\uD83D\\uDE00', '😀', true],
  ])('%s on %j', (pattern, text, matches) => {
    expect(javaRegex(pattern).test(text)).toBe(matches);
  });

  it.each(['(', ')', '[a', '(?<=a++)b', '(?<!(?>a))b', '*a', 'a|*b', 'a+*', '\\y'])('%s is refused', (pattern) => {
    expect(() => javaRegex(pattern)).toThrow();
  });
});

describe('bitmaps', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.integer()), { maxLength: 200 });

  it('keep their values and are canonical', () => {
    fc.assert(
      fc.property(values, (list) => {
        const sorted = [...new Set(list.map((value) => value >>> 0))].sort((a, b) => a - b);
        expect([...decodeBitmap(encodeBitmap(list))]).toEqual(sorted);
        expect(encodeBitmap([...list].reverse())).toEqual(encodeBitmap(list));
      }),
    );
  });

  it('also large ones', () => {
    const list = Array.from({ length: 10_000 }, (_, i) => i * 3);
    expect([...decodeBitmap(encodeBitmap(list))]).toEqual(list);
  });

  it('combine', () => {
    const [a, b] = [encodeBitmap([1, 2]), encodeBitmap([2, 3])];
    const all = (['and', 'or', 'xor', 'andnot'] as const).map((op) => [...decodeBitmap(combineBitmaps(op, a, b))]);
    expect(all).toEqual([[2], [1, 2, 3], [1, 3], [1]]);
  });
});
