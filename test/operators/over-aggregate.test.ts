import { describe, expect, test } from 'vitest';
import type { AggregateCall, OperatorSpec, OverFrame } from '../../src/dataflow/operator-spec.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { type Change, type HarnessSpec, lines, OperatorHarness, runBoth } from '../support/operator-harness.ts';

const INPUT: readonly LogicalType[] = [types.string(), types.bigint(), types.timestamp(3)];
const SUM: AggregateCall = { function: 'SUM', args: [1], distinct: false, filter: null, type: types.bigint() };
const MAX: AggregateCall = { function: 'MAX', args: [1], distinct: false, filter: null, type: types.bigint() };

type OverSpec = Extract<OperatorSpec, { kind: 'OverAggregate' }>;

function harness(
  frame: OverFrame,
  extra: Partial<OverSpec> = {},
  mode: 'streaming' | 'batch' = 'streaming',
): HarnessSpec {
  const spec: OverSpec = {
    kind: 'OverAggregate',
    partition: [0],
    order: [{ column: 2, ascending: true, nullsFirst: true }],
    timeColumn: 2,
    frame,
    aggregates: [SUM, MAX],
    ttlMs: 0,
    ...extra,
  };
  return { spec, mode, inputs: [INPUT], output: [...INPUT, types.bigint(), types.bigint()] };
}

function row(key: string, value: bigint | null, ms: number, sign: '+I' | '-D' = '+I'): Change {
  return [sign, key, value, BigInt(ms) * 1_000_000n];
}

/** Key, value, results. */
function short(changes: readonly Change[]): string[] {
  return lines(changes.map(([sign, key, value, , ...rest]) => [sign, key as string, value as bigint, ...rest]));
}

const STEPS = [
  { rows: [row('a', 2n, 5), row('b', 7n, 3), row('a', 9n, 1), row('a', 1n, 5)] },
  { watermark: 5 },
  { rows: [row('a', 100n, 5), row('a', 3n, 20), row('b', 1n, 4)] },
  { watermark: Number.POSITIVE_INFINITY },
];

