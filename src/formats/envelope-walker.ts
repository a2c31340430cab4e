/** Walks over the outer object of a change-data message: wanted members are noted where they lie, or parsed on the spot. */
import { bytesOf } from '../types/heap-bytes.ts';
import { skipBlanks, skipString, skipValue } from './json-bytes.ts';
import type { QuoteMarks } from './quote-marks.ts';

/** Parses the value of member `id` at `p`; the position behind it, or -1. */
export type OnMember = (id: number, u8: Uint8Array, p: number, end: number) => number;

export class EnvelopeWalker {
  readonly #marks: QuoteMarks;
  readonly #names: readonly Uint8Array[];
  readonly #inPlace: number;
  /** Where each wanted member's value begins and ends; -1 where it is absent. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;

  /** The first `inPlace` names are parsed on the spot. */
  constructor(marks: QuoteMarks, names: readonly string[], inPlace: number) {
    this.#marks = marks;
    this.#names = names.map(bytesOf);
    this.#inPlace = inPlace;
    this.starts = new Int32Array(names.length);
    this.ends = new Int32Array(names.length);
  }

  /** From behind `{` to behind `}`, or -1 where the text is not plain. */
  walk(u8: Uint8Array, position: number, end: number, onMember: OnMember): number {
    this.starts.fill(-1);
    let p = skipBlanks(u8, position, end);
    if (u8[p] === 125) return p < end ? p + 1 : -1;
    for (;;) {
      if (u8[p] !== 34) return -1;
      const nameStart = p + 1;
      p = skipString(this.#marks, u8, nameStart, end);
      if (p < 0) return -1;
      const id = this.#idOf(u8, nameStart, p - 1);
      if (u8[p] !== 58) p = skipBlanks(u8, p, end);
      if (u8[p] !== 58) return -1;
      p++;
      if ((u8[p] as number) <= 32) p = skipBlanks(u8, p, end);
      const start = p;
      if (id >= 0 && id < this.#inPlace) p = onMember(id, u8, p, end);
      else p = u8[p] === 34 ? skipString(this.#marks, u8, p + 1, end) : skipValue(this.#marks, u8, p, end);
      if (p < 0 || p >= end) return -1;
      if (id >= 0) {
        this.starts[id] = start;
        this.ends[id] = p;
      }
      if ((u8[p] as number) <= 32) p = skipBlanks(u8, p, end);
      const c = u8[p];
      if (c === 125) return p < end ? p + 1 : -1;
      if (c !== 44) return -1;
      p++;
      if ((u8[p] as number) <= 32) p = skipBlanks(u8, p, end);
    }
  }

  #idOf(u8: Uint8Array, start: number, end: number): number {
    const names = this.#names;
    for (let id = 0; id < names.length; id++) {
      const name = names[id] as Uint8Array;
      if (name.length === end - start && name[0] === u8[start] && rangeIs(u8, start, end, name)) return id;
    }
    return -1;
  }

  /** Whether the member is the string `text` (its bytes, quotes included). */
  is(id: number, u8: Uint8Array, text: Uint8Array): boolean {
    const start = this.starts[id] as number;
    return start >= 0 && rangeIs(u8, start, this.ends[id] as number, text);
  }
}

/** Whether bytes [start, end) are those of `text`. */
export function rangeIs(u8: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (u8[start + i] !== text[i]) return false;
  return true;
}
