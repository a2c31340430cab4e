import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LookupReader } from '../../src/dataflow/lookup.ts';
import type { OperatorSpec } from '../../src/dataflow/operator-spec.ts';
import { call, inputReference, literal } from '../../src/expressions/expression.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';
import { type Change, type HarnessSpec, lines, OperatorHarness, runBoth } from '../support/operator-harness.ts';

const INPUT: readonly LogicalType[] = [types.string(), types.int()];
const TIMED: readonly LogicalType[] = [types.string(), types.int(), types.timestamp(3, false)];

function harness(spec: OperatorSpec, input = INPUT, output = input): HarnessSpec {
  return { spec, inputs: [input], output };
}

function at(ms: number): bigint {
  return BigInt(ms) * 1_000_000n;
}

describe('Deduplicate', () => {
  const spec = (keep: 'first' | 'last', timeColumn: number | null, ttlMs = 0): OperatorSpec => ({
    kind: 'Deduplicate',
    keys: [0],
    keep,
    timeColumn,
    inputRetracts: false,
    emitUpdateBefore: true,
    ttlMs,
  });
  const rows: Change[] = [
    ['+I', 'a', 1],
    ['+I', null, 2],
    ['+I', 'a', 3],
    ['+I', 'a', 3],
  ];

  test('first by arrival', () => {
    expect(lines(runBoth(harness(spec('first', null)), [{ rows }]))).toEqual(['+I(a, 1)', '+I(null, 2)']);
  });

  test('last by arrival: an equal row is said only with TTL', () => {
    const expected = ['+I(a, 1)', '+I(null, 2)', '-U(a, 1)', '+U(a, 3)'];
    expect(lines(runBoth(harness(spec('last', null)), [{ rows }]))).toEqual(expected);
    expect(lines(runBoth(harness(spec('last', null, 99)), [{ rows }]))).toEqual([...expected, '-U(a, 3)', '+U(a, 3)']);
  });

  test('a row that differs by its processing time alone is not said again', () => {
    const clocked = [...INPUT, { ...types.timestampLtz(3, false), timeAttribute: 'proctime' } as LogicalType];
    const twice: Change[] = [
      ['+I', 'a', 1, at(5)],
      ['+I', 'a', 1, at(6)],
    ];
    expect(runBoth(harness(spec('last', null), clocked), [{ rows: twice }])).toHaveLength(1);
  });

  const timed: Change[] = [
    ['+I', 'a', 1, at(20)],
    ['+I', 'a', 2, at(10)],
    ['+I', 'a', 3, at(20)],
    ['+I', 'b', 4, at(5)],
  ];

  test('last by event time: the later row, and of equal times the newer', () => {
    expect(lines(runBoth(harness(spec('last', 2), TIMED), [{ rows: timed }]))).toEqual([
      `+I(a, 1, ${at(20)})`,
      `-U(a, 1, ${at(20)})`,
      `+U(a, 3, ${at(20)})`,
      `+I(b, 4, ${at(5)})`,
    ]);
  });

  test('first by event time: said once, when the watermark has passed it; late rows are dropped', () => {
    const late: Change[] = [
      ['+I', 'c', 5, at(11)],
      ['+I', 'c', 6, at(12)],
      ['+I', 'a', 7, at(13)],
    ];
    const steps = [{ rows: timed }, { watermark: 11 }, { rows: late }, { watermark: Number.POSITIVE_INFINITY }];
    expect(lines(runBoth(harness(spec('first', 2), TIMED), steps))).toEqual([
      `+I(b, 4, ${at(5)})`,
      `+I(a, 2, ${at(10)})`,
      `+I(c, 6, ${at(12)})`,
    ]);
  });
});

describe('ChangelogNormalize', () => {
  const spec = (condition: boolean): OperatorSpec => ({
    kind: 'ChangelogNormalize',
    keys: [0],
    emitUpdateBefore: true,
    condition: condition
      ? call('>', [inputReference(1, types.int()), literal(20, types.int(false))], types.boolean())
      : null,
    ttlMs: 0,
  });
  const rows: Change[] = [
    ['+I', 'a', 10],
    ['+U', 'a', 10],
    ['+U', 'a', 30],
    ['-U', 'a', 30],
    ['+U', 'a', 40],
    ['-D', 'b', null],
    ['-D', 'a', null],
  ];

  test('says what an upsert replaces, and what a tombstone deletes', () => {
    expect(lines(runBoth(harness(spec(false)), [{ rows }]))).toEqual([
      '+I(a, 10)',
      '-U(a, 10)',
      '+U(a, 30)',
      '-U(a, 30)',
      '+U(a, 40)',
      '-D(a, 40)',
    ]);
  });

  test('a row that fails the condition is not there', () => {
    const failing: Change[] = [...rows.slice(0, 5), ['+U', 'a', 5], ['+U', 'a', 6]];
    expect(lines(runBoth(harness(spec(true)), [{ rows: failing }]))).toEqual([
      '+I(a, 30)',
      '-U(a, 30)',
      '+U(a, 40)',
      '-D(a, 40)',
    ]);
  });
});

