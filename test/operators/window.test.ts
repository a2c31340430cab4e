import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AggregateCall, EmitStrategy, OperatorSpec, WindowSpec } from '../../src/dataflow/operator-spec.ts';
import { call, inputReference, literal } from '../../src/expressions/expression.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { type Change, type HarnessSpec, lines, OperatorHarness, runBoth } from '../support/operator-harness.ts';

const INPUT: readonly LogicalType[] = [types.string(), types.bigint(), types.timestamp(3)];
const TIME = types.timestamp(3, false);

function at(ms: number): bigint {
  return BigInt(ms) * 1_000_000n;
}

function row(key: string | null, value: bigint | null, ms: number, sign: '+I' | '-D' = '+I'): Change {
  return [sign, key, value, at(ms)];
}

function window(
  type: WindowSpec['type'],
  sizeMs: number,
  slideMs = sizeMs,
  extra: Partial<WindowSpec> = {},
): WindowSpec {
  return { type, timeColumn: 2, sizeMs, slideMs, offsetMs: 0, timeZone: null, ...extra };
}

const COUNT: AggregateCall = { function: 'COUNT', args: [], distinct: false, filter: null, type: types.bigint(false) };
const DISTINCT: AggregateCall = {
  function: 'COUNT',
  args: [1],
  distinct: true,
  filter: null,
  type: types.bigint(false),
};
const SUM: AggregateCall = { function: 'SUM', args: [1], distinct: false, filter: null, type: types.bigint() };

function aggregate(spec: WindowSpec, calls = [COUNT], inputRetracts = false): HarnessSpec {
  const body: OperatorSpec = {
    kind: 'WindowAggregate',
    window: spec,
    keys: [0],
    aggregates: calls,
    properties: ['start', 'end'],
    inputRetracts,
  };
  return { spec: body, inputs: [INPUT], output: [types.string(), ...calls.map((one) => one.type), TIME, TIME] };
}

/** With `table.exec.emit.*`. */
function emitting(spec: WindowSpec, emit: EmitStrategy, inputRetracts = false): HarnessSpec {
  const plain = aggregate(spec, [SUM], inputRetracts);
  return { ...plain, spec: { ...plain.spec, emit, emitUpdateBefore: true } as OperatorSpec };
}

/** `+I(a, 1, 0, 10)` with times in ms. */
function inMs(changes: readonly Change[]): string[] {
  return lines(
    changes.map(([sign, ...values]) => [
      sign,
      ...values.slice(0, -2),
      ...values.slice(-2).map((v) => Number(v as bigint) / 1e6),
    ]),
  );
}

