import { describe, expect, test } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { call, literal } from '../../src/expressions/expression.ts';
import { explainTree } from '../../src/planner/explain-tree.ts';
import type { LogicalPlan } from '../../src/planner/logical-plan.ts';
import { optimize } from '../../src/planner/optimizer.ts';
import { changelogModes } from '../../src/types/changelog-mode.ts';
import { types } from '../../src/types/logical-type.ts';
import * as p from './plan-doubles.ts';

const app = () => p.table('app', p.abc);
const cdc = () => p.table('kpk', p.abc, { mode: changelogModes.all, key: ['id'] });
const upserts = () => p.table('up', p.abc, { mode: changelogModes.upsert, key: ['id'], sinkMode: upsertSink });
const upsertSink = () => changelogModes.upsert;

function explained(plan: LogicalPlan, settings: Record<string, string> = {}): string {
  return `\n${explainTree(optimize(plan, p.context(settings)), 'physical', true).replaceAll('changelogMode', 'CM')}\n`;
}

function refusal(plan: LogicalPlan, settings: Record<string, string> = {}): string {
  try {
    optimize(plan, p.context(settings));
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('aggregates', () => {
  test('insert-only input gives updates; nobody needs -U in EXPLAIN of a bare query', () => {
    const input = p.project(p.scan(app()), 1);
    expect(explained(p.group(input, [0], [p.aggregateCall('COUNT', [], 'c')]))).toBe(`
GroupAggregate(groupBy=[a], select=[a, COUNT(*) AS c], CM=[I,UA])
+- Exchange(distribution=[hash[a]], CM=[I])
   +- TableSourceScan(table=[[c, d, app, project=[a], metadata=[]]], fields=[a], CM=[I])
`);
  });

  test('an aggregate over an aggregate needs -U below', () => {
    const inner = p.group(p.project(p.scan(app()), 1), [0], [p.aggregateCall('COUNT', [], 'c')]);
    const outer = p.group(p.project(inner, 1), [0], [p.aggregateCall('COUNT', [], 'n')]);
    expect(explained(outer)).toBe(`
GroupAggregate(groupBy=[c], select=[c, COUNT_RETRACT(*) AS n], CM=[I,UA,D])
+- Exchange(distribution=[hash[c]], CM=[I,UB,UA])
   +- Calc(select=[c], CM=[I,UB,UA])
      +- GroupAggregate(groupBy=[a], select=[a, COUNT(*) AS c], CM=[I,UB,UA])
         +- Exchange(distribution=[hash[a]], CM=[I])
            +- TableSourceScan(table=[[c, d, app, project=[a], metadata=[]]], fields=[a], CM=[I])
`);
  });

  test('HAVING on a result forces -U, on a key it goes below', () => {
    const grouped = p.group(p.project(p.scan(app()), 1), [0], [p.aggregateCall('COUNT', [], 'c')]);
    expect(explained(p.filter(grouped, p.compare('>', p.column(grouped, 1), 10)))).toContain(
      'Calc(select=[a, c], where=[>(c, 10)], CM=[I,UB,UA])',
    );
    const onKey = p.filter(
      grouped,
      call('=', [p.column(grouped, 0), literal('x', types.string(false))], types.boolean()),
    );
    expect(explained(onKey)).toContain("Calc(select=[a], where=[=(a, _UTF-16LE'x':VARCHAR(2147483647)");
  });

  test('no rows: a global aggregate is constant', () => {
    const never = p.filter(p.scan(app()), literal(false, types.boolean(false)));
    expect(explained(p.group(never, [], [p.aggregateCall('SUM', [2], 's', types.int())]))).toContain(
      'tuples=[[{ null:INTEGER }]]',
    );
  });
});

describe('upsert and cdc sources', () => {
  test('a filter on other columns is the condition of ChangelogNormalize', () => {
    const source = p.scan(upserts());
    expect(explained(p.project(p.filter(source, p.compare('>', p.column(source, 2), 3)), 0, 1))).toBe(`
Calc(select=[id, a], CM=[I,UA,D])
+- ChangelogNormalize(key=[id], condition=[>(b, 3)], CM=[I,UA,D])
   +- Exchange(distribution=[hash[id]], CM=[I,UA,D])
      +- TableSourceScan(table=[[c, d, up]], fields=[id, a, b], CM=[I,UA,D])
`);
  });

  test('a filter on the key goes below, and upserts pass', () => {
    const source = p.scan(upserts());
    expect(explained(p.project(p.filter(source, p.compare('>', p.column(source, 0), 3)), 0, 1))).toBe(`
Calc(select=[id, a], where=[>(id, 3)], CM=[I,UA,D])
+- TableSourceScan(table=[[c, d, up, project=[id, a], metadata=[]]], fields=[id, a], CM=[I,UA,D])
`);
  });

  test('a query that runs gets a full changelog', () => {
    const plan = optimize(p.scan(upserts()), p.context({}, false));
    expect(explainTree(plan, 'physical', true)).toContain('ChangelogNormalize(key=[id], changelogMode=[I,UB,UA,D])');
  });

  test('DropUpdateBefore where -U is not needed', () => {
    expect(explained(p.project(p.scan(cdc()), 0))).toBe(`
DropUpdateBefore(CM=[I,UA,D])
+- TableSourceScan(table=[[c, d, kpk, project=[id], metadata=[]]], fields=[id], CM=[I,UB,UA,D])
`);
  });

  test('cdc-events-duplicate normalises a full changelog', () => {
    const plan = explained(p.scan(cdc()), { 'table.exec.source.cdc-events-duplicate': 'true' });
    expect(plan).toContain('ChangelogNormalize(key=[id]');
  });
});

describe('joins', () => {
  const equal = (left: LogicalPlan, a: number, b: number) =>
    call(
      '=',
      [p.column(left, a), { kind: 'input', index: left.fields.length + b, type: types.int() }],
      types.boolean(),
    );

  test('a side whose key is the join key needs no -U', () => {
    const left = p.scan(app());
    const right = p.scan(cdc());
    const joined = p.project(p.join(left, right, 'INNER', equal(left, 0, 0)), 0, 4);
    expect(explained(joined)).toBe(`
Calc(select=[id, a], CM=[I,UA,D])
+- Join(joinType=[InnerJoin], where=[=(id, id0)], select=[id, id0, a], leftInputSpec=[NoUniqueKey], rightInputSpec=[JoinKeyContainsUniqueKey], CM=[I,UA,D])
   :- Exchange(distribution=[hash[id]], CM=[I])
   :  +- TableSourceScan(table=[[c, d, app, project=[id], metadata=[]]], fields=[id], CM=[I])
   +- Exchange(distribution=[hash[id]], CM=[I,UA,D])
      +- DropUpdateBefore(CM=[I,UA,D])
         +- TableSourceScan(table=[[c, d, kpk, project=[id, a], metadata=[]]], fields=[id, a], CM=[I,UB,UA,D])
`);
  });

  test('a computed key is a column of its side first', () => {
    const left = p.scan(app());
    const right = p.scan(cdc());
    const sum = call('+', [{ kind: 'input', index: 3, type: types.int() }, literal(1, types.int(false))], types.int());
    const joined = p.project(p.join(left, right, 'INNER', p.compare('=', p.column(left, 0), sum)), 0);
    const text = explained(joined);
    expect(text).toContain('where=[=(id, $f6)]');
    expect(text).toContain('rightInputSpec=[NoUniqueKey], CM=[I,UB,UA,D]');
  });

  test('an outer join that a filter makes inner', () => {
    const left = p.scan(cdc());
    const right = p.scan(cdc());
    const joined = p.join(left, right, 'LEFT', equal(left, 0, 0));
    const text = explained(p.project(p.filter(joined, p.compare('>', p.column(joined, 5), 3)), 0, 4));
    expect(text).toContain('joinType=[InnerJoin]');
    expect(text).toContain('where=[>(b, 3)]');
  });
});

describe('top-n', () => {
  test('append, update and retract strategies', () => {
    const append = p.rowNumber(p.scan(app()), [1], [p.by(2, false)]);
    expect(explained(p.filter(append, p.compare('<=', p.column(append, 3), 2)))).toContain(
      'Rank(strategy=[AppendFastStrategy], rankType=[ROW_NUMBER], rankRange=[rankStart=1, rankEnd=2], partitionBy=[a], orderBy=[b DESC], select=[id, a, b, w0$o0], CM=[I,UA,D])',
    );
    const counted = p.group(p.project(p.scan(app()), 1, 0), [0, 1], [p.aggregateCall('COUNT', [], 'c')]);
    const update = p.rowNumber(counted, [0], [p.by(2, false)]);
    const text = explained(p.filter(update, p.compare('<', p.column(update, 3), 3)));
    expect(text).toContain('strategy=[UpdateFastStrategy[0,1]]');
    expect(text).toContain('GroupAggregate(groupBy=[a, id], select=[a, id, COUNT(*) AS c], CM=[I,UA])');
    const retract = p.rowNumber(counted, [0], [p.by(2)]);
    expect(explained(p.filter(retract, p.compare('<', p.column(retract, 3), 3)))).toContain(
      'strategy=[RetractStrategy]',
    );
  });

  test('the rank is a constant when there is one only, and dropped when nobody reads it', () => {
    const numbered = p.rowNumber(p.scan(app()), [1], [p.by(2, false)]);
    const first = p.filter(numbered, p.compare('=', p.column(numbered, 3), 1));
    expect(explained(p.project(first, 0, 3))).toContain('Calc(select=[id, 1:BIGINT AS rn]');
    const two = p.filter(numbered, p.compare('<=', p.column(numbered, 3), 2));
    expect(explained(p.project(two, 0))).toContain('select=[id, a, b], CM=[I,UA,D]');
  });

  test('rn = 1 by event time is a deduplication', () => {
    const time = types.timestamp(3);
    const fields = [p.field('id', types.int()), p.field('ts', { ...time, timeAttribute: 'rowtime' } as typeof time)];
    const input = p.scan(p.table('t', fields));
    const firstRow = p.rowNumber(input, [0], [p.by(1)]);
    expect(explained(p.project(p.filter(firstRow, p.compare('=', p.column(firstRow, 2), 1)), 0))).toContain(
      'orderBy=[ROWTIME ts ASC], select=[id, ts], CM=[I])',
    );
    const lastRow = p.rowNumber(input, [0], [p.by(1, false)]);
    expect(explained(p.project(p.filter(lastRow, p.compare('=', p.column(lastRow, 2), 1)), 0))).toContain(
      'CM=[I,UA,D]',
    );
  });

  test('behind a join a time attribute is a plain timestamp: no deduplication by it', () => {
    const time = { ...types.timestamp(3), timeAttribute: 'rowtime' } as ReturnType<typeof types.timestamp>;
    const left = p.scan(p.table('t', [p.field('id', types.int()), p.field('ts', time)]));
    const right = p.scan(p.table('u', p.abc));
    const condition = p.compare('=', p.column(left, 0), { kind: 'input', index: 2, type: types.int() });
    const numbered = p.rowNumber(p.join(left, right, 'INNER', condition), [0], [p.by(1)]);
    const text = explained(p.project(p.filter(numbered, p.compare('=', p.column(numbered, 5), 1)), 0, 1));
    expect(text).toContain('orderBy=[ts ASC], select=[id, ts], CM=[I,UA,D])');
  });

  test('without an end it is refused', () => {
    const numbered = p.rowNumber(p.scan(app()), [1], [p.by(2)]);
    expect(refusal(p.filter(numbered, p.compare('>', p.column(numbered, 3), 3)))).toBe(
      'Rank end is not specified. Currently rank only support TopN, which means the rank end must be specified.',
    );
  });

  test('OVER by a plain column says -U: dropped when nobody wants them', () => {
    const numbered = p.rowNumber(p.scan(app()), [1], [p.by(2)]);
    expect(explained(p.project(numbered, 0, 3))).toContain('DropUpdateBefore(CM=[I,UA,D])\n   +- OverAggregate(');
  });

  test('LAG shares the window of a SUM, whose frame it does not look at', () => {
    const time = { ...types.timestamp(3), timeAttribute: 'rowtime' } as ReturnType<typeof types.timestamp>;
    const input = p.scan(p.table('t', [p.field('id', types.int()), p.field('ts', time)]));
    const frame = (unit: 'ROWS' | 'RANGE') => ({ partition: [0], order: [p.by(1)], frame: { unit, preceding: null } });
    const lag = { ...frame('ROWS'), aggregates: [p.aggregateCall('LAG', [0], 'l', types.int())] };
    const sum = { ...frame('RANGE'), aggregates: [p.aggregateCall('SUM', [0], 's', types.int())] };
    const fields = [...input.fields, p.field('l', types.int()), p.field('s', types.int())];
    const text = explained({ kind: 'Over', input, fields, groups: [lag, sum] });
    expect(text).toContain('select=[id, ts, SUM(id) AS s, LAG(id) AS l]');
    expect(text).toContain('Calc(select=[id, ts, l, s]');
    const number = { ...frame('ROWS'), aggregates: [p.aggregateCall('ROW_NUMBER', [], 'n')] };
    expect(refusal({ kind: 'Over', input, fields, groups: [number, sum] })).toContain(
      'Over Agg: Unsupported use of OVER windows.',
    );
  });

  test('a numbering that nobody reads goes', () => {
    const numbered = p.rowNumber(p.scan(app()), [1], [p.by(2)]);
    expect(explained(p.project(numbered, 0, 1))).not.toContain('OverAggregate');
  });
});

describe('sorting', () => {
  const sort = (order: ReturnType<typeof p.by>[], fetch: number | null, offset = 0): LogicalPlan => {
    const input = p.scan(app());
    return { kind: 'Sort', input, fields: input.fields, order, fetch, offset };
  };
  test('texts of refusals', () => {
    expect(refusal(sort([p.by(2)], null))).toBe('Sort on a non-time-attribute field is not supported.');
    expect(refusal(sort([], null, 3))).toBe('FETCH is missed, which on streaming table is not supported currently.');
  });
  test('limits', () => {
    expect(explained(sort([p.by(2)], 3, 1))).toContain(
      'SortLimit(orderBy=[b ASC], offset=[1], fetch=[3], strategy=[AppendFastStrategy], CM=[I,UA,D])',
    );
    expect(explained(sort([], 3))).toContain('Limit(offset=[0], fetch=[3], CM=[I])');
    expect(explained(sort([p.by(2)], null), { 'execution.runtime-mode': 'batch' })).toContain('Sort(orderBy=[b ASC]');
  });
});

test('only batch counts approximately', () => {
  const counted = p.group(p.scan(app()), [0], [p.aggregateCall('APPROX_COUNT_DISTINCT', [1], 'n')]);
  expect(refusal(counted)).toContain('APPROX_COUNT_DISTINCT aggregate function does not support yet for streaming.');
  expect(explained(counted, { 'execution.runtime-mode': 'batch' })).toContain('APPROX_COUNT_DISTINCT(a)');
});

describe('sinks', () => {
  const upsertTable = () => p.table('up', p.abc, { key: ['id'], sinkMode: upsertSink });
  const appendTable = () => p.table('out', p.abc, { sinkMode: () => changelogModes.insertOnly });

  test('a sink that takes inserts only refuses updates', () => {
    expect(refusal(p.sinkInto(appendTable(), p.scan(cdc())))).toBe(
      "Table sink 'c.d.out' doesn't support consuming update and delete changes which is produced by node TableSourceScan(table=[[c, d, kpk]], fields=[id, a, b])",
    );
    const grouped = p.group(p.project(p.scan(app()), 0, 1), [0], [p.aggregateCall('MAX', [1], 'm', types.string())]);
    const three = p.project(grouped, 0, 1, ['n', literal(1, types.int(false))]);
    expect(refusal(p.sinkInto(appendTable(), three))).toBe(
      "Table sink 'c.d.out' doesn't support consuming update changes which is produced by node GroupAggregate(groupBy=[id], select=[id, MAX(a) AS m])",
    );
  });

  test('the same key: upserts as they are', () => {
    expect(explained(p.sinkInto(upsertTable(), p.scan(cdc())))).toBe(`
Sink(table=[c.d.up], fields=[id, a, b], CM=[NONE])
+- DropUpdateBefore(CM=[I,UA,D])
   +- TableSourceScan(table=[[c, d, kpk]], fields=[id, a, b], CM=[I,UB,UA,D])
`);
  });

  test('another key: materialised, with a notice; refused when asked to be strict', () => {
    const grouped = p.group(p.project(p.scan(app()), 1), [0], [p.aggregateCall('COUNT', [], 'c', types.bigint(false))]);
    const count = call('CAST', [p.column(grouped, 1)], types.int(false));
    const plan = p.sinkInto(upsertTable(), p.project(grouped, ['n', count], 0, ['k', literal(1, types.int(false))]));
    const context = p.context();
    const text = explainTree(optimize(plan, context), 'physical', true);
    expect(text).toContain('upsertMaterialize=[true]');
    expect(text).toContain('GroupAggregate(groupBy=[a], select=[a, COUNT(*) AS c], changelogMode=[I,UB,UA])');
    expect(context.notices).toHaveLength(1);
    expect(refusal(plan, { 'table.exec.sink.require-on-conflict': 'true' })).toBe(
      "The query has an upsert key that differs from the primary key of the sink table 'c.d.up'. Primary key: [id], upsert key: [a]. This can lead to non-deterministic results when multiple records with different upsert keys map to the same primary key. Please specify an ON CONFLICT clause to define how conflicts should be handled: ON CONFLICT DO DEDUPLICATE (update to the latest record, state intensive, since we need to keep the entire history), or ON CONFLICT DO ERROR (fail on conflict), or ON CONFLICT DO NOTHING (keep first record).",
    );
  });

  test('ON CONFLICT is for upsert sinks, and NOTHING needs watermarks', () => {
    expect(refusal(p.sinkInto(appendTable(), p.scan(app()), 'nothing'))).toBe(
      "ON CONFLICT clause is only allowed for upsert sinks. The sink 'c.d.out' is not an upsert sink because it only accepts INSERT (append-only) changes.",
    );
    expect(refusal(p.sinkInto(upsertTable(), p.scan(app()), 'nothing'))).toBe(
      'ON CONFLICT DO NOTHING requires all source tables to define watermarks, but the following source(s) do not: c.d.app. Please add a WATERMARK declaration to these tables.',
    );
  });
});

describe('conflicts', () => {
  test('NOTHING keeps the first row of a key, ERROR is refused', () => {
    const source = () => p.scan(p.table('t', p.abc, { watermark: true }));
    const sink = () => p.table('up', p.abc, { key: ['id'], sinkMode: upsertSink });
    const text = explainTree(optimize(p.sinkInto(sink(), source(), 'nothing'), p.context()), 'execution', false);
    expect(text).toContain('Deduplicate(keep=[FirstRow], key=[id], order=[PROCTIME], outputInsertOnly=[true])');
    expect(refusal(p.sinkInto(sink(), source(), 'error'))).toContain('ON CONFLICT DO ERROR is not supported yet');
  });
});

describe('batch', () => {
  test('sources must end and must not update', () => {
    const batch = { 'execution.runtime-mode': 'batch' };
    expect(refusal(p.scan(p.table('t', p.abc, { unbounded: true })), batch)).toBe(
      "Querying an unbounded table 'c.d.t' in batch mode is not allowed. The table source is unbounded.",
    );
    expect(refusal(p.scan(cdc()), batch)).toBe(
      "Querying a table in batch mode is currently only possible for INSERT-only table sources. But the source for table 'c.d.kpk' produces other changelog messages than just INSERT.",
    );
  });

  test('results are final: a sink that takes inserts only takes groups', () => {
    const grouped = p.group(p.project(p.scan(app()), 0, 1), [0], [p.aggregateCall('MAX', [1], 'm', types.string())]);
    const out = p.table('out', p.abc, { sinkMode: () => changelogModes.insertOnly });
    const plan = p.sinkInto(out, p.project(grouped, 0, 1, ['n', literal(1, types.int(false))]));
    expect(explained(plan, { 'execution.runtime-mode': 'batch' })).toContain(
      'GroupAggregate(groupBy=[id], select=[id, MAX(a) AS m], CM=[I])',
    );
  });
});
