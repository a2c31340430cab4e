/** INSERT, CREATE TABLE and CREATE VIEW as the binder sees them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseExpression, parseQuery } from '../../src/parser/sql-parser.ts';
import { bindInsert } from '../../src/planner/bind-insert.ts';
import { bindView } from '../../src/planner/bind-view.ts';
import type { InsertNode } from '../../src/planner/insert-node.ts';
import type { PlanOf } from '../../src/planner/logical-plan.ts';
import { printLogicalPlan } from '../../src/planner/print-logical-plan.ts';
import { typeToString } from '../../src/types/logical-type.ts';
import { sqlTables } from './sql-tables.ts';

const tables = sqlTables();

beforeAll(async () => {
  await tables.create("CREATE TABLE src (a INT NOT NULL, b BIGINT, c STRING) WITH ('connector' = 'datagen')");
  await tables.create(
    "CREATE TABLE dst (k BIGINT, d DECIMAL(10, 2), e STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print')",
  );
});

function insert(target: string, columns: string[], sql: string): InsertNode {
  const name = (text: string) => {
    const parsed = parseExpression(text);
    if (parsed.kind !== 'identifier') throw new Error(text);
    return parsed;
  };
  return {
    target: name(target),
    hints: [],
    columns: columns.map(name),
    partition: [],
    query: parseQuery(sql),
    overwrite: false,
    onConflict: null,
  };
}

async function sink(node: InsertNode): Promise<PlanOf<'Sink'>> {
  const plan = await bindInsert(node, tables.context);
  if (plan.kind !== 'Sink') throw new Error(plan.kind);
  return plan;
}

describe('INSERT', () => {
  it('casts to the types of the sink', async () => {
    const plan = await sink(insert('dst', [], 'SELECT a, b, c FROM src'));
    expect(plan.targetColumns).toEqual([0, 1, 2]);
    expect(printLogicalPlan(plan)).toContain(
      'LogicalProject(k=[CAST($0):BIGINT NOT NULL], d=[CAST($1):DECIMAL(10, 2)], e=[$2])',
    );
  });

  it('puts target columns in the order of the table', async () => {
    const plan = await sink(insert('dst', ['e', 'k'], 'SELECT c, b FROM src'));
    expect(plan.targetColumns).toEqual([0, 2]);
    expect(printLogicalPlan(plan)).toContain('LogicalProject(k=[$1], e=[$0])');
  });

  it.each([
    [
      [],
      'SELECT a FROM src',
      "Column types of query result and sink for 'default_catalog.default_database.dst' do not match.\nCause: Different number of columns.\n\nQuery schema: [a: INT NOT NULL]\nSink schema:  [k: BIGINT, d: DECIMAL(10, 2), e: STRING]",
    ],
    [
      ['k', 'e'],
      'SELECT 1, 2 FROM src',
      "Column types of query result and sink for 'default_catalog.default_database.dst' do not match.\nCause: Incompatible types for sink column 'e' at position 3.\n\nQuery schema: [EXPR$0: INT NOT NULL, EXPR$1: DECIMAL(10, 2), EXPR$2: INT NOT NULL]\nSink schema:  [k: BIGINT, d: DECIMAL(10, 2), e: STRING]",
    ],
    [
      ['e'],
      "SELECT 'a'",
      "SQL validation failed. At line 0, column 0: Column 'k' has no default value and does not allow NULLs",
    ],
  ])('refuses %s %s', async (columns, sql, text) => {
    await expect(sink(insert('dst', columns, sql))).rejects.toThrow(text);
  });

  it('names a table that is not there', async () => {
    await expect(sink(insert('nope', [], 'SELECT 1'))).rejects.toThrow(
      "Cannot find table '`default_catalog`.`default_database`.`nope`' in any of the catalogs [default_catalog], nor as a temporary table.",
    );
  });
});

describe('CREATE TABLE', () => {
  it.each([
    ['CREATE TABLE t (a INT, b AS nope + 1)', "From line 1, column 29 to line 1, column 32: Unknown identifier 'nope'"],
    [
      'CREATE TABLE t (a INT, PRIMARY KEY (b) NOT ENFORCED)',
      "Primary key column 'b' is not defined in the schema at line 1, column 37",
    ],
    [
      'CREATE TABLE t (a INT, WATERMARK FOR a AS a)',
      "Invalid data type of time field for watermark definition. The field must be of type TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the time field type is INT",
    ],
    [
      'CREATE TABLE t (a TIMESTAMP(3), WATERMARK FOR a AS CAST(a AS TIMESTAMP_LTZ(3)))',
      "The watermark declaration's output data type 'TIMESTAMP_LTZ(3)' is different from the time field's data type 'TIMESTAMP(3)'.",
    ],
    ['CREATE TABLE t (a INT, a STRING)', "A regular Column named 'a' already exists in the table."],
    [
      'CREATE TABLE t (a INT) PARTITIONED BY (z)',
      "Partition column 'z' not defined in the table schema. Available columns: ['a']",
    ],
  ])('%s', async (sql, text) => {
    await expect(tables.create(sql)).rejects.toThrow(text);
  });
});

describe('CREATE VIEW', () => {
  it('takes names and types from its query', async () => {
    const columns = await bindView(parseQuery('SELECT a, b + 1 AS n FROM src'), ['x', 'y'], tables.context);
    expect(columns.map(({ name, type }) => `${name} ${typeToString(type)}`)).toEqual(['x INT NOT NULL', 'y BIGINT']);
  });

  it('wants as many names as columns', async () => {
    await expect(bindView(parseQuery('SELECT 1, 2'), ['a'], tables.context)).rejects.toThrow(
      'VIEW definition and input fields not match:\n\tDef fields: [a].\n\tInput fields: [EXPR$0, EXPR$1].',
    );
  });
});
