/**
 * The fast lane of canal-json: messages of a table look alike, so the order of keys in a row and the lengths of the parts between rows are
 * learned from one message, and later messages are stepped through by them. Names of wanted columns are compared byte by byte, lengths are
 * checked by what must stand behind them; where anything differs the message goes to the parser that takes any order.
 */
import { bytesOf, textOf } from '../types/heap-bytes.ts';
import { rangeIs } from './envelope-walker.ts';
import { skipBlanks, skipString, skipValue } from './json-bytes.ts';
import type { QuoteMarks } from './quote-marks.ts';

const BEFORE_ROW = bytesOf('{"data":[{');
const OLD = bytesOf(',"old":');
const TYPE = bytesOf(',"type":"');

/** What was learned of the messages of a topic. */
export interface CanalLayout {
  /** Names of a row's members, in order. */
  readonly names: readonly string[];
  /** Bytes between `]` of `data` and the value of `old`, `"old":` included. */
  readonly toOld: number;
  /** First bytes of that part. */
  readonly toOldHead: Uint8Array;
  /** Bytes between the end of `old` and the text of `type`, `"type":"` included. */
  readonly toType: number;
  readonly toTypeHead: Uint8Array;
}

/** The layout of a message of one row, or null when it is not of the plain form: compact, `data` first, `old` before `type`, `type` last. */
export function learnLayout(marks: QuoteMarks, u8: Uint8Array, start: number, end: number): CanalLayout | null {
  if (!rangeIs(u8, start, start + BEFORE_ROW.length, BEFORE_ROW)) return null;
  const row = readMembers(marks, u8, start + BEFORE_ROW.length, end);
  if (!row || u8[row.behind] !== 93) return null;
  const dataEnd = row.behind + 1;
  const old = findMember(marks, u8, dataEnd, end, OLD);
  if (old < 0) return null;
  const oldEnd = skipValue(marks, u8, old, end);
  if (oldEnd < 0) return null;
  const type = findMember(marks, u8, oldEnd, end, TYPE);
  const typeEnd = type < 0 ? -1 : skipString(marks, u8, type, end);
  if (typeEnd < 0 || u8[typeEnd] !== 125 || skipBlanks(u8, typeEnd + 1, end) !== end) return null;
  return {
    names: row.names,
    toOld: old - dataEnd,
    toOldHead: u8.slice(dataEnd, dataEnd + Math.min(4, old - dataEnd)),
    toType: type - oldEnd,
    toTypeHead: u8.slice(oldEnd, oldEnd + Math.min(4, type - oldEnd)),
  };
}

/** Names of an object's members in order, from behind `{`, and the position behind `}`; null where blanks, escapes or repeated names are in it. */
export function readMembers(
  marks: QuoteMarks,
  u8: Uint8Array,
  position: number,
  end: number,
): { names: string[]; behind: number } | null {
  const names: string[] = [];
  for (let p = position; ; p++) {
    const behind = u8[p] === 34 ? skipString(marks, u8, p + 1, end) : -1;
    if (behind < 0 || u8[behind] !== 58) return null;
    const name = textOf(u8, p + 1, behind - 1);
    if (name.includes('\\') || names.includes(name)) return null;
    names.push(name);
    p = skipValue(marks, u8, behind + 1, end);
    if (p < 0 || p >= end) return null;
    if (u8[p] === 125) return { names, behind: p + 1 };
    if (u8[p] !== 44) return null;
  }
}

/** Behind `,"name":` of a member of the outer object, walking member by member from a comma; -1 when it is not there. */
function findMember(marks: QuoteMarks, u8: Uint8Array, position: number, end: number, wanted: Uint8Array): number {
  for (let p = position; p < end && u8[p] === 44; ) {
    if (rangeIs(u8, p, p + wanted.length, wanted)) return p + wanted.length;
    p = skipString(marks, u8, p + 2, end);
    if (p < 0 || u8[p] !== 58) return -1;
    p = skipValue(marks, u8, p + 1, end);
    if (p < 0) return -1;
  }
  return -1;
}

/** Whether a part of the learned length begins and ends as it must. */
export function partFits(u8: Uint8Array, start: number, length: number, head: Uint8Array, tail: Uint8Array): boolean {
  return (
    rangeIs(u8, start, start + head.length, head) && rangeIs(u8, start + length - tail.length, start + length, tail)
  );
}

export const LAYOUT_OLD = OLD;
export const LAYOUT_TYPE = TYPE;
export const LAYOUT_START = BEFORE_ROW;