describe('SinkMaterializer', () => {
  const spec = (upsertKey: number[] | null): OperatorSpec => ({
    kind: 'SinkMaterializer',
    keys: [0],
    upsertKey,
    ttlMs: 0,
  });

  test('the newest row of a key counts; one that leaves uncovers the one before', () => {
    const rows: Change[] = [
      ['+I', 'a', 1],
      ['+I', 'a', 2],
      ['+I', 'a', 3],
      ['-D', 'a', 2],
      ['-D', 'a', 3],
      ['-D', 'a', 9],
      ['-D', 'a', 1],
    ];
    expect(lines(runBoth(harness(spec(null)), [{ rows }]))).toEqual([
      '+I(a, 1)',
      '+U(a, 2)',
      '+U(a, 3)',
      '+U(a, 1)',
      '-D(a, 1)',
    ]);
  });

  test('as a list a key: rows come at its end, the first equal one leaves', () => {
    const change = fc.tuple(fc.boolean(), fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const lists = new Map<string, number[]>();
        const expected: string[] = [];
        for (const [isAdd, key, value] of changes) {
          const list = lists.get(key) ?? [];
          lists.set(key, list);
          const at = list.indexOf(value);
          if (isAdd) {
            expected.push(`${list.length === 0 ? '+I' : '+U'}(${key}, ${value})`);
            list.push(value);
          } else if (at >= 0) {
            const wasLast = at === list.length - 1;
            list.splice(at, 1);
            if (wasLast) expected.push(list.length === 0 ? `-D(${key}, ${value})` : `+U(${key}, ${list.at(-1)})`);
          }
        }
        const rows = changes.map(([isAdd, key, value]): Change => [isAdd ? '+I' : '-D', key, value]);
        expect(lines(runBoth(harness(spec(null)), [{ rows }]))).toEqual(expected);
      }),
    );
  });

  test('rows of one upsert key take the place of each other', () => {
    const types3 = [...INPUT, types.string()];
    const rows: Change[] = [
      ['+I', 'a', 1, 'x'],
      ['+I', 'a', 2, 'y'],
      ['+U', 'a', 1, 'z'],
      ['-D', 'a', 2, 'y'],
    ];
    expect(lines(runBoth(harness(spec([1]), types3), [{ rows }]))).toEqual([
      '+I(a, 1, x)',
      '+U(a, 2, y)',
      '+U(a, 1, z)',
      '+U(a, 1, z)',
    ]);
  });
});

