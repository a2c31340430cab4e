/**
 * A script to its statements: at semicolons outside quotes, comments and hints. `EXECUTE STATEMENT SET BEGIN … END` is one
 * statement; `BEGIN STATEMENT SET` and `END` are statements of their own, as in Flink's client.
 */
import { Lexer } from './lexer.ts';
import type { Token } from './token.ts';

export interface ScriptStatement {
  /** Without the semicolon, from its first token on. */
  readonly text: string;
  /** Offset in the script, and the line (from 1) of the first token. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  /** A semicolon closes it. */
  readonly isComplete: boolean;
}

/** The statements of a script; an unfinished last one has `isComplete` false. Text that cannot be cut into tokens is left to the parser. */
export function splitStatements(script: string): ScriptStatement[] {
  const statements: ScriptStatement[] = [];
  const lexer = new Lexer(script);
  let first: Token | undefined;
  let last: Token | undefined;
  let head: string[] = [];
  let isBlock = false;
  let blockEnded = false;
  const close = (isComplete: boolean): void => {
    if (first && last)
      statements.push(statementOf(script, first, isComplete ? last.span.end : script.length, isComplete));
    first = undefined;
    last = undefined;
    head = [];
    isBlock = false;
    blockEnded = false;
  };
  for (;;) {
    const token = lexer.next();
    if (token.kind === 'eof' || isUnterminated(token)) {
      if (token.kind !== 'eof') {
        first ??= token;
        last = token;
      }
      close(false);
      return statements;
    }
    if (token.kind === 'symbol' && token.word === ';') {
      if (!isBlock || blockEnded) close(true);
      continue;
    }
    first ??= token;
    blockEnded =
      token.kind === 'word' && token.word === 'END' && last !== undefined && isStatementEnd(script, last, token);
    last = token;
    if (head.length < 8) head.push(token.word);
    isBlock ||= token.word === 'BEGIN' && endsWith(head, ['STATEMENT', 'SET', 'BEGIN']);
  }
}

/** END closes a block when a semicolon or BEGIN stands before it; a CASE's END does not. */
function isStatementEnd(script: string, previous: Token, token: Token): boolean {
  return previous.word === 'BEGIN' || script.slice(previous.span.end, token.span.start).includes(';');
}

function endsWith(words: readonly string[], tail: readonly string[]): boolean {
  return words.slice(-tail.length).join(' ') === tail.join(' ');
}

/** A quote that does not close: the rest of the text belongs to it. */
function isUnterminated(token: Token): boolean {
  return (token.kind === 'error' && token.text.length === 0) || (token.kind === 'symbol' && token.word === "'");
}

function statementOf(script: string, first: Token, end: number, isComplete: boolean): ScriptStatement {
  const { start, line, column } = first.span;
  const text = isComplete ? script.slice(start, end) : script.slice(start).trimEnd();
  return { text, start, end: start + text.length, line, column, isComplete };
}