describe('WindowAggregate', () => {
  test('TUMBLE fires when the watermark reaches its last millisecond; late rows are dropped and counted', () => {
    const steps = [
      { rows: [row('a', 1n, 1), row('b', 2n, 3), row('a', 4n, 9)] },
      { watermark: 8 },
      { rows: [row('a', 1n, 2), row('a', 1n, 12)] },
      { watermark: 9 },
      { rows: [row('a', 1n, 9), row('b', 1n, 10)] },
      { watermark: Number.POSITIVE_INFINITY },
    ];
    const spec = aggregate(window('TUMBLE', 10), [COUNT, SUM, DISTINCT]);
    expect(inMs(runBoth(spec, steps))).toEqual([
      '+I(a, 3, 6, 2, 0, 10)',
      '+I(b, 1, 2, 1, 0, 10)',
      '+I(a, 1, 1, 1, 10, 20)',
      '+I(b, 1, 1, 1, 10, 20)',
    ]);
    const run = new OperatorHarness(spec).run(steps);
    expect(run.counters.get('numLateRecordsDropped')).toBe(1);
    expect(run.watermarks).toEqual([8, 9, Number.POSITIVE_INFINITY]);
  });

  test('times before the epoch and offsets', () => {
    const steps = [{ rows: [row('a', 1n, -1), row('a', 1n, 1)] }, { watermark: Number.POSITIVE_INFINITY }];
    expect(inMs(runBoth(aggregate(window('TUMBLE', 10, 10, { offsetMs: 2 })), steps))).toEqual(['+I(a, 2, -8, 2)']);
    expect(inMs(runBoth(aggregate(window('TUMBLE', 10)), steps))).toEqual(['+I(a, 1, -10, 0)', '+I(a, 1, 0, 10)']);
  });

  test('HOP and CUMULATE: a row that is late for one window counts in the others', () => {
    const steps = [
      { rows: [row('a', 1n, 1)] },
      { watermark: 9 },
      { rows: [row('a', 1n, 4)] },
      { watermark: Number.POSITIVE_INFINITY },
    ];
    expect(inMs(runBoth(aggregate(window('HOP', 20, 10)), steps))).toEqual(['+I(a, 1, -10, 10)', '+I(a, 2, 0, 20)']);
    expect(inMs(runBoth(aggregate(window('CUMULATE', 30, 10)), steps))).toEqual([
      '+I(a, 1, 0, 10)',
      '+I(a, 2, 0, 20)',
      '+I(a, 2, 0, 30)',
    ]);
  });

  test('windows of shared slices are those of rows added to each window', () => {
    const random = (seed: number) => () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed / 2 ** 32;
    };
    const max: AggregateCall = { ...SUM, function: 'MAX' };
    for (const spec of [window('HOP', 30, 10), window('HOP', 25, 10), window('HOP', 5, 10), window('CUMULATE', 60, 10)])
      for (const inputRetracts of [false, true]) {
        const next = random(7);
        const steps = Array.from({ length: 16 }, (_, i) => {
          const rows = Array.from({ length: 5 }, () => {
            const key = ['a', 'b', null][Math.floor(next() * 3)] ?? null;
            const sign = inputRetracts && next() < 0.3 ? '-D' : '+I';
            return row(key, BigInt(Math.floor(next() * 9)), i * 4 + Math.floor(next() * 30) - 25, sign);
          });
          return [{ rows }, { watermark: i * 4 }];
        }).flat();
        const calls = inputRetracts ? [COUNT, SUM] : [COUNT, SUM, max];
        const widthOfBounds = 2;
        const apart = new OperatorHarness(aggregate(spec, [...calls, DISTINCT], inputRetracts)).run(steps);
        const shared = aggregate(spec, calls, inputRetracts);
        const expected = apart.changes.map((change) => change.toSpliced(-widthOfBounds - 1, 1) as unknown as Change);
        for (const every of [0, 1]) {
          const run = new OperatorHarness(shared).run(steps, every);
          expect(lines(run.changes).sort()).toEqual(lines(expected).sort());
          expect(run.counters).toEqual(apart.counters);
        }
      }
  });

  test('HOP with gaps and with a size that is no multiple of the slide', () => {
    const steps = [{ rows: [row('a', 1n, 3), row('a', 1n, 12)] }, { watermark: Number.POSITIVE_INFINITY }];
    expect(inMs(runBoth(aggregate(window('HOP', 5, 10)), steps))).toEqual(['+I(a, 1, 0, 5)', '+I(a, 1, 10, 15)']);
    expect(inMs(runBoth(aggregate(window('HOP', 25, 10)), steps))).toEqual([
      '+I(a, 1, -20, 5)',
      '+I(a, 2, -10, 15)',
      '+I(a, 2, 0, 25)',
      '+I(a, 1, 10, 35)',
    ]);
  });

  test('SESSION: sessions grow, merge and touch', () => {
    const steps = [
      { rows: [row('a', 1n, 0), row('a', 2n, 25), row('b', 5n, 3)] },
      { rows: [row('a', 2n, 12), row('a', 7n, 35)] },
      { watermark: 44 },
      { rows: [row('a', 9n, 40), row('a', 8n, 30)] },
      { watermark: Number.POSITIVE_INFINITY },
    ];
    expect(inMs(runBoth(aggregate(window('SESSION', 10), [COUNT, SUM, DISTINCT]), steps))).toEqual([
      '+I(a, 1, 1, 1, 0, 10)',
      '+I(b, 1, 5, 1, 3, 13)',
      '+I(a, 1, 2, 1, 12, 22)',
      '+I(a, 2, 9, 2, 25, 45)',
      '+I(a, 2, 17, 2, 30, 50)',
    ]);
    expect(inMs(runBoth(aggregate(window('SESSION', 10), [COUNT, SUM]), steps))).toEqual([
      '+I(a, 1, 1, 0, 10)',
      '+I(b, 1, 5, 3, 13)',
      '+I(a, 1, 2, 12, 22)',
      '+I(a, 2, 9, 25, 45)',
      '+I(a, 2, 17, 30, 50)',
    ]);
  });

  test('SESSION: merged accumulators give what kept rows give', () => {
    const LAST: AggregateCall = { function: 'MAX', args: [0], distinct: false, filter: null, type: types.string() };
    const MEAN: AggregateCall = { function: 'AVG', args: [1], distinct: false, filter: null, type: types.bigint() };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'bb', null), fc.bigInt(0n, 9n), fc.nat(60), fc.boolean()), {
          minLength: 1,
        }),
        (rows) => {
          const steps = rows.flatMap(([key, value, ms, isMarked], i) => [
            { rows: [row(key, value, i * 4 + ms)] },
            ...(isMarked ? [{ watermark: i * 4 + 20 }] : []),
          ]);
          steps.push({ watermark: Number.POSITIVE_INFINITY });
          const calls = [COUNT, SUM, LAST, MEAN];
          // Sessions that are over at once come in no order.
          const given = (list: AggregateCall[], every?: number) => {
            const harness = new OperatorHarness(aggregate(window('SESSION', 10), list)).run(steps, every);
            harness.end();
            return inMs(harness.changes);
          };
          const without = (line: string) => line.replace(/, \d+(, \d+, \d+\))$/, '$1');
          const kept = given([...calls, DISTINCT])
            .map(without)
            .sort();
          expect(given(calls).sort()).toEqual(kept);
          expect(given(calls, 2).sort()).toEqual(kept);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('rows that are taken back; a window without rows is silent', () => {
    const steps = [
      { rows: [row('a', 1n, 1), row('b', 1n, 1), row('a', 5n, 2), row('a', 1n, 1, '-D'), row('b', 1n, 1, '-D')] },
      { watermark: Number.POSITIVE_INFINITY },
    ];
    for (const type of ['TUMBLE', 'SESSION'] as const)
      expect(
        inMs(runBoth(aggregate(window(type, 10), [COUNT, SUM], true), steps)).map((line) => line.slice(0, 8)),
      ).toEqual(['+I(a, 1,']);
  });

  test('processing time: windows close by the clock', () => {
    const steps = [{ time: 5 }, { rows: [row('a', 1n, 0)] }, { time: 9 }, { rows: [row('a', 1n, 0)] }, { time: 30 }];
    expect(inMs(runBoth(aggregate(window('TUMBLE', 10, 10, { timeColumn: null })), steps))).toEqual([
      '+I(a, 1, 0, 10)',
      '+I(a, 1, 0, 10)',
    ]);
  });

  test('local days of a zone, over the changes of its clocks', () => {
    const ltz = [types.string(), types.bigint(), types.timestampLtz(3)];
    const day = 86_400_000;
    const spec = aggregate(window('TUMBLE', day, day, { timeZone: 'America/Los_Angeles' }));
    const utc = (text: string) => Date.parse(`${text}Z`);
    const steps = [
      { rows: [row('a', 1n, utc('2024-03-10T08:00:00')), row('a', 1n, utc('2024-03-11T06:59:59'))] },
      { watermark: utc('2024-03-11T06:59:59.998') },
      { rows: [row('a', 1n, utc('2024-03-11T07:00:00'))] },
      { watermark: utc('2024-03-11T06:59:59.999') },
      { watermark: utc('2024-03-12T06:59:59.999') },
    ];
    const midnight = utc('2024-03-10T00:00:00');
    expect(inMs(runBoth({ ...spec, inputs: [ltz] }, steps))).toEqual([
      `+I(a, 2, ${midnight}, ${midnight + day})`,
      `+I(a, 1, ${midnight + day}, ${midnight + 2 * day})`,
    ]);
  });

  test('batch: all windows at the end, no row is late', () => {
    const steps = [{ rows: [row('a', 1n, 50), row('a', 1n, 1), row('a', 3n, 52)] }];
    expect(inMs(runBoth({ ...aggregate(window('TUMBLE', 10)), mode: 'batch' }, steps))).toEqual([
      '+I(a, 1, 0, 10)',
      '+I(a, 2, 50, 60)',
    ]);
  });
});

