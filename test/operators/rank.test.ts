import { describe, expect, test } from 'vitest';
import type { OperatorSpec } from '../../src/dataflow/operator-spec.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { type Change, fold, type HarnessSpec, lines, runBoth } from '../support/operator-harness.ts';

/** partition, id, score */
const INPUT: readonly LogicalType[] = [types.string(), types.int(), types.int()];

type RankSpec = Extract<OperatorSpec, { kind: 'Rank' }>;

function harness(extra: Partial<RankSpec>, mode: 'streaming' | 'batch' = 'streaming'): HarnessSpec {
  const spec: RankSpec = {
    kind: 'Rank',
    partition: [0],
    order: [{ column: 2, ascending: false, nullsFirst: false }],
    rankStart: 1,
    rankEnd: 2,
    outputRank: false,
    strategy: 'retract',
    uniqueKey: null,
    emitUpdateBefore: true,
    ttlMs: 0,
    ...extra,
  };
  return { spec, mode, inputs: [INPUT], output: spec.outputRank ? [...INPUT, types.bigint(false)] : INPUT };
}

describe('Rank', () => {
  test('append: a row that enters pushes the last one out', () => {
    const rows: Change[] = [
      ['+I', 'a', 1, 5],
      ['+I', 'a', 2, 7],
      ['+I', 'a', 3, 5],
      ['+I', 'a', 4, 9],
      ['+I', 'b', 5, null],
    ];
    expect(lines(runBoth(harness({ strategy: 'append' }), [{ rows }]))).toEqual([
      '+I(a, 1, 5)',
      '+I(a, 2, 7)',
      '-D(a, 1, 5)',
      '+I(a, 4, 9)',
      '+I(b, 5, null)',
    ]);
  });

  test('append with the rank: every row that moves is said again', () => {
    const rows: Change[] = [
      ['+I', 'a', 1, 5],
      ['+I', 'a', 2, 7],
      ['+I', 'a', 3, 6],
    ];
    expect(lines(runBoth(harness({ strategy: 'append', outputRank: true }), [{ rows }]))).toEqual([
      '+I(a, 1, 5, 1)',
      '-U(a, 1, 5, 1)',
      '+U(a, 2, 7, 1)',
      '+I(a, 1, 5, 2)',
      '-U(a, 1, 5, 2)',
      '+U(a, 3, 6, 2)',
    ]);
    const middle = harness({ strategy: 'append', outputRank: true, rankStart: 2, rankEnd: 3 });
    expect(lines(runBoth(middle, [{ rows }]))).toEqual([
      '+I(a, 1, 5, 2)',
      '-U(a, 1, 5, 2)',
      '+U(a, 3, 6, 2)',
      '+I(a, 1, 5, 3)',
    ]);
  });

  test('retract: the next row comes in when one leaves', () => {
    const rows: Change[] = [
      ['+I', 'a', 1, 5],
      ['+I', 'a', 2, 7],
      ['+I', 'a', 3, 6],
      ['-D', 'a', 2, 7],
      ['-D', 'a', 9, 9],
      ['-D', 'a', 3, 6],
    ];
    expect(lines(runBoth(harness({}), [{ rows }]))).toEqual([
      '+I(a, 1, 5)',
      '+I(a, 2, 7)',
      '-D(a, 1, 5)',
      '+I(a, 3, 6)',
      '-D(a, 2, 7)',
      '+I(a, 1, 5)',
      '-D(a, 3, 6)',
    ]);
    expect(lines(runBoth(harness({ outputRank: true }), [{ rows }])).slice(6)).toEqual([
      '-U(a, 2, 7, 1)',
      '+U(a, 3, 6, 1)',
      '-U(a, 3, 6, 2)',
      '+U(a, 1, 5, 2)',
      '-U(a, 3, 6, 1)',
      '+U(a, 1, 5, 1)',
      '-D(a, 1, 5, 2)',
    ]);
  });

  test('update: a row of a known key moves up, in the order that Flink says it', () => {
    const spec = harness({ strategy: 'update', partition: [], uniqueKey: [1], outputRank: true, rankEnd: 4 });
    const rows: Change[] = [
      ['+I', 'x', 1, 4],
      ['+I', 'x', 2, 3],
      ['+I', 'x', 3, 1],
      ['+I', 'x', 4, 1],
      ['+U', 'x', 4, 3],
      ['+U', 'x', 4, 5],
      ['+U', 'y', 4, 5],
    ];
    expect(lines(runBoth(spec, [{ rows }])).slice(4)).toEqual([
      '-U(x, 3, 1, 3)',
      '-U(x, 4, 1, 4)',
      '+U(x, 4, 3, 3)',
      '+U(x, 3, 1, 4)',
      '-U(x, 1, 4, 1)',
      '-U(x, 4, 3, 3)',
      '+U(x, 4, 5, 1)',
      '-U(x, 2, 3, 2)',
      '+U(x, 1, 4, 2)',
      '+U(x, 2, 3, 3)',
      '-U(x, 4, 5, 1)',
      '+U(y, 4, 5, 1)',
    ]);
    const plain = harness({ strategy: 'update', partition: [], uniqueKey: [1], rankEnd: 2 });
    expect(lines(runBoth(plain, [{ rows }]))).toEqual([
      '+I(x, 1, 4)',
      '+I(x, 2, 3)',
      '-D(x, 2, 3)',
      '+I(x, 4, 5)',
      '-U(x, 4, 5)',
      '+U(y, 4, 5)',
    ]);
  });

  test('windowed: a watermark ends the partitions before it', () => {
    const spec = harness({ strategy: 'append', outputRank: true, isWindowed: true });
    const steps = [
      { rows: [['+I', 'a', 1, 5]] as Change[] },
      { watermark: 7 },
      { rows: [['+I', 'a', 2, 9]] as Change[] },
    ];
    expect(lines(runBoth(spec, steps))).toEqual(['+I(a, 1, 5, 1)', '+I(a, 2, 9, 1)']);
  });

  test('batch: final rows by partition and rank', () => {
    const rows: Change[] = [
      ['+I', 'b', 1, 5],
      ['+I', 'a', 2, 7],
      ['+I', 'a', 3, 8],
      ['+I', 'a', 4, 1],
      ['+I', null, 5, 1],
    ];
    expect(lines(runBoth(harness({ strategy: 'append', outputRank: true }, 'batch'), [{ rows }]))).toEqual([
      '+I(null, 5, 1, 1)',
      '+I(a, 3, 8, 1)',
      '+I(a, 2, 7, 2)',
      '+I(b, 1, 5, 1)',
    ]);
  });

  for (const outputRank of [false, true])
    test(`folded changes are the top of what is left${outputRank ? ', with ranks' : ''}`, () => {
      for (let seed = 1; seed <= 6; seed++) {
        const { changes, left } = randomChanges(seed, 150);
        const folded = fold(runBoth(harness({ outputRank, rankEnd: 3 }), [{ rows: changes }], [13]));
        const expected = [...Map.groupBy(left, ([key]) => key).values()].flatMap((rows) =>
          rows
            .toSorted((a, b) => b[2] - a[2])
            .slice(0, 3)
            .map((row, i) => (outputRank ? [...row, i + 1] : row).join(', ')),
        );
        expect(folded).toEqual(expected.sort());
      }
    });

  test('many rows in one partition keep their order', () => {
    const { changes, left } = randomChanges(3, 3000);
    const spec = harness({ partition: [], rankEnd: 700, outputRank: true });
    const expected = left.toSorted((a, b) => b[2] - a[2]).slice(0, 700);
    expect(fold(runBoth(spec, [{ rows: changes }], []))).toEqual(
      expected.map((row, i) => [...row, i + 1].join(', ')).sort(),
    );
  });
});

type Row = readonly [string, number, number];

function randomChanges(seed: number, count: number): { changes: Change[]; left: Row[] } {
  let state = seed * 104_729;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const left: Row[] = [];
  const changes: Change[] = [];
  for (let i = 0; i < count; i++) {
    if (left.length > 0 && next(5) < 2) changes.push(['-D', ...(left.splice(next(left.length), 1)[0] as Row)]);
    else {
      const row: Row = [next(2) === 0 ? 'a' : 'b', i, next(10)];
      left.push(row);
      changes.push(['+I', ...row]);
    }
  }
  return { changes, left };
}
