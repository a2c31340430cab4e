/** Wrong statements, with Flink's words and places. */
import { beforeAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { parseQuery } from '../../src/parser/sql-parser.ts';
import { bindQuery } from '../../src/planner/binder.ts';
import { sqlTables } from './sql-tables.ts';

const tables = sqlTables();

beforeAll(async () => {
  await tables.create(
    "CREATE TABLE sale (id BIGINT, shop INT, item STRING, price DECIMAL(8, 2), at_time TIMESTAMP(3), WATERMARK FOR at_time AS at_time) WITH ('connector' = 'datagen')",
  );
  await tables.create("CREATE TABLE fifo (id INT) WITH ('connector' = 'print')");
  await tables.create(
    "CREATE TABLE shop (id INT, town STRING, place ROW<x INT, y INT>, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'datagen')",
  );
});

it('looks at hints of every SELECT, OPTIONS aside', async () => {
  await expect(
    bindQuery(parseQuery("SELECT /*+ OPTIONS('no' = '1') */ id FROM sale"), tables.context),
  ).resolves.toBeDefined();
  expect((await failure('SELECT /*+ FOO(sale) */ id FROM sale')).message).toBe(
    'Hint: FOO should be registered in the HintStrategyTable',
  );
});

it('finds fields of rows where no column has the name', async () => {
  const { fields } = await bindQuery(parseQuery('SELECT y FROM shop WHERE shop.x > 1'), tables.context);
  expect(fields).toMatchObject([{ name: 'y' }]);
});

async function failure(sql: string): Promise<EngineError> {
  try {
    await bindQuery(parseQuery(sql), tables.context);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error(`no error: ${sql}`);
}

describe('errors of validation', () => {
  it.each([
    ['SELECT nope FROM sale', "From line 1, column 8 to line 1, column 11: Column 'nope' not found in any table"],
    [
      'SELECT Item FROM sale',
      "From line 1, column 8 to line 1, column 11: Column 'Item' not found in any table; did you mean 'item'?",
    ],
    ['SELECT s.nope FROM sale s', "From line 1, column 10 to line 1, column 13: Column 'nope' not found in table 's'"],
    [
      'SELECT item LIKE NULL FROM sale',
      "From line 1, column 8 to line 1, column 21: Cannot apply 'LIKE' to arguments of type 'LIKE(<VARCHAR(2147483647)>, <VARCHAR(2147483647)>)'. Supported form(s): 'LIKE(<STRING>, <STRING>, <STRING>)'",
    ],
    [
      'SELECT LISTAGG(item) WITHIN GROUP (ORDER BY id) FROM sale',
      "From line 1, column 8 to line 1, column 20: Aggregate expression 'LISTAGG' must not contain a WITHIN GROUP clause",
    ],
    ['SELECT x.id FROM sale', "At line 1, column 8: Table 'x' not found"],
    [
      'SELECT place.z FROM shop',
      "From line 1, column 8 to line 1, column 14: Column 'place.z' not found in table 'shop'",
    ],
    [
      'SELECT a.b.nope(1) FROM sale',
      'From line 1, column 8 to line 1, column 18: No match found for function signature nope(<NUMERIC>)',
    ],
    [
      'SELECT UPPER(DISTINCT item) FROM sale',
      'From line 1, column 8 to line 1, column 27: DISTINCT/ALL not allowed with UPPER function',
    ],
    [
      'SELECT id FROM sale ORDER BY SUM(id)',
      'From line 1, column 30 to line 1, column 36: Aggregate expression is illegal in ORDER BY clause of non-aggregating SELECT',
    ],
    ['SELECT nope FROM sale, fifo', "From line 1, column 8 to line 1, column 11: Column 'nope' not found in any table"],
    ['SELECT s.* FROM sale', "At line 1, column 8: Unknown identifier 's'"],
    ['SELECT *', 'At line 1, column 8: SELECT * requires a FROM clause'],
    ['SELECT id FROM sale, shop', "From line 1, column 8 to line 1, column 9: Column 'id' is ambiguous"],
    [
      'SELECT 1 FROM sale a, shop a',
      "From line 1, column 23 to line 1, column 28: Duplicate relation name 'a' in FROM clause",
    ],
    ['SELECT * FROM nope', "From line 1, column 15 to line 1, column 18: Object 'nope' not found"],
    ['SELECT id FROM sale WHERE shop', 'From line 1, column 27 to line 1, column 30: WHERE clause must be a condition'],
    [
      'SELECT id FROM sale WHERE COUNT(*) > 1',
      'From line 1, column 27 to line 1, column 34: Aggregate expression is illegal in WHERE clause',
    ],
    [
      'SELECT MAX(COUNT(*)) FROM sale',
      'From line 1, column 8 to line 1, column 20: Aggregate expressions cannot be nested',
    ],
    [
      'SELECT id FROM sale GROUP BY item',
      "From line 1, column 8 to line 1, column 9: Expression 'id' is not being grouped",
    ],
    ['SELECT *, COUNT(*) FROM sale GROUP BY id', "At line 1, column 8: Expression 'sale.shop' is not being grouped"],
    ['SELECT id FROM sale ORDER BY 2', 'At line 1, column 30: Ordinal out of range'],
    [
      'SELECT DISTINCT id FROM sale ORDER BY price',
      "From line 1, column 39 to line 1, column 43: Expression 'price' is not in the select clause",
    ],
    [
      'SELECT * FROM sale JOIN shop',
      'From line 1, column 20 to line 1, column 23: INNER, LEFT, RIGHT or FULL join requires a condition (NATURAL keyword or ON or USING clause)',
    ],
    [
      'SELECT * FROM sale JOIN shop USING (nope)',
      "From line 1, column 37 to line 1, column 40: Column 'nope' not found in any table",
    ],
    ['SELECT 1 UNION SELECT 1, 2', 'From line 1, column 23 to line 1, column 26: Column count mismatch in UNION'],
    ["SELECT 1 EXCEPT SELECT 'a'", 'At line 1, column 8: Type mismatch in column 1 of EXCEPT'],
    [
      'VALUES (1, 2), (3)',
      'From line 1, column 1 to line 1, column 18: Values passed to VALUES operator must have compatible types',
    ],
    [
      'SELECT * FROM (SELECT id, town FROM shop) AS t (a)',
      "At line 1, column 49: List of column aliases must have same degree as table; table has 2 columns ('id', 'town'), whereas alias list has 1 columns",
    ],
    ['SELECT SUM(shop) OVER w FROM sale', "At line 1, column 23: Window 'w' not found"],
    [
      'SELECT ROW_NUMBER() FROM sale',
      'From line 1, column 8 to line 1, column 19: OVER clause is necessary for window functions',
    ],
    ['SELECT NULL FROM sale', "From line 1, column 8 to line 1, column 11: Illegal use of 'NULL'"],
    [
      "SELECT CASE WHEN shop > 1 THEN 'a' ELSE 1 END FROM sale",
      'From line 1, column 8 to line 1, column 45: Illegal mixing of types in CASE or COALESCE statement',
    ],
    [
      "SELECT INTERVAL '400' DAY",
      'From line 1, column 8 to line 1, column 25: Interval field value 400 exceeds precision of DAY(2) field',
    ],
    [
      "SELECT * FROM TABLE(TUMBLE(TABLE sale, DESCRIPTOR(nope), INTERVAL '1' MINUTE))",
      "From line 1, column 51 to line 1, column 54: Unknown identifier 'nope'",
    ],
  ])('%s', async (sql, text) => {
    const error = await failure(sql);
    expect(error.message).toBe(`SQL validation failed. ${text}`);
    expect(error.exceptionClass).toBe('org.apache.flink.table.api.ValidationException');
    const root = (error.cause as EngineError).cause as EngineError;
    expect(root.exceptionClass).toBe('org.apache.calcite.sql.validate.SqlValidatorException');
    expect(text.endsWith(root.message)).toBe(true);
  });
});

describe('errors of planning', () => {
  it.each([
    [
      'SELECT * FROM sale JOIN shop ON item = shop.id',
      "implicit type conversion between VARCHAR(2147483647) and INTEGER is not supported on join's condition now",
    ],
    [
      "SELECT COUNT(*) FROM sale GROUP BY TUMBLE(at_time, INTERVAL '1' DAY), HOP(at_time, INTERVAL '1' DAY, INTERVAL '2' DAY)",
      'Only a single window group function may be used in GROUP BY',
    ],
    [
      "SELECT COUNT(*) FROM (SELECT CAST(at_time AS TIMESTAMP(3)) t FROM sale) GROUP BY TUMBLE(t, INTERVAL '1' DAY)",
      'Window aggregate can only be defined over a time attribute column, but TIMESTAMP(3) encountered.',
    ],
  ])('%s', async (sql, text) => {
    const error = await failure(sql);
    expect(error.message).toBe(text);
    expect(error.exceptionClass).toBe('org.apache.flink.table.api.TableException');
  });
});
