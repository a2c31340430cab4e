/** What statements read with: a cursor over tokens with primitives. `parse-query.ts`, `parse-expression.ts` and `parse-type.ts` do the work. */
import type { Span } from '../base/error.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { ColumnDefinition, Identifier, Query, SqlExpression } from './ast.ts';

export interface Parser {
  /** The whole source text. */
  readonly text: string;
  /** Span of the token ahead. */
  peekSpan(): Span;
  /** True, and consumed, when the next words are these keywords (any case, unquoted). */
  accept(...words: string[]): boolean;
  /** True when they are ahead; nothing is consumed. */
  sees(...words: string[]): boolean;
  /** Flink's parse error when they are not there. */
  expect(...words: string[]): Span;
  acceptSymbol(symbol: string): boolean;
  expectSymbol(symbol: string): void;
  /** A simple identifier (quoted, or not reserved). */
  identifier(): { readonly name: string; readonly span: Span };
  /** A dotted name. */
  compoundIdentifier(): Identifier;
  /** The value of a string literal. */
  string(): string;
  integer(): number;
  expression(): SqlExpression;
  query(): Query;
  /** True when a query begins here: SELECT, WITH, VALUES, `(`, TABLE. */
  seesQuery(): boolean;
  type(): LogicalType;
  columnDefinition(): ColumnDefinition;
  /** `('k' = 'v', …)`. */
  options(): Record<string, string>;
  /** Text between two spans, as typed. */
  textOf(start: Span, end: Span): string;
  spanFrom(start: Span): Span;
  /** Fails at the token ahead with Flink's text `Encountered "…" at line …, column …. Was expecting …`. */
  unexpected(): never;
}
