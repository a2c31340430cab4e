/** The functions of the standard that have words between their arguments. */
import type { SqlExpression } from './ast.ts';
import { functionNode } from './parse-call.ts';
import { parseExpressionList } from './parse-list.ts';
import type { TokenCursor } from './token-cursor.ts';

/** A unit of time or another word as an argument. */
function parseSymbol(cursor: TokenCursor): SqlExpression {
  const { token } = cursor;
  if (token.kind !== 'word' && token.kind !== 'quoted') return cursor.unexpected();
  cursor.advance();
  return { kind: 'symbol', name: token.kind === 'word' ? token.word : token.value.toUpperCase(), span: token.span };
}

export function parseWordedCall(cursor: TokenCursor, word: string): SqlExpression {
  const { span: start, text } = cursor.advance();
  cursor.expectSymbol('(');
  const args = parseWordedArguments(cursor, word);
  cursor.expectSymbol(')');
  return functionNode(cursor, [text], args, start);
}

function parseWordedArguments(cursor: TokenCursor, word: string): SqlExpression[] {
  switch (word) {
    case 'EXTRACT': {
      const unit = parseSymbol(cursor);
      cursor.expect('FROM');
      return [unit, cursor.expression()];
    }
    case 'CEIL':
    case 'CEILING':
    case 'FLOOR': {
      const args = parseExpressionList(cursor);
      if (cursor.acceptWord('TO')) args.push(parseSymbol(cursor));
      return args;
    }
    case 'TRIM':
      return parseTrim(cursor);
    case 'OVERLAY':
      return parseSeparated(cursor, ['PLACING'], ['FROM'], ['FOR']);
    case 'POSITION':
      return parsePosition(cursor);
    case 'SUBSTRING':
      return parseSeparated(cursor, ['FROM', ','], ['FOR', ',']);
    case 'TIMESTAMPADD':
    case 'TIMESTAMPDIFF': {
      const args = [parseSymbol(cursor)];
      while (args.length < 3) {
        cursor.expectSymbol(',');
        args.push(cursor.expression());
      }
      return args;
    }
    default: {
      const args = [cursor.expression()];
      if (cursor.acceptWord('USING')) return [...args, parseSymbol(cursor)];
      while (cursor.acceptSymbol(',')) args.push(cursor.expression());
      return args;
    }
  }
}

/** An expression, then others behind one of the given words or commas; the last may be missing. */
function parseSeparated(cursor: TokenCursor, ...separators: ReadonlyArray<readonly string[]>): SqlExpression[] {
  const args = [cursor.expression()];
  for (const [position, words] of separators.entries()) {
    const found = words.some((word) => (word === ',' ? cursor.acceptSymbol(word) : cursor.acceptWord(word)));
    if (found) args.push(cursor.expression());
    else if (position < separators.length - 1) cursor.unexpected();
  }
  return args;
}

/** Calcite's three operands: flag, characters, text. */
function parseTrim(cursor: TokenCursor): SqlExpression[] {
  const start = cursor.token.span;
  const flag = ['BOTH', 'LEADING', 'TRAILING'].find((word) => cursor.acceptWord(word));
  const symbol: SqlExpression = { kind: 'symbol', name: flag ?? 'BOTH', span: start };
  const blank: SqlExpression = { kind: 'string', value: ' ', span: start };
  if (flag !== undefined && cursor.acceptWord('FROM')) return [symbol, blank, cursor.expression()];
  const first = cursor.expression();
  if (flag !== undefined) cursor.expect('FROM');
  else if (!cursor.acceptWord('FROM')) return [symbol, blank, first];
  return [symbol, first, cursor.expression()];
}

/** `POSITION(a IN b [FROM c])`: IN is no operator here. */
function parsePosition(cursor: TokenCursor): SqlExpression[] {
  const needle = cursor.operand();
  cursor.expect('IN');
  const args = [needle, cursor.expression()];
  if (cursor.acceptWord('FROM')) args.push(cursor.expression());
  return args;
}
