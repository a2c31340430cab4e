/** A place in a list of tokens, and the primitives that grammars are written with. Which grammar, it does not know: `query` and its like are abstract. */
import { EngineError, type Span } from '../base/error.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Identifier, Query, QueryBody, SqlExpression } from './ast.ts';
import { Lexer } from './lexer.ts';
import { syntaxError, unexpectedTokens } from './syntax-error.ts';
import type { Token } from './token.ts';

/** Sub-queries and parentheses inside each other; the later stages walk trees by recursion. */
const MAX_DEPTH = 1200;

export abstract class TokenCursor {
  readonly text: string;
  readonly #lexer: Lexer;
  readonly #tokens: Token[] = [];
  #index = 0;
  #depth = 0;
  /** A position whose acceptable tokens are gathered: the second pass over a text that failed. */
  readonly #recordAt: number;
  readonly #expected: string[] = [];
  /** How many tokens an operator with a wrong right side shows. */
  #lookahead: { readonly index: number; readonly count: number } = { index: -1, count: 1 };
  #queriesForbidden = false;
  #deferred: EngineError | undefined;
  #hint: { readonly index: number; readonly text: string } | undefined;
  /** The token ahead. */
  token: Token;

  constructor(text: string, recordAt = -1) {
    this.text = text;
    this.#lexer = new Lexer(text);
    this.#recordAt = recordAt;
    this.token = this.peek(0);
  }

  abstract expression(): SqlExpression;
  /** An expression without operators: a literal, a name, a call, or anything in parentheses. */
  abstract operand(): SqlExpression;
  abstract query(): Query;
  /** Goes on behind a query body in parentheses that has been read. */
  abstract queryFrom(body: QueryBody): Query;
  /** A data type; an unknown name fails as validation of a query or of a declaration. */
  abstract type(inQuery?: boolean, hasInterval?: boolean): LogicalType;
  abstract seesQuery(): boolean;

  get index(): number {
    return this.#index;
  }

  /** What was tried at the recorded position. */
  get expected(): readonly string[] {
    return this.#expected;
  }

