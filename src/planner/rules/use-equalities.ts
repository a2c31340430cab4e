/** Behind `WHERE a = 2`, expressions over a are expressions over 2: branches of a CASE fall away, and columns that only they read. */
import { type Expression, literal, mapInputs } from '../../expressions/expression.ts';
import { type LogicalType, withNullable } from '../../types/logical-type.ts';
import { conjunction, conjuncts, TRUE } from '../conditions.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { rewriteUp } from '../plan-tree.ts';
import { type Folding, fold, foldingOf } from './fold-constants.ts';
import { defineRule } from './rule.ts';

export const useEqualities = defineRule({
  name: 'use-equalities',
  summary: 'Computes with the constants that a filter sets columns equal to.',
  apply(plan, context) {
    const folding = foldingOf(context);
    return rewriteUp(plan, (node) => {
      if (node.kind !== 'Project' || node.input.kind !== 'Filter') return node;
      return withConstants(node, node.input, folding);
    });
  },
});

function withConstants(node: PlanOf<'Project'>, filter: PlanOf<'Filter'>, folding: Folding): LogicalPlan {
  const constants = constantsOf(filter.condition);
  if (constants.size === 0) return node;
  const replace = (expression: Expression): Expression =>
    expression.kind === 'call' && readsConstant(expression, constants)
      ? fold(
          mapInputs(expression, (index, type) => constants.get(index) ?? { kind: 'input', index, type }),
          folding,
        )
      : expression;
  const terms = conjuncts(filter.condition).map((term) => (isEquality(term) ? term : replace(term)));
  const condition = conjunction(terms) ?? TRUE;
  return { ...node, expressions: node.expressions.map(replace), input: { ...filter, condition } };
}

/** Kinds of which two equal values are the same value. */
const EXACT = new Set(['TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'BOOLEAN', 'DATE', 'VARCHAR']);

function constantsOf(condition: Expression): Map<number, Expression> {
  const constants = new Map<number, Expression>();
  for (const term of conjuncts(condition)) {
    if (!isEquality(term) || term.kind !== 'call') continue;
    const [a, b] = term.args;
    const [column, value] = a?.kind === 'input' ? [a, b] : [b, a];
    if (column?.kind === 'input' && value?.kind === 'literal' && EXACT.has(column.type.kind))
      constants.set(column.index, literal(value.value, withNullable(column.type, false)));
  }
  return constants;
}

function isEquality(term: Expression): boolean {
  if (term.kind !== 'call' || term.function !== '=') return false;
  const [a, b] = term.args;
  if (a === undefined || b === undefined || a.kind === b.kind) return false;
  const literalSide = a.kind === 'literal' ? a : b;
  return (
    (a.kind === 'input' || b.kind === 'input') &&
    literalSide.kind === 'literal' &&
    literalSide.value !== null &&
    sameKind(a.type, b.type)
  );
}

function sameKind(a: LogicalType, b: LogicalType): boolean {
  const isText = (type: LogicalType) => type.kind === 'CHAR' || type.kind === 'VARCHAR';
  return (
    (EXACT.has(a.kind) && a.kind === b.kind) ||
    (isText(a) && isText(b) && (a.kind === 'VARCHAR' || b.kind === 'VARCHAR'))
  );
}

function readsConstant(expression: Expression, constants: ReadonlyMap<number, Expression>): boolean {
  if (expression.kind === 'input') return constants.has(expression.index);
  return expression.kind === 'call' && expression.args.some((arg) => readsConstant(arg, constants));
}