describe('OverAggregate', () => {
  test('ROWS, bounded: in order of time; late is what is not behind its partition', () => {
    expect(short(runBoth(harness({ unit: 'ROWS', preceding: 1 }), STEPS))).toEqual([
      '+I(a, 9, 9, 9)',
      '+I(b, 7, 7, 7)',
      '+I(a, 2, 11, 9)',
      '+I(a, 1, 3, 2)',
      '+I(b, 1, 8, 7)',
      '+I(a, 3, 4, 3)',
    ]);
    expect(
      new OperatorHarness(harness({ unit: 'ROWS', preceding: 1 })).run(STEPS).counters.get('numLateRecordsDropped'),
    ).toBe(1);
  });

  test('RANGE, unbounded: rows of one time have one result; late is what the watermark has passed', () => {
    expect(short(runBoth(harness({ unit: 'RANGE', preceding: null }), STEPS))).toEqual([
      '+I(a, 9, 9, 9)',
      '+I(b, 7, 7, 7)',
      '+I(a, 2, 12, 9)',
      '+I(a, 1, 12, 9)',
      '+I(a, 3, 15, 9)',
    ]);
  });

  test('RANGE, bounded by time: a partition is forgotten one and a half intervals behind its rows, and takes late ones again', () => {
    const steps = [
      { rows: [row('a', 1n, 100), row('b', 1n, 100)] },
      { watermark: 115 },
      { rows: [row('a', 2n, 90), row('b', 8n, 111)] },
      { watermark: 116 },
      { rows: [row('a', 4n, 95), row('b', 2n, 115), row('b', 16n, 117)] },
      { watermark: 118 },
    ];
    expect(short(runBoth(harness({ unit: 'RANGE', preceding: 10 }), steps))).toEqual([
      '+I(a, 1, 1, 1)',
      '+I(b, 1, 1, 1)',
      '+I(b, 8, 8, 8)',
      '+I(a, 4, 4, 4)',
      '+I(b, 16, 24, 16)',
    ]);
  });

  test('RANGE, bounded by time', () => {
    const steps = [
      { rows: [row('a', 1n, 0), row('a', 2n, 10), row('a', 4n, 11), row('a', 8n, 30)] },
      { watermark: Number.POSITIVE_INFINITY },
    ];
    expect(short(runBoth(harness({ unit: 'RANGE', preceding: 10 }), steps))).toEqual([
      '+I(a, 1, 1, 1)',
      '+I(a, 2, 3, 2)',
      '+I(a, 4, 6, 4)',
      '+I(a, 8, 8, 8)',
    ]);
  });

  test('by arrival', () => {
    const arrival = { timeColumn: null, order: [], partition: [] };
    const steps = [{ rows: [row('a', 5n, 9), row('b', 2n, 1), row('a', 1n, 4)] }];
    expect(short(runBoth(harness({ unit: 'ROWS', preceding: 1 }, arrival), steps))).toEqual([
      '+I(a, 5, 5, 5)',
      '+I(b, 2, 7, 5)',
      '+I(a, 1, 3, 2)',
    ]);
    expect(short(runBoth(harness({ unit: 'ROWS', preceding: null }, arrival), steps)).at(-1)).toBe('+I(a, 1, 8, 5)');
  });

  test('ranks by event time', () => {
    const rank = (name: string): AggregateCall => ({ ...SUM, function: name, args: [] });
    const spec = harness({ unit: 'ROWS', preceding: null }, { aggregates: [rank('RANK'), rank('DENSE_RANK')] });
    expect(short(runBoth(spec, STEPS))).toEqual([
      '+I(a, 9, 1, 1)',
      '+I(b, 7, 1, 1)',
      '+I(a, 2, 2, 2)',
      '+I(a, 1, 2, 2)',
      '+I(a, 3, 4, 3)',
    ]);
  });

  test('by a column that is no time: rows behind the changed one are corrected', () => {
    const byValue = {
      timeColumn: null,
      order: [{ column: 1, ascending: true, nullsFirst: true }],
      aggregates: [SUM, SUM],
    };
    const steps = [
      { rows: [row('a', 5n, 0), row('a', 2n, 0), row('b', 1n, 0), row('a', 3n, 0), row('a', 2n, 0, '-D')] },
    ];
    expect(short(runBoth(harness({ unit: 'RANGE', preceding: null }, byValue), steps))).toEqual([
      '+I(a, 5, 5, 5)',
      '+I(a, 2, 2, 2)',
      '-U(a, 5, 5, 5)',
      '+U(a, 5, 7, 7)',
      '+I(b, 1, 1, 1)',
      '+I(a, 3, 5, 5)',
      '-U(a, 5, 7, 7)',
      '+U(a, 5, 10, 10)',
      '-D(a, 2, 2, 2)',
      '-U(a, 3, 5, 5)',
      '+U(a, 3, 3, 3)',
      '-U(a, 5, 10, 10)',
      '+U(a, 5, 8, 8)',
    ]);
  });

  test('batch: all at the end, partitions and rows in order', () => {
    const rows = [row('b', 7n, 3), row('a', 2n, 5), row('a', 9n, 1), row('a', 1n, 6)];
    expect(short(runBoth(harness({ unit: 'ROWS', preceding: 1 }, {}, 'batch'), [{ rows }]))).toEqual([
      '+I(a, 9, 9, 9)',
      '+I(a, 2, 11, 9)',
      '+I(a, 1, 3, 2)',
      '+I(b, 7, 7, 7)',
    ]);
    expect(short(runBoth(harness({ unit: 'RANGE', preceding: 2 }, {}, 'batch'), [{ rows }])).slice(0, 3)).toEqual([
      '+I(a, 9, 9, 9)',
      '+I(a, 2, 2, 2)',
      '+I(a, 1, 3, 2)',
    ]);
  });
});