  /** The token `offset` places on. */
  peek(offset: number): Token {
    const wanted = this.#index + offset;
    const tokens = this.#tokens;
    while (tokens.length <= wanted) {
      const last = tokens[tokens.length - 1];
      if (last?.kind === 'eof') return last;
      tokens.push(this.#lexer.next());
    }
    return tokens[wanted] as Token;
  }

  /** Consumes the token ahead. */
  advance(): Token {
    const consumed = this.token;
    if (consumed.kind !== 'eof') this.#index++;
    this.token = this.peek(0);
    return consumed;
  }

  /** Goes back to an earlier `index`. */
  rewind(index: number): void {
    this.#index = index;
    this.token = this.peek(0);
  }

  peekSpan(): Span {
    return this.token.span;
  }

  /** True when the word (upper case) is ahead, unquoted. */
  isWord(word: string): boolean {
    if (this.#index === this.#recordAt) this.#expected.push(word);
    return this.token.word === word && this.token.kind === 'word';
  }

  isSymbol(symbol: string): boolean {
    if (this.#index === this.#recordAt) this.#expected.push(symbol);
    return this.token.word === symbol && this.token.kind === 'symbol';
  }

  acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.advance();
    return true;
  }

  sees(...words: string[]): boolean {
    // IF may be a name, so that Flink's lists do not have it.
    if (words[0] !== undefined && words[0] !== 'IF') this.record(words[0]);
    for (const [offset, word] of words.entries()) {
      const token = this.peek(offset);
      if (token.word !== word || token.kind !== 'word') return false;
    }
    return true;
  }

  accept(...words: string[]): boolean {
    if (!this.sees(...words)) return false;
    for (const _ of words) this.advance();
    return true;
  }

  expect(...words: string[]): Span {
    const start = this.token.span;
    for (const word of words) if (!this.acceptWord(word)) this.unexpected();
    return this.spanFrom(start);
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.advance();
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) this.unexpected();
  }

  /** True when a simple identifier is ahead. */
  seesIdentifier(): boolean {
    if (this.#index === this.#recordAt) this.#expected.push('<IDENTIFIER>');
    const { kind, reserved } = this.token;
    return kind === 'quoted' || (kind === 'word' && !reserved);
  }

  identifier(): { readonly name: string; readonly span: Span } {
    if (!this.seesIdentifier()) this.unexpected();
    const token = this.advance();
    return { name: token.kind === 'quoted' ? token.value : token.text, span: token.span };
  }

  /** A dotted name. A dot without a name behind it is left alone. */
  compoundIdentifier(): Identifier {
    const first = this.identifier();
    if (!this.seesDottedName()) return { kind: 'identifier', parts: [first.name], span: first.span };
    const parts = [first.name];
    const partSpans = [first.span];
    while (this.seesDottedName()) {
      this.advance();
      const part = this.identifier();
      parts.push(part.name);
      partSpans.push(part.span);
    }
    return { kind: 'identifier', parts, partSpans, span: this.spanFrom(first.span) };
  }

  /** True when `.name` is ahead; a dot before anything else fails as `. x`. */
  seesDottedName(): boolean {
    if (!this.isSymbol('.')) return false;
    const next = this.peek(1);
    if (next.kind === 'quoted' || (next.kind === 'word' && !next.reserved)) return true;
    this.markLookahead(2);
    return false;
  }

  /** Marks the token ahead as one that JavaCC refuses after looking at `count` tokens. */
  markLookahead(count: number): void {
    this.#lookahead = { index: this.#index, count };
  }

  /** A literal of any kind: an option, a plan's file. */
  string(): string {
    this.record('<STRING>');
    const value = this.#strings();
    this.record('UESCAPE');
    this.record('<QUOTED_STRING>');
    return value;
  }

  /** A literal in plain quotes: a comment, a pattern, a class. */
  quotedString(): string {
    this.record('<QUOTED_STRING>');
    return this.#strings();
  }

  #strings(): string {
    if (this.token.kind !== 'string') this.unexpected();
    let { value } = this.advance();
    while (this.token.kind === 'string') value += this.advance().value;
    return value;
  }

  integer(): number {
    this.record('<UNSIGNED_INTEGER_LITERAL>');
    if (this.token.kind !== 'number' || !/^\d+$/.test(this.token.text)) this.unexpected();
    return Number(this.advance().text);
  }

  /** Notes what is acceptable here: a word, a class of tokens such as `<QUOTED_STRING>`, or with `~` a word that Flink looks for last. */
  record(name: string): void {
    if (this.#index === this.#recordAt) this.#expected.push(name);
  }

  /** Notes words and symbols as acceptable here. */
  recordAll(words: Iterable<string>): void {
    if (this.#index === this.#recordAt) this.#expected.push(...words);
  }

  /** Notes that an operand could begin here. */
  recordOperand(): void {
    this.record('<OPERAND>');
  }

  /** Noted when the text may end here. */
  atEnd(): boolean {
    this.record('<EOF>');
    return this.token.kind === 'eof';
  }

  /** `('k' = 'v', …)`; may be empty. */
  options(): Record<string, string> {
    const options: Record<string, string> = {};
    this.expectSymbol('(');
    if (this.acceptSymbol(')')) return options;
    do {
      const key = this.string();
      this.expectSymbol('=');
      setOwn(options, key, this.string());
    } while (this.acceptSymbol(','));
    this.expectSymbol(')');
    return options;
  }

  textOf(start: Span, end: Span): string {
    return this.text.slice(start.start, end.end);
  }

  /** From `start` to the end of the token consumed last. */
  spanFrom(start: Span): Span {
    const last = this.#tokens[this.#index - 1]?.span ?? start;
    if (last.end < start.end) return start;
    return {
      start: start.start,
      end: last.end,
      line: start.line,
      column: start.column,
      endLine: last.endLine,
      endColumn: last.endColumn,
    };
  }

  /** Runs `body` one level deeper; refuses what is nested beyond reason. */
  nested<T>(body: () => T): T {
    if (++this.#depth > MAX_DEPTH)
      throw syntaxError(`The statement is nested more than ${MAX_DEPTH} levels deep`, this.token.span);
    const result = body();
    this.#depth--;
    return result;
  }

  /** Reads with `body` what may hold no sub-query: a computed column, a watermark. */
  withoutQueries<T>(body: () => T): T {
    this.#queriesForbidden = true;
    const result = body();
    this.#queriesForbidden = false;
    return result;
  }

  /** An error that is thrown when the rest of the text is well-formed: what Flink finds after parsing. The first one counts. */
  defer(error: EngineError): void {
    this.#deferred ??= error;
  }

  get deferred(): EngineError | undefined {
    return this.#deferred;
  }

  /** Fails where a sub-query may not stand. */
  checkQueryAllowed(): void {
    if (this.#queriesForbidden) throw syntaxError('Query expression encountered in illegal context', this.token.span);
  }

  /** A sentence that goes with the error if the parse fails at the token ahead. */
  hint(text: string): void {
    this.#hint = { index: this.#index, text };
  }

  unexpected(): never {
    const count = this.#lookahead.index === this.#index ? this.#lookahead.count : 1;
    const tokens: Token[] = [];
    for (let i = 0; i < count; i++) tokens.push(this.peek(i));
    const hint = this.#hint?.index === this.#index ? this.#hint.text : undefined;
    throw new UnexpectedToken(tokens, this.#index, this.#expected, hint);
  }
}

/** What the first pass throws; the second turns it into a message with the tokens that would have done. */
export class UnexpectedToken extends EngineError {
  readonly tokens: readonly Token[];
  readonly index: number;
  readonly #plain: EngineError;

  constructor(tokens: readonly Token[], index: number, expected: readonly string[], hint?: string) {
    const error = unexpectedTokens(tokens, expected, hint);
    super(error.code, error.message, {
      exceptionClass: error.exceptionClass,
      ...(error.span ? { span: error.span } : {}),
      cause: error.cause,
    });
    this.tokens = tokens;
    this.index = index;
    this.#plain = error;
  }

  /** The same without what only the parser needs. */
  asEngineError(): EngineError {
    return this.#plain;
  }
}

function setOwn(target: Record<string, string>, key: string, value: string): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}
