import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { call, type Expression, inputReference, literal } from '../../src/expressions/expression.ts';
import { printExpression } from '../../src/expressions/print-expression.ts';
import { complement, intersection, pointSet, type RangeSet, union } from '../../src/expressions/range-set.ts';
import { types } from '../../src/types/logical-type.ts';

const bool = types.boolean();
const names = ['i', 'l', 's', 'b', 'd', 'r', 'nn', 'c', 'dd', 't', 'v'];
const i = inputReference(0, types.int());
const l = inputReference(1, types.bigint());
const s = inputReference(2, types.string());
const b = inputReference(3, bool);
const d = inputReference(4, types.decimal(10, 2));
const r = inputReference(5, types.row([{ name: 'x', type: types.int() }]));
const nn = inputReference(6, types.int(false));
const c = inputReference(7, types.char(2));
const dd = inputReference(8, types.double());
const t = inputReference(9, types.timestamp(3));
const v = inputReference(10, types.varchar(5));
const int = (value: number) => literal(value, types.int(false));
const long = (value: bigint) => literal(value, types.bigint(false));
const text = (value: string) => literal(value, types.char(value.length, false));
const test2 = (name: string, left: Expression, right: Expression) => call(name, [left, right], bool);
const and = (...args: Expression[]) => call('AND', args, bool);
const or = (...args: Expression[]) => call('OR', args, bool);
const not = (arg: Expression) => call('NOT', [arg], bool);
const STRING = 'VARCHAR(2147483647) CHARACTER SET "UTF-16LE"';