describe('WindowTableFunction', () => {
  function tableFunction(spec: WindowSpec): HarnessSpec {
    const body: OperatorSpec = { kind: 'WindowTableFunction', window: spec, partition: [0] };
    return { spec: body, inputs: [INPUT], output: [...INPUT, TIME, TIME, TIME] };
  }
  const bounds = (changes: readonly Change[]): string[] =>
    lines(
      changes.map(([sign, key, , , ...times]) => [sign, key as string, ...times.map((v) => Number(v as bigint) / 1e6)]),
    );

  test('the windows of a row, in the order of Flink', () => {
    const steps = [{ rows: [row('a', 1n, 12), ['+I', 'n', 1n, null] as Change] }];
    expect(bounds(runBoth(tableFunction(window('HOP', 20, 10)), steps))).toEqual([
      '+I(a, 10, 30, 29)',
      '+I(a, 0, 20, 19)',
    ]);
    expect(bounds(runBoth(tableFunction(window('CUMULATE', 30, 10)), steps))).toEqual([
      '+I(a, 0, 20, 19)',
      '+I(a, 0, 30, 29)',
    ]);
  });

  test('SESSION: rows go out when their session is over', () => {
    const steps = [
      { rows: [row('a', 1n, 12), row('b', 1n, 1), row('a', 1n, 5)] },
      { watermark: Number.POSITIVE_INFINITY },
    ];
    expect(bounds(runBoth(tableFunction(window('SESSION', 10)), steps))).toEqual([
      '+I(b, 1, 11, 10)',
      '+I(a, 5, 22, 21)',
      '+I(a, 5, 22, 21)',
    ]);
  });
});

