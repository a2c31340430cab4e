import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TableDescriptor } from '../../src/catalog/table-descriptor.ts';
import { parseQuery } from '../../src/parser/sql-parser.ts';
import { explain, planQuery } from '../../src/planner/planner.ts';
import type { PlannerContext } from '../../src/planner/planner-context.ts';
import { types } from '../../src/types/logical-type.ts';

const path = join(mkdtempSync(join(tmpdir(), 'explain-')), 'orders.json');
writeFileSync(path, '');

const orders: TableDescriptor = {
  kind: 'table',
  columns: [
    { kind: 'physical', name: 'order_id', type: types.bigint() },
    { kind: 'physical', name: 'sku', type: types.string() },
    { kind: 'physical', name: 'amount', type: types.decimal(10, 2) },
    { kind: 'physical', name: 'qty', type: types.int() },
    { kind: 'physical', name: 'ts', type: types.timestamp(3) },
  ],
  watermark: { column: 'ts', expression: "`ts` - INTERVAL '5' SECOND" },
  partitionKeys: [],
  options: { connector: 'filesystem', path, format: 'json' },
};

const context: PlannerContext = {
  currentCatalog: 'c',
  currentDatabase: 'd',
  resolve: (parts) =>
    Promise.resolve(
      parts.at(-1) === 'orders'
        ? { path: { catalog: 'c', database: 'd', name: 'orders' }, object: orders, isTemporary: false }
        : undefined,
    ),
  config: () => undefined,
  settings: () => ({}),
  home: tmpdir(),
  now: 0,
  notice: () => {},
};

describe('EXPLAIN', () => {
  test('has three sections, modes where asked', async () => {
    const query = parseQuery('SELECT order_id, amount * qty FROM orders WHERE qty > 5');
    expect(await explain(query, ['CHANGELOG_MODE'], context)).toBe(`== Abstract Syntax Tree ==
LogicalProject(order_id=[$0], EXPR$1=[*($2, $3)])
+- LogicalFilter(condition=[>($3, 5)])
   +- LogicalWatermarkAssigner(rowtime=[ts], watermark=[-($4, 5000:INTERVAL SECOND)])
      +- LogicalTableScan(table=[[c, d, orders]])

== Optimized Physical Plan ==
Calc(select=[order_id, *(amount, qty) AS EXPR$1], where=[>(qty, 5)], changelogMode=[I])
+- WatermarkAssigner(rowtime=[ts], watermark=[-(ts, 5000:INTERVAL SECOND)], changelogMode=[I])
   +- TableSourceScan(table=[[c, d, orders, project=[order_id, amount, qty, ts], metadata=[]]], fields=[order_id, amount, qty, ts], changelogMode=[I])

== Optimized Execution Plan ==
Calc(select=[order_id, (amount * qty) AS EXPR$1], where=[(qty > 5)])
+- WatermarkAssigner(rowtime=[ts], watermark=[(ts - 5000:INTERVAL SECOND)])
   +- TableSourceScan(table=[[c, d, orders, project=[order_id, amount, qty, ts], metadata=[]]], fields=[order_id, amount, qty, ts])
`);
  });

  test('the vertices as JSON', async () => {
    const text = await explain(parseQuery('SELECT sku FROM orders'), ['JSON_EXECUTION_PLAN'], context);
    const plan = JSON.parse(text.split('== Physical Execution Plan ==\n')[1] ?? '');
    expect(plan.nodes.map((node: { pact: string }) => node.pact)).toEqual([
      'Data Source',
      'Operator',
      'Operator',
      'Operator',
    ]);
  });
});

