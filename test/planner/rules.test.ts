import { describe, expect, test } from 'vitest';
import { call, type Expression, inputReference, literal } from '../../src/expressions/expression.ts';
import { lookupScalar } from '../../src/functions/index.ts';
import { TRUE } from '../../src/planner/conditions.ts';
import type { LogicalPlan, PlanOf } from '../../src/planner/logical-plan.ts';
import { applyRules } from '../../src/planner/optimizer.ts';
import { foldConstants } from '../../src/planner/rules/fold-constants.ts';
import { pushFilters } from '../../src/planner/rules/push-filters.ts';
import type { Rule } from '../../src/planner/rules/rule.ts';
import { setOperations } from '../../src/planner/rules/set-operations.ts';
import { useEqualities } from '../../src/planner/rules/use-equalities.ts';
import { types } from '../../src/types/logical-type.ts';
import * as p from './plan-doubles.ts';

const bool = types.boolean();
const column = (index: number) => inputReference(index, types.int());
const gt = (index: number, value: number) => p.compare('>', column(index), value);
const or = (...terms: readonly Expression[]) => call('OR', terms, bool);
const isNull = (index: number) => call('IS NULL', [column(index)], types.boolean(false));
const context = { ...p.context(), scalarFunction: lookupScalar };

function conditionAfter(rule: Rule, condition: Expression): Expression {
  const plan = rule.apply(p.filter(p.scan(p.table('t', p.abc)), condition), context);
  return plan.kind === 'Filter' ? plan.condition : TRUE;
}

describe('fold-constants', () => {
  test('computes calls of literals, leaves what fails to the row', () => {
    const sum = call('+', [literal(1, types.int(false)), literal(2, types.int(false))], types.int(false));
    expect(conditionAfter(foldConstants, p.compare('>', column(0), sum))).toEqual(gt(0, 3));
    const wrong = call('CAST', [literal('x', types.char(1, false))], types.int());
    expect(conditionAfter(foldConstants, p.compare('>', column(0), wrong))).toMatchObject({
      args: [{}, { kind: 'call' }],
    });
  });

  test('finds the null-safe equality and the common factor of alternatives', () => {
    const nullSafe = or(p.compare('=', column(0), column(2)), p.and(isNull(0), isNull(2)));
    expect(conditionAfter(foldConstants, nullSafe)).toMatchObject({ function: 'IS NOT DISTINCT FROM' });
    const equal = p.compare('=', column(0), column(2));
    const factored = conditionAfter(foldConstants, or(p.and(equal, gt(0, 1)), p.and(gt(2, 5), equal)));
    expect(factored).toMatchObject({ function: 'AND', args: [{ function: '=' }, { function: 'OR' }] });
    expect(conditionAfter(foldConstants, or(equal, p.and(equal, gt(0, 1))))).toMatchObject({ function: '=' });
  });
});