describe('small operators', () => {
  test('DropUpdateBefore', () => {
    const rows: Change[] = [
      ['+I', 'a', 1],
      ['-U', 'a', 1],
      ['+U', 'a', 2],
      ['-D', 'a', 2],
    ];
    expect(lines(runBoth(harness({ kind: 'DropUpdateBefore' }), [{ rows }]))).toEqual([
      '+I(a, 1)',
      '+U(a, 2)',
      '-D(a, 2)',
    ]);
  });

  test('Union: all rows, the smallest watermark', () => {
    const run = new OperatorHarness({ spec: { kind: 'Union' }, inputs: [INPUT, INPUT], output: INPUT });
    run.run([
      { input: 0, rows: [['+I', 'a', 1]] },
      { input: 0, watermark: 5 },
      { input: 1, rows: [['-D', 'b', 2]] },
      { input: 1, watermark: 3 },
    ]);
    run.restart();
    run.watermark(1, 9);
    expect(lines(run.changes)).toEqual(['+I(a, 1)', '-D(b, 2)']);
    expect(run.watermarks).toEqual([3, 5]);
  });

  test('Union: nobody waits for an idle input', () => {
    const run = new OperatorHarness({ spec: { kind: 'Union' }, inputs: [INPUT, INPUT], output: INPUT });
    run.run([
      { input: 0, watermark: 5 },
      { input: 1, watermark: Number.NaN },
      { input: 0, watermark: 8 },
      { input: 1, watermark: 6 },
      { input: 0, watermark: Number.NaN },
      { input: 1, watermark: 9 },
      { input: 1, watermark: Number.NaN },
    ]);
    expect(run.watermarks).toEqual([5, 8, 9, Number.NaN]);
  });

  test('Limit: the first rows; a row that leaves lets the next in', () => {
    const rows: Change[] = [
      ['+I', 'a', 1],
      ['+I', 'b', 2],
      ['+I', 'c', 3],
      ['+I', 'd', 4],
    ];
    const limit = (offset: number, inputRetracts: boolean): OperatorSpec => ({
      kind: 'Limit',
      offset,
      fetch: 2,
      emitUpdateBefore: true,
      inputRetracts,
    });
    expect(lines(runBoth(harness(limit(1, false)), [{ rows }]))).toEqual(['+I(b, 2)', '+I(c, 3)']);
    expect(lines(runBoth(harness(limit(0, true)), [{ rows: [...rows, ['-D', 'a', 1]] }]))).toEqual([
      '+I(a, 1)',
      '+I(b, 2)',
      '-D(a, 1)',
      '+I(c, 3)',
    ]);
  });

  test('Values', () => {
    const spec: OperatorSpec = {
      kind: 'Values',
      rows: [
        [literal('a', types.char(1, false)), literal(1, types.int(false))],
        [literal(null, types.string()), literal(2, types.int(false))],
      ],
    };
    const run = new OperatorHarness({ spec, inputs: [], output: INPUT });
    run.end();
    expect(lines(run.changes)).toEqual(['+I(a, 1)', '+I(null, 2)']);
  });

  test('Expand: once for every grouping set', () => {
    const spec: OperatorSpec = {
      kind: 'Expand',
      keys: [0, 1],
      sets: [
        { keep: [0], id: 1n },
        { keep: [], id: 3n },
      ],
    };
    const run = harness(spec, INPUT, [...INPUT, types.bigint(false)]);
    expect(lines(runBoth(run, [{ rows: [['-U', 'a', 7]] }]))).toEqual(['-U(a, null, 1)', '-U(null, null, 3)']);
  });

  test('ConstraintEnforcer: NOT NULL and lengths', () => {
    const spec = (notNullMode: 'ERROR' | 'DROP', lengthMode: 'TRIM_PAD' | 'ERROR'): OperatorSpec => ({
      kind: 'ConstraintEnforcer',
      notNull: [1],
      notNullMode,
      columnNames: ['name', 'n'],
      lengths: [{ column: 0, length: 3, pad: true }],
      lengthMode,
    });
    const rows: Change[] = [
      ['+I', 'übung', 1],
      ['+I', 'ü', 2],
      ['+I', 'x', null],
      ['+I', null, 3],
    ];
    expect(lines(runBoth(harness(spec('DROP', 'TRIM_PAD')), [{ rows }]))).toEqual([
      '+I(übu, 1)',
      '+I(ü  , 2)',
      '+I(null, 3)',
    ]);
    expect(() => runBoth(harness(spec('ERROR', 'TRIM_PAD')), [{ rows }])).toThrow(
      "Column 'n' is NOT NULL, however, a null value is being written into it. You can set job configuration 'table.exec.sink.not-null-enforcer'='DROP' to suppress this exception and drop such records silently.",
    );
  });

  test('Correlate: UNNEST of arrays of rows, LEFT pads', () => {
    const row = types.row([
      { name: 'k', type: types.int() },
      { name: 'v', type: types.string() },
    ]);
    const input = [types.int(), types.array(row)];
    const spec: OperatorSpec = {
      kind: 'Correlate',
      function: 'UNNEST_WITH_ORDINALITY',
      args: [inputReference(1, types.array(row))],
      joinType: 'LEFT',
      outputTypes: [types.int(), types.string(), types.int()],
      condition: null,
    };
    const rows: Change[] = [
      ['+I', 1, [[1, 'a'], null, [null, 'ü']] as Value],
      ['-U', 2, []],
      ['+U', 3, null],
    ];
    const run = harness(spec, input, [...input, types.int(), types.string(), types.int()]);
    const short = runBoth(run, [{ rows }]).map(([sign, id, , ...rest]): Change => [sign, id as Value, ...rest]);
    expect(lines(short)).toEqual([
      '+I(1, 1, a, 1)',
      '+I(1, null, null, 2)',
      '+I(1, null, ü, 3)',
      '-U(2, null, null, null)',
      '+U(3, null, null, null)',
    ]);
  });

  test('LookupJoin: answers in order, watermarks between them, one question a key and batch', async () => {
    const asked: unknown[] = [];
    const lookup = {
      lookup: async (keys: ReadonlyArray<readonly Value[]>) => {
        asked.push(keys);
        return keys.map(([key]) => (key === 'a' ? [[1], [2]] : []));
      },
      close: async () => undefined,
    };
    const column = (name: string, type: LogicalType) => ({ name, type });
    const spec: OperatorSpec = {
      kind: 'LookupJoin',
      joinType: 'LEFT',
      table: {
        path: 't',
        connector: 'test',
        options: {},
        columns: [column('k', types.string()), column('v', types.int())],
        primaryKey: null,
        partitionKeys: [],
      },
      fields: [1],
      keys: [{ field: 0, value: inputReference(0, types.string()) }],
      condition: null,
      cache: { maxKeys: 10, afterWriteMs: null, afterAccessMs: null, keepsMisses: true },
      retry: null,
    };
    const run = new OperatorHarness({ spec, inputs: [INPUT], output: [...INPUT, types.int()], lookup });
    run.rows(0, [
      ['+I', 'a', 1],
      ['-U', 'b', 2],
      ['+U', 'a', 3],
      ['+I', null, 4],
    ]);
    run.watermark(0, 7);
    await run.drain();
    run.rows(0, [['+I', 'a', 5]]);
    await run.drain();
    expect(lines(run.changes)).toEqual([
      '+I(a, 1, 1)',
      '+I(a, 1, 2)',
      '-U(b, 2, null)',
      '+U(a, 3, 1)',
      '+U(a, 3, 2)',
      '+I(null, 4, null)',
      '+I(a, 5, 1)',
      '+I(a, 5, 2)',
    ]);
    expect(asked).toEqual([[['a'], ['b']]]);
    expect(run.watermarks).toEqual([7]);
  });

  test('a hint asks again for keys without a row, so often', async () => {
    const asked: unknown[] = [];
    const lookup = {
      lookup: async (keys: ReadonlyArray<readonly Value[]>) => {
        asked.push(keys.map(([key]) => key));
        return keys.map(([key]) => (key === 'a' || (key === 'b' && asked.length === 2) ? [[1]] : []));
      },
      close: async () => undefined,
    };
    const run = lookupRun(lookup, { delayMs: 1, maxAttempts: 2 });
    run.rows(0, [
      ['+I', 'a', 1],
      ['+I', 'b', 2],
      ['+I', 'c', 3],
    ]);
    await run.drain();
    expect(asked).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
    expect(lines(run.changes)).toEqual(['+I(a, 1, 1)', '+I(b, 2, 1)', '+I(c, 3, null)']);
  });

  test('a look-up that waits for its next try ends with the job', async () => {
    const asked = Promise.withResolvers<void>();
    const lookup = {
      lookup: async (keys: ReadonlyArray<readonly Value[]>) => {
        asked.resolve();
        return keys.map(() => []);
      },
      close: async () => undefined,
    };
    const run = lookupRun(lookup, { delayMs: 3_600_000, maxAttempts: 2 });
    run.rows(0, [['+I', 'a', 1]]);
    const drained = run.drain();
    await asked.promise;
    run.interrupt();
    await expect(drained).rejects.toMatchObject({ name: 'AbortError' });
    expect(run.changes).toEqual([]);
  });
});

function lookupRun(lookup: LookupReader, retry: { delayMs: number; maxAttempts: number }): OperatorHarness {
  const spec: OperatorSpec = {
    kind: 'LookupJoin',
    joinType: 'LEFT',
    table: {
      path: 't',
      connector: 'test',
      options: {},
      columns: [
        { name: 'k', type: types.string() },
        { name: 'v', type: types.int() },
      ],
      primaryKey: null,
      partitionKeys: [],
    },
    fields: [1],
    keys: [{ field: 0, value: inputReference(0, types.string()) }],
    condition: null,
    cache: null,
    retry,
  };
  return new OperatorHarness({ spec, inputs: [INPUT], output: [...INPUT, types.int()], lookup });
}
