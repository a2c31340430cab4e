import { describe, expect, test } from 'vitest';
import { call, type Expression, inputReference, literal } from '../../src/expressions/expression.ts';
import { explainTree } from '../../src/planner/explain-tree.ts';
import type { LogicalPlan } from '../../src/planner/logical-plan.ts';
import { optimize } from '../../src/planner/optimizer.ts';
import type { PhysicalKind, PhysicalOf, PhysicalPlan } from '../../src/planner/physical-plan.ts';
import { changelogModes } from '../../src/types/changelog-mode.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import * as p from './plan-doubles.ts';

const rowtime: LogicalType = { ...types.timestamp(3), timeAttribute: 'rowtime' } as LogicalType;
const columns = [p.field('id', types.int()), p.field('ts', rowtime), p.field('v', types.int())];
const left = () => p.scan(p.table('l', columns));
const right = (spec: Parameters<typeof p.table>[2] = {}) => p.scan(p.table('r', columns, spec));
const ID = p.compare('=', inputReference(0, types.int()), inputReference(3, types.int()));
const [LEFT_TIME, RIGHT_TIME] = [inputReference(1, rowtime), inputReference(4, rowtime)];

function moved(time: Expression, operator: '+' | '-', ms: number): Expression {
  return call(operator, [time, literal(BigInt(ms), types.intervalDay('SECOND(3)', false))], rowtime);
}

function find<K extends PhysicalKind>(plan: PhysicalPlan, kind: K): PhysicalOf<K> | undefined {
  if (plan.kind === kind) return plan as PhysicalOf<K>;
  for (const input of plan.inputs) {
    const found = find(input, kind);
    if (found !== undefined) return found;
  }
  return undefined;
}

const physical = (plan: LogicalPlan, settings: Record<string, string> = {}) => optimize(plan, p.context(settings));
const explained = (plan: LogicalPlan) => `\n${explainTree(physical(plan), 'execution', false)}\n`;

