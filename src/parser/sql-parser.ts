/**
 * The parser: a cursor with the whole grammar of queries and expressions, and the choice of a statement by its head words.
 * A text that fails is read a second time to learn what could have stood at the place of the error.
 */
import { EngineError, isStackOverflow, type Span } from '../base/error.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { ColumnDefinition, Hint, Identifier, Query, QueryBody, SqlExpression } from './ast.ts';
import { CONTINUATIONS, STATEMENT_WORDS } from './expected-tokens.ts';
import { foreignWordHint } from './foreign-ddl.ts';
import { parseColumnDefinition, parseComment } from './parse-ddl.ts';
import { parseExpression as climb, parseAtom } from './parse-expression.ts';
import { parseHints } from './parse-hint.ts';
import { parseQueryFrom, parseQuery as readQuery, refuseExpression, seesQuery } from './parse-query.ts';
import { parseType } from './parse-type.ts';
import type { Parser } from './parser.ts';
import { contextError, queryError, syntaxError } from './syntax-error.ts';
import { TokenCursor, UnexpectedToken } from './token-cursor.ts';

export class SqlParser extends TokenCursor implements Parser {
  expression(): SqlExpression {
    return this.nested(() => climb(this));
  }

  operand(): SqlExpression {
    return parseAtom(this);
  }

  query(): Query {
    return readQuery(this);
  }

  queryFrom(body: QueryBody): Query {
    return parseQueryFrom(this, body);
  }

  seesQuery(): boolean {
    return seesQuery(this);
  }

  type(inQuery = false, hasInterval = false): LogicalType {
    return parseType(this, inQuery ? queryError : contextError, !inQuery, hasInterval);
  }

  columnDefinition(): ColumnDefinition {
    return parseColumnDefinition(this);
  }

  plainExpression(): SqlExpression {
    return this.withoutQueries(() => this.expression());
  }

  hints(): Hint[] {
    return parseHints(this);
  }

  comment(): string | undefined {
    return parseComment(this).comment;
  }

  seesSymbol(symbol: string): boolean {
    return this.isSymbol(symbol);
  }

  seesString(): boolean {
    return this.token.kind === 'string';
  }

  seesEnd(): boolean {
    return this.atEnd() || this.isSymbol(';');
  }

  identifierList(): Identifier[] {
    this.expectSymbol('(');
    const list = [this.compoundIdentifier()];
    while (this.acceptSymbol(',')) list.push(this.compoundIdentifier());
    this.expectSymbol(')');
    return list;
  }

  backTo(start: Span): void {
    while (this.index > 0 && this.token.span.start !== start.start) this.rewind(this.index - 1);
  }

  rest(): string {
    const start = this.token.span;
    while (!this.seesEnd()) this.advance();
    return this.textOf(start, this.spanFrom(start));
  }

  foreignWordHint(): void {
    foreignWordHint(this);
  }

  notAQuery(): never {
    if (this.index === 0) this.recordAll(STATEMENT_WORDS);
    return refuseExpression(this);
  }
}

/** What the parser needs to know of a statement. */
export interface StatementGrammar<N> {
  readonly name: string;
  readonly heads: ReadonlyArray<readonly string[]>;
  parse(parser: Parser, start: Span): N;
}

/** Runs a grammar over a text; errors name what was expected. Throws `SQL_SYNTAX` errors with Flink's texts. */
export function parseText<T>(text: string, grammar: (parser: SqlParser) => T): T {
  try {
    const parser = new SqlParser(text);
    const result = grammar(parser);
    if (parser.deferred) throw parser.deferred;
    return result;
  } catch (error) {
    if (error instanceof UnexpectedToken) throw explain(text, grammar, error);
    throw tooDeep(text, error);
  }
}

function explain(text: string, grammar: (parser: SqlParser) => unknown, first: UnexpectedToken): unknown {
  try {
    grammar(new SqlParser(text, first.index));
    return first;
  } catch (error) {
    return error instanceof UnexpectedToken ? error.asEngineError() : tooDeep(text, error);
  }
}

