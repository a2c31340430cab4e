/** Bundles of rows: one change a key for each, whatever the bundle holds. */
import { describe, expect, test } from 'vitest';
import type { AggregateCall, Bundle, OperatorSpec } from '../../src/dataflow/operator-spec.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { type Change, fold, type HarnessSpec, lines, OperatorHarness, runBoth } from '../support/operator-harness.ts';

const INPUT: readonly LogicalType[] = [types.string(), types.bigint()];
const bundleOf = (size: number, isTwoPhase = false): Bundle => ({ size, latencyMs: 1000, isTwoPhase });

function call(name: string, args: readonly number[], type: LogicalType, distinct = false): AggregateCall {
  return { function: name, args, distinct, filter: null, type };
}

const CALLS = [
  call('COUNT', [], types.bigint(false)),
  call('SUM', [1], types.bigint()),
  call('MAX', [1], types.bigint()),
  call('COUNT', [1], types.bigint(false), true),
];

type GroupAggregate = Extract<OperatorSpec, { kind: 'GroupAggregate' }>;

function aggregate(calls: readonly AggregateCall[], extra: Partial<GroupAggregate> = {}): HarnessSpec {
  const spec: OperatorSpec = {
    kind: 'GroupAggregate',
    keys: [0],
    aggregates: calls,
    inputRetracts: true,
    emitUpdateBefore: true,
    ttlMs: 0,
    ...extra,
  };
  return { spec, inputs: [INPUT], output: [types.string(), ...calls.map((one) => one.type)] };
}

function row(key: string | null, value: bigint | null, sign: Change[0] = '+I'): Change {
  return [sign, key, value];
}

/** Inserts, and removals of what is there. */
function randomRows(count: number): Change[] {
  let seed = 11;
  const next = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const held: Change[] = [];
  return Array.from({ length: count }, () => {
    if (held.length > 0 && next(5) < 2) {
      const [, key, value] = held.splice(next(held.length), 1)[0] as Change;
      return ['-D', key ?? null, value ?? null] as Change;
    }
    const made = row([null, 'a', 'b', 'c'][next(4)] ?? null, next(6) === 0 ? null : BigInt(next(4)));
    held.push(made);
    return made;
  });
}

