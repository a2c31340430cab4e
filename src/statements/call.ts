/** CALL: a procedure with constant arguments. */
import { validationError } from '../base/error.ts';
import type { SqlExpression } from '../parser/ast.ts';
import type { Value } from '../types/value.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface CallNode extends StatementNode {
  readonly path: readonly string[];
  readonly args: ReadonlyArray<{ readonly name?: string; readonly value: Value }>;
}

export const call = defineStatement<CallNode>({
  name: 'call',
  heads: [['CALL']],
  syntax: 'CALL [catalog.][database.]procedure([name =>] value, …)',
  summary: 'Runs a procedure.',
  example: 'CALL sys.play_shop(orders => 5)',
  parse(parser, start) {
    const at = parser.peekSpan();
    const { parts: path } = parser.compoundIdentifier();
    if (!parser.seesSymbol('(')) parser.unexpected();
    parser.backTo(at);
    const expression = parser.expression();
    if (expression.kind !== 'function') return parser.unexpected();
    const args = expression.args.map((arg, i) => {
      const [name] = expression.argNames?.[i]?.parts ?? [];
      return name === undefined ? { value: constant(arg) } : { name, value: constant(arg) };
    });
    return { statement: 'call', path, args, span: parser.spanFrom(start) };
  },
  execute: ({ path, args }, context) => context.call(path, args),
});

/** Literals, negative numbers, and arrays of them. */
function constant(expression: SqlExpression): Value {
  switch (expression.kind) {
    case 'number':
      return numberOf(expression.text, 1);
    case 'string':
      return expression.value;
    case 'boolean':
      return expression.value;
    case 'null':
      return null;
    case 'array':
      return expression.items.map(constant);
    case 'operator': {
      const [operand] = expression.operands;
      if (expression.operands.length === 1 && operand?.kind === 'number' && /^[+-]$/.test(expression.operator))
        return numberOf(operand.text, expression.operator === '-' ? -1 : 1);
      break;
    }
    default:
      break;
  }
  throw validationError('Arguments of CALL must be constants.', expression.span);
}

function numberOf(text: string, sign: 1 | -1): Value {
  const value = Number(text) * sign;
  if (!/^\d+$/.test(text) || Number.isSafeInteger(value)) return value;
  return BigInt(text) * BigInt(sign);
}
