/** The MATCH_RECOGNIZE clause. */
import type { MatchRecognize, Pattern, PatternName, SqlExpression } from './ast.ts';
import { parseOrderBy, parsePartitionBy } from './parse-list.ts';
import { parseInterval } from './parse-literal.ts';
import type { TokenCursor } from './token-cursor.ts';

export function parseMatchRecognize(cursor: TokenCursor): MatchRecognize {
  const start = cursor.expect('MATCH_RECOGNIZE');
  cursor.expectSymbol('(');
  const partitionBy = parsePartitionBy(cursor);
  const orderBy = parseOrderBy(cursor);
  const measures = cursor.acceptWord('MEASURES') ? parseMeasures(cursor) : [];
  const rowsPerMatch = parseRowsPerMatch(cursor);
  const after = parseAfter(cursor);
  cursor.expect('PATTERN');
  cursor.expectSymbol('(');
  const strictStart = cursor.acceptSymbol('^');
  const pattern = parseAlternation(cursor);
  const strictEnd = acceptEnd(cursor);
  cursor.expectSymbol(')');
  const within = parseWithin(cursor);
  const subsets = cursor.acceptWord('SUBSET') ? parseSubsets(cursor) : [];
  cursor.expect('DEFINE');
  const define = parseDefine(cursor);
  cursor.expectSymbol(')');
  return {
    partitionBy,
    orderBy,
    measures,
    rowsPerMatch,
    after,
    pattern,
    strictStart,
    strictEnd,
    subsets,
    define,
    span: cursor.spanFrom(start),
    ...(within ? { within } : {}),
  };
}

/** `$`, which is a letter elsewhere. */
function acceptEnd(cursor: TokenCursor): boolean {
  if (!isEnd(cursor)) return false;
  cursor.advance();
  return true;
}

function isEnd(cursor: TokenCursor): boolean {
  return cursor.token.text === '$';
}

function parseMeasures(cursor: TokenCursor): MatchRecognize['measures'] {
  const measures: Array<MatchRecognize['measures'][number]> = [];
  do {
    const start = cursor.token.span;
    const semantics = parseSemantics(cursor);
    const expression = cursor.expression();
    const span = cursor.spanFrom(start);
    cursor.expect('AS');
    const { name: alias } = cursor.identifier();
    measures.push({ expression, alias, span, ...semantics });
  } while (cursor.acceptSymbol(','));
  return measures;
}

function parseSemantics(cursor: TokenCursor): { semantics?: 'FINAL' | 'RUNNING' } {
  const semantics = (['FINAL', 'RUNNING'] as const).find((word) => isModifier(cursor, word) && cursor.acceptWord(word));
  return semantics ? { semantics } : {};
}

function isModifier(cursor: TokenCursor, word: string): boolean {
  const next = cursor.peek(1);
  return cursor.isWord(word) && (next.kind === 'word' || next.kind === 'quoted') && next.word !== 'AS';
}

function parseRowsPerMatch(cursor: TokenCursor): 'ONE' | 'ALL' {
  if (cursor.acceptWord('ONE')) {
    cursor.expect('ROW', 'PER', 'MATCH');
    return 'ONE';
  }
  if (!cursor.acceptWord('ALL')) return 'ONE';
  cursor.expect('ROWS', 'PER', 'MATCH');
  if (cursor.acceptWord('SHOW') || cursor.acceptWord('OMIT')) cursor.expect('EMPTY', 'MATCHES');
  else if (cursor.acceptWord('WITH')) cursor.expect('UNMATCHED', 'ROWS');
  return 'ALL';
}

function parseAfter(cursor: TokenCursor): MatchRecognize['after'] {
  if (!cursor.acceptWord('AFTER')) return { kind: 'next-row' };
  cursor.expect('MATCH', 'SKIP');
  if (cursor.acceptWord('PAST')) {
    cursor.expect('LAST', 'ROW');
    return { kind: 'past-last-row' };
  }
  cursor.expect('TO');
  if (cursor.acceptWord('NEXT')) {
    cursor.expect('ROW');
    return { kind: 'next-row' };
  }
  for (const [word, kind] of [
    ['FIRST', 'first'],
    ['LAST', 'last'],
  ] as const)
    if (cursor.acceptWord(word)) return { kind, variable: cursor.identifier() };
  return { kind: 'variable', variable: cursor.identifier() };
}

