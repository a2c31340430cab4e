/** Texts searched and replaced as bytes, where the text that is sought is a literal: in UTF-8 no character's bytes lie within another's. */
import type { Heap } from '../types/heap.ts';
import { copyWithin } from './code-helpers.ts';

/** Finds pieces between separators among the bytes of a text. */
export class PieceFinder {
  /** Where the piece lies that was found last; none: zeros. */
  start = 0;
  length = 0;
  readonly #separator: Uint8Array;

  constructor(separator: Uint8Array) {
    this.#separator = separator;
  }

  /** Whether the text has a piece of this index. */
  find(u8: Uint8Array, address: number, size: number, index: number): boolean {
    this.start = 0;
    this.length = 0;
    if (index < 0 || size === 0) return false;
    const end = address + size;
    let from = address;
    for (let left = index; left > 0; left--) {
      const at = indexOfBytes(u8, from, end, this.#separator);
      if (at < 0) return false;
      from = at + this.#separator.length;
    }
    const to = indexOfBytes(u8, from, end, this.#separator);
    this.start = from;
    this.length = (to < 0 ? end : to) - from;
    return true;
  }
}

function indexOfBytes(u8: Uint8Array, start: number, end: number, wanted: Uint8Array): number {
  const first = wanted[0];
  for (let at = start; at + wanted.length <= end; at++) {
    if (u8[at] !== first) continue;
    let i = 1;
    while (i < wanted.length && u8[at + i] === wanted[i]) i++;
    if (i === wanted.length) return at;
  }
  return -1;
}

/** Replaces a text in others. */
export class ByteReplacer {
  /** The result of the last {@link replace}: the source itself where nothing is found, otherwise in scratch room. */
  address = 0;
  length = 0;
  readonly #wanted: Uint8Array;

  constructor(wanted: Uint8Array) {
    this.#wanted = wanted;
  }

  replace(heap: Heap, source: number, size: number, by: number, bySize: number): void {
    this.address = source;
    this.length = size;
    const end = source + size;
    const width = this.#wanted.length;
    let count = 0;
    for (let at = indexOfBytes(heap.u8, source, end, this.#wanted); at >= 0; count++)
      at = indexOfBytes(heap.u8, at + width, end, this.#wanted);
    if (count === 0) return;
    this.length = size + count * (bySize - width);
    this.address = heap.scratch(this.length);
    let from = source;
    let to = this.address;
    for (; count > 0; count--) {
      const at = indexOfBytes(heap.u8, from, end, this.#wanted);
      copyWithin(heap, to, from, at - from);
      copyWithin(heap, to + at - from, by, bySize);
      to += at - from + bySize;
      from = at + width;
    }
    copyWithin(heap, to, from, end - from);
  }
}
