import { describe, expect, test } from 'vitest';
import type { WindowSpec } from '../../src/dataflow/operator-spec.ts';
import { inputReference } from '../../src/expressions/expression.ts';
import { explainTree } from '../../src/planner/explain-tree.ts';
import type { LogicalPlan } from '../../src/planner/logical-plan.ts';
import { optimize } from '../../src/planner/optimizer.ts';
import { types } from '../../src/types/logical-type.ts';
import * as p from './plan-doubles.ts';

const rowtime = { ...types.timestamp(3, false), timeAttribute: 'rowtime' } as ReturnType<typeof types.timestamp>;
const source = () =>
  p.scan(p.table('t', [p.field('a', types.string()), p.field('b', types.int()), p.field('ts', rowtime)]));

function windowed(input: LogicalPlan, window: Partial<WindowSpec>): LogicalPlan {
  const spec = { type: 'TUMBLE', timeColumn: 2, sizeMs: 60_000, slideMs: 60_000, offsetMs: 0, timeZone: null } as const;
  const added = [
    p.field('window_start', types.timestamp(3, false)),
    p.field('window_end', types.timestamp(3, false)),
    p.field('window_time', rowtime),
  ];
  return {
    kind: 'WindowTableFunction',
    input,
    fields: [...input.fields, ...added],
    window: { ...spec, ...window },
    partition: [],
  };
}

function explained(plan: LogicalPlan): string {
  return `\n${explainTree(optimize(plan, p.context()), 'physical', false)}\n`;
}

const count = p.aggregateCall('COUNT', [], 'c', types.bigint(false));

describe('window aggregation', () => {
  test('which windows a bound tells apart: those of CUMULATE have one start', () => {
    const joined = (window: Partial<WindowSpec>, bound: number) => {
      const grouped = p.group(p.project(windowed(source(), window), 3, 4, 0), [0, 1, 2], [count]);
      const left = p.project(grouped, bound, 2);
      const right = p.scan(p.table('u', [p.field('at', types.timestamp(3))]));
      return explained(
        p.join(left, right, 'INNER', p.compare('=', p.column(left, 0), inputReference(2, types.timestamp(3)))),
      );
    };
    const cumulate = { type: 'CUMULATE', slideMs: 10_000 } as const;
    expect(joined(cumulate, 0)).toContain('leftInputSpec=[NoUniqueKey]');
    expect(joined(cumulate, 1)).toContain('leftInputSpec=[HasUniqueKey]');
    expect(joined({}, 0)).toContain('leftInputSpec=[HasUniqueKey]');
  });

  test('the function and the GROUP BY on its bounds are one node', () => {
    const input = p.project(windowed(source(), {}), 3, 4, 0, 1);
    const grouped = p.group(input, [0, 1, 2], [count, p.aggregateCall('SUM', [3], 's', types.int())]);
    expect(explained(p.project(grouped, 0, 2, 4))).toBe(`
Calc(select=[window_start, a, s])
+- GlobalWindowAggregate(groupBy=[a], window=[TUMBLE(slice_end=[$slice_end], size=[1 min])], select=[a, SUM(sum$0) AS s, start('w$) AS window_start])
   +- Exchange(distribution=[hash[a]])
      +- LocalWindowAggregate(groupBy=[a], window=[TUMBLE(time_col=[ts], size=[1 min])], select=[a, SUM(b) AS sum$0, slice_end('w$) AS $slice_end])
         +- TableSourceScan(table=[[c, d, t]], fields=[a, b, ts])
`);
  });

  test('without window_end it is a plain aggregation', () => {
    const grouped = p.group(p.project(windowed(source(), {}), 3, 0), [0, 1], [count]);
    expect(explained(grouped)).toContain('GroupAggregate(groupBy=[window_start, a]');
  });

  test('an aggregation of windows over an aggregation of windows', () => {
    const hop = windowed(source(), { type: 'HOP', sizeMs: 10_000, slideMs: 2000 });
    const inner = p.group(p.project(hop, 3, 4, 0), [0, 1, 2], [count]);
    const outer = p.group(p.project(inner, 0, 1, 3), [0, 1], [p.aggregateCall('MAX', [2], 'm')]);
    const text = explained(p.project(outer, 2, 0, 1));
    expect(text).toContain('WindowAggregate(groupBy=[window_start], window=[TUMBLE(time_col=[w$time], size=[2 s])]');
    expect(text).toContain('HOP(time_col=[ts], size=[10 s], slide=[2 s])');
    expect(text).not.toContain('GroupAggregate');
  });

  test('grouping sets beside a window', () => {
    const input = p.project(windowed(source(), {}), 3, 4, 0, 1);
    const sets = [
      [0, 1, 2],
      [0, 1],
    ];
    const grouped = p.group(input, [0, 1, 2], [count], sets);
    const text = explained(grouped);
    expect(text).toContain('WindowAggregate(groupBy=[a, $e]');
    expect(text).toContain('Expand(projects=[{a, ts, 0 AS $e}, {null AS a, ts, 1 AS $e}])');
  });
});

describe('Top-N of a window', () => {
  test('rows are sorted when their window has closed: ranks are final', () => {
    const input = windowed(source(), {});
    const numbered = p.rowNumber(input, [3, 4, 0], [p.by(1, false)]);
    const text = explained(p.project(p.filter(numbered, p.compare('<=', p.column(numbered, 6), 2)), 0, 1, 6));
    expect(text).toContain(
      'WindowRank(rankType=[ROW_NUMBER], rankRange=[rankStart=1, rankEnd=2], partitionBy=[window_start, window_end, a]',
    );
    expect(text).toContain('TemporalSort(orderBy=[w$time ASC, b DESC])');
  });
});
