/**
 * Where quotes and backslashes lie in a message: a bit a byte, made by vector instructions of WebAssembly in one pass over the heap, so that walking
 * over a string is one look at a word.
 */
import type { Heap } from '../types/heap.ts';

const WORD_BYTES = 4;
/** Bytes that one word marks. */
const SPAN = 32;
const FIRST_WORDS = 64;

type MarkRange = (start: number, end: number, words: number) => void;

export class QuoteMarks {
  /** Bit b of word w stands for the byte at ({@link base} + w) * 32 + b. Behind the marked range a word with all bits set ends every search. */
  words: Int32Array;
  base = 0;
  readonly #heap: Heap;
  readonly #markRange: MarkRange;
  #address = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#markRange = markRangeIn(heap);
    this.words = this.#allocate(FIRST_WORDS);
  }

  /** Marks the bytes [start, end) of the heap; what was marked before is forgotten. */
  mark(start: number, end: number): void {
    this.base = start >>> 5;
    const count = (end >>> 5) - this.base + 1;
    if (count >= this.words.length) this.#grow(count + 1);
    this.#markRange(this.base * SPAN, end, this.#address);
    this.words[count] = -1;
  }

  /** The first mark from `position` (within the range or at its end) on; beyond the range's end when there is none. */
  next(position: number): number {
    const { words, base } = this;
    let at = (position >>> 5) - base;
    let word = (words[at] as number) >> (position & 31);
    if (word !== 0) return position + 31 - Math.clz32(word & -word);
    do word = words[++at] as number;
    while (word === 0);
    return (at + base) * SPAN + 31 - Math.clz32(word & -word);
  }

  #grow(count: number): void {
    this.#heap.free(this.#address, this.words.length * WORD_BYTES);
    this.words = this.#allocate(count * 2);
  }

  #allocate(count: number): Int32Array {
    this.#address = this.#heap.allocate(count * WORD_BYTES);
    return new Int32Array(this.#heap.memory.buffer, this.#address, count);
  }
}

/** Text of {@link QuoteMarks.next} for generated code, which has `M` and `D`, the words and the base. `p` and `q` are names; `w` and `i` are used. */
export function nextMarkText(p: string, q: string): string {
  return `i = (${p} >>> 5) - D; w = M[i] >> (${p} & 31);
  if (w !== 0) ${q} = ${p} + 31 - Math.clz32(w & -w);
  else { do w = M[++i]; while (w === 0); ${q} = (i + D) * ${SPAN} + 31 - Math.clz32(w & -w); }`;
}

let compiled: WebAssembly.Module | null = null;

function markRangeIn(heap: Heap): MarkRange {
  compiled ??= new WebAssembly.Module(MODULE);
  return new WebAssembly.Instance(compiled, { heap: { memory: heap.memory } }).exports['mark'] as MarkRange;
}

/** `v128.const` of one byte sixteen times. */
const all = (byte: number): number[] => [0xfd, 0x0c, ...new Array<number>(16).fill(byte)];

/** Sixteen bits for the sixteen bytes at local 0 + `offset`: whether each is a quote or a backslash. Local 3 is a vector. */
const marksAt = (offset: number): number[] => [
  ...[0x20, 0, 0xfd, 0x00, 0, offset, 0x22, 3], // local.tee 3 (v128.load offset (local.get 0))
  ...[...all(34), 0xfd, 0x23], // i8x16.eq
  ...[0x20, 3, ...all(92), 0xfd, 0x23], // i8x16.eq
  ...[0xfd, 0x50, 0xfd, 0x64], // v128.or, i8x16.bitmask
];

/** mark(0: start, 1: end, 2: words): from start, a word for 32 bytes, and at least as far as the byte at end. */
const CODE = [
  ...[1, 1, 0x7b], // local 3: v128
  ...[0x03, 0x40], // loop
  ...[0x20, 2, ...marksAt(0), ...marksAt(16), 0x41, 16, 0x74, 0x72], // local.get 2; low | high << 16
  ...[0x36, 2, 0], // i32.store
  ...[0x20, 2, 0x41, WORD_BYTES, 0x6a, 0x21, 2], // words += 4
  ...[0x20, 0, 0x41, SPAN, 0x6a, 0x22, 0], // start += 32
  ...[0x20, 1, 0x4d, 0x0d, 0], // br_if start <= end (unsigned)
  ...[0x0b, 0x0b], // end loop, end
];

const section = (id: number, bytes: readonly number[]): number[] => [id, ...leb(bytes.length), ...bytes];
const name = (text: string): number[] => [text.length, ...Buffer.from(text)];

const MODULE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0]), // type: (i32, i32, i32) -> ()
  ...section(2, [1, ...name('heap'), ...name('memory'), 2, 3, 0, ...leb(65_536)]), // import: shared memory
  ...section(3, [1, 0]),
  ...section(7, [1, ...name('mark'), 0, 0]),
  ...section(10, [1, ...leb(CODE.length), ...CODE]),
]);

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}