describe('mini-batch', () => {
  const withSettings = (settings: Readonly<Record<string, string>>): PlannerContext => ({
    ...context,
    config: (key) => settings[key],
    settings: () => settings,
  });
  const BUNDLES = {
    'table.exec.mini-batch.enabled': 'true',
    'table.exec.mini-batch.allow-latency': '2 s',
    'table.exec.mini-batch.size': '5000',
  };
  const COUNTED = 'SELECT sku, COUNT(*), AVG(amount), COUNT(DISTINCT qty) FROM orders GROUP BY sku';

  async function planOf(sql: string, settings: Readonly<Record<string, string>>): Promise<string> {
    const text = await explain(parseQuery(sql), [], withSettings(settings));
    return text.split('== Optimized Physical Plan ==\n')[1]?.split('\n\n')[0] ?? '';
  }

  test('an aggregation is divided, one that cannot be merged is not', async () => {
    expect(
      await planOf(COUNTED, BUNDLES),
    ).toBe(`GlobalGroupAggregate(groupBy=[sku], select=[sku, COUNT(count1$0) AS EXPR$1, AVG((sum$1, count$2)) AS EXPR$2, COUNT(distinct$0 count$3) AS EXPR$3])
+- Exchange(distribution=[hash[sku]])
   +- LocalGroupAggregate(groupBy=[sku], select=[sku, COUNT(*) AS count1$0, AVG(amount) AS (sum$1, count$2), COUNT(distinct$0 qty) AS count$3, DISTINCT(qty) AS distinct$0])
      +- Calc(select=[sku, amount, qty])
         +- MiniBatchAssigner(interval=[2000ms], mode=[ProcTime])
            +- WatermarkAssigner(rowtime=[ts], watermark=[-(ts, 5000:INTERVAL SECOND)])
               +- TableSourceScan(table=[[c, d, orders, project=[sku, amount, qty, ts], metadata=[]]], fields=[sku, amount, qty, ts])`);
    for (const [sql, settings] of [
      ['SELECT sku, FIRST_VALUE(qty) FROM orders GROUP BY sku', BUNDLES],
      [COUNTED, { ...BUNDLES, 'table.optimizer.agg-phase-strategy': 'one_phase' }],
    ] as const)
      expect((await planOf(sql, settings)).split('\n')[0]).toMatch(/^GroupAggregate/);
  });

  test('windows bundle by event time, a projection not at all', async () => {
    const window = "TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND)";
    const counted = `SELECT sku, COUNT(*) FROM TABLE(${window}) GROUP BY sku, window_start, window_end`;
    expect(await planOf(counted, BUNDLES)).toContain('MiniBatchAssigner(interval=[2000ms], mode=[RowTime])');
    expect(await planOf('SELECT sku FROM orders', BUNDLES)).not.toContain('MiniBatchAssigner');
    const joined = 'SELECT a.sku FROM orders AS a JOIN orders AS b ON a.order_id = b.order_id';
    expect(await planOf(joined, BUNDLES)).toContain('miniBatch=[true]');
  });

  test('the operator is told of its bundles', async () => {
    const { graph } = await planQuery(parseQuery(COUNTED), withSettings(BUNDLES), { sql: '' });
    const bodies = graph.vertices.map((vertex) => vertex.body);
    expect(bodies.map((body) => body.kind)).toEqual(['Source', 'GroupAggregate', 'Collect']);
    expect(bodies[1]).toMatchObject({ bundle: { size: 5000, latencyMs: 2000, isTwoPhase: true } });
  });

  test('settings that are missing or wrong', async () => {
    const enabled = 'table.exec.mini-batch.enabled';
    const [size, latency] = ['table.exec.mini-batch.size', 'table.exec.mini-batch.allow-latency'];
    const failures: ReadonlyArray<readonly [Readonly<Record<string, string>>, string]> = [
      [{ [enabled]: 'true', [size]: '5' }, 'MiniBatch Latency must be greater than 0 ms. [null]'],
      [{ [enabled]: 'true', [latency]: '1 s' }, `Key: '${size}' , default: -1 (fallback keys: []) must be > 0.`],
      [{ [enabled]: 'maybe' }, `Could not parse value 'maybe' for key '${enabled}'.`],
      [{ ...BUNDLES, [size]: 'x' }, `Could not parse value 'x' for key '${size}'.`],
      [{ ...BUNDLES, 'table.optimizer.agg-phase-strategy': 'THREE' }, "Could not parse value 'THREE' for key"],
    ];
    for (const [settings, text] of failures) await expect(planOf(COUNTED, settings)).rejects.toThrow(text);
  });
});

describe('planning a query', () => {
  test('computes event time only where something looks at it', async () => {
    const kinds = async (sql: string) => {
      const { graph } = await planQuery(parseQuery(sql), context, { sql });
      return graph.vertices.map((vertex) => vertex.body.kind);
    };
    expect(await kinds('SELECT order_id FROM orders WHERE qty > 5')).toEqual(['Source', 'Calc', 'Collect']);
    expect(await kinds('SELECT order_id FROM orders ORDER BY ts')).toContain('WatermarkAssigner');
    const numbered = 'SELECT *, ROW_NUMBER() OVER (PARTITION BY sku ORDER BY ts) AS rn FROM orders';
    expect(await kinds(`SELECT order_id FROM (${numbered}) WHERE rn = 1`)).toContain('WatermarkAssigner');
  });

  test('gives its columns and a graph that ends in the result, in little time', async () => {
    const query = parseQuery('SELECT sku, COUNT(*) AS c FROM orders GROUP BY sku');
    const { fields, graph } = await planQuery(query, context, { sql: '' });
    expect(fields.map((field) => field.name)).toEqual(['sku', 'c']);
    expect(graph.vertices.map((vertex) => vertex.body.kind)).toEqual(['Source', 'GroupAggregate', 'Collect']);
    const start = performance.now();
    for (let i = 0; i < 20; i++) await planQuery(query, context, { sql: '' });
    expect((performance.now() - start) / 20).toBeLessThan(30);
  });
});

test('EXPLAIN shows once what occurs twice, and refers to it', async () => {
  const query = parseQuery('SELECT a.sku FROM orders a JOIN orders b ON a.order_id = b.order_id AND a.sku = b.sku');
  const text = await explain(query, [], context);
  expect(text).toMatch(/Exchange\(distribution=\[hash\[order_id, sku\]\]\)\(reuse_id=\[1\]\)/);
  expect(text.match(/Reused\(reference_id=\[1\]\)/g)).toHaveLength(1);
});
