import { describe, expect, it } from 'vitest';
import type { BoxedAggregate } from '../../src/functions/aggregate-function.ts';
import { bindAggregate } from '../../src/functions/bind-call.ts';
import { aggregateFunctions } from '../../src/functions/index.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { decodeValue, encodeValue } from '../../src/types/nested-codec.ts';
import { MapValue, type Value } from '../../src/types/value.ts';

function bound(
  name: string,
  argTypes: readonly LogicalType[],
  literals: readonly (Value | undefined)[] = [],
): BoxedAggregate {
  const infos = argTypes.map((type, i) => {
    const value = literals[i];
    return value === undefined ? { type } : { type, literal: { value } };
  });
  const { fn, type } = bindAggregate(name, infos);
  return fn.bind({ type, argTypes, literals: infos.map((info) => info.literal), retracts: true });
}

/** Rows in, and those with a minus sign out again; the accumulator goes through bytes every time. */
function result(aggregate: BoxedAggregate, rows: readonly (readonly [sign: '+' | '-', ...Value[]])[]): Value {
  let accumulator = aggregate.create();
  for (const [sign, ...args] of rows) {
    accumulator = sign === '+' ? aggregate.accumulate(accumulator, args) : aggregate.retract(accumulator, args);
    accumulator = decodeValue(aggregate.accumulatorType, encodeValue(aggregate.accumulatorType, accumulator));
  }
  return aggregate.value(accumulator);
}

const int = types.int();
const text = types.string();

describe('aggregates', () => {
  it.each<[string, LogicalType[], (readonly ['+' | '-', ...Value[]])[], Value]>([
    [
      'COUNT',
      [int],
      [
        ['+', 1],
        ['+', 2],
        ['-', 1],
      ],
      1n,
    ],
    [
      'SUM',
      [int],
      [
        ['+', 2147483647],
        ['+', 1],
      ],
      -2147483648,
    ],
    [
      'SUM',
      [int],
      [
        ['+', 5],
        ['-', 5],
      ],
      null,
    ],
    [
      '$SUM0',
      [int],
      [
        ['+', 5],
        ['-', 5],
      ],
      0,
    ],
    [
      'SUM',
      [types.decimal(10, 2)],
      [
        ['+', 150n],
        ['+', 1n],
      ],
      151n,
    ],
    [
      'AVG',
      [int],
      [
        ['+', 1],
        ['+', 2],
      ],
      1,
    ],
    [
      'AVG',
      [types.decimal(3, 1)],
      [
        ['+', 10n],
        ['+', 20n],
        ['+', 20n],
      ],
      1_666_667n,
    ],
    [
      'AVG',
      [types.double()],
      [
        ['+', 1],
        ['+', 2],
      ],
      1.5,
    ],
    [
      'LISTAGG',
      [text],
      [
        ['+', 'a'],
        ['+', 'b'],
        ['+', 'a'],
        ['-', 'a'],
      ],
      'b,a',
    ],
    ['LISTAGG', [text], [], null],
    [
      'ARRAY_AGG',
      [int],
      [
        ['+', 1],
        ['+', null],
        ['-', 1],
      ],
      [null],
    ],
    [
      'STDDEV_POP',
      [types.double()],
      [
        ['+', 2],
        ['+', 4],
      ],
      1,
    ],
    [
      'VAR_SAMP',
      [types.double()],
      [
        ['+', 2],
        ['+', 4],
      ],
      2,
    ],
    ['VAR_SAMP', [types.double()], [['+', 2]], null],
    [
      'VAR_POP',
      [int],
      [
        ['+', -7],
        ['+', 1],
        ['+', 5],
      ],
      24,
    ],
    [
      'VAR_POP',
      [types.double()],
      [
        ['+', 0.1],
        ['+', 0.7],
        ['+', 0.3],
        ['-', 0.1],
        ['-', 0.3],
      ],
      null,
    ],
    [
      'VAR_POP',
      [int],
      [
        ['+', 1],
        ['+', 2],
      ],
      0,
    ],
    [
      'JSON_ARRAYAGG',
      [int],
      [
        ['+', 1],
        ['+', null],
        ['+', 2],
      ],
      '[1,2]',
    ],
    [
      'JSON_OBJECTAGG',
      [text, int],
      [
        ['+', 'a', 1],
        ['+', 'b', null],
      ],
      '{"a":1,"b":null}',
    ],
    [
      'APPROX_COUNT_DISTINCT',
      [int],
      [
        ['+', 1],
        ['+', 1],
        ['+', 2],
      ],
      2n,
    ],
    [
      'BITMAP_BUILD_CARDINALITY_AGG',
      [int],
      [
        ['+', 1],
        ['+', 1],
        ['+', -1],
      ],
      2n,
    ],
  ])('%s of %o over %o', (name, argTypes, rows, wanted) => {
    expect(result(bound(name, argTypes), rows)).toEqual(wanted);
  });

  it('COLLECT counts', () => {
    const bag = result(bound('COLLECT', [text]), [
      ['+', 'a'],
      ['+', 'b'],
      ['+', 'a'],
      ['-', 'b'],
    ]) as MapValue;
    expect(bag).toEqual(new MapValue([['a', 2]]));
  });

  it('PERCENTILE interpolates', () => {
    const median = bound('PERCENTILE', [int, types.decimal(2, 1)], [undefined, 5n]);
    expect(
      result(median, [
        ['+', 1, 5n],
        ['+', 2, 5n],
        ['+', 10, 5n],
        ['+', 20, 5n],
      ]),
    ).toBe(6);
  });

  it('SINGLE_VALUE refuses a second row', () => {
    expect(() =>
      result(bound('SINGLE_VALUE', [int]), [
        ['+', 1],
        ['+', 2],
      ]),
    ).toThrow('more than one element');
  });

  it.each(['MIN', 'MAX', 'FIRST_VALUE', 'LAST_VALUE'])('%s keeps one', (name) => {
    const wanted = { MIN: 1, MAX: 3, FIRST_VALUE: 2, LAST_VALUE: 1 }[name];
    expect(
      result(bound(name, [int]), [
        ['+', 2],
        ['+', 3],
        ['+', 1],
      ]),
    ).toBe(wanted);
  });

  it('merge gives what one accumulator would', () => {
    for (const name of ['COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'STDDEV_POP', 'VAR_SAMP', 'COLLECT', 'ARRAY_AGG']) {
      const aggregate = bound(name, [int]);
      const fill = (values: number[]) =>
        values.reduce<Value>((held, value) => aggregate.accumulate(held, [value]), aggregate.create());
      const merged = aggregate.merge(fill([4, 1]), fill([3, 7]));
      expect(aggregate.value(merged)).toEqual(aggregate.value(fill([4, 1, 3, 7])));
    }
  });

  it('have an example and a sentence each', () => {
    for (const fn of aggregateFunctions)
      expect([fn.name, fn.summary.endsWith('.'), fn.example !== '']).toEqual([fn.name, true, true]);
  });
});
