/**
 * Walking over JSON in bytes without making anything of it. Every step gives the position behind, or -1 where the text is not plain JSON. The
 * message has been marked before.
 */
import type { Heap } from '../types/heap.ts';
import type { QuoteMarks } from './quote-marks.ts';

const QUOTE = 34;
const BACKSLASH = 92;

/** Behind blanks. */
export function skipBlanks(u8: Uint8Array, position: number, end: number): number {
  let p = position;
  while (p < end) {
    const c = u8[p] as number;
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return p;
    p++;
  }
  return p;
}

/** From behind the opening quote to behind the closing one. */
export function skipString(marks: QuoteMarks, u8: Uint8Array, position: number, end: number): number {
  for (let p = position; ; ) {
    p = marks.next(p);
    if (p >= end) return -1;
    if (u8[p] === QUOTE) return p + 1;
    const sign = u8[p + 1] as number;
    if (sign === 117 ? hex4(u8, p + 2) < 0 : SIMPLE[sign] === 0) return -1;
    p += 2;
    if (p >= end) return -1;
  }
}

/** From the first byte of a value to behind it. */
export function skipValue(marks: QuoteMarks, u8: Uint8Array, p: number, end: number): number {
  switch (u8[p]) {
    case QUOTE:
      return skipString(marks, u8, p + 1, end);
    case 123:
      return skipObject(marks, u8, p + 1, end);
    case 91:
      return skipArray(marks, u8, p + 1, end);
    case 116:
      return u8[p + 1] === 114 && u8[p + 2] === 117 && u8[p + 3] === 101 ? afterToken(u8, p + 4, end) : -1;
    case 102:
      return u8[p + 1] === 97 && u8[p + 2] === 108 && u8[p + 3] === 115 && u8[p + 4] === 101
        ? afterToken(u8, p + 5, end)
        : -1;
    case 110:
      return skipNull(u8, p, end);
    default:
      return skipNumber(u8, p, end);
  }
}

/** Whether an object or array may begin within [start, end): strings are looked into. */
export function mayNest(u8: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if (u8[p] === 123 || u8[p] === 91) return true;
  return false;
}

/** Behind `null`. */
export function skipNull(u8: Uint8Array, p: number, end: number): number {
  return u8[p] === 110 && u8[p + 1] === 117 && u8[p + 2] === 108 && u8[p + 3] === 108 ? afterToken(u8, p + 4, end) : -1;
}

/** A number or a word must be followed by what can follow it. */
export function afterToken(u8: Uint8Array, p: number, end: number): number {
  if (p >= end) return p === end ? p : -1;
  const c = u8[p] as number;
  return c === 44 || c === 125 || c === 93 || c <= 32 ? p : -1;
}

function skipDigits(u8: Uint8Array, position: number, end: number): number {
  let p = position;
  while (p < end && (u8[p] as number) >= 48 && (u8[p] as number) <= 57) p++;
  return p;
}

function skipNumber(u8: Uint8Array, position: number, end: number): number {
  const start = u8[position] === 45 ? position + 1 : position;
  let p = skipDigits(u8, start, end);
  if (p === start || (u8[start] === 48 && p > start + 1)) return -1;
  if (p < end && u8[p] === 46) {
    const fraction = p + 1;
    p = skipDigits(u8, fraction, end);
    if (p === fraction) return -1;
  }
  if (p < end && ((u8[p] as number) | 32) === 101) {
    p++;
    if (p < end && (u8[p] === 43 || u8[p] === 45)) p++;
    const exponent = p;
    p = skipDigits(u8, exponent, end);
    if (p === exponent) return -1;
  }
  return afterToken(u8, p, end);
}

/** From behind `{` to behind its `}`. */
export function skipObject(marks: QuoteMarks, u8: Uint8Array, position: number, end: number): number {
  const p = skipBlanks(u8, position, end);
  if (u8[p] === 125) return p < end ? p + 1 : -1;
  return skipMembers(marks, u8, p, end);
}

