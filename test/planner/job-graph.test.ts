import { describe, expect, test } from 'vitest';
import { decodeJson, encodeJson } from '../../src/base/json.ts';
import type { JobGraph, JobVertex } from '../../src/dataflow/job-graph.ts';
import { call, inputsOf, literal } from '../../src/expressions/expression.ts';
import type { LogicalPlan } from '../../src/planner/logical-plan.ts';
import { lowerPlans } from '../../src/planner/lower.ts';
import { optimize, optimizeAll } from '../../src/planner/optimizer.ts';
import { changelogModes } from '../../src/types/changelog-mode.ts';
import { types } from '../../src/types/logical-type.ts';
import * as p from './plan-doubles.ts';

function graphOf(plans: readonly LogicalPlan[], settings: Record<string, string> = {}): JobGraph {
  const context = p.context(settings, false);
  const roots = plans.map((plan) => optimize(plan, context));
  return lowerPlans(roots, 'job', 'SELECT 1', { ...context, settings: () => settings });
}

function body<K extends JobVertex['body']['kind']>(graph: JobGraph, kind: K): Extract<JobVertex['body'], { kind: K }> {
  const found = graph.vertices.find((vertex) => vertex.body.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} in ${graph.vertices.map((vertex) => vertex.body.kind).join()}`);
  return found.body as Extract<JobVertex['body'], { kind: K }>;
}

/** Every column that a vertex reads is one of its inputs', and it is plain data. */
function check(graph: JobGraph): void {
  expect(decodeJson(encodeJson(graph))).toEqual(graph);
  const widths = new Map<number, number>();
  for (const vertex of graph.vertices) {
    for (const input of vertex.inputs) expect(widths.has(input)).toBe(true);
    const width = vertex.inputs.reduce((sum, input) => sum + (widths.get(input) ?? 0), 0);
    if (vertex.body.kind === 'Calc') {
      const read = [...(vertex.body.projection ?? []), ...(vertex.body.condition ? [vertex.body.condition] : [])];
      for (const expression of read) for (const index of inputsOf(expression)) expect(index).toBeLessThan(width);
      expect(vertex.fields).toHaveLength(vertex.body.projection?.length ?? width);
    }
    if (vertex.body.kind === 'Source') expect(vertex.fields).toHaveLength(vertex.body.produced.length);
    widths.set(vertex.id, vertex.fields.length);
  }
}

const inner = types.row([p.field('z', types.string()), p.field('w', types.int())]);
const nested = [p.field('id', types.int()), p.field('n', types.row([p.field('x', types.int()), p.field('y', inner)]))];

describe('projection push-down', () => {
  const fieldOf = (row: ReturnType<typeof p.column>, index: number) => {
    if (row.type.kind !== 'ROW') throw new Error('not a row');
    return call('FIELD', [row, literal(index, types.int(false))], row.type.fields[index]?.type ?? types.null());
  };

  test('reads nested fields by path, through filters and projections', () => {
    const source = p.scan(p.table('t', nested));
    const row = p.column(source, 1);
    const w = fieldOf(fieldOf(row, 1), 1);
    const renamed = p.project(p.filter(source, p.compare('>', fieldOf(row, 0), 1)), 0, 1);
    const graph = graphOf([p.project(renamed, 0, ['w', w])]);
    check(graph);
    expect(body(graph, 'Source').produced).toEqual([
      { kind: 'physical', path: ['id'] },
      { kind: 'physical', path: ['n', 'x'] },
      { kind: 'physical', path: ['n', 'y', 'w'] },
    ]);
    expect(graph.vertices[0]?.fields.map((field) => field.name)).toEqual(['id', 'n_x', 'n_y_w']);
  });

  test('a row that is read as a whole is not cut', () => {
    const source = p.scan(p.table('t', nested));
    const row = p.column(source, 1);
    const graph = graphOf([p.project(source, ['y', fieldOf(row, 1)], ['w', fieldOf(fieldOf(row, 1), 1)])]);
    check(graph);
    expect(body(graph, 'Source').produced).toEqual([{ kind: 'physical', path: ['n', 'y'] }]);
  });

  test('COUNT(*) reads one column', () => {
    const graph = graphOf([p.group(p.project(p.scan(p.table('t', p.abc))), [], [p.aggregateCall('COUNT', [], 'c')])]);
    check(graph);
    expect(body(graph, 'Source').produced).toHaveLength(1);
  });

  test('upsert sources keep their key', () => {
    const source = p.scan(p.table('t', p.abc, { mode: changelogModes.upsert, key: ['id'] }));
    const graph = graphOf([p.project(source, 1)]);
    check(graph);
    expect(body(graph, 'ChangelogNormalize').keys).toEqual([0]);
    expect(body(graph, 'Source').produced).toHaveLength(2);
  });
});

describe('operators', () => {
  test('an aggregate is told of retractions, of -U and of the TTL', () => {
    const source = p.scan(p.table('t', p.abc, { mode: changelogModes.all, key: ['id'] }));
    const grouped = p.group(p.project(source, 1, 2), [0], [p.aggregateCall('SUM', [1], 's', types.int())]);
    const graph = graphOf([grouped], { 'table.exec.state.ttl': '1 h' });
    check(graph);
    expect(body(graph, 'GroupAggregate')).toMatchObject({
      keys: [0],
      inputRetracts: true,
      emitUpdateBefore: true,
      ttlMs: 3_600_000,
    });
  });

  test('a join knows its keys, the rest of its condition and its insert-only sides', () => {
    const left = p.scan(p.table('l', p.abc));
    const right = p.scan(p.table('r', p.abc, { mode: changelogModes.all, key: ['id'] }));
    const rightColumn = (index: number) => ({ kind: 'input' as const, index: 3 + index, type: types.int() });
    const condition = p.and(
      p.compare('=', p.column(left, 0), rightColumn(0)),
      p.compare('>', p.column(left, 2), rightColumn(2)),
      p.compare('>', p.column(left, 2), 5),
    );
    const graph = graphOf([p.project(p.join(left, right, 'INNER', condition), 1, 4)]);
    check(graph);
    expect(body(graph, 'Join')).toMatchObject({
      joinType: 'INNER',
      left: { keys: [0], uniqueKey: null },
      right: { keys: [0], uniqueKey: [0] },
      filterNulls: [true],
      leftInsertOnly: true,
      rightInsertOnly: false,
    });
  });

  test('GROUPING SETS: an argument that is a key too is copied before keys become null', () => {
    const source = p.project(p.scan(p.table('t', p.abc)), 1, 2);
    const calls = [p.aggregateCall('SUM', [1], 's', types.int()), p.aggregateCall('GROUPING', [0], 'g')];
    const graph = graphOf([p.group(source, [0, 1], calls, [[0], [1], []])]);
    check(graph);
    expect(body(graph, 'Expand')).toEqual({
      kind: 'Expand',
      keys: [0, 1],
      sets: [
        { keep: [0], id: 1n },
        { keep: [1], id: 2n },
        { keep: [], id: 3n },
      ],
    });
    expect(body(graph, 'GroupAggregate')).toMatchObject({
      keys: [0, 1, 3],
      aggregates: [{ function: 'SUM', args: [2] }],
    });
  });

  test('a look-up join has keys of columns and constants', () => {
    const time = { ...types.timestampLtz(3, false), timeAttribute: 'proctime' } as ReturnType<
      typeof types.timestampLtz
    >;
    const left = p.scan(p.table('l', [p.field('id', types.int()), p.field('pt', time)]));
    const right = p.scan(p.table('r', p.abc, { lookup: true }));
    const plan: LogicalPlan = {
      kind: 'TemporalJoin',
      left,
      right,
      joinType: 'LEFT',
      condition: p.and(
        p.compare('=', p.column(left, 0), { kind: 'input', index: 2, type: types.int() }),
        p.compare('=', { kind: 'input', index: 4, type: types.int() }, 7),
        p.compare('<>', { kind: 'input', index: 3, type: types.string() }, literal('x', types.string(false))),
      ),
      period: 1,
      hints: [
        {
          name: 'LOOKUP',
          options: { 'retry-predicate': 'lookup_miss', 'fixed-delay': '1 s', 'max-attempts': '3' },
        },
      ],
      fields: [...left.fields, ...right.fields],
    };
    const graph = graphOf([p.project(plan, 0, 3)]);
    check(graph);
    const lookup = body(graph, 'LookupJoin');
    expect(lookup.keys).toMatchObject([
      { field: 0, value: { kind: 'input' } },
      { field: 2, value: { value: 7 } },
    ]);
    expect(lookup.condition).not.toBeNull();
    expect(lookup.retry).toEqual({ delayMs: 1000, maxAttempts: 3 });
  });

  test('a limit reaches an insert-only source', () => {
    const source = p.scan(p.table('t', p.abc));
    const plan: LogicalPlan = { kind: 'Sort', input: source, fields: source.fields, order: [], offset: 2, fetch: 3 };
    expect(body(graphOf([plan]), 'Source').limit).toBe(5);
  });
});

describe('sinks and statement sets', () => {
  test('equal sub-plans of a statement set are one vertex', () => {
    const source = () => p.scan(p.table('t', p.abc));
    const graph = graphOf([p.sinkInto(p.table('a', p.abc), source()), p.sinkInto(p.table('b', p.abc), source())]);
    check(graph);
    expect(graph.vertices.map((vertex) => vertex.body.kind)).toEqual(['Source', 'Sink', 'Sink']);
    expect(graph.vertices.map((vertex) => vertex.uid)).toEqual(['1_TableSourceScan', '2_Sink', '3_Sink']);
  });

  test('a table that is read with other columns is read once', () => {
    const table = p.table('t', [...p.abc, p.field('c', types.int())]);
    const first = p.project(p.scan(table), 2, 0);
    const second = p.project(p.scan(table), 1, 0);
    const context = p.context({}, false);
    const roots = optimizeAll([first, second], context);
    const graph = lowerPlans(roots, 'job', '', { ...context, settings: () => ({}) });
    check(graph);
    expect(graph.vertices.map((vertex) => vertex.body.kind)).toEqual(['Source', 'Calc', 'Collect', 'Calc', 'Collect']);
    expect(body(graph, 'Source').produced.map((column) => (column.kind === 'physical' ? column.path : []))).toEqual([
      ['id'],
      ['a'],
      ['b'],
    ]);
  });

  test('what throws dice is not shared', () => {
    const side = () => p.project(p.scan(p.table('t', p.abc)), ['r', call('RAND', [], types.double(false))]);
    const union: LogicalPlan = {
      kind: 'SetOperation',
      operator: 'UNION',
      all: true,
      inputs: [side(), side()],
      fields: side().fields,
    };
    expect(graphOf([union]).vertices.filter((vertex) => vertex.body.kind === 'Calc')).toHaveLength(2);
  });

  test('a Calc before a sink that takes nulls keeps those of NOT NULL functions', () => {
    const of = (nullable: boolean, settings: Record<string, string> = {}) => {
      const source = p.scan(p.table('t', [p.field('x', types.string(false))]));
      const upper = call('UPPER', [p.column(source, 0)], types.string(false));
      const plan = p.project(source, ['u', upper]);
      const graph = graphOf([p.sinkInto(p.table('out', [p.field('u', types.string(nullable))]), plan)], settings);
      check(graph);
      const calc = graph.vertices.find((vertex) => vertex.body.kind === 'Calc');
      return [calc?.fields[0]?.type.nullable, graph.vertices.some(({ body }) => body.kind === 'ConstraintEnforcer')];
    };
    expect(of(true)).toEqual([true, false]);
    expect(of(false)).toEqual([false, false]);
    expect(of(false, { 'table.exec.sink.not-null-enforcer': 'DROP' })).toEqual([true, true]);
  });

  test('constraints before the sink', () => {
    const columns = [p.field('id', types.int(false)), p.field('a', types.varchar(3)), p.field('b', types.int())];
    const settings = {
      'table.exec.sink.not-null-enforcer': 'DROP',
      'table.exec.sink.type-length-enforcer': 'TRIM_PAD',
    };
    const graph = graphOf([p.sinkInto(p.table('out', columns), p.scan(p.table('t', p.abc)))], settings);
    check(graph);
    expect(body(graph, 'ConstraintEnforcer')).toMatchObject({
      notNull: [0],
      notNullMode: 'DROP',
      columnNames: ['id', 'a', 'b'],
      lengths: [{ column: 1, length: 3, pad: false }],
      lengthMode: 'TRIM_PAD',
    });
  });

  test('secrets are references', () => {
    const secret = p.table('t', p.abc);
    const table = { ...secret.context.table, options: { password: 'hush', url: 'u' } };
    const source = { ...secret, context: { ...secret.context, table } };
    const context = p.context({}, false);
    const root = optimize(p.scan(source), context);
    const secrets = { put: (text: string) => `id-of-${text.length}` };
    const settings = () => ({ 'pipeline.name': 'p', 'millrace.gateway.token': 'hush' });
    const graph = lowerPlans([root], 'job', '', { ...context, settings, secrets });
    expect(body(graph, 'Source').table.options).toEqual({ password: 'secret:id-of-4', url: 'u' });
    expect(graph.settings).toEqual({ 'pipeline.name': 'p' });
  });
});

test('MAX of a count that only rises does not look at what is taken back', () => {
  const counts = p.group(p.scan(p.table('t', p.abc)), [0, 1], [p.aggregateCall('COUNT', [], 'c', types.bigint(false))]);
  const calls = [p.aggregateCall('MAX', [2], 'most'), p.aggregateCall('MIN', [2], 'least')];
  const aggregates = graphOf([p.group(counts, [0], calls)]).vertices.flatMap((vertex) =>
    vertex.body.kind === 'GroupAggregate' ? [vertex.body.aggregates] : [],
  );
  expect(aggregates[1]?.map((aggregate) => aggregate.ignoresRetractions)).toEqual([true, undefined]);
});
