/** Calls of functions without a generated form: arguments are boxed, the result is unboxed, within the generated loop. */
import type { ScalarFunction } from '../functions/function.ts';
import type { Operand } from '../functions/generated-code.ts';
import { boxFor, LaneSlots, unboxFor } from '../types/lane-value.ts';
import type { CallExpression, Expression } from './expression.ts';
import { anyOf, type ExpressionCode } from './expression-code.ts';

/** `nulls`: tests of arguments that make the result null without a call. */
export function emitBoxedCall(
  code: ExpressionCode,
  fn: ScalarFunction,
  expression: CallExpression,
  args: readonly Operand[],
  nulls: readonly string[],
): Operand {
  const { builder, context } = code;
  const evaluate = fn.bind({
    type: expression.type,
    argTypes: expression.args.map((arg) => arg.type),
    literals: expression.args.map((arg) => (arg.kind === 'literal' ? arg : undefined)),
  });
  const values = args.map((arg, i) => boxedText(code, arg, expression.args[i] as Expression, nulls.length > 0));
  const slots = builder.constant(new LaneSlots());
  const target = code.variables(expression.type, true);
  const result = builder.local();
  const call = `${result} = ${builder.constant(evaluate)}([${values.join(', ')}], ${builder.constant(context.evaluation)});`;
  const unbox = `${builder.constant(unboxFor(expression.type))}(H, ${result}, ${slots});`;
  const [first, second] = target.lanes as [string, string?];
  const assign = `${first} = ${slots}.a;${second ? ` ${second} = ${slots}.b;` : ''} ${target.isNull} = 0;`;
  const run = `${call}\nif (${result} === null) ${target.isNull} = 1; else { ${unbox} ${assign} }`;
  builder.emit(nulls.length === 0 ? run : `if (${anyOf(nulls)}) ${target.isNull} = 1;\nelse {\n${run}\n}`);
  return target;
}

/** A value as an argument of the call. */
function boxedText(code: ExpressionCode, arg: Operand, expression: Expression, nullsAreTested: boolean): string {
  if (expression.kind === 'literal') return code.builder.constant(expression.value);
  if (arg.isNull === '1') return 'null';
  const box = code.builder.constant(boxFor(arg.type));
  const value = `${box}(H, ${arg.lanes[0]}, ${arg.lanes[1] ?? 0})`;
  return nullsAreTested || arg.isNull === 'false' ? value : `(${arg.isNull} ? null : ${value})`;
}