describe('interval joins', () => {
  test('of a table with computed columns below its watermark', () => {
    const plain = p.scan(
      p.table('l', [p.field('x', types.int()), p.field('ts', types.timestamp(3)), p.field('v', types.int())]),
    );
    const computed = p.project(plain, 2, 0, 1);
    const assigned: LogicalPlan = {
      kind: 'WatermarkAssigner',
      fields: [p.field('v', types.int()), p.field('id', types.int()), p.field('ts', rowtime)],
      input: computed,
      timeColumn: 2,
      watermark: inputReference(2, types.timestamp(3)),
    };
    const [time, other] = [inputReference(2, rowtime), inputReference(4, rowtime)];
    const condition = p.and(
      p.compare('=', inputReference(1, types.int()), inputReference(3, types.int())),
      p.compare('>=', other, time),
      p.compare('<=', other, moved(time, '+', 7000)),
    );
    const plan = physical(p.project(p.join(assigned, right(), 'INNER', condition), 1));
    expect(find(plan, 'IntervalJoin')).toMatchObject({ lowerMs: -7000, upperMs: 0 });
  });

  test('by processing time, when both times are that', () => {
    const proctime = { ...types.timestampLtz(3), timeAttribute: 'proctime' } as LogicalType;
    const fields = [p.field('id', types.int()), p.field('pt', proctime), p.field('v', types.int())];
    const sides = [p.scan(p.table('l', fields)), p.scan(p.table('r', fields))] as const;
    const [own, other] = [inputReference(1, proctime), inputReference(4, proctime)];
    const bound = (operator: string, ms: number) =>
      p.compare(
        operator,
        other,
        call('+', [own, literal(BigInt(ms), types.intervalDay('SECOND(3)', false))], proctime),
      );
    const plan = p.join(...sides, 'LEFT', p.and(ID, p.and(bound('>=', -5000), bound('<=', 7000))));
    const node = find(physical(plan), 'IntervalJoin');
    expect(node).toMatchObject({ isRowtime: false, lowerMs: -7000, upperMs: 5000 });
    expect(explained(plan)).toContain('isRowTime=false');
  });

  test('one bound below and one above, wherever they are said', () => {
    const cross = p.join(left(), right(), 'INNER', ID);
    const times = p.and(
      p.compare('>', RIGHT_TIME, moved(LEFT_TIME, '-', 5000)),
      p.compare('<=', RIGHT_TIME, moved(LEFT_TIME, '+', 7000)),
    );
    expect(explained(p.project(p.filter(cross, times), 0, 5))).toBe(`
Calc(select=[id, v])
+- IntervalJoin(joinType=[InnerJoin], windowBounds=[isRowTime=true, leftLowerBound=-7000, leftUpperBound=4999, leftTimeIndex=1, rightTimeIndex=1], where=[((id = id0) AND (ts0 > (ts - 5000:INTERVAL SECOND)) AND (ts0 <= (ts + 7000:INTERVAL SECOND)))], select=[id, ts, id0, ts0, v])
   :- Exchange(distribution=[hash[id]])
   :  +- TableSourceScan(table=[[c, d, l, project=[id, ts], metadata=[]]], fields=[id, ts])
   +- Exchange(distribution=[hash[id]])
      +- TableSourceScan(table=[[c, d, r]], fields=[id, ts, v])
`);
  });

  test('equal times are an interval; the rest stays a condition', () => {
    const condition = p.and(
      ID,
      p.compare('=', RIGHT_TIME, LEFT_TIME),
      p.compare('<', inputReference(2, types.int()), inputReference(5, types.int())),
    );
    const node = find(physical(p.join(left(), right(), 'FULL', condition)), 'IntervalJoin');
    expect(node).toMatchObject({ lowerMs: 0, upperMs: 0, leftKeys: [0], rightKeys: [0] });
    expect(node?.condition).toMatchObject({ function: '<' });
    expect(node?.mode).toEqual({ updateBefore: false, updateAfter: false, delete: false });
  });

  test.each([
    ['a bound on one side only', p.and(ID, p.compare('>', RIGHT_TIME, moved(LEFT_TIME, '-', 5000)))],
    [
      'two bounds on one side',
      p.and(ID, p.compare('>', RIGHT_TIME, LEFT_TIME), p.compare('>', RIGHT_TIME, moved(LEFT_TIME, '-', 5000))),
    ],
  ])('%s: a regular join', (_name, condition) => {
    const plan = physical(p.join(left(), right(), 'INNER', condition));
    expect(find(plan, 'IntervalJoin')).toBeUndefined();
    expect(find(plan, 'Join')).toBeDefined();
  });

  test('behind a regular join there is no event time, whatever is read', () => {
    const condition = p.and(ID, p.compare('>', RIGHT_TIME, LEFT_TIME));
    const sink = p.sinkInto(
      p.table(
        's',
        [columns[1], columns[1]].flatMap((field) => field ?? []),
      ),
      p.project(p.join(left(), right(), 'INNER', condition), 1, 4),
    );
    expect(find(physical(sink), 'Join')?.fields.map(({ type }) => type)).toEqual([
      types.int(),
      types.timestamp(3),
      types.int(),
      types.timestamp(3),
    ]);
  });

  test('in batch mode it is a regular join', () => {
    const condition = p.and(ID, p.compare('=', RIGHT_TIME, LEFT_TIME));
    const plan = physical(p.join(left(), right(), 'INNER', condition), { 'execution.runtime-mode': 'batch' });
    expect(find(plan, 'IntervalJoin')).toBeUndefined();
  });

  test('its output is ordered by time; updates are refused', () => {
    const condition = p.and(ID, p.compare('=', RIGHT_TIME, LEFT_TIME));
    const joined = p.join(left(), right(), 'INNER', condition);
    const sorted: LogicalPlan = {
      kind: 'Sort',
      input: joined,
      fields: joined.fields,
      order: [p.by(1)],
      offset: 0,
      fetch: null,
    };
    expect(find(physical(sorted), 'Sort')).toMatchObject({ timeColumn: 1 });
    expect(() => physical(p.join(left(), right({ mode: changelogModes.all }), 'INNER', condition))).toThrow(
      "StreamPhysicalIntervalJoin doesn't support consuming update and delete changes which is produced by node TableSourceScan(table=[[c, d, r]], fields=[id, ts, v])",
    );
  });
});

