/** Code that leaves a row unless a condition is TRUE, conjunct by conjunct. */
import type { Expression } from './expression.ts';
import type { ExpressionCode } from './expression-code.ts';
import { isTrue } from './lazy-forms.ts';

/** Calls that cannot fail: what follows them need not run to find an error that Flink would find. */
const SAFE = new Set(['=', '<>', '<', '<=', '>', '>=', 'AND', 'OR', 'NOT', 'IS NULL', 'IS NOT NULL', 'LIKE', 'IN']);

/** `leave` is a statement: `continue;` or `return false;`. */
export function emitFilter(code: ExpressionCode, condition: Expression, leave: string): void {
  const conjuncts = conjunctsOf(condition);
  const unknown = code.builder.local('u8');
  let mayBeUnknown = false;
  conjuncts.forEach((conjunct, i) => {
    const operand = code.compile(conjunct);
    const restMayFail = conjuncts.slice(i + 1).some(mayFail);
    if (operand.isNull === 'false' || !restMayFail) {
      code.builder.emit(`if (!(${isTrue(operand)})) ${leave}`);
      return;
    }
    // As in Flink, the rest is evaluated after a NULL, and may fail.
    mayBeUnknown = true;
    code.builder.emit(`if (${operand.isNull}) ${unknown} = 1; else if (!${operand.lanes[0]}) ${leave}`);
  });
  if (mayBeUnknown) code.builder.emit(`if (${unknown}) ${leave}`);
}

function conjunctsOf(condition: Expression): readonly Expression[] {
  if (condition.kind !== 'call' || condition.function !== 'AND') return [condition];
  return condition.args.flatMap(conjunctsOf);
}

function mayFail(expression: Expression): boolean {
  return expression.kind === 'call' && (!SAFE.has(expression.function) || expression.args.some(mayFail));
}
