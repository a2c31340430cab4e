/** Code over lanes gives what the boxed evaluation gives, for random values of every type that a function generates code for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call, type Expression, inputReference, literal } from '../../src/expressions/expression.ts';
import { compileCalc } from '../../src/expressions/generate.ts';
import { interpret } from '../../src/expressions/interpret.ts';
import { bindCall } from '../../src/functions/bind-call.ts';
import { lookupScalar } from '../../src/functions/index.ts';
import { Batch, BatchWriter } from '../../src/types/batch.ts';
import type { Column } from '../../src/types/column.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue, writeValue } from '../../src/types/lane-value.ts';
import { type LogicalType, types, withNullable } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';

const context = { timeZone: 'UTC', now: () => 0, random: () => 0.5, watermark: () => null, legacyCast: false };

const millis = fc.integer({ min: -4_000_000_000_000, max: 4_000_000_000_000 });
const VALUES: Partial<Record<LogicalType['kind'], fc.Arbitrary<Value>>> = {
  BOOLEAN: fc.boolean(),
  TINYINT: fc.integer({ min: -128, max: 127 }),
  SMALLINT: fc.integer({ min: -32768, max: 32767 }),
  INT: fc.oneof(fc.integer(), fc.integer({ min: -5, max: 5 })),
  BIGINT: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -5n, max: 5n })),
  FLOAT: fc.float(),
  DOUBLE: fc.double(),
  DATE: fc.integer({ min: -700_000, max: 2_900_000 }),
  TIMESTAMP: fc
    .tuple(millis, fc.integer({ min: 0, max: 999_999 }))
    .map(([ms, ns]) => BigInt(ms) * 1_000_000n + BigInt(ns)),
  INTERVAL_DAY_TIME: fc.bigInt({ min: -(10n ** 11n), max: 10n ** 11n }),
  INTERVAL_YEAR_MONTH: fc.integer({ min: -500, max: 500 }),
  VARCHAR: fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'abc', 'ABC', 'äöü€😀', 'ab%')),
};

function valuesOf(type: LogicalType): fc.Arbitrary<Value> {
  if (type.kind === 'DECIMAL') {
    const limit = 10n ** BigInt(type.precision) - 1n;
    return fc.oneof(fc.bigInt({ min: -limit, max: limit }), fc.bigInt({ min: -200n, max: 200n }));
  }
  const values = VALUES[type.kind] ?? fc.constant(null);
  if (type.kind === 'TIMESTAMP' && type.precision <= 3)
    return values.map((value) => ((value as bigint) / 1_000_000n) * 1_000_000n);
  return values;
}

/** A call over columns; `literals` take the place of columns. */
function expressionOf(name: string, columns: readonly (LogicalType | Expression)[], target?: LogicalType): Expression {
  let index = 0;
  const args = columns.map((column) =>
    column.kind === 'literal' ? (column as Expression) : inputReference(index++, column as LogicalType),
  );
  const infos = args.map((arg) =>
    arg.kind === 'literal' ? { type: arg.type, literal: { value: arg.value } } : { type: arg.type },
  );
  const { coercions, type } = bindCall(name, infos, target);
  const casted = args.map((arg, i) => {
    const to = coercions[i];
    return to ? call('CAST', [arg], withNullable(to, arg.type.nullable)) : arg;
  });
  return call(name, casted, type);
}

function outcome(compute: () => Value): unknown {
  try {
    return compute();
  } catch (error) {
    return `fails: ${(error as Error).message}`;
  }
}

function check(name: string, columns: readonly (LogicalType | Expression)[], target?: LogicalType): void {
  const inputTypes = columns.filter((column): column is LogicalType => column.kind !== 'literal');
  const expression = expressionOf(name, columns, target);
  const heap = new Heap();
  const outputTypes = [withNullable(expression.type, true)];
  const calc = compileCalc(
    { inputTypes, condition: null, projection: [{ ...expression, type: outputTypes[0] as LogicalType }], outputTypes },
    { heap, evaluation: context, findFunction: lookupScalar },
  );
  const evaluate = interpret(expression, lookupScalar);
  const writer = new BatchWriter(outputTypes, () => {});
  const rows = fc.tuple(...inputTypes.map((type) => fc.option(valuesOf(type), { nil: null, freq: 8 })));
  fc.assert(
    fc.property(rows, (row) => {
      heap.release();
      writer.batch.clear();
      const batch = new Batch(inputTypes);
      row.forEach((value, i) => {
        writeValue(inputTypes[i] as LogicalType, batch.columns[i] as Column, 0, value, heap);
      });
      batch.rowCount = 1;
      const got = outcome(() => {
        calc(batch, writer);
        return readValue(outputTypes[0] as LogicalType, writer.batch.columns[0] as Column, 0, heap);
      });
      const wanted = outcome(() => evaluate(row, context));
      expect(got).toEqual(wanted);
    }),
    { numRuns: 60 },
  );
}

