import { describe, expect, test } from 'vitest';
import type { AggregateCall, OperatorSpec } from '../../src/dataflow/operator-spec.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { type Change, fold, type HarnessSpec, lines, OperatorHarness, runBoth } from '../support/operator-harness.ts';

const INPUT: readonly LogicalType[] = [types.string(), types.bigint(), types.boolean()];

function call(
  fn: string,
  args: readonly number[],
  type: LogicalType,
  extra: Partial<AggregateCall> = {},
): AggregateCall {
  return { function: fn, args, distinct: false, filter: null, type, ...extra };
}

function harness(
  aggregates: readonly AggregateCall[],
  extra: Partial<Extract<OperatorSpec, { kind: 'GroupAggregate' }>> = {},
  mode: 'streaming' | 'batch' = 'streaming',
): HarnessSpec {
  const spec: OperatorSpec = {
    kind: 'GroupAggregate',
    keys: [0],
    aggregates,
    inputRetracts: true,
    emitUpdateBefore: true,
    ttlMs: 0,
    ...extra,
  };
  const keys = spec.keys.map((key) => INPUT[key] as LogicalType);
  return { spec, mode, inputs: [INPUT], output: [...keys, ...aggregates.map((aggregate) => aggregate.type)] };
}

const COUNT = call('COUNT', [], types.bigint(false));
const SUM = call('SUM', [1], types.bigint());

