/** Calls that are other calls written shortly, where it matters which of their arguments are evaluated. */
import { type LogicalType, types, typeToString, withNullable } from '../types/logical-type.ts';
import { type CallExpression, call, type Expression, literal } from './expression.ts';

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

/**
 * As it is computed: a list of literals is one value, which the function looks into, so that a list of any length is one argument.
 */
export function withPackedList(expression: CallExpression): CallExpression {
  const [value, ...items] = expression.args;
  if (expression.function !== 'IN' || !value || !items.every((item) => item.kind === 'literal')) return expression;
  const type = types.array(withNullable(value.type, true), false);
  if (items.length === 1 && items[0] && typeToString(items[0].type) === typeToString(type)) return expression;
  const values = items.map((item) => item.value);
  return { ...expression, args: [value, literal(values, type)] };
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