function parseWithin(cursor: TokenCursor): SqlExpression | undefined {
  if (!cursor.acceptWord('WITHIN')) return undefined;
  return cursor.isWord('INTERVAL') ? parseInterval(cursor) : cursor.unexpected();
}

/** `s = (a, b), …` */
function parseSubsets(cursor: TokenCursor): MatchRecognize['subsets'] {
  const subsets: Array<MatchRecognize['subsets'][number]> = [];
  do {
    const { name } = cursor.identifier();
    cursor.expectSymbol('=');
    cursor.expectSymbol('(');
    const items: PatternName[] = [cursor.identifier()];
    while (cursor.acceptSymbol(',')) items.push(cursor.identifier());
    cursor.expectSymbol(')');
    subsets.push({ name, items });
  } while (cursor.acceptSymbol(','));
  return subsets;
}

function parseDefine(cursor: TokenCursor): MatchRecognize['define'] {
  const define: Array<MatchRecognize['define'][number]> = [];
  do {
    const { name: variable, span: start } = cursor.identifier();
    cursor.expect('AS');
    const semantics = parseSemantics(cursor);
    define.push({ variable, condition: cursor.expression(), span: cursor.spanFrom(start), ...semantics });
  } while (cursor.acceptSymbol(','));
  return define;
}

function parseAlternation(cursor: TokenCursor): Pattern {
  const items = [parseSequence(cursor)];
  while (cursor.acceptSymbol('|')) items.push(parseSequence(cursor));
  const [only] = items;
  return only && items.length === 1 ? only : { kind: 'alternation', items };
}

function parseSequence(cursor: TokenCursor): Pattern {
  const items = [parseFactor(cursor)];
  while (
    (!isEnd(cursor) && cursor.seesIdentifier()) ||
    cursor.isSymbol('(') ||
    cursor.isSymbol('{') ||
    cursor.isWord('PERMUTE')
  )
    items.push(parseFactor(cursor));
  const [only] = items;
  return only && items.length === 1 ? only : { kind: 'sequence', items };
}

function parseFactor(cursor: TokenCursor): Pattern {
  const item = parsePatternItem(cursor);
  const range = parseQuantifier(cursor);
  if (!range) return item;
  const greedy = !cursor.acceptSymbol('?');
  return { kind: 'quantified', item, ...range, greedy };
}

function parsePatternItem(cursor: TokenCursor): Pattern {
  if (cursor.acceptSymbol('(')) {
    const inner = cursor.nested(() => parseAlternation(cursor));
    cursor.expectSymbol(')');
    return inner;
  }
  if (cursor.acceptSymbol('{')) {
    cursor.expectSymbol('-');
    const item = cursor.nested(() => parseAlternation(cursor));
    cursor.expectSymbol('-');
    cursor.expectSymbol('}');
    return { kind: 'exclusion', item };
  }
  if (cursor.acceptWord('PERMUTE')) {
    cursor.expectSymbol('(');
    const items = [parseAlternation(cursor)];
    while (cursor.acceptSymbol(',')) items.push(parseAlternation(cursor));
    cursor.expectSymbol(')');
    return { kind: 'permute', items };
  }
  return { kind: 'variable', name: cursor.identifier().name };
}

function parseQuantifier(cursor: TokenCursor): { min: number | null; max: number | null } | undefined {
  if (cursor.acceptSymbol('*')) return { min: 0, max: null };
  if (cursor.acceptSymbol('+')) return { min: 1, max: null };
  if (cursor.acceptSymbol('?')) return { min: 0, max: 1 };
  if (!cursor.isSymbol('{') || cursor.peek(1).word === '-') return undefined;
  cursor.advance();
  const min = cursor.isSymbol(',') ? null : cursor.integer();
  let max: number | null = min;
  if (cursor.acceptSymbol(',')) max = cursor.isSymbol('}') ? null : cursor.integer();
  cursor.expectSymbol('}');
  return { min, max };
}
