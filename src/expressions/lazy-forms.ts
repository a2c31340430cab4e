/** Code of the forms that do not evaluate all of their arguments: AND, OR, CASE, IF, COALESCE. */
import type { Operand } from '../functions/generated-code.ts';
import type { CallExpression, Expression } from './expression.ts';
import type { ExpressionCode } from './expression-code.ts';
import { fitOperand } from './fit-operand.ts';

export function emitLazyForm(code: ExpressionCode, expression: CallExpression): Operand {
  switch (expression.function) {
    case 'AND':
      return emitConnective(code, expression, 0);
    case 'OR':
      return emitConnective(code, expression, 1);
    case 'COALESCE':
      return emitCoalesce(code, expression);
    default:
      return emitCase(code, expression);
  }
}

/** An expression that is truthy where a BOOLEAN operand is TRUE. */
export function isTrue({ lanes, isNull }: Operand): string {
  const lane = lanes[0] as string;
  return isNull === 'false' ? lane : `!${isNull} && ${lane}`;
}

/** `decisive` is the value that ends the evaluation; a null lets it go on. */
function emitConnective(code: ExpressionCode, expression: CallExpression, decisive: 0 | 1): Operand {
  const { builder } = code;
  const target = code.variables(expression.type, true);
  const value = target.lanes[0] as string;
  builder.emit(`${value} = ${1 - decisive}; ${target.isNull} = 0;`);
  const emitFrom = (index: number): void => {
    const operand = code.compile(expression.args[index] as Expression);
    const lane = operand.lanes[0] as string;
    const decided = decisive === 1 ? lane : `!${lane}`;
    if (operand.isNull === 'false') builder.emit(`if (${decided}) ${value} = ${decisive};`);
    else builder.emit(`if (${operand.isNull}) ${target.isNull} = 1; else if (${decided}) ${value} = ${decisive};`);
    if (index + 1 === expression.args.length) return;
    const rest = code.branch(() => emitFrom(index + 1));
    builder.emit(`if (${value} === ${1 - decisive}) {\n${rest}\n}`);
  };
  emitFrom(0);
  const isNullable = expression.args.some((arg) => arg.type.nullable);
  return { ...target, isNull: isNullable ? `${value} === ${1 - decisive} && ${target.isNull}` : 'false' };
}

function emitCase(code: ExpressionCode, expression: CallExpression): Operand {
  const { builder } = code;
  const { args, type } = expression;
  const target = code.variables(type, true);
  const assign = (value: Expression | undefined): string =>
    code.branch(() =>
      code.assign(target, value ? fitOperand(code, code.compile(value), type) : code.literal(null, type)),
    );
  // One block that the branch taken leaves: thousands of branches that stood inside each other would not fit the stack of who reads them.
  const label = target.isNull;
  const emitWhen = (index: number): void => {
    const condition = code.compile(args[index] as Expression);
    builder.emit(`if (${isTrue(condition)}) {\n${assign(args[index + 1])}\nbreak ${label};\n}`);
  };
  builder.emit(`${label}: {`);
  emitWhen(0);
  builder.emit(
    code.branch(() => {
      let index = 2;
      for (; index + 1 < args.length; index += 2) emitWhen(index);
      builder.emit(assign(args[index]));
    }),
  );
  builder.emit('}');
  return type.nullable ? target : { ...target, isNull: 'false' };
}

function emitCoalesce(code: ExpressionCode, expression: CallExpression): Operand {
  const { builder } = code;
  const { args, type } = expression;
  const target = code.variables(type, true);
  const emitFrom = (index: number): void => {
    const operand = fitOperand(code, code.compile(args[index] as Expression), type);
    code.assign(target, operand);
    if (operand.isNull === 'false' || index + 1 === args.length) return;
    const rest = code.branch(() => emitFrom(index + 1));
    builder.emit(`if (${target.isNull}) {\n${rest}\n}`);
  };
  emitFrom(0);
  return type.nullable ? target : { ...target, isNull: 'false' };
}
