/** The newest row of each key in the blocks of a table: blocks are walked from the newest to the oldest, and what is seen first stays. */
import { hashBytes } from './hash.ts';
import { PairList } from './pair-list.ts';
import { stringBytes, type TableDescription } from './segment.ts';
import type { Block } from './segment-reading.ts';

export class NewestRows {
  readonly isChained: boolean;
  readonly #blocks: readonly Block[];
  readonly #descriptions: readonly TableDescription[];
  readonly #newest: TableDescription;
  readonly #views: readonly DataView[];
  /** By row: block, first word, end. */
  readonly #rowBlock: Int32Array;
  readonly #rowStart: Int32Array;
  readonly #rowEnd: Int32Array;
  #rowCount = 0;
  /** Keys seen so far: block, first word of the region, first word of the strings; found by a hash of their stored form. */
  readonly #keyBlock: Int32Array;
  readonly #keyRegion: Int32Array;
  readonly #keyStrings: Int32Array;
  #keyCount = 0;
  readonly #keys = new PairList();
  #latestWrite = 0;

  /** `newest` is how rows shall lie; counts of the blocks may be too high. */
  constructor(blocks: readonly Block[], newest: TableDescription) {
    this.#blocks = blocks;
    this.#descriptions = blocks.map((block) => JSON.parse(block.description) as TableDescription);
    this.#newest = newest;
    this.isChained = this.#newest.prefix > 0;
    this.#views = blocks.map(({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const rows = blocks.reduce((sum, { storedCount }) => sum + storedCount, 0);
    this.#rowBlock = new Int32Array(rows);
    this.#rowStart = new Int32Array(rows);
    this.#rowEnd = new Int32Array(rows);
    const keys = blocks.length > 1 ? blocks.reduce((sum, { removedCount }) => sum + removedCount, rows) : 0;
    this.#keyBlock = new Int32Array(keys);
    this.#keyRegion = new Int32Array(keys);
    this.#keyStrings = new Int32Array(keys);
    for (let i = blocks.length - 1; i >= 0; i--) this.#add(i, blocks.length > 1);
  }

  get count(): number {
    return this.#rowCount;
  }

  /** The hash that a row's key group is taken from. */
  groupHash(row: number): number {
    return this.#word(row, this.isChained ? 1 : 0);
  }

  sequence(row: number): number {
    const view = this.#views[this.#rowBlock[row] as number] as DataView;
    return view.getFloat64(((this.#rowStart[row] as number) + 2) * 4, true);
  }

  /** Words of a row in the newest block's form. */
  words(row: number): number {
    return (this.#rowEnd[row] as number) - (this.#rowStart[row] as number) + this.#extraWords(row);
  }

  /** Copies a row to `at`; returns where the next one goes. A last write that is not known is the newest that is. */
  copy(row: number, words: Int32Array, at: number): number {
    const from = (this.#blocks[this.#rowBlock[row] as number] as Block).words;
    const start = this.#rowStart[row] as number;
    const end = this.#rowEnd[row] as number;
    const extra = this.#extraWords(row);
    const head = this.isChained ? 4 : 1;
    let to = at;
    for (let i = start; i < start + head; i++) words[to++] = from[i] as number;
    if (extra > 0) {
      const [low, high] = new Int32Array(new Float64Array([this.#latestWrite]).buffer) as unknown as [number, number];
      words[to++] = low;
      words[to++] = high;
    }
    for (let i = start + head + (extra < 0 ? 2 : 0); i < end; i++) words[to++] = from[i] as number;
    return to;
  }

  #word(row: number, offset: number): number {
    const { words } = this.#blocks[this.#rowBlock[row] as number] as Block;
    return words[(this.#rowStart[row] as number) + offset] as number;
  }

  /** A row grows or shrinks when the newest block has a time to live and its own has not, or the other way round. */
  #extraWords(row: number): number {
    const own = this.#descriptions[this.#rowBlock[row] as number] as TableDescription;
    return (this.#newest.ttl ? 2 : 0) - (own.ttl ? 2 : 0);
  }

  #add(index: number, checksKeys: boolean): void {
    const { words, removedStart, storedStart, storedEnd } = this.#blocks[index] as Block;
    const view = this.#views[index] as DataView;
    const { keyWords, valueWords, keyLengths, valueLengths, ttl } = this.#descriptions[index] as TableDescription;
    for (let at = storedStart; at < storedEnd; ) {
      const head = at + (this.isChained ? 4 : 1);
      const region = head + (ttl ? 2 : 0);
      const strings = region + keyWords + valueWords;
      const bytes = stringBytes(words, region, keyLengths) + stringBytes(words, region + keyWords, valueLengths);
      const end = strings + ((bytes + 3) >> 2);
      if (ttl) this.#latestWrite = Math.max(this.#latestWrite, view.getFloat64(head * 4, true));
      if (!checksKeys || this.#isFirst(index, at, region, strings)) {
        const row = this.#rowCount++;
        this.#rowBlock[row] = index;
        this.#rowStart[row] = at;
        this.#rowEnd[row] = end;
      }
      at = end;
    }
    if (!checksKeys) return;
    for (let at = removedStart; at < storedStart; ) {
      const region = at + (this.isChained ? 2 : 1);
      const strings = region + keyWords;
      this.#isFirst(index, at, region, strings);
      at = strings + ((stringBytes(words, region, keyLengths) + 3) >> 2);
    }
  }

  /** Remembers a key; false when it is known. */
  #isFirst(block: number, at: number, region: number, strings: number): boolean {
    const { words } = this.#blocks[block] as Block;
    const { keyWords, keyLengths } = this.#newest;
    const bytes = stringBytes(words, region, keyLengths);
    const hash = hashBytes(words[at] as number, this.#views[block] as DataView, region * 4, keyWords * 4);
    const isKnown = this.#keys.some(hash, (key) => this.#sameKey(key, block, region, strings, bytes));
    if (isKnown) return false;
    const key = this.#keyCount++;
    this.#keys.add(hash, key);
    this.#keyBlock[key] = block;
    this.#keyRegion[key] = region;
    this.#keyStrings[key] = strings;
    return true;
  }

  #sameKey(key: number, block: number, region: number, strings: number, bytes: number): boolean {
    const left = this.#blocks[this.#keyBlock[key] as number] as Block;
    const right = this.#blocks[block] as Block;
    const leftRegion = this.#keyRegion[key] as number;
    for (let i = 0; i < this.#newest.keyWords; i++)
      if (left.words[leftRegion + i] !== right.words[region + i]) return false;
    const leftBytes = (this.#keyStrings[key] as number) * 4;
    for (let i = 0; i < bytes; i++) if (left.bytes[leftBytes + i] !== right.bytes[strings * 4 + i]) return false;
    return true;
  }
}
