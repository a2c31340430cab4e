/** Bound expressions as plain data: what the planner hands over and a JobGraph stores. No names, only positions. */
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

export type Expression =
  /** Column `index` of the input row. In a join condition the right side's columns follow the left's. */
  | { readonly kind: 'input'; readonly index: number; readonly type: LogicalType }
  | { readonly kind: 'literal'; readonly value: Value; readonly type: LogicalType }
  /**
   * A built-in function by its name in the functions shelf. The operators are functions too: `=`, `<>`, `<`, `<=`, `>`, `>=`, `+`, `-`,
   * `*`, `/`, `%`, `AND`, `OR`, `NOT`, `CASE` (when, then, …, else), `CAST`, `TRY_CAST` (to the call's type), `IS NULL`, `IS NOT NULL`,
   * `IS TRUE`, `LIKE`, `BETWEEN`, `IN`, `FIELD` (row, literal index), `ITEM` (collection, index or key), `ROW`, `ARRAY`, `MAP`, `NEGATE`, …
   */
  | {
      readonly kind: 'call';
      readonly function: string;
      readonly args: readonly Expression[];
      readonly type: LogicalType;
    };

export type CallExpression = Extract<Expression, { kind: 'call' }>;

export function inputReference(index: number, type: LogicalType): Expression {
  return { kind: 'input', index, type };
}

export function literal(value: Value, type: LogicalType): Expression {
  return { kind: 'literal', value, type };
}

export function call(name: string, args: readonly Expression[], type: LogicalType): Expression {
  return { kind: 'call', function: name, args, type };
}

/** Every input position that the expression reads. */
export function inputsOf(expression: Expression, into = new Set<number>()): Set<number> {
  if (expression.kind === 'input') into.add(expression.index);
  else if (expression.kind === 'call') for (const arg of expression.args) inputsOf(arg, into);
  return into;
}

/** The same expression over moved inputs. */
export function mapInputs(expression: Expression, move: (index: number, type: LogicalType) => Expression): Expression {
  if (expression.kind === 'input') return move(expression.index, expression.type);
  if (expression.kind === 'literal') return expression;
  return { ...expression, args: expression.args.map((arg) => mapInputs(arg, move)) };
}
