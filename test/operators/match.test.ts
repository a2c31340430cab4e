import { describe, expect, test } from 'vitest';
import type { MatchValue, PatternVariable } from '../../src/dataflow/match-pattern.ts';
import type { MatchSpec } from '../../src/dataflow/operator-spec.ts';
import { call, type Expression, inputReference, literal } from '../../src/expressions/expression.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import {
  type Change,
  type HarnessSpec,
  lines,
  OperatorHarness,
  runBoth,
  type Step,
} from '../support/operator-harness.ts';

/** Key, tag, value, time. */
const INPUT: readonly LogicalType[] = [types.string(), types.string(), types.int(), types.timestamp(3)];
const [KEY, TAG, VALUE, TIME] = [0, 1, 2, 3];

function column(
  variable: string,
  at: number,
  navigation: 'FIRST' | 'LAST' | 'PREV' | null = null,
  offset = 0,
): MatchValue {
  return { kind: 'column', variable, navigation, offset, column: at, type: INPUT[at] as LogicalType };
}

function sum(variable: string): MatchValue {
  return {
    kind: 'aggregate',
    variable,
    function: 'SUM',
    args: [call('+', [inputReference(VALUE, types.int()), literal(0, types.int(false))], types.int())],
    type: types.int(),
  };
}

/** A variable of rows with its name as their tag. */
function tagged(name: string, min = 1, max: number | null = 1, greedy = true): PatternVariable {
  const condition = call('=', [inputReference(0, types.string()), literal(name, types.string(false))], types.boolean());
  return { name, min, max, greedy, condition, values: [column(name, TAG, 'PREV')] };
}

function defined(
  name: string,
  values: readonly MatchValue[],
  condition: Expression,
  max: number | null = 1,
): PatternVariable {
  return { name, min: 1, max, greedy: false, condition, values };
}

function spec(variables: readonly PatternVariable[], extra: Partial<MatchSpec> = {}): HarnessSpec {
  const values = [column('a', VALUE, 'FIRST'), column('*', VALUE, 'LAST'), sum('b')];
  const match: MatchSpec = {
    kind: 'Match',
    partition: [KEY],
    order: [{ column: TIME, ascending: true, nullsFirst: true }],
    isEventTime: true,
    variables,
    skip: { to: 'past-last-row' },
    withinMs: 0,
    measures: values.map(({ type }, i) => inputReference(i, type)),
    values,
    ...extra,
  };
  return { spec: match, inputs: [INPUT], output: [types.string(), types.int(), types.int(), types.int()] };
}

function row(key: string | null, tag: string, value: number, ms: number): Change {
  return ['+I', key, tag, value, BigInt(ms) * 1_000_000n];
}

const ABC = [tagged('a'), tagged('b', 0, null), tagged('c')];
const END: Step = { watermark: Number.POSITIVE_INFINITY };