describe('WatermarkAssigner', () => {
  const spec = (intervalMs: number): HarnessSpec => ({
    spec: {
      kind: 'WatermarkAssigner',
      timeColumn: 2,
      watermark: call(
        '-',
        [inputReference(2, types.timestamp(3)), literal(5000n, types.intervalDay('SECOND(3)', false))],
        types.timestamp(3),
      ),
      intervalMs,
      idleTimeoutMs: 0,
    },
    inputs: [INPUT],
    output: INPUT,
  });
  const rows = [row('a', 1n, 6000), row('a', 1n, 6150), row('a', 1n, 5500), row('a', 1n, 6201), row('a', 1n, 6300)];

  test('a watermark goes out behind the row that raises it by more than the interval, and with time', () => {
    for (const every of [0, 1]) {
      const run = new OperatorHarness(spec(200)).run([{ rows }, { time: 1 }], every);
      expect(run.watermarks).toEqual([1000, 1201, 1300]);
      expect(run.changes).toHaveLength(5);
    }
    expect(new OperatorHarness(spec(0)).run([{ rows }]).watermarks).toEqual([1000, 1150, 1201, 1300]);
  });

  test('an input that is silent for the idle timeout says so, once, until its next row', () => {
    const assigner = spec(200);
    const idle = { ...assigner, spec: { ...assigner.spec, idleTimeoutMs: 1000 } as OperatorSpec };
    const steps = [
      { time: 1 },
      { rows: rows.slice(0, 1) },
      { time: 900 },
      { time: 1002 },
      { time: 3000 },
      { rows: rows.slice(1, 2) },
    ];
    expect(new OperatorHarness(idle).run(steps).watermarks).toEqual([1000, Number.NaN, 1000]);
  });

  test('a row without time ends the job', () => {
    expect(() => new OperatorHarness(spec(200)).rows(0, [['+I', 'a', 1n, null]])).toThrow(
      'RowTime field should not be null, please convert it to a non-null long value.',
    );
  });
});

