import { describe, expect, test } from 'vitest';
import type { JoinType, OperatorSpec } from '../../src/dataflow/operator-spec.ts';
import { call, inputReference } from '../../src/expressions/expression.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { type Change, fold, type HarnessSpec, lines, runBoth, type Step } from '../support/operator-harness.ts';

const LEFT: readonly LogicalType[] = [types.int(), types.string()];
const RIGHT: readonly LogicalType[] = [types.int(), types.string()];

type JoinSpec = Extract<OperatorSpec, { kind: 'Join' }>;

function harness(
  joinType: JoinType,
  extra: Partial<JoinSpec> = {},
  mode: 'streaming' | 'batch' = 'streaming',
): HarnessSpec {
  const spec: JoinSpec = {
    kind: 'Join',
    joinType,
    left: { keys: [0], uniqueKey: null, ttlMs: 0 },
    right: { keys: [0], uniqueKey: null, ttlMs: 0 },
    filterNulls: [true],
    condition: null,
    leftInsertOnly: false,
    rightInsertOnly: false,
    ...extra,
  };
  const isOneSided = joinType === 'SEMI' || joinType === 'ANTI';
  return { spec, mode, inputs: [LEFT, RIGHT], output: isOneSided ? LEFT : [...LEFT, ...RIGHT] };
}

const LONGER = call('<', [inputReference(1, types.string()), inputReference(3, types.string())], types.boolean());
const left = (...rows: Change[]): Step => ({ input: 0, rows });
const right = (...rows: Change[]): Step => ({ input: 1, rows });

describe('Join', () => {
  test('inner: keeps the kind of the change, for each partner', () => {
    const steps = [
      left(['+I', 1, 'a'], ['+I', 1, 'a'], ['+I', null, 'n']),
      right(['+I', 1, 'x'], ['-U', 1, 'x'], ['+U', 1, 'y'], ['+I', null, 'n']),
      left(['-D', 1, 'a'], ['-D', 2, 'unknown']),
    ];
    expect(lines(runBoth(harness('INNER'), steps))).toEqual([
      '+I(1, a, 1, x)',
      '+I(1, a, 1, x)',
      '-U(1, a, 1, x)',
      '-U(1, a, 1, x)',
      '+U(1, a, 1, y)',
      '+U(1, a, 1, y)',
      '-D(1, a, 1, y)',
    ]);
  });

  test('null keys match under IS NOT DISTINCT FROM', () => {
    const steps = [left(['+I', null, 'a']), right(['+I', null, 'x'])];
    expect(lines(runBoth(harness('INNER', { filterNulls: [false] }), steps))).toEqual(['+I(null, a, null, x)']);
    expect(lines(runBoth(harness('FULL'), steps))).toEqual(['+I(null, a, null, null)', '+I(null, null, null, x)']);
  });

  test('left: padded rows come with +I and go with -D; a -U of the right stays one', () => {
    const steps = [
      left(['+I', 1, 'a']),
      right(['+I', 1, 'x'], ['-U', 1, 'x'], ['+U', 1, 'y'], ['+I', 1, 'z']),
      right(['-D', 1, 'y'], ['-D', 1, 'z']),
      left(['-U', 1, 'a'], ['+U', 1, 'b']),
    ];
    expect(lines(runBoth(harness('LEFT'), steps))).toEqual([
      '+I(1, a, null, null)',
      '-D(1, a, null, null)',
      '+I(1, a, 1, x)',
      '-U(1, a, 1, x)',
      '+I(1, a, null, null)',
      '-D(1, a, null, null)',
      '+I(1, a, 1, y)',
      '+I(1, a, 1, z)',
      '-D(1, a, 1, y)',
      '-D(1, a, 1, z)',
      '+I(1, a, null, null)',
      '-D(1, a, null, null)',
      '+I(1, b, null, null)',
    ]);
  });

  test('full: duplicates on both sides', () => {
    const steps = [left(['+I', 1, 'a'], ['+I', 1, 'a']), right(['+I', 1, 'x']), left(['-D', 1, 'a'], ['-D', 1, 'a'])];
    expect(lines(runBoth(harness('FULL'), steps))).toEqual([
      '+I(1, a, null, null)',
      '+I(1, a, null, null)',
      '-D(1, a, null, null)',
      '-D(1, a, null, null)',
      '+I(1, a, 1, x)',
      '+I(1, a, 1, x)',
      '-D(1, a, 1, x)',
      '-D(1, a, 1, x)',
      '+I(null, null, 1, x)',
    ]);
  });

  test('a condition besides the keys decides who is a partner', () => {
    const steps = [left(['+I', 1, 'm'], ['+I', 1, 'b']), right(['+I', 1, 'k'], ['+I', 1, 'z']), right(['-D', 1, 'z'])];
    expect(lines(runBoth(harness('LEFT', { condition: LONGER }), steps))).toEqual([
      '+I(1, m, null, null)',
      '+I(1, b, null, null)',
      '-D(1, b, null, null)',
      '+I(1, b, 1, k)',
      '-D(1, m, null, null)',
      '+I(1, m, 1, z)',
      '+I(1, b, 1, z)',
      '-D(1, m, 1, z)',
      '-D(1, b, 1, z)',
      '+I(1, m, null, null)',
    ]);
  });

  test('semi takes the kind of the right row, anti +I and -D', () => {
    const steps = [
      left(['+I', 1, 'a']),
      right(['+I', 1, 'x'], ['-U', 1, 'x'], ['+U', 1, 'y']),
      left(['-D', 1, 'a'], ['+I', null, 'n']),
    ];
    expect(lines(runBoth(harness('SEMI'), steps))).toEqual(['+I(1, a)', '-U(1, a)', '+U(1, a)', '-D(1, a)']);
    expect(lines(runBoth(harness('ANTI'), steps))).toEqual([
      '+I(1, a)',
      '-D(1, a)',
      '+I(1, a)',
      '-D(1, a)',
      '+I(null, n)',
    ]);
  });

  test('no keys: each with each', () => {
    const side = { keys: [], uniqueKey: null, ttlMs: 0 };
    const spec = harness('INNER', { left: side, right: side, filterNulls: [] });
    const steps = [left(['+I', 1, 'a'], ['+I', 2, 'b']), right(['+I', 9, 'x']), left(['-D', 1, 'a'])];
    expect(lines(runBoth(spec, steps))).toEqual(['+I(1, a, 9, x)', '+I(2, b, 9, x)', '-D(1, a, 9, x)']);
  });

  test('a unique key: a new row takes the place of the old one', () => {
    const side = { keys: [0], uniqueKey: [0], ttlMs: 0 };
    const steps = [right(['+I', 1, 'x'], ['+U', 1, 'y']), left(['+I', 1, 'a'], ['-D', 1, 'a'])];
    expect(lines(runBoth(harness('INNER', { left: side, right: side }), steps))).toEqual([
      '+I(1, a, 1, y)',
      '-D(1, a, 1, y)',
    ]);
  });

  test('the watermark is the smaller of both', () => {
    const steps: Step[] = [
      { input: 0, watermark: 5 },
      { input: 1, watermark: 3 },
      { input: 1, watermark: 9 },
    ];
    expect(runBoth(harness('INNER'), steps)).toEqual([]);
  });

  const all: JoinType[] = ['INNER', 'LEFT', 'RIGHT', 'FULL', 'SEMI', 'ANTI'];
  for (const joinType of all)
    for (const condition of [null, LONGER])
      test(`${joinType}${condition ? ' with a condition' : ''}: folded changes are the join of what is left`, () => {
        for (let seed = 1; seed <= 5; seed++) {
          const { steps, rows } = randomSteps(seed, 40, true);
          const folded = fold(runBoth(harness(joinType, { condition }), steps, [5]));
          expect(folded).toEqual(joined(joinType, rows, condition !== null));
        }
      });

  for (const joinType of all)
    test(`${joinType} in batch gives the rows alone`, () => {
      const { steps, rows } = randomSteps(7, 30, false);
      const insertOnly = { leftInsertOnly: true, rightInsertOnly: true };
      const changes = runBoth(harness(joinType, insertOnly, 'batch'), steps, [5]);
      expect(changes.every(([sign]) => sign === '+I')).toBe(true);
      expect(fold(changes)).toEqual(joined(joinType, rows, false));
    });
});