describe('Match', () => {
  test('takes rows of each partition in order of time and drops late ones', () => {
    const steps: Step[] = [
      { rows: [row('p', 'b', 2, 20), row('q', 'a', 10, 5), row('p', 'a', 1, 10), row(null, 'a', 7, 11)] },
      { watermark: 12 },
      {
        rows: [
          row('p', 'c', 9, 12),
          row('p', 'c', 4, 40),
          row('p', 'b', 3, 30),
          row('q', 'c', 11, 30),
          row(null, 'c', 8, 30),
        ],
      },
      END,
    ];
    expect(lines(runBoth(spec(ABC), steps)).sort()).toEqual([
      '+I(null, 7, 8, null)',
      '+I(p, 1, 4, 5)',
      '+I(q, 10, 11, null)',
    ]);
    expect(new OperatorHarness(spec(ABC)).run(steps).counters.get('numLateRecordsDropped')).toBe(1);
  });

  test('rows of one time come in the order of the other columns', () => {
    const order = [
      { column: TIME, ascending: true, nullsFirst: true },
      { column: VALUE, ascending: false, nullsFirst: false },
    ];
    const steps: Step[] = [{ rows: [row('p', 'c', 1, 5), row('p', 'b', 2, 5), row('p', 'a', 3, 5)] }, END];
    expect(lines(runBoth(spec(ABC, { order }), steps))).toEqual(['+I(p, 3, 1, 2)']);
    expect(lines(runBoth(spec(ABC), steps))).toEqual([]);
  });

  test('conditions look at rows before, aggregates among them', () => {
    const rising = call('>', [inputReference(0, types.int()), inputReference(1, types.int())], types.boolean());
    const small = call('<', [inputReference(0, types.int()), literal(10, types.int(false))], types.boolean());
    const variables = [
      tagged('a'),
      defined('b', [sum('b')], small, null),
      defined('c', [column('c', VALUE, 'PREV'), column('b', VALUE, 'LAST')], rising),
    ];
    const rows = [4, 3, 2, 1, 5, 9].map((value, i) => row('p', i === 0 ? 'a' : 'x', value, i + 1));
    expect(lines(runBoth(spec(variables), [{ rows }, END]))).toEqual(['+I(p, 4, 5, 6)']);
  });

  test('WITHIN ends runs, and what they held back goes out', () => {
    const above = call('>', [inputReference(0, types.int()), inputReference(1, types.int())], types.boolean());
    const variables = [
      { ...tagged('a'), condition: null, values: [] },
      { ...tagged('b', 0, null, false), condition: null, values: [] },
      defined('c', [column('c', VALUE, 'PREV'), column('a', VALUE, 'LAST')], above),
    ];
    const rows = [9, 1, 5, 3, 2].map((value, i) => row('p', 'x', value, i * 10 + 10));
    const held = spec(variables, { skip: { to: 'next-row' }, withinMs: 35 });
    // The row of 9 finds nothing above it; until it is over, the match of the row of 1 waits.
    expect(lines(runBoth(held, [{ rows }, { watermark: 44 }]))).toEqual([]);
    expect(lines(runBoth(held, [{ rows }, { watermark: 45 }]))).toEqual(['+I(p, 1, 5, null)']);
    expect(lines(runBoth(held, [{ rows }, END]))).toEqual(['+I(p, 1, 5, null)']);
  });

  test('keeps nothing of a partition in which nothing has begun', () => {
    const harness = new OperatorHarness(spec(ABC, { withinMs: 100 }));
    const rounds = (from: number): void => {
      for (let i = 0; i < 50; i++)
        harness.rows(0, [row(`k${from + i}`, 'a', i, from + i), row(`k${from + i}`, 'x', i, from + i)]);
      harness.watermark(0, from + 1000);
    };
    rounds(0);
    const before = harness.stateBytes;
    for (let i = 1; i < 20; i++) rounds(i * 2000);
    expect(harness.stateBytes).toBeLessThanOrEqual(before * 1.5);
  });

  test('by processing time rows are taken as they come', () => {
    const arrival = spec(ABC, { isEventTime: false, withinMs: 50 });
    const steps: Step[] = [
      { time: 100 },
      { rows: [row('p', 'a', 1, 9), row('q', 'a', 2, 8)] },
      { time: 120 },
      { rows: [row('p', 'c', 3, 7)] },
      { time: 160 },
      { rows: [row('q', 'c', 4, 6)] },
    ];
    expect(lines(runBoth(arrival, steps))).toEqual(['+I(p, 1, 3, null)']);
  });

  test('batch mode sorts rows at the end', () => {
    const rows = [
      row('p', 'c', 4, 40),
      row('q', 'a', 7, 1),
      row('p', 'a', 1, 10),
      row('q', 'c', 8, 2),
      row('p', 'b', 2, 20),
    ];
    expect(lines(runBoth({ ...spec(ABC), mode: 'batch' }, [{ rows }])).sort()).toEqual([
      '+I(p, 1, 4, 2)',
      '+I(q, 7, 8, null)',
    ]);
  });

  test('skipping to where the match began, or to no row, fails', () => {
    const steps: Step[] = [{ rows: [row('p', 'a', 1, 10), row('p', 'c', 2, 10)] }, END];
    const failing = (variable: string) => () =>
      new OperatorHarness(spec(ABC, { skip: { to: 'first', variable } })).run(steps);
    expect(failing('a')).toThrow('Could not skip to first element of a match.');
    expect(failing('b')).toThrow(
      'Could not skip to b. No such element in the found match {a=[EventId{id=0, timestamp=10}], c=[EventId{id=1, timestamp=10}]}',
    );
  });

  test('a pattern that explodes ends with what to do', () => {
    const any = (name: string): PatternVariable => ({
      name,
      min: 1,
      max: null,
      greedy: false,
      condition: null,
      values: [],
    });
    const harness = new OperatorHarness(spec([any('a'), any('b'), any('d'), tagged('c')]));
    const rows = Array.from({ length: 400 }, (_, i) => row('p', 'x', i, i + 1));
    expect(() => harness.run([{ rows }, END])).toThrow(
      /more than 100,000 partial matches in one partition\. Bound the pattern with WITHIN/,
    );
  });
});