describe('GroupAggregate', () => {
  test('says each change of a group, row by row', () => {
    const changes = runBoth(harness([COUNT, SUM]), [
      {
        rows: [
          ['+I', 'a', 5n, true],
          ['+I', null, 1n, true],
          ['+I', 'a', null, true],
          ['-U', 'a', 5n, true],
          ['+U', 'a', 7n, true],
          ['-D', 'a', 7n, true],
          ['-D', 'a', null, true],
          ['-D', 'b', 1n, true],
          ['+I', 'a', 1n, true],
        ],
      },
    ]);
    expect(lines(changes)).toEqual([
      '+I(a, 1, 5)',
      '+I(null, 1, 1)',
      '-U(a, 1, 5)',
      '+U(a, 2, 5)',
      '-U(a, 2, 5)',
      '+U(a, 1, null)',
      '-U(a, 1, null)',
      '+U(a, 2, 7)',
      '-U(a, 2, 7)',
      '+U(a, 1, null)',
      '-D(a, 1, null)',
      '+I(a, 1, 1)',
    ]);
  });

  test('an equal result is not said again, but with TTL it is', () => {
    const rows: Change[] = [
      ['+I', 'a', 5n, true],
      ['+I', 'a', null, true],
    ];
    expect(lines(runBoth(harness([SUM]), [{ rows }]))).toEqual(['+I(a, 5)']);
    expect(lines(runBoth(harness([SUM], { ttlMs: 1000 }), [{ rows }]))).toEqual(['+I(a, 5)', '-U(a, 5)', '+U(a, 5)']);
  });

  test('a group that was not written for the TTL begins anew', () => {
    const steps = [
      { rows: [['+I', 'a', 5n, true]] as Change[] },
      { time: 1000 },
      { rows: [['+I', 'a', 6n, true]] as Change[] },
    ];
    expect(lines(runBoth(harness([SUM], { ttlMs: 1000 }), steps))).toEqual(['+I(a, 5)', '+I(a, 6)']);
  });

  test('without -U, and DISTINCT without aggregates', () => {
    const rows: Change[] = [
      ['+I', 'a', 5n, true],
      ['+I', 'a', 1n, true],
    ];
    expect(lines(runBoth(harness([SUM], { emitUpdateBefore: false, inputRetracts: false }), [{ rows }]))).toEqual([
      '+I(a, 5)',
      '+U(a, 6)',
    ]);
    expect(lines(runBoth(harness([], { inputRetracts: false }), [{ rows }]))).toEqual(['+I(a)']);
  });

  test('FILTER counts only rows for which it is true', () => {
    const rows: Change[] = [
      ['+I', 'a', 5n, true],
      ['+I', 'a', 1n, false],
      ['+I', 'a', 2n, null],
    ];
    const filtered = call('SUM', [1], types.bigint(), { filter: 2 });
    expect(lines(runBoth(harness([filtered, COUNT]), [{ rows }])).at(-1)).toBe('+U(a, 5, 3)');
  });

  test('DISTINCT with and without FILTER, rows taken back', () => {
    const distinct = call('COUNT', [1], types.bigint(false), { distinct: true });
    const filtered = call('COUNT', [1], types.bigint(false), { distinct: true, filter: 2 });
    const changes = runBoth(harness([distinct, filtered]), [
      {
        rows: [
          ['+I', 'a', 1n, true],
          ['+I', 'a', 1n, false],
          ['+I', 'a', 2n, false],
          ['-D', 'a', 1n, true],
          ['+I', 'a', null, true],
          ['-D', 'a', 1n, false],
        ],
      },
    ]);
    expect(lines(changes)).toEqual([
      '+I(a, 1, 1)',
      '-U(a, 1, 1)',
      '+U(a, 2, 1)',
      '-U(a, 2, 1)',
      '+U(a, 2, 0)',
      '-U(a, 2, 0)',
      '+U(a, 1, 0)',
    ]);
  });

  test('MIN and MAX find the next value when theirs goes', () => {
    const changes = runBoth(harness([call('MIN', [1], types.bigint()), call('MAX', [1], types.bigint())]), [
      {
        rows: [
          ['+I', 'a', 3n, true],
          ['+I', 'a', 9n, true],
          ['+I', 'a', 9n, true],
          ['-U', 'a', 9n, true],
          ['-U', 'a', 9n, true],
          ['+I', 'a', null, true],
          ['-D', 'a', 3n, true],
        ],
      },
    ]);
    expect(lines(changes)).toEqual([
      '+I(a, 3, 3)',
      '-U(a, 3, 3)',
      '+U(a, 3, 9)',
      '-U(a, 3, 9)',
      '+U(a, 3, 3)',
      '-U(a, 3, 3)',
      '+U(a, null, null)',
    ]);
  });

  test('MAX of a value that only rises does not look at what is taken back', () => {
    const spec = harness([call('MAX', [1], types.bigint(), { ignoresRetractions: true }), COUNT], { keys: [] });
    const rows: Change[] = [
      ['+I', 'a', 3n, true],
      ['-U', 'a', 3n, true],
      ['+U', 'a', 4n, true],
      ['+I', 'b', 1n, true],
      ['-U', 'a', 4n, true],
    ];
    expect(lines(runBoth(spec, [{ rows }]))).toEqual([
      '+I(3, 1)',
      '-D(3, 1)',
      '+I(4, 1)',
      '-U(4, 1)',
      '+U(4, 2)',
      '-U(4, 2)',
      '+U(4, 1)',
    ]);
  });

  test('sums of decimals over and under 64 bits, both ways', () => {
    const decimal = types.decimal(38);
    const spec = harness([call('SUM', [1], decimal)], { keys: [0] });
    const inputs = [[types.string(), decimal, types.boolean()]];
    const most = 2n ** 63n - 1n;
    const steps = [most, 1n, most, -most, -most, -5n, 4n, 10n ** 30n];
    const rows: Change[] = [...steps, most].map((value) => ['+I', 'a', value, true]);
    const back: Change[] = steps.map((value) => ['-D', 'a', value, true]);
    const sums = runBoth({ ...spec, inputs }, [{ rows: [...rows, ...back] }])
      .filter(([sign]) => sign === '+I' || sign === '+U')
      .map(([, , sum]) => sum);
    const expected: bigint[] = [];
    for (const value of [...steps, most, ...steps.map((step) => -step)]) expected.push((expected.at(-1) ?? 0n) + value);
    expect(sums).toEqual(expected);
  });

  test('averages of decimals, whose last result is kept', () => {
    const decimal = types.decimal(10, 2);
    const spec = harness([call('AVG', [1], types.decimal(38, 6))]);
    const rows: Change[] = [
      ['+I', 'a', 100n, true],
      ['+I', 'a', 101n, true],
      ['+I', 'b', null, true],
      ['-D', 'a', 100n, true],
      ['+I', 'b', 50n, true],
      ['-D', 'a', 101n, true],
    ];
    const inputs = [[types.string(), decimal, types.boolean()]];
    expect(lines(runBoth({ ...spec, inputs }, [{ rows }]))).toEqual([
      '+I(a, 1000000)',
      '-U(a, 1000000)',
      '+U(a, 1005000)',
      '+I(b, null)',
      '-U(a, 1005000)',
      '+U(a, 1010000)',
      '-U(b, null)',
      '+U(b, 500000)',
      '-D(a, 1010000)',
    ]);
  });

  test('MAX of texts by bytes', () => {
    const spec = harness([call('MAX', [0], types.string())], { keys: [] });
    const rows: Change[] = ['b', 'ü', 'a', '🦊', 'ﬀ'].map((name) => ['+I', name, 1n, true]);
    const back: Change[] = [['-D', '🦊', 1n, true]];
    expect(lines(runBoth(spec, [{ rows }, { rows: back }])).at(-1)).toBe('+U(ﬀ)');
  });

  test('FIRST_VALUE and LAST_VALUE over rows that are taken back', () => {
    const spec = harness([call('FIRST_VALUE', [1], types.bigint()), call('LAST_VALUE', [1], types.bigint())]);
    const changes = runBoth(spec, [
      {
        rows: [
          ['+I', 'a', 30n, true],
          ['+I', 'a', 50n, true],
          ['+I', 'a', 30n, true],
          ['-D', 'a', 30n, true],
          ['-D', 'a', 30n, true],
        ],
      },
    ]);
    expect(lines(changes)).toEqual([
      '+I(a, 30, 30)',
      '-U(a, 30, 30)',
      '+U(a, 30, 50)',
      '-U(a, 30, 50)',
      '+U(a, 30, 30)',
      '-U(a, 30, 30)',
      '+U(a, 50, 30)',
      '-U(a, 50, 30)',
      '+U(a, 50, 50)',
    ]);
  });

  test('batch: results at the end; a global aggregate of nothing is one row', () => {
    const rows: Change[] = [
      ['+I', 'a', 5n, true],
      ['+I', 'b', 1n, true],
      ['+I', 'a', 2n, true],
    ];
    const options = { inputRetracts: false, keys: [0] };
    expect(lines(runBoth(harness([SUM], options, 'batch'), [{ rows }])).sort()).toEqual(['+I(a, 7)', '+I(b, 1)']);
    expect(lines(runBoth(harness([COUNT, SUM], { ...options, keys: [] }, 'batch'), []))).toEqual(['+I(0, null)']);
    expect(runBoth(harness([COUNT, SUM], options, 'batch'), [])).toEqual([]);
    expect(runBoth(harness([COUNT], { keys: [] }), [])).toEqual([]);
  });

  test('folded changes are the aggregation of what is left', () => {
    const spec = harness([
      COUNT,
      SUM,
      call('MIN', [1], types.bigint()),
      call('COUNT', [1], types.bigint(false), { distinct: true }),
    ]);
    for (let seed = 1; seed <= 8; seed++) {
      const { changes, left } = randomChanges(seed, 120);
      const folded = fold(runBoth(spec, [{ rows: changes }], [17]));
      const groups = Map.groupBy(left, ([key]) => key);
      const expected = [...groups].map(([key, rows]) => {
        const values = rows.map((row) => row[1]).filter((value) => value !== null);
        const sum = values.length === 0 ? null : values.reduce((a, b) => a + b, 0n);
        const low = values.length === 0 ? null : values.toSorted((a, b) => Number(a - b))[0];
        return [key, rows.length, sum, low, new Set(values).size].map(String).join(', ');
      });
      expect(folded).toEqual(expected.sort());
    }
  });

  test('state goes with its groups', () => {
    const spec = harness([SUM, call('COUNT', [1], types.bigint(false), { distinct: true })]);
    const run = new OperatorHarness(spec);
    const names = Array.from({ length: 50 }, (_, i) => `group number ${i}`);
    run.rows(
      0,
      names.map((name, i): Change => ['+I', name, BigInt(i), true]),
    );
    run.rows(
      0,
      names.map((name, i): Change => ['-D', name, BigInt(i), true]),
    );
    expect(fold(run.changes)).toEqual([]);
  });
});

type Row = readonly [string | null, bigint | null];

function randomChanges(seed: number, count: number): { changes: Change[]; left: Row[] } {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const left: Row[] = [];
  const changes: Change[] = [];
  for (let i = 0; i < count; i++) {
    if (left.length > 0 && next(5) < 2) {
      const [row] = left.splice(next(left.length), 1) as [Row];
      changes.push(['-D', ...row, true]);
    } else {
      const row: Row = [
        [null, 'a', 'b', 'a longer key than the others'][next(4)] as string,
        next(7) === 0 ? null : BigInt(next(9)),
      ];
      left.push(row);
      changes.push(['+I', ...row, true]);
    }
  }
  return { changes, left };
}
