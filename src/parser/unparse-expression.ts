/** Expressions back to text, in the form that Flink stores and shows: names in back-ticks, parentheses only where precedence asks for them. */
import { unreachable } from '../base/error.ts';
import { quoteIdentifier } from '../types/logical-type.ts';
import type { SqlExpression } from './ast.ts';
import { ATOM, type Print, type QueryPrinter, unparseCall, unparseTableArgument } from './unparse-call.ts';
import { unparseType } from './unparse-type.ts';

type Operator = Extract<SqlExpression, { kind: 'operator' }>;

const PRECEDENCE: Readonly<Record<string, number>> = {
  OR: 22,
  AND: 24,
  NOT: 26,
  '+': 40,
  '-': 40,
  '*': 60,
  '/': 60,
  '%': 60,
  '||': 60,
  'IS DISTINCT FROM': 40,
  'IS NOT DISTINCT FROM': 40,
  'MULTISET UNION': 14,
  'MULTISET EXCEPT': 14,
  'MULTISET INTERSECT': 18,
};

const UNARY = 80;

function precedenceOf(expression: SqlExpression): number {
  switch (expression.kind) {
    case 'operator': {
      const { operator, operands } = expression;
      if (operator === 'MINUS_DATE' || operator === 'INTERVAL' || operator === 'EXISTS') return ATOM;
      if (operands.length === 1 && (operator === '-' || operator === '+'))
        return isNegativeNumber(expression) ? ATOM : UNARY;
      const known = PRECEDENCE[operator.replace(/ ALL$/, '')];
      if (known !== undefined) return known;
      if (/^IS |FORMAT JSON/.test(operator)) return 28;
      return /LIKE|BETWEEN|SIMILAR/.test(operator) ? 32 : 30;
    }
    case 'in':
      return 32;
    case 'quantified':
      return 30;
    default:
      return ATOM;
  }
}

function isNegativeNumber(expression: Operator): boolean {
  return expression.operator === '-' && expression.operands[0]?.kind === 'number';
}

export function unparseExpression(expression: SqlExpression, printer: QueryPrinter): string {
  const print = (child: SqlExpression, minimum = 0): string => {
    const text = unparseExpression(child, printer);
    return precedenceOf(child) < minimum ? `(${text})` : text;
  };
  const list = (items: readonly SqlExpression[]): string => items.map((item) => print(item)).join(', ');
  switch (expression.kind) {
    case 'identifier':
      return expression.parts.map(quoteIdentifier).join('.');
    case 'star':
      return [...expression.qualifier.map(quoteIdentifier), '*'].join('.');
    case 'number':
      return expression.text.toUpperCase();
    case 'string':
    case 'binary':
    case 'boolean':
    case 'null':
    case 'datetime':
    case 'interval':
    case 'symbol':
      return unparseLiteral(expression);
    case 'operator':
      return unparseOperator(expression, print);
    case 'function':
      return unparseCall(expression, print);
    case 'cast':
      return `${expression.safe ? 'TRY_CAST' : 'CAST'}(${print(expression.operand)} AS ${unparseType(expression.type)})`;
    case 'case':
      return unparseCase(expression, print);
    case 'in': {
      const right = expression.query ? printer.query(expression.query) : list(expression.list ?? []);
      return `${print(expression.left, 32)} ${expression.negated ? 'NOT IN' : 'IN'} (${right})`;
    }
    case 'exists':
      return `EXISTS (${printer.query(expression.query)})`;
    case 'quantified': {
      const right = expression.query ? printer.query(expression.query) : list(expression.list ?? []);
      return `${print(expression.left, 30)} ${expression.operator} ${expression.quantifier === 'ANY' ? 'SOME' : 'ALL'} (${right})`;
    }
    case 'subquery':
      return `(${printer.query(expression.query)})`;
    case 'row':
      return `ROW(${list(expression.items)})`;
    case 'array':
    case 'map':
      return `${expression.kind.toUpperCase()}[${list(expression.items)}]`;
    case 'item':
      return `${print(expression.collection, ATOM)}[${print(expression.index)}]`;
    case 'field':
      return `${print(expression.operand, ATOM)}.${quoteIdentifier(expression.field)}`;
    case 'descriptor':
      return `DESCRIPTOR(${list(expression.columns)})`;
    case 'table-argument':
      return unparseTableArgument(expression, print, printer);
    default:
      return unreachable(expression);
  }
}