const text = types.string();
const numbers = [types.tinyint(), types.smallint(), types.int(), types.bigint(), types.float(), types.double()];
const decimals = [types.decimal(10, 2), types.decimal(18, 4), types.decimal(30, 6)];
const pairs = (list: readonly LogicalType[]) => list.flatMap((a) => list.map((b) => [a, b] as const));
const unit = (name: string) => literal(name, types.char(name.length, false));
const times = [types.timestamp(3), types.timestamp(6)];

describe('generated code equals evaluation', () => {
  it.each(['+', '-', '*', '/'])('number %s number', (operator) => {
    for (const [a, b] of pairs([...numbers, ...decimals])) check(operator, [a, b]);
  });

  it('remainders', () => {
    for (const [a, b] of pairs([types.tinyint(), types.smallint(), types.int(), types.bigint(), types.decimal(10, 2)]))
      check('%', [a, b]);
  });

  it.each(['=', '<>', '<', '<=', '>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'])('a %s b', (operator) => {
    for (const [a, b] of pairs([...numbers, ...decimals])) check(operator, [a, b]);
    for (const [a, b] of pairs(times)) check(operator, [a, b]);
    check(operator, [text, text]);
    check(operator, [types.date(), types.date()]);
    check(operator, [types.boolean(), types.boolean()]);
  });

  it.each(['AND', 'OR'])('three-valued %s', (operator) => {
    check(operator, [types.boolean(), types.boolean(), types.boolean()]);
  });

  it.each(['NOT', 'IS TRUE', 'IS FALSE', 'IS NOT TRUE', 'IS NOT FALSE', 'IS NULL', 'IS NOT NULL'])('%s', (operator) => {
    check(operator, [types.boolean()]);
  });

  it('casts between numbers', () => {
    for (const [a, b] of pairs([...numbers, ...decimals])) check('CAST', [a], b);
    for (const type of [...numbers, ...decimals]) check('CAST', [types.boolean()], type);
  });

  it('casts of times', () => {
    for (const [a, b] of pairs([types.timestamp(0), types.timestamp(2), ...times, types.timestamp(9)]))
      check('CAST', [a], b);
    for (const type of times) {
      check('CAST', [types.date()], type);
      check('CAST', [type], types.date());
    }
  });

  it.each(['UPPER', 'LOWER', 'CHAR_LENGTH'])('%s of text', (name) => check(name, [text]));

  it('parts of text', () => {
    check('SUBSTRING', [text, types.int()]);
    check('SUBSTRING', [text, types.int(), types.int()]);
    check('CONCAT', [text, text, text]);
    check('||', [text, text]);
  });

  it.each(['ab%', '%b%', '%c', 'abc', 'a_c', '%', '_%_'])('LIKE %s', (pattern) =>
    check('LIKE', [text, literal(pattern, types.char(pattern.length, false))]),
  );

  it.each(['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAYOFYEAR', 'DAYOFMONTH', 'DAYOFWEEK', 'HOUR', 'MINUTE', 'SECOND'])(
    '%s of a timestamp',
    (name) => {
      for (const type of times) check(name, [type]);
    },
  );

  it.each(['SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR'])('times and %s', (name) => {
    for (const type of times) {
      check('FLOOR', [type, unit(name)]);
      check('CEIL', [type, unit(name)]);
      check('TIMESTAMPADD', [unit(name), types.smallint(), type]);
      check('TIMESTAMPDIFF', [unit(name), type, types.date()]);
      check('TIMESTAMPDIFF', [unit(name), type, type]);
      check('EXTRACT', [unit(name), type]);
    }
  });

  it('times and intervals', () => {
    for (const type of [...times, types.date()])
      for (const interval of [types.intervalDay(), types.intervalMonth()]) {
        check('+', [type, interval]);
        check('-', [type, interval]);
      }
  });

  it.each(['yyyy-MM-dd', 'yyyy-MM-dd HH:mm:ss.SSS', 'HH:mm', 'EEE'])('DATE_FORMAT by %s', (pattern) => {
    for (const type of times) check('DATE_FORMAT', [type, literal(pattern, types.char(pattern.length, false))]);
  });

  it.each(['ABS', 'NEGATE', 'FLOOR', 'CEIL', 'SQRT', 'LN', 'SIGN'])('%s of a number', (name) => {
    for (const type of [types.int(), types.bigint(), types.float(), types.double(), types.decimal(10, 2)])
      check(name, [type]);
  });
});