describe('GROUP BY', () => {
  test('one change a group and bundle, from before to after', () => {
    const changes = new OperatorHarness(aggregate(CALLS.slice(0, 2), { bundle: bundleOf(4) })).run([
      { rows: [row('a', 1n), row('b', 2n), row('a', 3n), row('c', 1n)] },
      { rows: [row('a', 1n), row('b', 2n, '-D'), row('c', 1n, '-D'), row('c', 1n)] },
      { rows: [row('d', 1n), row('d', 1n, '-D'), row('a', 0n), row('b', null)] },
    ]).changes;
    expect(lines(changes)).toEqual([
      '+I(a, 2, 4)',
      '+I(b, 1, 2)',
      '+I(c, 1, 1)',
      '-U(a, 2, 4)',
      '+U(a, 3, 5)',
      '-D(b, 1, 2)',
      '-U(a, 3, 5)',
      '+U(a, 4, 5)',
      '+I(b, 1, null)',
    ]);
  });

  test('ends with the latency, a watermark, a barrier and the input', () => {
    const run = new OperatorHarness(aggregate(CALLS.slice(0, 1), { bundle: bundleOf(100) }));
    const seen = () => lines(run.changes.splice(0));
    run.time(5000);
    run.rows(0, [row('a', 1n)]);
    run.time(5900);
    expect(seen()).toEqual([]);
    run.time(6000);
    expect(seen()).toEqual(['+I(a, 1)']);
    run.rows(0, [row('a', 1n)]);
    run.watermark(0, Number.NaN);
    expect(seen()).toEqual([]);
    run.watermark(0, 7);
    expect(seen()).toEqual(['-U(a, 1)', '+U(a, 2)']);
    run.rows(0, [row('a', 1n)]);
    run.restart();
    expect(seen()).toEqual(['-U(a, 2)', '+U(a, 3)']);
    run.rows(0, [row('a', 1n)]);
    run.end();
    expect(seen()).toEqual(['-U(a, 3)', '+U(a, 4)']);
  });

  test('two phases: as many groups as rows make a bundle', () => {
    const run = new OperatorHarness(aggregate(CALLS.slice(0, 1), { bundle: bundleOf(3, true), inputRetracts: false }));
    run.rows(0, [row('a', 1n), row('a', 1n), row('b', 1n), row('a', 1n), row('a', 1n)]);
    expect(run.changes).toEqual([]);
    run.rows(0, [row('a', 1n)]);
    expect(lines(run.changes)).toEqual(['+I(a, 5)', '+I(b, 1)']);
  });

  test('the bundles together say what single rows do', () => {
    const rows = randomRows(300);
    const kept = fold(runBoth(aggregate(CALLS), [{ rows }]));
    for (const size of [1, 7, 1000])
      for (const isTwoPhase of [false, true])
        for (const every of [0, 11]) {
          const run = new OperatorHarness(aggregate(CALLS, { bundle: bundleOf(size, isTwoPhase) })).run(
            [{ rows }],
            every,
          );
          run.end();
          expect(fold(run.changes)).toEqual(kept);
        }
    const each = new OperatorHarness(aggregate(CALLS, { bundle: bundleOf(1) })).run([{ rows }]);
    expect(lines(each.changes)).toEqual(lines(new OperatorHarness(aggregate(CALLS)).run([{ rows }]).changes));
  });

  test('texts and accumulators in memory', () => {
    const calls = [call('MIN', [0], types.string()), call('LISTAGG', [0], types.string())];
    const spec = aggregate(calls, { keys: [1], inputRetracts: false, bundle: bundleOf(2) });
    const harness = { ...spec, output: [types.bigint(), types.string(), types.string()] };
    expect(lines(runBoth(harness, [{ rows: [row('b', 1n), row('a', 1n), row('c', 1n)] }], [2]))).toEqual([
      '+I(1, a, b,a)',
      '-U(1, a, b,a)',
      '+U(1, a, b,a,c)',
    ]);
  });
});

describe('the last row of a key', () => {
  const steps = [
    { rows: [row('a', 1n), row('b', 1n), row('a', 2n), row('a', 3n), row('b', 1n), row('c', 1n), row('a', 4n)] },
  ];

  test('of a bundle goes out', () => {
    const spec: OperatorSpec = {
      kind: 'Deduplicate',
      keys: [0],
      keep: 'last',
      timeColumn: null,
      inputRetracts: false,
      emitUpdateBefore: true,
      ttlMs: 0,
      bundle: bundleOf(3),
    };
    const changes = runBoth({ spec, inputs: [INPUT], output: INPUT }, steps, [3]);
    expect(lines(changes)).toEqual([
      '+I(a, 2)',
      '+I(b, 1)',
      '-U(a, 2)',
      '+U(a, 3)',
      '+I(c, 1)',
      '-U(a, 3)',
      '+U(a, 4)',
    ]);
  });

  test('of upserts is what a bundle comes to', () => {
    const spec: OperatorSpec = {
      kind: 'ChangelogNormalize',
      keys: [0],
      emitUpdateBefore: true,
      condition: null,
      ttlMs: 0,
      bundle: bundleOf(3),
    };
    const rows = [row('a', 1n), row('a', 2n), row('b', 1n), row('b', null, '-D'), row('a', 2n), row('a', null, '-D')];
    expect(lines(runBoth({ spec, inputs: [INPUT], output: INPUT }, [{ rows }], [3]))).toEqual([
      '+I(a, 2)',
      '+I(b, 1)',
      '-D(b, 1)',
      '-D(a, 2)',
    ]);
  });
});