describe('OverAggregate in batch', () => {
  const bigint = types.bigint();
  const call = (name: string, args: readonly number[], type: LogicalType = bigint): AggregateCall => ({
    function: name,
    args,
    distinct: false,
    filter: null,
    type,
  });
  const rows = [row('a', 4n, 10), row('a', 1n, 20), row('a', 2n, 20), row('a', 8n, 50), row('b', 5n, 1)];
  const results = (frame: OverFrame, aggregates: readonly AggregateCall[]): string[] => {
    const spec = harness(frame, { aggregates }, 'batch');
    const output = [...INPUT, ...aggregates.map((one) => one.type)];
    return short(runBoth({ ...spec, output }, [{ rows }]));
  };

  test('frames that end behind the row, and begin behind it', () => {
    expect(results({ unit: 'ROWS', preceding: 1, following: 1 }, [SUM])).toEqual([
      '+I(a, 4, 5)',
      '+I(a, 1, 7)',
      '+I(a, 2, 11)',
      '+I(a, 8, 10)',
      '+I(b, 5, 5)',
    ]);
    expect(results({ unit: 'ROWS', preceding: -1, following: 2 }, [SUM])).toEqual([
      '+I(a, 4, 3)',
      '+I(a, 1, 10)',
      '+I(a, 2, 8)',
      '+I(a, 8, null)',
      '+I(b, 5, null)',
    ]);
    expect(results({ unit: 'RANGE', preceding: 10, following: null }, [SUM])[1]).toBe('+I(a, 1, 15)');
    expect(results({ unit: 'RANGE', preceding: null, following: null }, [SUM])[0]).toBe('+I(a, 4, 15)');
  });

  test('doubles of a frame are added up anew for each row', () => {
    const spec = harness({ unit: 'ROWS', preceding: 1 }, {}, 'batch');
    const variance = { ...SUM, function: 'VAR_POP', type: types.double() };
    const input = [types.string(), types.double(), types.timestamp(3)];
    const over = spec.spec as OverSpec;
    const rows = [0.1, 0.7, 0.7].map((value, i): Change => ['+I', 'a', value, BigInt(i) * 1_000_000n]);
    const results = runBoth(
      { ...spec, spec: { ...over, aggregates: [variance] }, inputs: [input], output: [...input, types.double()] },
      [{ rows }],
    );
    expect(results.map(([, , , , result]) => result)).toEqual([0, 0.09, 0].map((value) => expect.closeTo(value, 12)));
    expect(results[2]?.[4]).toBe(0);
  });

  test('a row that an update takes back goes as -D', () => {
    const spec = harness(
      { unit: 'ROWS', preceding: null },
      { order: [{ column: 1, ascending: true, nullsFirst: true }], timeColumn: null },
    );
    const rows = [row('a', 1n, 0), row('a', 2n, 0), ['-U', 'a', 1n, 0n] as Change, ['+U', 'a', 3n, 0n] as Change];
    expect(short(runBoth(spec, [{ rows }]))).toEqual([
      '+I(a, 1, 1, 1)',
      '+I(a, 2, 3, 2)',
      '-D(a, 1, 1, 1)',
      '-U(a, 2, 3, 2)',
      '+U(a, 2, 2, 2)',
      '+U(a, 3, 5, 3)',
    ]);
  });

  test('functions by position', () => {
    const calls = [
      call('ROW_NUMBER', []),
      call('RANK', []),
      call('DENSE_RANK', []),
      call('PERCENT_RANK', [], types.double()),
      call('CUME_DIST', [], types.double()),
      call('LAG', [1]),
      call('LEAD', [1]),
    ];
    expect(results({ unit: 'ROWS', preceding: null }, calls)).toEqual([
      '+I(a, 4, 1, 1, 1, 0, 0.25, null, 1)',
      '+I(a, 1, 2, 2, 2, 0.3333333333333333, 0.75, 4, 2)',
      '+I(a, 2, 3, 2, 2, 0.3333333333333333, 0.75, 1, 8)',
      '+I(a, 8, 4, 4, 3, 1, 1, 2, null)',
      '+I(b, 5, 1, 1, 1, 0, 1, null, null)',
    ]);
  });
});
