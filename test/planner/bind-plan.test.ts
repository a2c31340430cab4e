/** Queries and the logical plans that they are bound to. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseQuery } from '../../src/parser/sql-parser.ts';
import { bindQuery } from '../../src/planner/binder.ts';
import { printLogicalPlan } from '../../src/planner/print-logical-plan.ts';
import { sqlTables } from './sql-tables.ts';

const tables = sqlTables();

beforeAll(async () => {
  await tables.create(
    "CREATE TABLE sale (id BIGINT, shop INT, item STRING, price DECIMAL(8, 2), at_time TIMESTAMP(3), WATERMARK FOR at_time AS at_time) WITH ('connector' = 'datagen')",
  );
  await tables.create(
    "CREATE TABLE shop (id INT, town STRING, tags ARRAY<STRING>, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'datagen')",
  );
  await tables.create('CREATE VIEW dear (sale_id, cost) AS SELECT id, price FROM sale WHERE price > 100');
});

async function plan(sql: string): Promise<string> {
  const text = printLogicalPlan(await bindQuery(parseQuery(sql), tables.context));
  return text
    .replaceAll('default_catalog, default_database, ', '')
    .replaceAll(/LogicalTableScan\(table=\[\[(\w+)\]\]\)/g, '$1')
    .trimEnd();
}

const SALE = 'LogicalWatermarkAssigner(rowtime=[at_time], watermark=[$4])';

function lines(...text: string[]): string {
  return text.join('\n');
}

describe('select', () => {
  it('numbers unnamed columns and makes names unique', async () => {
    expect(await plan('SELECT id, id, id + 1, price AS id FROM sale WHERE shop = 1')).toBe(
      lines(
        'LogicalProject(id=[$0], id0=[$0], EXPR$2=[+($0, 1)], id1=[$3])',
        '+- LogicalFilter(condition=[=($1, 1)])',
        `   +- ${SALE}`,
        '      +- sale',
      ),
    );
  });

  it('sorts by what is not selected, and cuts it off', async () => {
    expect(await plan('SELECT item FROM sale ORDER BY price DESC, 1 LIMIT 3')).toBe(
      lines(
        'LogicalProject(item=[$0])',
        '+- LogicalSort(sort0=[$1], sort1=[$0], dir0=[DESC-nulls-last], dir1=[ASC-nulls-first], fetch=[3])',
        '   +- LogicalProject(item=[$2], price=[$3])',
        `      +- ${SALE}`,
        '         +- sale',
      ),
    );
  });

  it('drops the order of an inner query without LIMIT', async () => {
    expect(await plan('SELECT * FROM (SELECT id FROM shop ORDER BY id)')).toBe(
      lines('LogicalProject(id=[$0])', '+- LogicalProject(id=[$0])', '   +- shop'),
    );
  });

  it('expands views under their own names', async () => {
    expect(await plan('SELECT sale_id FROM dear')).toBe(
      lines(
        'LogicalProject(sale_id=[$0])',
        '+- LogicalProject(sale_id=[$0], cost=[$3])',
        '   +- LogicalFilter(condition=[>($3, 100)])',
        `      +- ${SALE}`,
        '         +- sale',
      ),
    );
  });
});

describe('aggregates', () => {
  it('projects keys and arguments once, and filters by HAVING', async () => {
    expect(
      await plan('SELECT shop + 1, COUNT(*) AS n, SUM(price) FROM sale GROUP BY shop + 1 HAVING SUM(price) > 5'),
    ).toBe(
      lines(
        'LogicalFilter(condition=[>($2, 5)])',
        '+- LogicalAggregate(group=[{0}], n=[COUNT()], EXPR$2=[SUM($1)])',
        '   +- LogicalProject(EXPR$0=[+($1, 1)], price=[$3])',
        `      +- ${SALE}`,
        '         +- sale',
      ),
    );
  });

  it('knows FILTER, DISTINCT and GROUPING SETS', async () => {
    expect(
      await plan(
        'SELECT shop, item, COUNT(DISTINCT id) FILTER (WHERE price > 1), GROUPING(shop) FROM sale GROUP BY ROLLUP (shop, item)',
      ),
    ).toBe(
      lines(
        'LogicalAggregate(group=[{0, 1}], groups=[[{0, 1}, {0}, {}]], EXPR$2=[COUNT(DISTINCT $2) FILTER $3], EXPR$3=[GROUPING($0)])',
        '+- LogicalProject(shop=[$1], item=[$2], id=[$0], $f3=[IS TRUE(>($3, 1))])',
        `   +- ${SALE}`,
        '      +- sale',
      ),
    );
  });

  it('groups by windows of a table function', async () => {
    expect(
      await plan(
        "SELECT window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE sale, DESCRIPTOR(at_time), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end",
      ),
    ).toContain(
      "LogicalTableFunctionScan(invocation=[TUMBLE(TABLE(#0), DESCRIPTOR(_UTF-16LE'at_time'), 60000:INTERVAL MINUTE)]",
    );
  });

  it('puts OVER calls of one window together', async () => {
    expect(
      await plan(
        'SELECT id, SUM(shop) OVER w, COUNT(*) OVER w FROM sale WINDOW w AS (PARTITION BY item ORDER BY at_time)',
      ),
    ).toBe(
      lines(
        'LogicalProject(id=[$0], EXPR$1=[SUM($1) OVER (PARTITION BY $2 ORDER BY $4 NULLS FIRST)], EXPR$2=[COUNT() OVER (PARTITION BY $2 ORDER BY $4 NULLS FIRST)])',
        `+- ${SALE}`,
        '   +- sale',
      ),
    );
  });
});

describe('joins', () => {
  it('gives USING one column for two', async () => {
    expect(await plan('SELECT * FROM shop JOIN (SELECT shop AS id, price FROM sale) USING (id)')).toBe(
      lines(
        'LogicalProject(id=[COALESCE($0, $3)], town=[$1], tags=[$2], price=[$4])',
        '+- LogicalJoin(condition=[=($0, $3)], joinType=[inner])',
        '   :- shop',
        '   +- LogicalProject(id=[$1], price=[$3])',
        `      +- ${SALE}`,
        '         +- sale',
      ),
    );
  });

  it('unnests arrays row by row', async () => {
    expect(await plan('SELECT id, t.tag FROM shop CROSS JOIN UNNEST(tags) AS t (tag)')).toBe(
      lines(
        'LogicalProject(id=[$0], tag=[$3])',
        '+- LogicalCorrelate(invocation=[UNNEST($2)], joinType=[inner])',
        '   +- shop',
      ),
    );
  });

  it('makes LATERAL queries joins', async () => {
    expect(
      await plan('SELECT s.id, m.top FROM shop s, LATERAL (SELECT MAX(price) AS top FROM sale WHERE shop = s.id) m'),
    ).toBe(
      lines(
        'LogicalProject(id=[$0], top=[$3])',
        '+- LogicalProject(id=[$0], town=[$1], tags=[$2], top=[$4])',
        '   +- LogicalJoin(condition=[=($3, $0)], joinType=[left])',
        '      :- shop',
        '      +- LogicalAggregate(group=[{1}], top=[MAX($0)])',
        '         +- LogicalProject(price=[$3], $f1=[$1])',
        `            +- ${SALE}`,
        '               +- sale',
      ),
    );
  });
});

describe('sub-queries', () => {
  it('makes IN and NOT IN semi and anti joins; NOT IN knows nulls', async () => {
    expect(
      await plan('SELECT item FROM sale WHERE shop IN (SELECT id FROM shop) AND shop NOT IN (SELECT id FROM shop)'),
    ).toBe(
      lines(
        'LogicalProject(item=[$2])',
        '+- LogicalJoin(condition=[OR(IS NULL($1), =($1, $5))], joinType=[anti])',
        '   :- LogicalJoin(condition=[=($1, $5)], joinType=[semi])',
        `   :  :- ${SALE}`,
        '   :  :  +- sale',
        '   :  +- LogicalProject(id=[$0])',
        '   :     +- shop',
        '   +- LogicalProject(id=[$0])',
        '      +- shop',
      ),
    );
  });

  it('takes the outer columns of EXISTS into the condition', async () => {
    expect(
      await plan('SELECT id FROM shop s WHERE NOT EXISTS (SELECT 1 FROM sale WHERE shop = s.id AND price > s.id)'),
    ).toBe(
      lines(
        'LogicalProject(id=[$0])',
        '+- LogicalJoin(condition=[AND(=($4, $0), >($6, $0))], joinType=[anti])',
        '   :- shop',
        `   +- ${SALE}`,
        '      +- sale',
      ),
    );
  });

  it('counts what is not there as 0', async () => {
    expect(await plan('SELECT (SELECT COUNT(*) FROM sale WHERE shop = s.id) FROM shop s')).toContain(
      'LogicalProject(EXPR$0=[CASE(IS NULL($4), 0:BIGINT, $4)])\n+- LogicalJoin(condition=[=($3, $0)], joinType=[left])',
    );
  });

  it('joins with the distinct outer values where no equality ties the query', async () => {
    expect(await plan('SELECT id FROM shop s WHERE id > (SELECT MAX(shop) FROM sale WHERE shop < s.id)')).toBe(
      lines(
        'LogicalProject(id=[$0])',
        '+- LogicalProject(id=[$0], town=[$1], tags=[$2])',
        '   +- LogicalFilter(condition=[>($0, $4)])',
        '      +- LogicalJoin(condition=[=($0, $3)], joinType=[left])',
        '         :- shop',
        '         +- LogicalAggregate(group=[{1}], EXPR$0=[MAX($0)])',
        '            +- LogicalProject(shop=[$2], $f1=[$0])',
        '               +- LogicalJoin(condition=[<($2, $0)], joinType=[inner])',
        '                  :- LogicalAggregate(group=[{0}])',
        '                  :  +- LogicalProject($cor0=[$0])',
        '                  :     +- shop',
        `                  +- ${SALE}`,
        '                     +- sale',
      ),
    );
  });
});
