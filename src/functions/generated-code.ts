/**
 * The contract between a function and the code generator. A function emits statements and returns the JavaScript expressions of its
 * result's lanes; it never sees names of columns, and literal values reach the code only through `constant`.
 *
 * Arguments are simple expressions (variables, array elements): they may be repeated. For a function that propagates nulls (the default) the
 * host tests them: `generate` sees arguments that are never null, and its statements run only for rows where none is. Expressions of the
 * result may be evaluated where an argument is null: they must not throw there; what may throw is a statement.
 */
import type { LogicalType } from '../types/logical-type.ts';
import type { EvalContext } from './function.ts';

/** One value in generated code: side-effect-free JavaScript expressions. */
export interface Operand {
  readonly type: LogicalType;
  /** One expression a lane, in the order of `lanesOf(type)`; i64 lanes are bigint, u32/i32 lanes numbers, boolean is 0 or 1. */
  readonly lanes: readonly string[];
  /** An expression that is truthy when the value is null; the text `false` when it never is. Lanes are unspecified where it is null. */
  readonly isNull: string;
}

export interface CodeSite {
  readonly type: LogicalType;
  readonly args: readonly Operand[];
  /** The value of a literal argument, for choosing code at generation time. */
  literal(index: number): { readonly value: import('../types/value.ts').Value } | undefined;
  /** Time zone and the like, as they are when the code is made. */
  readonly evaluation: EvalContext;
  /** Puts any object (a number, a bigint, a regular expression, a helper function) where the code may read it. */
  constant(value: unknown): string;
  /** A fresh local variable of the row, declared without a value. */
  local(): string;
  /** Adds one statement to the body. Statements run in order, for every row that reaches them. */
  emit(statement: string): void;
  /** The heap: `heap.u8` and its siblings must be read anew after `heap.scratch`. */
  readonly heap: 'H';
}

/** Returns the result, or undefined where these types have no generated form (the boxed `bind` is used then). */
export type Generate = (site: CodeSite) => Operand | undefined;
