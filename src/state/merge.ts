/**
 * Makes one base of an operator's segments: for each key the newest row, unless it was removed since. It runs wherever checkpoints are
 * written, never on the hot path, and knows no table: blocks describe themselves.
 */
import { hashBytes, keyGroup } from './hash.ts';
import {
  BLOCK_BASE,
  BLOCK_VALUES,
  type Block,
  openBlock,
  readBlocks,
  sealBlock,
  stringBytes,
  type TableDescription,
} from './segment.ts';

/** Segments in the order of the checkpoint's list; the result's chunks are a base. `source` names them in error texts. */
export function mergeSegments(segments: readonly Uint8Array[], source: string): Uint8Array[] {
  const tables = new Map<string, Block[]>();
  let values: Uint8Array | undefined;
  for (const segment of segments)
    for (const block of readBlocks(segment, source)) {
      if (block.kind === BLOCK_VALUES) {
        values = new Uint8Array(block.bytes);
        continue;
      }
      const { table } = JSON.parse(block.description) as TableDescription;
      const earlier = block.kind === BLOCK_BASE ? undefined : tables.get(table);
      if (earlier) earlier.push(block);
      else tables.set(table, [block]);
    }
  const merged = [...tables.values()].map((blocks) => mergeBlocks(blocks));
  return values ? [...merged, values] : merged;
}

/** A row of a block: where it lies. */
interface RowPlace {
  readonly block: number;
  readonly start: number;
  readonly end: number;
  readonly group: number;
  readonly sequence: number;
}

function mergeBlocks(blocks: readonly Block[]): Uint8Array {
  const newest = blocks[blocks.length - 1] as Block;
  const description = JSON.parse(newest.description) as TableDescription;
  const rows = new NewestRows(blocks, description);
  for (let i = blocks.length - 1; i >= 0; i--) rows.add(i);
  const places = rows.places.sort((a, b) => a.group - b.group || a.sequence - b.sequence);
  const words = new Map<number, number>();
  for (const { group, start, end, block } of places)
    words.set(group, (words.get(group) ?? 0) + end - start + rows.extraWords(block));
  const groups = [...words.keys()];
  const open = openBlock({
    kind: BLOCK_BASE,
    description: newest.description,
    groups,
    removedWords: groups.map(() => 0),
    storedWords: groups.map((group) => words.get(group) as number),
    removedCount: 0,
    storedCount: places.length,
  });
  let at = open.storedStart;
  for (const place of places) at = rows.copy(place, open.words, at);
  return sealBlock(open);
}

/** Walks blocks from the newest to the oldest and keeps what is seen first of each key. */
class NewestRows {
  readonly places: RowPlace[] = [];
  readonly #blocks: readonly Block[];
  readonly #newest: TableDescription;
  readonly #descriptions: readonly TableDescription[];
  readonly #chained: boolean;
  readonly #isSingle: boolean;
  /** Seen keys by a hash of their stored form. */
  readonly #seen = new Map<number, Array<readonly [block: number, region: number, strings: number]>>();
  readonly #views: readonly DataView[];

  constructor(blocks: readonly Block[], newest: TableDescription) {
    this.#blocks = blocks;
    this.#newest = newest;
    this.#descriptions = blocks.map((block) => JSON.parse(block.description) as TableDescription);
    this.#chained = newest.prefix > 0;
    this.#isSingle = blocks.length === 1;
    this.#views = blocks.map(({ bytes }) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  add(index: number): void {
    const { words, removedStart, storedStart, storedEnd } = this.#blocks[index] as Block;
    const description = this.#descriptions[index] as TableDescription;
    const { keyWords, valueWords, keyLengths, valueLengths, ttl } = description;
    for (let at = storedStart; at < storedEnd; ) {
      const region = at + (this.#chained ? 4 : 1) + (ttl ? 2 : 0);
      const strings = region + keyWords + valueWords;
      const keyBytes = stringBytes(words, region, keyLengths);
      const end = strings + ((keyBytes + stringBytes(words, region + keyWords, valueLengths) + 3) >> 2);
      if (this.#isSingle || this.#isFirst(index, at, region, strings)) this.#keep(index, at, end);
      at = end;
    }
    for (let at = removedStart; at < storedStart; ) {
      const region = at + (this.#chained ? 2 : 1);
      const strings = region + keyWords;
      if (!this.#isSingle) this.#isFirst(index, at, region, strings);
      at = strings + ((stringBytes(words, region, keyLengths) + 3) >> 2);
    }
  }

  #keep(block: number, start: number, end: number): void {
    const { words } = this.#blocks[block] as Block;
    const hash = words[this.#chained ? start + 1 : start] as number;
    const sequence = this.#chained ? (this.#views[block] as DataView).getFloat64((start + 2) * 4, true) : 0;
    this.places.push({ block, start, end, group: keyGroup(hash), sequence });
  }

  #isFirst(block: number, at: number, region: number, strings: number): boolean {
    const { words } = this.#blocks[block] as Block;
    const view = this.#views[block] as DataView;
    const { keyWords, keyLengths } = this.#newest;
    const hash = hashBytes(words[at] as number, view, region * 4, keyWords * 4);
    const same = this.#seen.get(hash);
    if (!same) {
      this.#seen.set(hash, [[block, region, strings]]);
      return true;
    }
    const bytes = stringBytes(words, region, keyLengths);
    for (const other of same) if (this.#sameKey(other, block, region, strings, bytes)) return false;
    same.push([block, region, strings]);
    return true;
  }

  #sameKey(
    [otherBlock, otherRegion, otherStrings]: readonly [number, number, number],
    block: number,
    region: number,
    strings: number,
    stringBytesCount: number,
  ): boolean {
    const left = this.#blocks[otherBlock] as Block;
    const right = this.#blocks[block] as Block;
    for (let i = 0; i < this.#newest.keyWords; i++)
      if (left.words[otherRegion + i] !== right.words[region + i]) return false;
    for (let i = 0; i < stringBytesCount; i++)
      if (left.bytes[otherStrings * 4 + i] !== right.bytes[strings * 4 + i]) return false;
    return true;
  }

  /** Words that a row grows by, since the newest block has TTL and its own has not, or the other way round. */
  extraWords(block: number): number {
    return (this.#newest.ttl ? 2 : 0) - (this.#descriptions[block]?.ttl ? 2 : 0);
  }

  /** Copies a row to `at`; returns where the next one goes. A last write that is not known is that of the newest row that has one. */
  copy(place: RowPlace, words: Int32Array, at: number): number {
    const from = (this.#blocks[place.block] as Block).words;
    const extra = this.extraWords(place.block);
    if (extra === 0) {
      words.set(from.subarray(place.start, place.end), at);
      return at + place.end - place.start;
    }
    const head = this.#chained ? 4 : 1;
    words.set(from.subarray(place.start, place.start + head), at);
    if (extra > 0) words.set(this.#latestWrite(), at + head);
    const rest = place.start + head + (extra < 0 ? 2 : 0);
    words.set(from.subarray(rest, place.end), at + head + (extra > 0 ? 2 : 0));
    return at + place.end - place.start + extra;
  }

  #latestWrite(): Int32Array {
    let latest = 0;
    const at = this.#chained ? 4 : 1;
    for (const { block, start } of this.places)
      if (this.#descriptions[block]?.ttl)
        latest = Math.max(latest, (this.#views[block] as DataView).getFloat64((start + at) * 4, true));
    return new Int32Array(new Float64Array([latest]).buffer);
  }
}
