/** Which type holds values of several, by the rules of those who ask: Calcite's and Flink's own differ. */
import { expect, test } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { parseQuery } from '../../src/parser/sql-parser.ts';
import { bindQuery } from '../../src/planner/binder.ts';
import { planQuery } from '../../src/planner/planner.ts';
import { typeToString } from '../../src/types/logical-type.ts';
import { sqlTables } from './sql-tables.ts';

const tables = sqlTables();
const FROM = `(SELECT CAST(1 AS INT) AS i, CAST(1 AS BIGINT) AS b, CAST(1 AS FLOAT) AS f, CAST(1 AS DOUBLE) AS d, CAST(1 AS DECIMAL(10, 2)) AS n,
  DATE '2024-02-29' AS dt, TIMESTAMP '2024-03-31 02:30:00.123' AS ts, CAST(TIMESTAMP '2024-03-31 02:30:00.123' AS TIMESTAMP_LTZ(3)) AS tz, TIME '10:20:30' AS tm, 'a' AS s, x'41ff' AS x)`;

/** The type, or the root of what went wrong, first line. */
async function typeOf(expression: string): Promise<string> {
  try {
    const plan = await bindQuery(parseQuery(`SELECT ${expression} AS c FROM ${FROM}`), tables.context);
    return typeToString(plan.fields[0]?.type as never);
  } catch (error) {
    return rootOf(error);
  }
}

function rootOf(error: unknown): string {
  let root = error;
  while (root instanceof EngineError && root.cause instanceof EngineError) root = root.cause;
  return (root as Error).message.split('\n')[0] as string;
}

test.each([
  ['COALESCE(f, d)', 'DOUBLE NOT NULL'],
  ['COALESCE(n, f)', 'FLOAT NOT NULL'],
  ['COALESCE(f, n)', 'DOUBLE NOT NULL'],
  ['COALESCE(ts, dt)', 'DATE NOT NULL'],
  ['IFNULL(tm, ts)', 'TIME(0) NOT NULL'],
  ['COALESCE(ts, tz)', 'TIMESTAMP(3) WITH LOCAL TIME ZONE NOT NULL'],
  ['COALESCE(dt, tz)', 'Invalid input arguments.'],
  [
    'COALESCE(i, ts)',
    'Invalid argument type at position 0. Data type TIMESTAMP(3) NOT NULL expected but INT NOT NULL passed.',
  ],
  ['GREATEST(dt, tz)', 'Could not infer an output type for the given arguments.'],
  ['CASE WHEN s = s THEN dt ELSE ts END', 'Illegal mixing of types in CASE or COALESCE statement'],
  ['CASE WHEN s = s THEN ts ELSE tz END', 'TIMESTAMP(3) NOT NULL'],
  ['CASE WHEN s = s THEN f ELSE d END', 'FLOAT NOT NULL'],
  ['ARRAY[n, f]', 'ARRAY<DOUBLE NOT NULL> NOT NULL'],
  ['ts IN (dt, dt)', 'Values passed to IN operator must have compatible types'],
  ['ARRAY(i, i)', 'No match found for function signature ARRAY(<NUMERIC>, <NUMERIC>).'],
  ['ITEM(ARRAY[1], 1)', 'No match found for function signature ITEM(<INTEGER ARRAY>, <NUMERIC>)'],
  [
    'TO_TIMESTAMP_LTZ(i, b)',
    'Unsupported argument type. TO_TIMESTAMP_LTZ(<NUMERIC>, <INTEGER>) requires the second argument to be <INTEGER>.',
  ],
])('%s: %s', async (expression, wanted) => {
  expect(await typeOf(expression)).toBe(wanted);
});

test('a set operation takes no date beside a time', async () => {
  const query = `SELECT dt FROM ${FROM} UNION SELECT ts FROM ${FROM}`;
  await expect(bindQuery(parseQuery(query), tables.context).catch(rootOf)).resolves.toBe(
    'Type mismatch in column 1 of UNION',
  );
});

test('what is constant is computed as Flink does', async () => {
  const sql = `SELECT MD5(x'41ff'), IS_DIGIT(CAST(1 AS DOUBLE)), IS_DIGIT(1), IS_DECIMAL(1.5), RADIANS(3), SECOND(DATE '2024-02-29'), ROUND(12, -2147483647)`;
  const { graph } = await planQuery(parseQuery(sql), tables.context, { sql });
  expect(
    JSON.stringify(graph.vertices, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
  ).toContain('583a4de7a1ace69a4743082945e37d7a');
});
