/** Walks the shelf: names are unique, and every example is an expression that has a value. */
import { describe, expect, it } from 'vitest';
import type { Expression } from '../../src/expressions/expression.ts';
import { interpret } from '../../src/expressions/interpret.ts';
import { aggregateFunctions, lookupScalar, scalarFunctions } from '../../src/functions/index.ts';
import { parseExpression } from '../../src/parser/sql-parser.ts';
import { bindExpression } from '../../src/planner/bind-expression.ts';
import { emptyEnv } from '../../src/planner/empty-env.ts';

const context = { timeZone: 'UTC', now: () => 1.7e12, random: () => 0.5, watermark: () => 0, legacyCast: false };
const binding = {
  context: { config: () => undefined, currentDatabase: 'default_database' },
  objects: new Map(),
} as never;

function bound(example: string): Expression {
  const env = emptyEnv(binding, null, null, () => expect.unreachable('a query'), 'SELECT' as never);
  return bindExpression(parseExpression(example), env);
}

/** These need a column, or are words of the binder and not of SQL. */
const WITHOUT_EXAMPLE = new Set(['CURRENT_WATERMARK', 'FIELD', 'JSON']);
const examples = scalarFunctions
  .filter((fn) => !WITHOUT_EXAMPLE.has(fn.name))
  .map((fn) => [fn.name, fn.example] as const);

describe('the shelf of functions', () => {
  it('names each function once', () => {
    const names = [...scalarFunctions, ...aggregateFunctions].flatMap((fn) => [fn.name, ...(fn.aliases ?? [])]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(names.filter((name) => name !== name.toUpperCase())).toEqual([]);
  });

  it('has a sentence for each', () => {
    const silent = [...scalarFunctions, ...aggregateFunctions].filter((fn) => !/^\S.*\.$/.test(fn.summary));
    expect(silent.map((fn) => fn.name)).toEqual([]);
  });

  it.each(examples)('%s: %s', (_name, example) => {
    const expression = bound(example);
    const value = interpret(expression, lookupScalar)([], context);
    expect(value === null && !expression.type.nullable).toBe(false);
  });

  it('finds functions in any case', () => {
    expect(lookupScalar('upper')?.name).toBe('UPPER');
    expect(lookupScalar('nope')).toBeUndefined();
  });
});

function answerOf(sql: string): unknown {
  return interpret(bound(sql), lookupScalar)([], context);
}

describe('values that Flink gives', () => {
  it.each([
    ["TO_TIMESTAMP('2024-01-01 25:00:00')", null],
    ["TO_TIMESTAMP('2024-01-01 23:60:00')", null],
    ["TO_TIMESTAMP('2024-01-01 24:30:00')", null],
    ["TO_TIMESTAMP('2024-01-01 24:00:00') = TIMESTAMP '2024-01-02 00:00:00'", true],
    ["TO_TIMESTAMP('2024-02-31') = TIMESTAMP '2024-02-29 00:00:00'", true],
    ["TO_TIMESTAMP('2024-01-01 1:2:3') = TIMESTAMP '2024-01-01 01:02:03'", true],
    ["TO_TIMESTAMP('2024-01-01 25:00:00', 'yyyy-MM-dd HH:mm:ss') = TIMESTAMP '2024-01-02 01:00:00'", true],
    ["TO_TIMESTAMP('2024-02-31', 'yyyy-MM-dd HH:mm:ss') = TIMESTAMP '2024-03-02 00:00:00'", true],
    ['CAST(1e40 AS FLOAT)', Number.POSITIVE_INFINITY],
    ['CAST(CAST(-1e300 AS DOUBLE) AS FLOAT)', Number.NEGATIVE_INFINITY],
    ['ARRAY_POSITION(ARRAY[1, NULL], NULL)', null],
    ['ARRAY_REMOVE(ARRAY[1, NULL, 1], NULL)', [1, 1]],
    ['ARRAY_CONTAINS(ARRAY[1, NULL], NULL)', true],
    ['ARRAY_APPEND(ARRAY[1], NULL)', [1, null]],
    ['ARRAY_PREPEND(ARRAY[1], NULL)', [null, 1]],
  ])('%s', (sql, value) => {
    expect(answerOf(sql)).toEqual(value);
  });

  it.each([
    ["CAST('1e40' AS FLOAT)", 'Infinite or NaN'],
    ['ARRAY_POSITION(NULL, 1)', "Illegal use of 'NULL'"],
    ['ARRAY_UNION(ARRAY[1], NULL)', "Illegal use of 'NULL'"],
    ["STR_TO_MAP('a:1,b:2', ',')", "Invalid number of arguments to function 'STR_TO_MAP'. Was expecting 1 arguments"],
  ])('%s is refused', (sql, message) => {
    expect(() => answerOf(sql)).toThrow(message);
  });
});
