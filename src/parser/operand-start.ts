/** Which tokens an operand may begin with: what the grammar looks ahead for before it takes an operator or a comma. */
import { RESERVED_FUNCTIONS } from './keyword.ts';
import type { Token } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';

const CALLS = new Set(
  (
    'CAST TRY_CAST SAFE_CAST EXTRACT TRIM OVERLAY POSITION SUBSTRING CONVERT TRANSLATE JSON_EXISTS JSON_VALUE JSON_QUERY JSON_OBJECT ' +
    'JSON_ARRAY JSON_OBJECTAGG JSON_ARRAYAGG'
  ).split(' '),
);
const OTHERS = new Set(
  (
    'NOT EXISTS UNIQUE CASE TRUE FALSE UNKNOWN NULL DATE TIME TIMESTAMP INTERVAL ROW ARRAY MULTISET NEW CURSOR PERIOD RUNNING PREV NEXT ' +
    'DATETIME VARIANT BITMAP'
  ).split(' '),
);
const QUERY_WORDS = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE']);

/** True when an operand may begin with the token. */
export function beginsOperand(token: Token): boolean {
  const { kind, word, reserved } = token;
  if (kind === 'word') return !reserved || RESERVED_FUNCTIONS.has(word) || CALLS.has(word) || OTHERS.has(word);
  if (kind === 'symbol') return word === '(' || word === '-' || word === '+' || word === '{' || word === '?';
  return kind !== 'eof';
}

/** How many tokens from `offset` on can be the beginning of an operand, up to two: fewer than asked for means a failure there. */
export function viableTokens(cursor: TokenCursor, offset: number): 0 | 1 | 2 {
  const first = cursor.peek(offset);
  if (!beginsOperand(first)) return 0;
  return mayFollow(first, cursor.peek(offset + 1)) ? 2 : 1;
}

/** True when `second` may stand behind `first` inside an operand that begins with `first`. */
function mayFollow(first: Token, second: Token): boolean {
  const opens = second.kind === 'symbol' && second.word === '(';
  if (first.kind === 'symbol') {
    if (first.word === '{' || first.word === '?') return true;
    return beginsOperand(second) || (first.word === '(' && QUERY_WORDS.has(second.word));
  }
  if (first.kind !== 'word') return true;
  if (CALLS.has(first.word)) return opens;
  switch (first.word) {
    case 'NOT':
      return beginsOperand(second);
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      return opens || second.kind === 'string';
    case 'ARRAY':
    case 'MULTISET':
      return opens || second.word === '[';
    case 'INTERVAL':
      return beginsOperand(second);
    default:
      return true;
  }
}
