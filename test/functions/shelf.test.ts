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
