/** Where a text stands in another, and the characters of a code. */
import { bytesOf } from '../../types/heap-bytes.ts';
import { type LogicalType, types } from '../../types/logical-type.ts';
import { commonType } from '../../types/type-coercion.ts';
import { isBinary, isNested } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { validatorError } from '../call-error.ts';
import type { ArgumentInfo, ScalarFunction } from '../function.ts';
import { anyNullable, anything, integer, text } from '../operand.ts';
import { plain, result } from '../plain-function.ts';
import { positionOf } from '../text-positions.ts';

/** Position of the n-th occurrence from a start; a negative start searches backwards. */
function nthPosition(value: string, needle: string, start: number, nth: number): number {
  if (nth <= 0) return 0;
  if (start === 0) return 0;
  let from = start > 0 ? start - 1 : value.length + start;
  let found = -1;
  for (let i = 0; i < nth; i++) {
    found = start > 0 ? value.indexOf(needle, from) : from < 0 ? -1 : value.lastIndexOf(needle, from);
    if (found < 0) return 0;
    from = start > 0 ? found + 1 : found - 1;
  }
  return found + 1;
}

/** Where the first text begins in the second, at or behind a position counted from 1. */
function locate([needle, value, from]: readonly Value[]): number {
  return positionOf(needle as string, value as string, from === undefined ? 1 : Number(from));
}

/** Texts in a text; what has nothing in common with a text is refused in other words. */
function positionType(args: readonly ArgumentInfo[]): LogicalType | undefined {
  const [part, whole] = args.map((arg) => arg.type) as [LogicalType, LogicalType];
  const strange = [part, whole].some((type) => isNested(type) || isBinary(type));
  if (strange && !commonType([part, whole])) throw validatorError('Parameters must be of the same type');
  return text(part) && text(whole) ? types.int(anyNullable(args)) : undefined;
}

const positions: readonly ScalarFunction[] = [
  plain({
    name: 'POSITION',
    category: 'string',
    forms: [
      'POSITION(<STRING> IN <STRING>)',
      'POSITION(<STRING> IN <STRING> FROM <INTEGER>)',
      '=INSTR(<STRING>, <STRING>, <INTEGER>, <INTEGER>)',
    ],
    summary: 'Where a text first occurs in another, from 1; 0 when it does not.',
    example: "POSITION('l' IN 'hello')",
    args: [anything, anything],
    optional: [integer],
    returns: positionType,
    eval: locate,
  }),
  plain({
    name: 'LOCATE',
    category: 'string',
    forms: ['LOCATE(<CHARACTER>, <CHARACTER>)', 'LOCATE(<CHARACTER>, <CHARACTER>, <INTEGER>)'],
    summary: 'Where a text first occurs in another at or behind a position; 0 when it does not.',
    example: "LOCATE('l', 'hello', 4)",
    args: [text, text],
    optional: [integer],
    returns: result.int,
    eval: locate,
  }),
  plain({
    name: 'INSTR',
    category: 'string',
    forms: [
      'INSTR(<CHARACTER>, <CHARACTER>)',
      'INSTR(<CHARACTER>, <CHARACTER>, <INTEGER>)',
      'INSTR(<CHARACTER>, <CHARACTER>, <INTEGER>, <INTEGER>)',
    ],
    summary: 'Where a text occurs in another, by start and count of the occurrence; 0 when it does not.',
    example: "INSTR('hello', 'l')",
    args: [text, text],
    optional: [integer, integer],
    returns: result.int,
    eval: ([value, needle, start, nth]) =>
      start === undefined
        ? positionOf(needle as string, value as string)
        : nthPosition(value as string, needle as string, Number(start), nth === undefined ? 1 : Number(nth)),
  }),
];

/** First byte of the UTF-8 text, signed as Java's bytes are. */
function firstByte(value: string): number {
  return value === '' ? 0 : ((bytesOf(value)[0] as number) << 24) >> 24;
}

const characters: readonly ScalarFunction[] = [
  plain({
    name: 'ASCII',
    category: 'string',
    forms: ['ASCII(<CHARACTER>)'],
    summary: 'The number of the first character of a text; 0 of an empty one.',
    example: "ASCII('abc')",
    args: [text],
    returns: result.int,
    eval: ([value]) => firstByte(value as string),
  }),
  plain({
    name: 'CHR',
    category: 'string',
    forms: ['CHR(<INTEGER>)'],
    summary: 'The character of a number; only its low eight bits count.',
    example: 'CHR(97)',
    args: [integer],
    returns: types.string(),
    eval: ([code]) => (Number(code) < 0 ? '' : String.fromCharCode(Number(BigInt(code as number) & 0xffn))),
  }),
];

export const textPositions: readonly ScalarFunction[] = [...positions, ...characters];
