/** What statements read with: a cursor over tokens with primitives. `parse-query.ts`, `parse-expression.ts` and `parse-type.ts` do the work. */
import type { EngineError, Span } from '../base/error.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { ColumnDefinition, Hint, Identifier, Query, SqlExpression } from './ast.ts';

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
  /** True when a symbol is ahead. */
  seesSymbol(symbol: string): boolean;
  seesIdentifier(): boolean;
  /** True when a string literal is ahead. */
  seesString(): boolean;
  /** True when the text ends here, or a semicolon is ahead. */
  seesEnd(): boolean;
  /** `(a, b)`. */
  identifierList(): Identifier[];
  /** The value of a string literal. */
  string(): string;
  /** The value of a literal in plain quotes. */
  quotedString(): string;
  /** Notes for an error at the token ahead that a word could stand here, with `~` one that Flink looks for last. */
  record(word: string): void;
  integer(): number;
  expression(): SqlExpression;
  query(): Query;
  /** True when a query begins here: SELECT, WITH, VALUES, `(`, TABLE. */
  seesQuery(): boolean;
  type(): LogicalType;
  columnDefinition(): ColumnDefinition;
  /** An expression that holds no sub-query: a watermark. */
  plainExpression(): SqlExpression;
  /** The hints ahead, none when there are none. */
  hints(): Hint[];
  /** `COMMENT 'text'`, or undefined. */
  comment(): string | undefined;
  /** `('k' = 'v', …)`. */
  options(): Record<string, string>;
  /** Text between two spans, as typed. */
  textOf(start: Span, end: Span): string;
  spanFrom(start: Span): Span;
  /** Goes back to the token that begins at `start`. */
  backTo(start: Span): void;
  /** Any text up to the end or a semicolon, as typed: for statements whose tail is no SQL. */
  rest(): string;
  /** An error that is thrown when the rest of the text is well-formed. */
  defer(error: EngineError): void;
  /** The token ahead is refused after a look at `count` tokens: a message shows them all. */
  markLookahead(count: number): void;
  /** A sentence that goes with the error, if the parse fails at the token ahead. */
  hint(text: string): void;
  /** Leaves hints for words of other databases' DDL at the token ahead. */
  foreignWordHint(): void;
  /** Refuses what is no query with Flink's text. */
  notAQuery(): never;
  /** Fails at the token ahead with Flink's text `Encountered "…" at line …, column …. Was expecting …`. */
  unexpected(): never;
}
