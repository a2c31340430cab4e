/** BETWEEN, symmetric or not, as the comparisons that it stands for. */
import { type Expression, literal } from '../expressions/expression.ts';
import type { SqlExpression } from '../parser/ast.ts';
import { isComparable } from '../types/comparable.ts';
import { types, withNullable } from '../types/logical-type.ts';
import { bindError } from './bind-error.ts';
import { bindScalar, describeType } from './function-binder.ts';

type OperatorNode = Extract<SqlExpression, { kind: 'operator' }>;

/** `a BETWEEN b AND c` is `a >= b AND a <= c`. */
export function bindBetween(node: OperatorNode, operands: readonly Expression[]): Expression {
  const typed = operands.find((operand) => operand.type.kind !== 'NULL')?.type ?? types.boolean();
  const [value, low, high] = operands.map((operand) =>
    operand.type.kind === 'NULL' ? literal(null, withNullable(typed, true)) : operand,
  ) as [Expression, Expression, Expression];
  checkBetween([value, low, high], node);
  const within = (from: Expression, to: Expression) =>
    bindScalar(
      'AND',
      [bindScalar('>=', [value, from], node.span), bindScalar('<=', [value, to], node.span)],
      node.span,
    );
  const outside = (from: Expression, to: Expression) =>
    bindScalar('OR', [bindScalar('<', [value, from], node.span), bindScalar('>', [value, to], node.span)], node.span);
  const negated = node.operator.startsWith('NOT ');
  if (!node.operator.includes('SYMMETRIC') || node.operator.includes('ASYMMETRIC'))
    return negated ? outside(low, high) : within(low, high);
  return negated
    ? bindScalar('AND', [outside(low, high), outside(high, low)], node.span)
    : bindScalar('OR', [within(low, high), within(high, low)], node.span);
}

/** Values that cannot be compared are refused as operands of BETWEEN. */
function checkBetween(operands: readonly Expression[], { operator, span }: OperatorNode): void {
  const [value, low, high] = operands.map((operand) => `<${describeType(operand.type).toUpperCase()}>`);
  const name = /SYMMETRIC/.test(operator) ? operator : `${operator} ASYMMETRIC`;
  const comparable = operands.every((one, i) =>
    operands.slice(i + 1).every((other) => isComparable(one.type, other.type)),
  );
  if (comparable) return;
  const form = '<COMPARABLE_TYPE>';
  throw bindError(
    `Cannot apply '${name}' to arguments of type '${value} ${name} ${low} AND ${high}'. Supported form(s): '${form} ${operator.replace(/ ASYMMETRIC| SYMMETRIC/, '')} ${form} AND ${form}'`,
    span,
  );
}