/** From the name of a member to behind the object's `}`. */
export function skipMembers(marks: QuoteMarks, u8: Uint8Array, position: number, end: number): number {
  let p = position;
  for (;;) {
    if (u8[p] !== QUOTE) return -1;
    p = skipString(marks, u8, p + 1, end);
    if (p < 0) return -1;
    if (u8[p] !== 58) p = skipBlanks(u8, p, end);
    if (u8[p] !== 58) return -1;
    p++;
    if ((u8[p] as number) <= 32) p = skipBlanks(u8, p, end);
    p = u8[p] === QUOTE ? skipString(marks, u8, p + 1, end) : skipValue(marks, u8, p, end);
    if (p < 0 || p >= end) return -1;
    if ((u8[p] as number) <= 32) p = skipBlanks(u8, p, end);
    const c = u8[p];
    if (c === 125) return p < end ? p + 1 : -1;
    if (c !== 44) return -1;
    p++;
    if ((u8[p] as number) <= 32) p = skipBlanks(u8, p, end);
  }
}

function skipArray(marks: QuoteMarks, u8: Uint8Array, position: number, end: number): number {
  let p = skipBlanks(u8, position, end);
  if (u8[p] === 93) return p < end ? p + 1 : -1;
  for (;;) {
    p = skipValue(marks, u8, p, end);
    if (p < 0 || p >= end) return -1;
    if ((u8[p] as number) <= 32) p = skipBlanks(u8, p, end);
    const c = u8[p];
    if (c === 93) return p < end ? p + 1 : -1;
    if (c !== 44) return -1;
    p = skipBlanks(u8, p + 1, end);
  }
}

const SIMPLE = new Uint8Array(256);
for (const [sign, character] of [
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
] as const)
  SIMPLE[sign.charCodeAt(0)] = character.charCodeAt(0);

/** A string with escapes, made plain in scratch room of the heap. */
export class Unescaper {
  /** Where the plain bytes are, after {@link run} gave a position. */
  address = 0;
  length = 0;

  /** From behind the opening quote; the position behind the closing one, or -1. */
  run(heap: Heap, marks: QuoteMarks, start: number, end: number): number {
    const from = heap.u8;
    const behind = skipString(marks, from, start, end);
    if (behind < 0) return -1;
    this.address = heap.scratch(behind - start);
    const to = heap.u8;
    let out = this.address;
    let p = start;
    while (p < behind - 1) {
      const c = from[p++] as number;
      if (c !== BACKSLASH) {
        to[out++] = c;
        continue;
      }
      const sign = from[p++] as number;
      const simple = SIMPLE[sign] as number;
      if (simple !== 0) {
        to[out++] = simple;
        continue;
      }
      if (sign !== 117) return -1;
      const unit = hex4(from, p);
      if (unit < 0) return -1;
      p += 4;
      const wide = (unit & 0xfc00) === 0xd800 && from[p] === BACKSLASH && from[p + 1] === 117 ? hex4(from, p + 2) : -1;
      if ((wide & 0xfc00) === 0xdc00 && wide >= 0) {
        out = writePoint(to, out, 0x10000 + ((unit - 0xd800) << 10) + (wide - 0xdc00));
        p += 6;
      } else if ((unit & 0xf800) === 0xd800) to[out++] = 63;
      else out = writePoint(to, out, unit);
    }
    this.length = out - this.address;
    return behind;
  }
}

function hex4(u8: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const c = u8[i] as number;
    const digit = c >= 48 && c <= 57 ? c - 48 : (c | 32) >= 97 && (c | 32) <= 102 ? (c | 32) - 87 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function writePoint(to: Uint8Array, at: number, point: number): number {
  let out = at;
  if (point < 0x80) to[out++] = point;
  else if (point < 0x800) {
    to[out++] = 0xc0 | (point >> 6);
    to[out++] = 0x80 | (point & 63);
  } else if (point < 0x10000) {
    to[out++] = 0xe0 | (point >> 12);
    to[out++] = 0x80 | ((point >> 6) & 63);
    to[out++] = 0x80 | (point & 63);
  } else {
    to[out++] = 0xf0 | (point >> 18);
    to[out++] = 0x80 | ((point >> 12) & 63);
    to[out++] = 0x80 | ((point >> 6) & 63);
    to[out++] = 0x80 | (point & 63);
  }
  return out;
}
