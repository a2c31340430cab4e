/** Every function's example: compiled code gives what the interpreter gives, for literals and for columns, for values and for nulls. */
import { expect, test } from 'vitest';
import type { Expression } from '../../src/expressions/expression.ts';
import { compileCalc } from '../../src/expressions/generate.ts';
import { interpret } from '../../src/expressions/interpret.ts';
import { lookupScalar, scalarFunctions } from '../../src/functions/index.ts';
import { parseExpression } from '../../src/parser/sql-parser.ts';
import { bindExpression } from '../../src/planner/bind-expression.ts';
import { emptyEnv } from '../../src/planner/empty-env.ts';
import { Batch, BatchWriter } from '../../src/types/batch.ts';
import { Column } from '../../src/types/column.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue, writeValue } from '../../src/types/lane-value.ts';
import { type LogicalType, withNullable } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';
import { evaluation as plainEvaluation } from './small-functions.ts';

const evaluation = { ...plainEvaluation, timeZone: 'America/New_York' };

const context = { config: () => undefined } as never;

function bound(example: string): Expression | undefined {
  try {
    return bindExpression(
      parseExpression(example),
      emptyEnv(context, null, null, () => expect.unreachable('a query'), 'SELECT' as never),
    );
  } catch {
    return undefined;
  }
}

/** The expression with its literals, or the first one only, as columns that may be null. */
function lifted(
  expression: Expression,
  types: LogicalType[],
  row: Value[],
  most = Number.POSITIVE_INFINITY,
): Expression {
  if (expression.kind === 'input' || expression.type.kind === 'NULL') return expression;
  const type = withNullable(expression.type, true);
  if (expression.kind === 'call')
    return { ...expression, type, args: expression.args.map((arg) => lifted(arg, types, row, most)) };
  if (types.length >= most) return expression;
  types.push(type);
  row.push(expression.value);
  return { kind: 'input', index: types.length - 1, type };
}

function outcome(compute: () => Value): Value | string {
  try {
    return compute();
  } catch (error) {
    return `fails: ${(error as Error).message}`;
  }
}

function compiled(expression: Expression, types: readonly LogicalType[], row: readonly Value[]): Value {
  const heap = new Heap();
  const outputTypes = [withNullable(expression.type, true)];
  const calc = compileCalc(
    { inputTypes: types, condition: null, projection: [expression], outputTypes },
    { heap, evaluation, findFunction: lookupScalar },
  );
  const batch = new Batch(types);
  row.forEach((value, i) => {
    writeValue(types[i] as LogicalType, batch.columns[i] as Column, 0, value, heap);
  });
  batch.rowCount = 1;
  const writer = new BatchWriter(outputTypes, () => {});
  calc(batch, writer);
  return readValue(expression.type, writer.batch.columns[0] as Column, 0, heap);
}

/** A value as it comes out of a column: numbers as their lanes hold them. */
function stored(type: LogicalType, value: Value): Value {
  const heap = new Heap();
  const column = new Column(withNullable(type, true), 1);
  writeValue(type, column, 0, value, heap);
  return readValue(type, column, 0, heap);
}

const cases = scalarFunctions.flatMap(({ name, example, deterministic }) => {
  const expression = deterministic === false ? undefined : bound(example);
  return expression ? ([[name, example, expression]] as const) : [];
});

const MORE = [
  'CAST(CAST(-12345678901 AS BIGINT) AS STRING)',
  'CAST(-7 AS STRING)',
  'CAST(-0.050 AS STRING)',
  'CAST(1234567890123456789012345678.05 AS STRING)',
  'CAST(1E10 AS STRING)',
  "CAST(DATE '2024-02-29' AS STRING)",
  "CAST(DATE '0001-01-01' AS STRING)",
  "CAST(TIMESTAMP '2024-07-01 00:30:00.123' AS TIMESTAMP_LTZ(3))",
  "CAST(CAST(TIMESTAMP '2024-07-01 00:30:00.123456' AS TIMESTAMP_LTZ(6)) AS TIMESTAMP(4))",
  "CAST(TIMESTAMP '1969-12-31 23:59:59.999999' AS TIMESTAMP_LTZ(0))",
  "DATE_FORMAT(CAST(TIMESTAMP '2024-07-01 00:30:00' AS TIMESTAMP_LTZ(3)), 'yyyy-MM-dd HH:mm')",
  'MOD(7.50, 2)',
  '-7.5 % 2.25',
  'CAST(1234567890123456789.5 AS DECIMAL(30, 1)) % 0.7',
  'ROUND(2.345, 2)',
  'ROUND(-2.345, 1)',
  'ROUND(1234.5, -2)',
  'ROUND(99.99, 1)',
  'TRUNCATE(-42.39, 1)',
  'ROUND(2.675E0, 2)',
  'ROUND(-0.4E0, 0)',
  'TRUNCATE(42.39E0, 1)',
  '12.34 * 0.5E0',
  '0.1E0 / 12345678901234567890.12',
  'CAST(12345678901234567890.12 AS DOUBLE)',
  'CAST(0.1 AS FLOAT)',
  "SPLIT_INDEX('http://a.b/c/dé', '/', 3)",
  "SPLIT_INDEX('http://a.b/c/dé', '/', 4)",
  "SPLIT_INDEX('http://a.b/c/dé', '/', 9)",
  "SPLIT_INDEX('a::b:::c', '::', 2)",
  "SPLIT_INDEX('a,', ',', 1)",
  "SPLIT_INDEX('a', ',', -1)",
  "SPLIT_INDEX('', ',', 0)",
  "REPLACE('aXbXXc', 'X', 'éé')",
  "REPLACE('aaa', 'aa', '')",
  "REPLACE('naïve ï', 'ï', 'i')",
  "REPLACE('', 'a', 'b')",
  "REPLACE('abc', '', '-')",
  "REPLACE('abc', 'x', 'y')",
  "REPLACE('abc', CAST(NULL AS STRING), 'y')",
  "REPLACE('abc', 'b', CAST(NULL AS STRING))",
].map((example) => {
  const expression = bound(example);
  if (!expression) throw new Error(`not bound: ${example}`);
  return ['more', example, expression] as const;
});

test.each([...cases, ...MORE])('%s: %s', (_name, _example, expression) => {
  const types: LogicalType[] = [];
  const row: Value[] = [];
  const columns = lifted(expression, types, row);
  const nulls = row.map(() => null);
  const firstTypes: LogicalType[] = [];
  const firstRow: Value[] = [];
  const withFirst = lifted(expression, firstTypes, firstRow, 1);
  for (const [form, values, inputTypes] of [
    [expression, [], []],
    [columns, row, types],
    [columns, nulls, types],
    [withFirst, firstRow, firstTypes],
  ] as const)
    expect(outcome(() => compiled(form, inputTypes, values))).toEqual(
      outcome(() => stored(form.type, interpret(form, lookupScalar)(values, evaluation))),
    );
});
