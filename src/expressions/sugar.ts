/** Calls that are other calls written shortly, where it matters which of their arguments are evaluated. */
import { type LogicalType, types } from '../types/logical-type.ts';
import { type CallExpression, call, type Expression } from './expression.ts';

/** BETWEEN is two comparisons, IN over values that are not all literals a chain of them; the rest stays as it is. */
export function withoutSugar(expression: CallExpression): CallExpression {
  switch (expression.function) {
    case 'BETWEEN':
      return between(expression);
    case 'NOT BETWEEN':
      return call('NOT', [between(expression)], expression.type) as CallExpression;
    case 'IN':
      return expression.args.slice(1).every((arg) => arg.kind === 'literal') ? expression : oneOf(expression);
    case 'NOT IN':
      return expression.args.slice(1).every((arg) => arg.kind === 'literal')
        ? expression
        : (call('NOT', [oneOf(expression)], expression.type) as CallExpression);
    default:
      return expression;
  }
}

function between({ args, type }: CallExpression): CallExpression {
  const [value, low, high] = args as readonly [Expression, Expression, Expression];
  return call('AND', [compare('>=', value, low), compare('<=', value, high)], type) as CallExpression;
}

function oneOf({ args, type }: CallExpression): CallExpression {
  const [value, ...items] = args as readonly [Expression, ...Expression[]];
  const comparisons = items.map((item) => compare('=', value, item));
  return comparisons.length === 1
    ? (comparisons[0] as CallExpression)
    : (call('OR', comparisons, type) as CallExpression);
}

function compare(name: string, left: Expression, right: Expression): Expression {
  const type: LogicalType = types.boolean(left.type.nullable || right.type.nullable);
  return call(name, [left, right], type);
}