/** A string literal as Calcite prints it: with escapes where it is not ASCII. */
export function unparseString(value: string): string {
  const quoted = value.replaceAll("'", "''");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is meant
  if (/^[\x00-\x7f]*$/.test(quoted)) return `'${quoted}'`;
  let text = '';
  for (let i = 0; i < quoted.length; i++) {
    const code = quoted.charCodeAt(i);
    if (code === 92) text += '\\\\';
    else text += code < 128 ? quoted.charAt(i) : `\\${code.toString(16).padStart(4, '0')}`;
  }
  return `u&'${text}'`;
}

function unparseLiteral(
  literal: Extract<
    SqlExpression,
    { kind: 'string' | 'binary' | 'boolean' | 'null' | 'datetime' | 'interval' | 'symbol' }
  >,
): string {
  switch (literal.kind) {
    case 'string':
      return literal.charset === undefined
        ? unparseString(literal.value)
        : `_${literal.charset}${unparseString(literal.value)}`;
    case 'binary':
      return `X'${Buffer.from(literal.value).toString('hex').toUpperCase()}'`;
    case 'boolean':
      return literal.value === null ? 'UNKNOWN' : literal.value ? 'TRUE' : 'FALSE';
    case 'null':
      return 'NULL';
    case 'datetime':
      return `${literal.type} '${literal.text}'`;
    case 'interval':
      return `INTERVAL ${literal.sign < 0 ? '-' : ''}'${literal.text}' ${literal.unit}`;
    case 'symbol':
      return literal.name;
    default:
      return unreachable(literal);
  }
}

function unparseOperator(expression: Operator, print: Print): string {
  const { operator, operands } = expression;
  const [first, second, third] = operands;
  if (!first) return operator;
  const precedence = precedenceOf(expression);
  if (operator === 'MINUS_DATE' && second && third)
    return `(${print(first, 40)} - ${print(second, 41)}) ${print(third)}`;
  if (operator === 'INTERVAL' && second) return `INTERVAL (${print(first)}) ${print(second)}`;
  if (!second) return unparseUnary(operator, first, precedence, print, expression);
  if (operator.includes('BETWEEN') && third) {
    const between = operator.endsWith('SYMMETRIC') ? operator : `${operator} ASYMMETRIC`;
    return `${print(first, 32)} ${between} ${print(second, 33)} AND ${print(third, 33)}`;
  }
  const text = `${print(first, precedence)} ${operator} ${print(second, precedence + 1)}`;
  return third ? `${text} ESCAPE ${print(third, ATOM)}` : text;
}

function unparseUnary(
  operator: string,
  first: SqlExpression,
  precedence: number,
  print: Print,
  whole: Operator,
): string {
  if (operator === 'NOT' || operator === 'EXISTS')
    return `${operator} ${print(first, precedence + (operator === 'NOT' ? 1 : 0))}`;
  if (operator === '-' && isNegativeNumber(whole)) return `-${print(first)}`;
  if (operator === '-' || operator === '+') return `${operator} ${print(first, UNARY + 1)}`;
  return `${print(first, precedence)} ${operator}`;
}

function unparseCase(expression: Extract<SqlExpression, { kind: 'case' }>, print: Print): string {
  const { operand } = expression;
  const branches = expression.branches.map(({ when, then: result }) => {
    const conditions = operand
      ? when.map((value) => `${print(operand, 30)} = ${print(value, 31)}`).join(' OR ')
      : when.map((value) => print(value)).join(', ');
    return `WHEN ${conditions} THEN ${print(result)}`;
  });
  return `CASE ${branches.join(' ')} ELSE ${expression.otherwise ? print(expression.otherwise) : 'NULL'} END`;
}