/** Flink 2.3's own texts: syntax tree, physical plan, execution plan. */
const cases: ReadonlyArray<[Expression, string, string, string]> = [
  [test2('=', s, text('abc')), `=($2, _UTF-16LE'abc')`, `=(s, _UTF-16LE'abc':${STRING})`, `(s = 'abc')`],
  [test2('=', s, text("it's")), `=($2, _UTF-16LE'it''s')`, `=(s, _UTF-16LE'it''s':${STRING})`, `(s = 'it's')`],
  [test2('LIKE', s, text('a%')), `LIKE($2, _UTF-16LE'a%')`, `LIKE(s, _UTF-16LE'a%')`, `LIKE(s, 'a%')`],
  [test2('>', s, text('ü中')), `>($2, _UTF-16LE'ü中')`, `>(s, _UTF-16LE'ü中')`, `(s > 'ü中')`],
  [test2('=', c, text('ab')), `=($7, _UTF-16LE'ab')`, `=(c, _UTF-16LE'ab')`, `(c = 'ab')`],
  [
    test2('=', v, text('ab')),
    `=($10, _UTF-16LE'ab')`,
    `=(v, _UTF-16LE'ab':VARCHAR(5) CHARACTER SET "UTF-16LE")`,
    `(v = 'ab')`,
  ],
  [not(test2('=', i, int(1))), 'NOT(=($0, 1))', '<>(i, 1)', '(i <> 1)'],
  [not(b), 'NOT($3)', 'NOT(b)', 'NOT(b)'],
  [call('IS TRUE', [b], bool), 'IS TRUE($3)', 'IS TRUE(b)', 'b IS TRUE'],
  [call('IS UNKNOWN', [b], bool), 'IS NULL($3)', 'IS NULL(b)', 'b IS NULL'],
  [
    test2('=', call('CAST', [i], types.bigint()), long(5n)),
    '=(CAST($0):BIGINT, 5)',
    '=(CAST(i AS BIGINT), 5:BIGINT)',
    '(CAST(i AS BIGINT) = 5)',
  ],
  [
    test2('=', call('TRY_CAST', [s], types.int()), int(5)),
    '=(TRY_CAST($2), 5)',
    '=(TRY_CAST(s AS INTEGER), 5)',
    '(TRY_CAST(s AS INTEGER) = 5)',
  ],
  [
    call('CAST', [nn], types.string(false)),
    `CAST($6):${STRING} NOT NULL`,
    `CAST(nn AS ${STRING} NOT NULL)`,
    'CAST(nn AS VARCHAR(2147483647))',
  ],
  [
    test2('>', call('CAST', [d], types.decimal(20, 4)), literal(15n, types.decimal(2, 1, false))),
    '>(CAST($4):DECIMAL(20, 4), 1.5:DECIMAL(2, 1))',
    '>(CAST(d AS DECIMAL(20, 4)), 1.5:DECIMAL(2, 1))',
    '(CAST(d AS DECIMAL(20, 4)) > 1.5)',
  ],
  [test2('=', call('%', [i, int(2)], types.int()), int(1)), '=(MOD($0, 2), 1)', '=(MOD(i, 2), 1)', '(MOD(i, 2) = 1)'],
  [test2('>', call('NEGATE', [i], types.int()), int(3)), '>(-($0), 3)', '>(-(i), 3)', '(-(i) > 3)'],
  [
    test2('>', t, call('-', [t, literal(5000n, types.intervalDay('SECOND(3)', false))], types.timestamp(3))),
    '>($9, -($9, 5000:INTERVAL SECOND))',
    '>(t, -(t, 5000:INTERVAL SECOND))',
    '(t > (t - 5000:INTERVAL SECOND))',
  ],
  [test2('>', dd, literal(1000, types.double(false))), '>($8, 1E3)', '>(dd, 1E3:DOUBLE)', '(dd > 1E3)'],
  [test2('=', call('FIELD', [r, int(0)], types.int()), int(1)), '=($5.x, 1)', '=(r.x, 1)', '(r.x = 1)'],
  [
    test2('>', call('CURRENT_TIMESTAMP', [], types.timestampLtz(3)), t),
    '>(CURRENT_TIMESTAMP, $9)',
    '>(CURRENT_TIMESTAMP(), t)',
    '(CURRENT_TIMESTAMP() > t)',
  ],
  [
    call('TRIM', [text('BOTH'), text(' '), s], types.string()),
    `TRIM(FLAG(BOTH), _UTF-16LE' ', $2)`,
    `TRIM(FLAG(BOTH), _UTF-16LE' ', s)`,
    `TRIM(BOTH, ' ', s)`,
  ],
  [literal(null, types.int()), 'null:INTEGER', 'null:INTEGER', 'null:INTEGER'],
  [
    literal(null, types.varchar(2)),
    'null:VARCHAR(2) CHARACTER SET "UTF-16LE"',
    'null:VARCHAR(2) CHARACTER SET "UTF-16LE"',
    'null:VARCHAR(2)',
  ],
  [literal(18262, types.date(false)), '2020-01-01', '2020-01-01', '2020-01-01'],
  [
    literal(1577836800123000000n, types.timestamp(3, false)),
    '2020-01-01 00:00:00.123:TIMESTAMP(3)',
    '2020-01-01 00:00:00.123:TIMESTAMP(3)',
    '2020-01-01 00:00:00.123',
  ],
  [
    literal(86400000n, types.intervalDay('DAY(2)', false)),
    '86400000:INTERVAL DAY',
    '86400000:INTERVAL DAY',
    '86400000:INTERVAL DAY',
  ],
  [literal(Uint8Array.of(65, 66), types.binary(2, false)), `X'4142':BINARY(2)`, `X'4142':BINARY(2)`, `X'4142'`],
  [literal(true, types.boolean(false)), 'true', 'true', 'true'],
  [
    call('IS DISTINCT FROM', [i, nn], bool),
    'AND(OR(IS NOT NULL($0), IS NOT NULL($6)), IS NOT TRUE(=($0, $6)))',
    'AND(OR(IS NOT NULL(i), IS NOT NULL(nn)), IS NOT TRUE(=(i, nn)))',
    '((i IS NOT NULL OR nn IS NOT NULL) AND (i = nn) IS NOT TRUE)',
  ],
  [
    or(test2('>', s, text('a')), literal(null, bool)),
    `OR(>($2, _UTF-16LE'a'), null)`,
    `OR(>(s, _UTF-16LE'a'), null:BOOLEAN)`,
    `((s > 'a') OR null:BOOLEAN)`,
  ],
];

test.each(cases)('case %#', (expression, tree, physical, execution) => {
  const inputName = (index: number) => names[index] as string;
  expect(printExpression(expression, { style: 'logical' })).toBe(tree);
  expect(printExpression(expression, { style: 'physical', inputName })).toBe(physical);
  expect(printExpression(expression, { style: 'execution', inputName })).toBe(execution);
});