type Row = readonly [number | null, string];

function randomSteps(seed: number, count: number, retracts: boolean): { steps: Step[]; rows: [Row[], Row[]] } {
  let state = seed * 7919;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const rows: [Row[], Row[]] = [[], []];
  const steps: Step[] = [];
  for (let i = 0; i < count; i++) {
    const input = next(2) as 0 | 1;
    const side = rows[input];
    const changes: Change[] = [];
    for (let n = 0; n < 3; n++)
      if (retracts && side.length > 0 && next(5) < 2)
        changes.push(['-D', ...(side.splice(next(side.length), 1)[0] as Row)]);
      else {
        const row: Row = [[null, 1, 2, 3][next(4)] as number, 'abcdef'.charAt(next(6))];
        side.push(row);
        changes.push(['+I', ...row]);
      }
    steps.push({ input, rows: changes });
  }
  return { steps, rows };
}

function joined(joinType: JoinType, [lefts, rights]: [Row[], Row[]], isLonger: boolean): string[] {
  const matches = (a: Row, b: Row): boolean => a[0] !== null && a[0] === b[0] && (!isLonger || a[1] < b[1]);
  const out: Array<ReadonlyArray<number | string | null>> = [];
  for (const a of lefts) {
    const partners = rights.filter((b) => matches(a, b));
    if (joinType === 'SEMI' || joinType === 'ANTI') {
      if (partners.length > 0 === (joinType === 'SEMI')) out.push(a);
      continue;
    }
    for (const b of partners) out.push([...a, ...b]);
    if (partners.length === 0 && (joinType === 'LEFT' || joinType === 'FULL')) out.push([...a, null, null]);
  }
  if (joinType === 'RIGHT' || joinType === 'FULL')
    for (const b of rights) if (!lefts.some((a) => matches(a, b))) out.push([null, null, ...b]);
  return out.map((row) => row.map(String).join(', ')).sort();
}