describe('Sort', () => {
  const sort = (timeColumn: number | null, mode: 'streaming' | 'batch' = 'streaming'): HarnessSpec => ({
    spec: {
      kind: 'Sort',
      order: [
        { column: 2, ascending: true, nullsFirst: true },
        { column: 1, ascending: false, nullsFirst: false },
      ],
      timeColumn,
    },
    mode,
    inputs: [INPUT],
    output: INPUT,
  });
  const names = (changes: readonly Change[]) => changes.map(([, key]) => key);

  test('by event time: rows wait for the watermark', () => {
    const steps = [
      { rows: [row('b', 1n, 5), row('a', 2n, 5), row('c', 1n, 9), row('d', 1n, 1)] },
      { watermark: 5 },
      { rows: [row('late', 1n, 5), row('e', 1n, 7)] },
      { watermark: Number.POSITIVE_INFINITY },
    ];
    expect(names(runBoth(sort(2), steps))).toEqual(['d', 'a', 'b', 'e', 'c']);
  });

  test('batch: at the end', () => {
    const rows = [row('b', 1n, 5), row('a', 2n, 5), ['+I', 'n', null, null] as Change, row('c', 1n, 9)];
    expect(names(new OperatorHarness(sort(null, 'batch')).run([{ rows }]).changes)).toEqual([]);
    expect(names(runBoth(sort(null, 'batch'), [{ rows }]))).toEqual(['n', 'a', 'b', 'c']);
  });
});

describe('WindowAggregate that emits early and late', () => {
  test('HOP: an update a row, the on-time result only when it is another, late rows while they are allowed', () => {
    const steps = [
      { rows: [row('a', 1n, 7), row('a', 0n, 8)] },
      { watermark: 9 },
      { rows: [row('a', 2n, 6), row('b', 5n, 1)] },
      { watermark: 12 },
      { rows: [row('a', 4n, 6)] },
      { watermark: Number.POSITIVE_INFINITY },
    ];
    const spec = emitting(window('HOP', 10, 5), { earlyMs: 0, lateMs: 0, latenessMs: 3 });
    expect(inMs(runBoth(spec, steps))).toEqual([
      '+I(a, 1, 5, 15)',
      '+I(a, 1, 0, 10)',
      '-U(a, 1, 5, 15)',
      '+U(a, 3, 5, 15)',
      '-U(a, 1, 0, 10)',
      '+U(a, 3, 0, 10)',
      '+I(b, 5, 0, 10)',
      '-U(a, 3, 5, 15)',
      '+U(a, 7, 5, 15)',
    ]);
  });

  test('with a delay: at most one result in that time, and none for a window that is over', () => {
    const steps = [
      { rows: [row('a', 1n, 1), row('a', 2n, 2)] },
      { time: 40 },
      { time: 60 },
      { rows: [row('a', 3n, 3)] },
      { time: 90 },
      { watermark: 9 },
      { time: 200 },
    ];
    const spec = emitting(window('TUMBLE', 10), { earlyMs: 50, lateMs: null, latenessMs: 0 });
    expect(inMs(runBoth(spec, steps))).toEqual(['+I(a, 3, 0, 10)', '-U(a, 3, 0, 10)', '+U(a, 6, 0, 10)']);
  });

  test('a window that has been emptied is taken back', () => {
    const steps = [{ rows: [row('a', 1n, 1), row('a', 1n, 1, '-D'), row('a', 2n, 1)] }];
    const spec = emitting(window('TUMBLE', 10), { earlyMs: 0, lateMs: null, latenessMs: 0 }, true);
    expect(inMs(runBoth(spec, steps))).toEqual(['+I(a, 1, 0, 10)', '-D(a, 1, 0, 10)', '+I(a, 2, 0, 10)']);
  });
});