describe('push-filters', () => {
  const left = () => p.scan(p.table('l', p.abc));
  const right = () => p.scan(p.table('r', p.abc));
  const equal = p.compare('=', column(0), column(3));

  function joined(joinType: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL', on: Expression, where: Expression): LogicalPlan {
    return pushFilters.apply(p.filter(p.join(left(), right(), joinType, on), where), context);
  }
  const below = (plan: LogicalPlan) => {
    const join = (plan.kind === 'Filter' ? plan.input : plan) as PlanOf<'Join'>;
    return [join.joinType, join.left.kind, join.right.kind, plan.kind];
  };

  test('by the type of the join', () => {
    expect(below(joined('INNER', equal, p.and(gt(2, 1), gt(5, 1))))).toEqual(['INNER', 'Filter', 'Filter', 'Join']);
    expect(below(joined('LEFT', equal, gt(2, 1)))).toEqual(['LEFT', 'Filter', 'Scan', 'Join']);
    expect(below(joined('LEFT', p.and(equal, gt(5, 1)), isNull(5)))).toEqual(['LEFT', 'Scan', 'Filter', 'Filter']);
    expect(below(joined('LEFT', equal, gt(5, 1)))).toEqual(['INNER', 'Scan', 'Filter', 'Join']);
    expect(below(joined('FULL', equal, gt(5, 1)))).toEqual(['RIGHT', 'Scan', 'Filter', 'Join']);
    expect(below(joined('RIGHT', p.and(equal, gt(2, 1)), isNull(0)))).toEqual(['RIGHT', 'Filter', 'Scan', 'Filter']);
  });

  test('not below a limit, nor below what throws dice', () => {
    const source = left();
    const limit: LogicalPlan = { kind: 'Sort', input: source, fields: source.fields, order: [], offset: 0, fetch: 3 };
    expect(pushFilters.apply(p.filter(limit, gt(0, 1)), context).kind).toBe('Filter');
    const dice = p.project(source, ['r', call('RAND', [], types.double(false))]);
    expect(pushFilters.apply(p.filter(dice, p.compare('>', p.column(dice, 0), 1)), context).kind).toBe('Filter');
  });

  test('not below the watermark: rows that are filtered out move the time too', () => {
    const source = left();
    const assigner: LogicalPlan = {
      kind: 'WatermarkAssigner',
      input: source,
      fields: source.fields,
      timeColumn: 0,
      watermark: column(0),
    };
    expect(pushFilters.apply(p.filter(assigner, gt(0, 1)), context)).toMatchObject({
      kind: 'Filter',
      input: { kind: 'WatermarkAssigner', input: { kind: 'Scan' } },
    });
  });
});

describe('use-equalities', () => {
  test('branches of a CASE that a filter rules out fall away', () => {
    const source = p.filter(p.scan(p.table('t', p.abc)), p.compare('=', column(0), 2));
    const isOne = p.compare('=', column(0), 1);
    const choice = call(
      'CASE',
      [isOne, inputReference(1, types.string()), literal('x', types.string())],
      types.string(),
    );
    const plan = p.project(source, ['c', choice], 2);
    expect(useEqualities.apply(plan, context)).toMatchObject({
      expressions: [{ kind: 'literal', value: 'x' }, { index: 2 }],
    });
    expect(applyRules(plan, context)).toMatchObject({ input: { input: { fields: [{ name: 'id' }, { name: 'b' }] } } });
  });

  test('not of floating-point numbers, where two zeros are equal', () => {
    const double = inputReference(0, types.double());
    const source = p.scan(p.table('t', [p.field('d', types.double())]));
    const equal = p.filter(source, call('=', [double, literal(0, types.double(false))], bool));
    const plan = p.project(equal, ['s', call('CAST', [double], types.string())]);
    expect(useEqualities.apply(plan, context)).toMatchObject({ expressions: [{ kind: 'call' }] });
  });
});

describe('set-operations', () => {
  const operation = (operator: 'UNION' | 'INTERSECT' | 'EXCEPT', all: boolean): LogicalPlan => {
    const inputs = [p.scan(p.table('l', p.abc)), p.scan(p.table('r', p.abc))];
    return { kind: 'SetOperation', operator, all, inputs, fields: p.abc };
  };
  const shape = (plan: LogicalPlan) => setOperations.apply(plan, context);

  test('as Flink rewrites them', () => {
    expect(shape(operation('UNION', false))).toMatchObject({
      kind: 'Aggregate',
      keys: [0, 1, 2],
      input: { all: true },
    });
    expect(shape(operation('INTERSECT', false))).toMatchObject({ kind: 'Aggregate', input: { joinType: 'SEMI' } });
    expect(shape(operation('EXCEPT', false))).toMatchObject({ kind: 'Aggregate', input: { joinType: 'ANTI' } });
    expect(shape(operation('EXCEPT', true))).toMatchObject({ kind: 'Project', input: { kind: 'Correlate' } });
  });

  test('keep their columns through all rules', () => {
    for (const operator of ['UNION', 'INTERSECT', 'EXCEPT'] as const)
      for (const all of [true, false])
        expect(applyRules(operation(operator, all), context).fields.map((field) => field.type.kind)).toEqual([
          'INT',
          'VARCHAR',
          'INT',
        ]);
  });
});
