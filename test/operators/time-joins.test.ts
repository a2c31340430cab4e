import { describe, expect, test } from 'vitest';
import type { JoinType, OperatorSpec } from '../../src/dataflow/operator-spec.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { type Change, type HarnessSpec, lines, runBoth } from '../support/operator-harness.ts';

const SIDE: readonly LogicalType[] = [types.string(), types.int(), types.timestamp(3)];

function row(key: string | null, id: number, ms: number, sign: Change[0] = '+I'): Change {
  return [sign, key, id, BigInt(ms) * 1_000_000n];
}

function harness(spec: OperatorSpec): HarnessSpec {
  return { spec, inputs: [SIDE, SIDE], output: [...SIDE, ...SIDE] };
}

/** Left id, right id. */
function ids(changes: readonly Change[]): string[] {
  return lines(changes.map(([sign, , left, , , right]) => [sign, left as number, right as number]));
}

describe('IntervalJoin', () => {
  const spec = (joinType: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL'): HarnessSpec =>
    harness({
      kind: 'IntervalJoin',
      joinType,
      leftKeys: [0],
      rightKeys: [0],
      filterNulls: [true],
      leftTime: 2,
      rightTime: 2,
      lowerMs: -10,
      upperMs: 5,
      condition: null,
    });
  const steps = [
    { input: 0, rows: [row('a', 1, 100), row('b', 2, 100), row(null, 3, 100)] },
    { input: 1, rows: [row('a', 11, 94), row('a', 12, 95), row('a', 13, 110), row('a', 14, 111), row(null, 15, 100)] },
    { input: 0, watermark: 118 },
    { input: 1, watermark: 118 },
    { input: 1, rows: [row('b', 16, 101)] },
    { input: 0, watermark: Number.POSITIVE_INFINITY },
    { input: 1, watermark: Number.POSITIVE_INFINITY },
  ];

  test('rows within the bounds match at once, in either order', () => {
    expect(ids(runBoth(spec('INNER'), steps))).toEqual(['+I(1, 12)', '+I(1, 13)']);
  });

  test('by processing time a row waits for partners as long as the clock says', () => {
    const byClock = (joinType: 'INNER' | 'LEFT'): HarnessSpec => {
      const body = spec(joinType).spec as Extract<OperatorSpec, { kind: 'IntervalJoin' }>;
      return harness({ ...body, leftTime: null, rightTime: null });
    };
    const clocked = [
      { time: 100 },
      { input: 0, rows: [row('a', 1, 0), row('b', 2, 0), row(null, 3, 0)] },
      { time: 105 },
      { input: 1, rows: [row('a', 11, 0)] },
      { time: 111 },
      { input: 1, rows: [row('a', 12, 0), row('c', 13, 0)] },
      { time: 116 },
      { input: 0, rows: [row('c', 4, 0)] },
      { time: 117 },
      { input: 0, rows: [row('c', 5, 0)] },
      { time: 1000 },
    ];
    expect(ids(runBoth(byClock('INNER'), clocked))).toEqual(['+I(1, 11)', '+I(4, 13)']);
    expect(ids(runBoth(byClock('LEFT'), clocked))).toEqual([
      '+I(1, 11)',
      '+I(4, 13)',
      '+I(2, null)',
      '+I(3, null)',
      '+I(5, null)',
    ]);
  });

  test('an outer row is padded when no partner can come any more', () => {
    expect(ids(runBoth(spec('LEFT'), steps))).toEqual(['+I(1, 12)', '+I(1, 13)', '+I(2, null)', '+I(3, null)']);
    expect(ids(runBoth(spec('RIGHT'), steps))).toEqual([
      '+I(1, 12)',
      '+I(1, 13)',
      '+I(null, 11)',
      '+I(null, 14)',
      '+I(null, 15)',
      '+I(null, 16)',
    ]);
  });
});

describe('TemporalJoin', () => {
  const spec = (joinType: 'INNER' | 'LEFT'): HarnessSpec =>
    harness({
      kind: 'TemporalJoin',
      joinType,
      leftKeys: [0],
      rightKeys: [0],
      leftTime: 2,
      rightTime: 2,
      condition: null,
    });
  const steps = [
    { input: 0, rows: [row('a', 1, 25), row('a', 2, 5), row('a', 3, 10), row('b', 4, 7), row(null, 5, 8)] },
    {
      input: 1,
      rows: [
        row('a', 11, 10),
        row('a', 11, 10, '-U'),
        row('a', 12, 20, '+U'),
        row('a', 12, 30, '-D'),
        row(null, 13, 1),
      ],
    },
    { input: 0, watermark: 30 },
    { input: 1, watermark: 25 },
    { input: 0, rows: [row('a', 6, 28), row('a', 7, 40)] },
    { input: 0, watermark: Number.POSITIVE_INFINITY },
    { input: 1, watermark: Number.POSITIVE_INFINITY },
  ];

  test('the version at the time of the left row; a deleted one is none', () => {
    expect(ids(runBoth(spec('INNER'), steps))).toEqual(['+I(1, 12)', '+I(3, 11)', '+I(5, 13)', '+I(6, 12)']);
    expect(ids(runBoth(spec('LEFT'), steps))).toEqual([
      '+I(1, 12)',
      '+I(2, null)',
      '+I(3, 11)',
      '+I(4, null)',
      '+I(5, 13)',
      '+I(6, 12)',
      '+I(7, null)',
    ]);
  });
});

describe('WindowJoin', () => {
  const spec = (joinType: JoinType): HarnessSpec => {
    const isOneSided = joinType === 'SEMI' || joinType === 'ANTI';
    const body: OperatorSpec = {
      kind: 'WindowJoin',
      joinType,
      leftKeys: [0],
      rightKeys: [0],
      filterNulls: [true],
      leftEnd: 2,
      rightEnd: 2,
      timeZone: null,
      condition: null,
    };
    return { spec: body, inputs: [SIDE, SIDE], output: isOneSided ? SIDE : [...SIDE, ...SIDE] };
  };
  const steps = [
    { input: 0, rows: [row('a', 1, 10), row('a', 2, 20), row('b', 3, 10), row(null, 4, 10)] },
    { input: 1, rows: [row('a', 11, 10), row('a', 12, 10), row('c', 13, 10), row(null, 14, 10)] },
    { input: 0, watermark: 9 },
    { input: 1, watermark: 9 },
    { input: 1, rows: [row('a', 15, 10), row('a', 16, 20)] },
    { input: 0, watermark: Number.POSITIVE_INFINITY },
    { input: 1, watermark: Number.POSITIVE_INFINITY },
  ];

  test('rows of one window and key, once; late ones are dropped', () => {
    expect(ids(runBoth(spec('INNER'), steps))).toEqual(['+I(1, 11)', '+I(1, 12)', '+I(2, 16)']);
    expect(ids(runBoth(spec('FULL'), steps))).toEqual([
      '+I(1, 11)',
      '+I(1, 12)',
      '+I(3, null)',
      '+I(4, null)',
      '+I(null, 13)',
      '+I(null, 14)',
      '+I(2, 16)',
    ]);
    expect(runBoth(spec('SEMI'), steps).map(([, , id]) => id)).toEqual([1, 2]);
    expect(runBoth(spec('ANTI'), steps).map(([, , id]) => id)).toEqual([3, 4]);
  });
});
