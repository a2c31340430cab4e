/** The SQL/JSON functions, whose arguments carry clauses. The clauses come out in normal form. */
import type { JsonClause, SqlExpression } from './ast.ts';
import { parseOrderItems } from './parse-list.ts';
import type { TokenCursor } from './token-cursor.ts';

interface JsonCall {
  readonly args: readonly SqlExpression[];
  readonly clauses: readonly JsonClause[];
}

type ArgumentReader = (cursor: TokenCursor) => JsonCall;

const READERS: Readonly<Record<string, ArgumentReader>> = {
  JSON_EXISTS: readExists,
  JSON_VALUE: readValue,
  JSON_QUERY: readQuery,
  JSON_OBJECT: readObject,
  JSON_ARRAY: readArray,
  JSON_OBJECTAGG: (cursor) => {
    const args = readPair(cursor);
    return { args, clauses: readOnNull(cursor) };
  },
  JSON_ARRAYAGG: (cursor) => {
    const args = [readJsonValue(cursor)];
    if (cursor.accept('ORDER', 'BY')) parseOrderItems(cursor);
    return { args, clauses: readOnNull(cursor) };
  },
};

export function isJsonFunction(word: string): boolean {
  return Object.hasOwn(READERS, word);
}

/** Reads `( … )` of the function `word`. */
export function parseJsonArguments(cursor: TokenCursor, word: string): JsonCall {
  cursor.expectSymbol('(');
  const read = READERS[word];
  if (!read) return cursor.unexpected();
  const call = read(cursor);
  cursor.expectSymbol(')');
  return call;
}

function readJsonValue(cursor: TokenCursor): SqlExpression {
  return cursor.expression();
}

function readPathArguments(cursor: TokenCursor): SqlExpression[] {
  const context = readJsonValue(cursor);
  cursor.expectSymbol(',');
  return [context, cursor.expression()];
}

function readExists(cursor: TokenCursor): JsonCall {
  const args = readPathArguments(cursor);
  for (const word of ['TRUE', 'FALSE', 'UNKNOWN', 'ERROR'])
    if (cursor.acceptWord(word)) {
      cursor.expect('ON', 'ERROR');
      return { args, clauses: [{ name: `${word} ON ERROR` }] };
    }
  return { args, clauses: [] };
}

function readReturning(cursor: TokenCursor): JsonClause[] {
  return cursor.acceptWord('RETURNING') ? [{ name: 'RETURNING', type: cursor.type(true) }] : [];
}

function readOnEvent(cursor: TokenCursor): string {
  cursor.expect('ON');
  if (cursor.acceptWord('EMPTY')) return 'ON EMPTY';
  cursor.expect('ERROR');
  return 'ON ERROR';
}

function readValue(cursor: TokenCursor): JsonCall {
  const args = readPathArguments(cursor);
  const clauses = readReturning(cursor);
  for (;;) {
    if (cursor.acceptWord('DEFAULT')) {
      const value = cursor.expression();
      clauses.push({ name: `DEFAULT ${readOnEvent(cursor)}`, value });
      continue;
    }
    const behaviour = ['NULL', 'ERROR'].find((word) => cursor.acceptWord(word));
    if (behaviour === undefined) return { args, clauses };
    clauses.push({ name: `${behaviour} ${readOnEvent(cursor)}` });
  }
}

function readQuery(cursor: TokenCursor): JsonCall {
  const args = readPathArguments(cursor);
  const clauses = [...readReturning(cursor), ...readWrapper(cursor)];
  for (;;) {
    if (cursor.acceptWord('EMPTY')) {
      const kind = cursor.acceptWord('OBJECT') ? 'OBJECT' : 'ARRAY';
      if (kind === 'ARRAY') cursor.expect('ARRAY');
      clauses.push({ name: `EMPTY ${kind} ${readOnEvent(cursor)}` });
      continue;
    }
    const behaviour = ['NULL', 'ERROR'].find((word) => cursor.acceptWord(word));
    if (behaviour === undefined) return { args, clauses };
    clauses.push({ name: `${behaviour} ${readOnEvent(cursor)}` });
  }
}

function readWrapper(cursor: TokenCursor): JsonClause[] {
  if (cursor.acceptWord('WITHOUT')) {
    cursor.acceptWord('ARRAY');
    cursor.expect('WRAPPER');
    return [{ name: 'WITHOUT ARRAY WRAPPER' }];
  }
  if (!cursor.acceptWord('WITH')) return [];
  const condition = cursor.acceptWord('CONDITIONAL') ? 'CONDITIONAL' : 'UNCONDITIONAL';
  cursor.acceptWord('UNCONDITIONAL');
  cursor.acceptWord('ARRAY');
  cursor.expect('WRAPPER');
  return [{ name: `WITH ${condition} ARRAY WRAPPER` }];
}

function readOnNull(cursor: TokenCursor): JsonClause[] {
  for (const word of ['NULL', 'ABSENT'])
    if (cursor.sees(word, 'ON')) {
      cursor.expect(word, 'ON', 'NULL');
      return [{ name: `${word} ON NULL` }];
    }
  return [];
}

/** `[KEY] k VALUE v` or `k : v`. */
function readPair(cursor: TokenCursor): SqlExpression[] {
  const next = cursor.peek(1);
  const hasKey =
    cursor.isWord('KEY') &&
    next.word !== 'VALUE' &&
    next.kind !== 'eof' &&
    (next.kind !== 'symbol' || next.word === '(');
  if (hasKey) cursor.advance();
  const keyAt = cursor.token;
  const key = cursor.expression();
  if (!cursor.acceptWord('VALUE') && !cursor.acceptSymbol(':')) {
    if (keyAt === cursor.peek(-1)) {
      cursor.rewind(cursor.index - 1);
      cursor.markLookahead(2);
    }
    cursor.unexpected();
  }
  return [key, readJsonValue(cursor)];
}

function readObject(cursor: TokenCursor): JsonCall {
  const args: SqlExpression[] = [];
  if (!cursor.isSymbol(')') && !cursor.sees('NULL', 'ON') && !cursor.sees('ABSENT', 'ON'))
    do args.push(...readPair(cursor));
    while (cursor.acceptSymbol(','));
  return { args, clauses: readOnNull(cursor) };
}

function readArray(cursor: TokenCursor): JsonCall {
  const args: SqlExpression[] = [];
  if (!cursor.isSymbol(')') && !cursor.sees('NULL', 'ON') && !cursor.sees('ABSENT', 'ON'))
    do args.push(readJsonValue(cursor));
    while (cursor.acceptSymbol(','));
  return { args, clauses: readOnNull(cursor) };
}