describe('window joins', () => {
  const windowed = (input: LogicalPlan, sizeMs = 60_000): LogicalPlan => ({
    kind: 'WindowTableFunction',
    input,
    fields: [
      ...input.fields,
      p.field('window_start', types.timestamp(3, false)),
      p.field('window_end', types.timestamp(3, false)),
      p.field('window_time', rowtime),
    ],
    window: { type: 'TUMBLE', timeColumn: 1, sizeMs, slideMs: sizeMs, offsetMs: 0, timeZone: null },
    partition: [],
  });
  const equal = (a: number, b: number, type: LogicalType = types.timestamp(3, false)) =>
    p.compare('=', inputReference(a, type), inputReference(b, type));
  const bounds = p.and(equal(0, 6, types.int()), equal(3, 9), equal(4, 10));

  test('equal windows of both sides', () => {
    const plan = p.project(p.join(windowed(left()), windowed(right()), 'LEFT', bounds), 0, 8, 3);
    expect(explained(plan)).toContain(
      'WindowJoin(leftWindow=[TUMBLE(win_start=[window_start], win_end=[window_end], size=[1 min])], rightWindow=[TUMBLE(win_start=[window_start], win_end=[window_end], size=[1 min])], joinType=[LeftOuterJoin], where=[(id = id0)]',
    );
    expect(find(physical(plan), 'WindowJoin')?.mode).toEqual({
      updateBefore: false,
      updateAfter: false,
      delete: false,
    });
  });

  test('other windows, or one bound only: a regular join', () => {
    const other = p.join(windowed(left()), windowed(right(), 30_000), 'INNER', bounds);
    const oneBound = p.join(windowed(left()), windowed(right()), 'INNER', equal(4, 10));
    for (const plan of [other, oneBound]) expect(find(physical(plan), 'WindowJoin')).toBeUndefined();
  });

  test('an aggregation of windows over an aggregation of windows still has the first ones', () => {
    const hop = (input: LogicalPlan): LogicalPlan => {
      const plan = windowed(input);
      if (plan.kind !== 'WindowTableFunction') throw new Error('a window function');
      return { ...plan, window: { ...plan.window, type: 'HOP', sizeMs: 10_000, slideMs: 2000 } };
    };
    const counted = (input: LogicalPlan) =>
      p.group(p.project(hop(input), 3, 4, 0), [0, 1, 2], [p.aggregateCall('COUNT', [], 'c', types.bigint(false))]);
    const most = p.group(
      p.project(counted(right()), 0, 1, 3),
      [0, 1],
      [p.aggregateCall('MAX', [2], 'm', types.bigint(false))],
    );
    const condition = p.and(
      equal(0, 4),
      equal(1, 5),
      p.compare('>=', inputReference(3, types.bigint(false)), inputReference(6, types.bigint(false))),
    );
    const node = find(physical(p.join(counted(left()), most, 'INNER', condition)), 'WindowJoin');
    expect(node).toMatchObject({ window: { type: 'HOP', sizeMs: 10_000 }, leftKeys: [] });
  });
});

describe('temporal joins by event time', () => {
  const temporal = (versions: LogicalPlan, condition: Expression = ID): LogicalPlan => ({
    kind: 'TemporalJoin',
    left: left(),
    right: versions,
    joinType: 'LEFT',
    condition,
    period: 1,
    hints: [],
    fields: [...columns, ...columns],
  });
  const versioned = () => right({ key: ['id'], mode: changelogModes.all });

  test('the right side needs no -U', () => {
    const plan = p.project(temporal(versioned()), 0, 5);
    expect(explained(plan)).toContain(
      'TemporalJoin(joinType=[LeftOuterJoin], where=[((id = id0) AND __TEMPORAL_JOIN_CONDITION(ts, ts0, __TEMPORAL_JOIN_CONDITION_PRIMARY_KEY(id0), __TEMPORAL_JOIN_LEFT_KEY(id), __TEMPORAL_JOIN_RIGHT_KEY(id0)))]',
    );
    expect(find(physical(plan), 'DropUpdateBefore')).toBeDefined();
    expect(find(physical(plan), 'TemporalJoin')).toMatchObject({ leftTime: 1, rightTime: 1, rightKeys: [0] });
  });

  test('equalities besides the key are conditions on the version', () => {
    const both = p.and(ID, p.compare('=', inputReference(2, types.int()), inputReference(5, types.int())));
    const node = find(physical(temporal(versioned(), both)), 'TemporalJoin');
    expect(node).toMatchObject({ leftKeys: [0], rightKeys: [0], condition: { function: '=' } });
  });

  test('in batch mode it is refused: there is no watermark that says which version is the last', () => {
    expect(() => physical(temporal(versioned()), { 'execution.runtime-mode': 'batch' })).toThrow(
      'unexpected correlate variable $cor0 in the plan',
    );
  });

  test('what has no versions is refused', () => {
    const onValue = p.compare('=', inputReference(2, types.int()), inputReference(5, types.int()));
    expect(() => physical(temporal(right({ mode: changelogModes.all })))).toThrow(
      'Temporal Table Join requires primary key in versioned table, but no primary key can be found.',
    );
    expect(() => physical(temporal(versioned(), onValue))).toThrow(
      "Temporal table's primary key [id] must be included in the equivalence condition of temporal join, but current temporal join condition is [v=v].",
    );
    expect(() => physical(temporal(versioned(), p.compare('>', inputReference(5, types.int()), 1)))).toThrow(
      'Currently the join key in Temporal Table Join can not be empty.',
    );
    const kept = versioned();
    expect(() => physical(temporal(p.filter(kept, p.compare('>', p.column(kept, 2), 1))))).toThrow(
      'Filter is not allowed for right changelog input of event time temporal join',
    );
  });
});