function tooDeep(text: string, error: unknown): unknown {
  if (!isStackOverflow(error)) return error;
  const span: Span = { start: 0, end: text.length, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return syntaxError('The statement is nested too deeply', span);
}

/** An expression that is the whole text. */
export function parseExpression(text: string): SqlExpression {
  return parseText(text, (parser) => finish(parser, parser.expression()));
}

/** A query that is the whole text; a semicolon may follow. */
export function parseQuery(text: string): Query {
  return parseText(text, (parser) => finish(parser, parser.query()));
}

/** A data type that is the whole text. */
export function parseDataType(text: string): LogicalType {
  return parseText(text, (parser) => finish(parser, parser.type()));
}

/** Nothing but semicolons may follow; a second statement is refused when it is well-formed itself. */
function finish<T>(parser: SqlParser, result: T, readNext?: () => void): T {
  if (parser.acceptSymbol(';')) {
    while (parser.acceptSymbol(';'));
    if (parser.token.kind !== 'eof') {
      readNext?.();
      throw new EngineError('SQL_SYNTAX', 'only single statement supported', {
        exceptionClass: 'java.lang.IllegalArgumentException',
        span: parser.token.span,
      });
    }
  }
  if (!parser.atEnd()) parser.unexpected();
  return result;
}

/** One statement, perhaps with semicolons behind it, read by the entry of `statements` whose head words fit best. */
export function parseStatement<N, S extends StatementGrammar<N>>(
  text: string,
  statements: readonly S[],
): { node: N; statement: S } {
  return parseText(text, (parser) => {
    const parsed = readStatement<N, S>(parser, statements);
    return finish(parser, parsed, () => void readStatement<N, S>(parser, statements));
  });
}

/** The statement ahead; nothing is asked of what follows it. */
function readStatement<N, S extends StatementGrammar<N>>(
  parser: SqlParser,
  statements: readonly S[],
): { node: N; statement: S } {
  const start = parser.peekSpan();
  const { statement, words } = chooseStatement(parser, statements);
  if (words > 0) for (let i = 0; i < words; i++) parser.advance();
  return { node: statement.parse(parser, start), statement };
}

function chooseStatement<S extends StatementGrammar<unknown>>(
  parser: SqlParser,
  statements: readonly S[],
): { statement: S; words: number } {
  let best: { statement: S; words: number } | undefined;
  for (const statement of statements)
    for (const head of statement.heads)
      if (head.length > (best?.words ?? -1) && matchesHead(parser, head)) best = { statement, words: head.length };
  return best ?? refuse(parser, statements);
}

function matchesHead(parser: SqlParser, head: readonly string[]): boolean {
  return head.every((word, offset) => {
    const token = parser.peek(offset);
    return token.word === word && (token.kind === 'word' || token.kind === 'symbol');
  });
}

/** Words that open statements of two words or more: Flink has consumed them when the second is wrong. */
const CONSUMED_HEADS = new Set([
  'CREATE',
  'DROP',
  'ALTER',
  'DESCRIBE',
  'INSERT',
  'DELETE',
  'MERGE',
  'STOP',
  'LOAD',
  'UNLOAD',
  'COMPILE',
]);

/** No statement begins so: Flink's text depends on whether an expression could. */
function refuse(parser: SqlParser, statements: ReadonlyArray<StatementGrammar<unknown>>): never {
  const { token } = parser;
  const heads = statements.flatMap((statement) => statement.heads).filter((head) => head[0] === token.word);
  if (token.kind === 'word' && heads.length > 0) {
    let matched = 1;
    while (heads.some((head) => head.length > matched && matchesHead(parser, head.slice(0, matched + 1)))) matched++;
    if (matched > 1 || (token.reserved && CONSUMED_HEADS.has(token.word))) {
      const prefix = heads.filter((head) => head.length > matched && matchesHead(parser, head.slice(0, matched)));
      const words = Array.from({ length: matched }, () => parser.advance().word);
      const continuations = CONTINUATIONS[words.join(' ')];
      parser.recordAll(continuations ?? prefix.map((head) => head[matched] ?? ''));
      if (prefix.some((head) => head[matched] === 'FUNCTION') && parser.token.word === 'FUNCTION')
        parser.seesIdentifier();
      return parser.unexpected();
    }
  }
  if (token.kind === 'symbol' && !['(', '-', '+'].includes(token.word)) {
    parser.recordOperand();
    return parser.unexpected();
  }
  parser.recordAll(STATEMENT_WORDS);
  return refuseExpression(parser);
}