describe('searches', () => {
  const list = (operand: Expression, ...items: Expression[]) => call('IN', [operand, ...items], bool);
  const between = (operand: Expression, low: Expression, high: Expression) =>
    call('BETWEEN', [operand, low, high], bool);
  const varchar2 = 'VARCHAR(2) CHARACTER SET "UTF-16LE"';
  test.each<[Expression, string, string]>([
    [list(i, int(1), int(2), int(3)), 'SEARCH(i, Sarg[1, 2, 3])', 'SEARCH(i, Sarg[1, 2, 3])'],
    [
      not(list(i, int(1), int(2), int(3))),
      'SEARCH(i, Sarg[(-∞..1), (1..2), (2..3), (3..+∞)])',
      'SEARCH(i, Sarg[(-∞..1), (1..2), (2..3), (3..+∞)])',
    ],
    [
      list(s, text('a'), text('bc')),
      `SEARCH(s, Sarg[_UTF-16LE'a':${varchar2}, _UTF-16LE'bc':${varchar2}]:${varchar2})`,
      `SEARCH(s, Sarg[_UTF-16LE'a', _UTF-16LE'bc'])`,
    ],
    [between(i, int(1), int(5)), 'SEARCH(i, Sarg[[1..5]])', 'SEARCH(i, Sarg[[1..5]])'],
    [not(between(i, int(1), int(5))), 'SEARCH(i, Sarg[(-∞..1), (5..+∞)])', 'SEARCH(i, Sarg[(-∞..1), (5..+∞)])'],
    [and(test2('>', i, int(1)), test2('<', i, int(10))), 'SEARCH(i, Sarg[(1..10)])', 'SEARCH(i, Sarg[(1..10)])'],
    [
      and(test2('>', i, int(1)), test2('<', i, int(10)), test2('=', s, text('x'))),
      `AND(SEARCH(i, Sarg[(1..10)]), =(s, _UTF-16LE'x':${STRING}))`,
      `(SEARCH(i, Sarg[(1..10)]) AND (s = 'x'))`,
    ],
    [
      or(test2('=', i, int(1)), test2('=', i, int(7)), test2('=', s, text('x'))),
      `OR(SEARCH(i, Sarg[1, 7]), =(s, _UTF-16LE'x':${STRING}))`,
      `(SEARCH(i, Sarg[1, 7]) OR (s = 'x'))`,
    ],
    [
      or(test2('>', i, int(1)), and(test2('<', i, int(0)), b)),
      'OR(>(i, 1), AND(<(i, 0), b))',
      '((i > 1) OR ((i < 0) AND b))',
    ],
    [not(and(test2('>', i, int(1)), b)), 'OR(<=(i, 1), NOT(b))', '((i <= 1) OR NOT(b))'],
    [not(or(test2('>', i, int(1)), b)), 'AND(<=(i, 1), NOT(b))', '((i <= 1) AND NOT(b))'],
    [test2('=', i, l), '=(CAST(i AS BIGINT), l)', '(CAST(i AS BIGINT) = l)'],
    [test2('=', b, literal(true, types.boolean(false))), 'b', 'b'],
    [test2('=', b, literal(false, types.boolean(false))), 'NOT(b)', 'NOT(b)'],
    [test2('=', i, literal(null, types.int())), 'null:BOOLEAN', 'null:BOOLEAN'],
    [test2('=', d, int(1)), '=(CAST(d AS DECIMAL(12, 2)), 1:DECIMAL(12, 2))', '(CAST(d AS DECIMAL(12, 2)) = 1)'],
    [test2('=', dd, int(1)), '=(dd, 1:DOUBLE)', '(dd = 1)'],
    [
      call('CAST', [b], types.int()),
      'CASE(IS NOT NULL(b), CASE(b, 1, 0), null:INTEGER)',
      'CASE(b IS NOT NULL, CASE(b, 1, 0), null:INTEGER)',
    ],
    [call('CAST', [int(1)], types.bigint(false)), '1:BIGINT', '1'],
  ])('case %#', (expression, physical, execution) => {
    const inputName = (index: number) => names[index] as string;
    expect(printExpression(expression, { style: 'physical', inputName })).toBe(physical);
    expect(printExpression(expression, { style: 'execution', inputName })).toBe(execution);
  });

  test('sets of ranges follow sets of numbers', () => {
    const setArb = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }).map((values) => pointSet(values));
    const has = (set: RangeSet, x: number) =>
      set.some(
        ({ lower, lowerOpen, upper, upperOpen }) =>
          (lower === null || x > Number(lower) || (x === lower && !lowerOpen)) &&
          (upper === null || x < Number(upper) || (x === upper && !upperOpen)),
      );
    fc.assert(
      fc.property(setArb, setArb, setArb, (a, x, y) => {
        const z = union(complement(x), intersection(y, complement(a)));
        for (let n = -0.5; n < 7; n += 0.5) expect(has(z, n)).toBe(!has(x, n) || (has(y, n) && !has(a, n)));
      }),
    );
  });
});
