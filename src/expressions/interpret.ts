/** Evaluates expressions over boxed values: the reference for generated code, and the way of everything that is not on a row path. */
import { EngineError } from '../base/error.ts';
import type { EvalContext } from '../functions/function.ts';
import type { Value } from '../types/value.ts';
import type { FindFunction } from './compile-context.ts';
import type { CallExpression, Expression } from './expression.ts';
import { withoutSugar, withPackedList } from './sugar.ts';

/** Computes an expression of one row, whose values are in the order of the input's columns. */
export type Evaluator = (row: readonly Value[], context: EvalContext) => Value;

/** Binds every call once. Throws INTERNAL for a function that does not exist. */
export function interpret(expression: Expression, findFunction: FindFunction): Evaluator {
  switch (expression.kind) {
    case 'input': {
      const { index } = expression;
      return (row) => row[index] as Value;
    }
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'call':
      return interpretCall(expression, findFunction);
  }
}

/** Forms that do not evaluate all of their arguments; nobody else may define these names. */
const LAZY: Readonly<Record<string, (args: readonly Evaluator[]) => Evaluator>> = {
  AND: (args) => connective(args, false),
  OR: (args) => connective(args, true),
  CASE: caseOf,
  IF: caseOf,
  COALESCE: firstNotNull,
};

export function isLazyForm(name: string): boolean {
  return Object.hasOwn(LAZY, name);
}

function interpretCall(call: CallExpression, findFunction: FindFunction): Evaluator {
  const expression = withPackedList(withoutSugar(call));
  const args = expression.args.map((arg) => interpret(arg, findFunction));
  const lazy = isLazyForm(expression.function) ? LAZY[expression.function] : undefined;
  if (lazy) return lazy(args);
  const fn = findFunction(expression.function);
  if (!fn) throw new EngineError('INTERNAL', `there is no function ${expression.function}`);
  const evaluate = fn.bind({
    type: expression.type,
    argTypes: expression.args.map((arg) => arg.type),
    literals: expression.args.map((arg) => (arg.kind === 'literal' ? arg : undefined)),
  });
  const propagatesNull = fn.nullPropagating !== false;
  return (row, context) => {
    const values = args.map((arg) => arg(row, context));
    return propagatesNull && values.includes(null) ? null : evaluate(values, context);
  };
}

/** AND (`decisive` false) and OR (true): left to right until the decisive value; a null does not stop. */
function connective(args: readonly Evaluator[], decisive: boolean): Evaluator {
  return (row, context) => {
    let isUnknown = false;
    for (const arg of args) {
      const value = arg(row, context);
      if (value === decisive) return decisive;
      if (value === null) isUnknown = true;
    }
    return isUnknown ? null : !decisive;
  };
}

function caseOf(args: readonly Evaluator[]): Evaluator {
  return (row, context) => {
    for (let i = 0; i + 1 < args.length; i += 2)
      if ((args[i] as Evaluator)(row, context) === true) return (args[i + 1] as Evaluator)(row, context);
    return args.length % 2 === 0 ? null : (args[args.length - 1] as Evaluator)(row, context);
  };
}

function firstNotNull(args: readonly Evaluator[]): Evaluator {
  return (row, context) => {
    for (const arg of args) {
      const value = arg(row, context);
      if (value !== null) return value;
    }
    return null;
  };
}
