/** Fills a table from blocks of a checkpoint, in order. Rows are taken as they are: hashes, sequences and last writes come from the block. */
import type { PackedTable } from './keyed-table.ts';
import { bytesEqual } from './owned-bytes.ts';
import { RECORD_LIVE } from './record-layout.ts';
import { BLOCK_BASE, type Block, describeTable, incompatible, stringBytes, type TableDescription } from './segment.ts';

/** `description` is the block's, parsed. Throws `CHECKPOINT_INCOMPATIBLE` when the block is of another kind of table. */
export function restoreBlock(table: PackedTable, block: Block, description: TableDescription, source: string): void {
  checkDescription(table, description, source);
  if (block.kind === BLOCK_BASE && table.size > 0)
    throw incompatible(source, `table ${table.spec.name} has rows before its base`);
  new BlockRestore(table, block, description).run();
}

const SAME: ReadonlyArray<keyof TableDescription> = ['version', 'key', 'value', 'prefix', 'keyWords', 'valueWords'];

function checkDescription(table: PackedTable, stored: TableDescription, source: string): void {
  const now = JSON.parse(describeTable(table.spec, table.layout)) as TableDescription;
  for (const field of SAME)
    if (JSON.stringify(stored[field]) !== JSON.stringify(now[field]))
      throw incompatible(
        source,
        `table ${stored.table} was stored with ${field} ${JSON.stringify(stored[field])}, and the job now has ${JSON.stringify(now[field])}`,
      );
}

class BlockRestore {
  readonly #table: PackedTable;
  readonly #block: Block;
  readonly #description: TableDescription;
  readonly #chained: boolean;
  /** Masks of the words of the key region that are compared; 0 for addresses. */
  readonly #keyMasks: Int32Array;
  readonly #prefixMasks: Int32Array;
  readonly #prefixBytes: ReadonlyArray<readonly [address: number, length: number]>;
  readonly #strings: ReadonlyArray<readonly [address: number, length: number]>;

  constructor(table: PackedTable, block: Block, description: TableDescription) {
    this.#table = table;
    this.#block = block;
    this.#description = description;
    this.#chained = table.spec.prefix > 0;
    this.#keyMasks = new Int32Array(description.keyWords).fill(-1);
    for (const address of description.keyAddresses) this.#keyMasks[address] = 0;
    this.#prefixMasks = prefixMasks(table, description.keyWords);
    this.#prefixBytes = table.layout.key
      .slice(0, table.spec.prefix)
      .filter((slot) => slot.kind === 'bytes')
      .map((slot) => [(slot.lanes[0] as number) >> 2, (slot.lanes[1] as number) >> 2]);
    this.#strings = [...table.layout.keyBytes, ...table.layout.valueBytes];
  }

  run(): void {
    const { words, removedStart, storedStart, storedEnd } = this.#block;
    const isFresh = this.#table.size === 0;
    if (isFresh) this.#table.keys.reserve(this.#block.storedCount);
    for (let at = removedStart; at < storedStart; at = this.#remove(words, at));
    if (this.#chained)
      for (const at of this.#bySequence(words, storedStart, storedEnd)) this.#store(words, at, isFresh);
    else for (let at = storedStart; at < storedEnd; at = this.#store(words, at, isFresh));
  }

  /** First words of the stored rows in order of sequence, so that each goes to the end of its chain. */
  #bySequence(words: Int32Array, start: number, end: number): number[] {
    const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    const rows: number[] = [];
    let isSorted = true;
    let last = 0;
    for (let at = start; at < end; at = this.#end(words, at)) {
      const sequence = view.getFloat64((at + 2) * 4, true);
      if (sequence < last) isSorted = false;
      last = sequence;
      rows.push(at);
    }
    if (isSorted) return rows;
    return rows.sort((a, b) => view.getFloat64((a + 2) * 4, true) - view.getFloat64((b + 2) * 4, true));
  }

  /** Where the next stored row begins. */
  #end(words: Int32Array, at: number): number {
    const { keyWords, valueWords, keyLengths, valueLengths, ttl } = this.#description;
    const region = at + (this.#chained ? 4 : 1) + (ttl ? 2 : 0);
    const size = stringBytes(words, region, keyLengths) + stringBytes(words, region + keyWords, valueLengths);
    return region + keyWords + valueWords + ((size + 3) >> 2);
  }

  #remove(words: Int32Array, at: number): number {
    const { keyWords, keyLengths } = this.#description;
    const region = at + (this.#chained ? 2 : 1);
    const strings = region + keyWords;
    const address = this.#findKey(words, at, region, strings);
    if (address !== 0) this.#table.remove(address);
    return strings + ((stringBytes(words, region, keyLengths) + 3) >> 2);
  }

  /** Returns where the next row begins. */
  #store(words: Int32Array, at: number, isFresh: boolean): number {
    const { keyWords, valueWords, keyLengths, ttl } = this.#description;
    const region = at + (this.#chained ? 4 : 1) + (ttl ? 2 : 0);
    const strings = region + keyWords + valueWords;
    const address = isFresh ? 0 : this.#findKey(words, at, region, strings);
    if (address === 0) this.#insert(words, at, region, strings);
    else this.#overwrite(words, address, region, strings, stringBytes(words, region, keyLengths));
    return this.#end(words, at);
  }

  #insert(words: Int32Array, at: number, region: number, strings: number): void {
    const table = this.#table;
    const { layout, heap, pool } = table;
    const address = pool.allocate();
    const record = address >>> 2;
    const start = layout.keyStart >> 2;
    const count = (layout.valueEnd >> 2) - start;
    const i32 = heap.i32;
    i32[record] = words[at] as number;
    i32[record + 1] = RECORD_LIVE;
    for (let i = 0; i < count; i++) i32[record + start + i] = words[region + i] as number;
    this.#copyStrings(record, this.#strings, strings);
    this.#setLastWrite(words, address, region);
    table.size++;
    table.keys.put(words[at] as number, address);
    if (this.#chained) this.#chain(words, at, address);
  }

  #overwrite(words: Int32Array, address: number, region: number, strings: number, keyStringBytes: number): void {
    const table = this.#table;
    const { layout, heap } = table;
    const record = address >>> 2;
    for (const [at, length] of layout.valueBytes)
      table.disown(heap.u32[record + at] as number, heap.i32[record + length] as number);
    const from = region + this.#description.keyWords;
    const to = record + (layout.valueStart >> 2);
    for (let i = 0; i < this.#description.valueWords; i++) heap.i32[to + i] = words[from + i] as number;
    this.#copyStrings(record, layout.valueBytes, strings, keyStringBytes);
    this.#setLastWrite(words, address, region);
  }

  #setLastWrite(words: Int32Array, address: number, region: number): void {
    const { layout, heap, nowMs } = this.#table;
    if (layout.lastWrite < 0) return;
    const at = address + layout.lastWrite;
    if (!this.#description.ttl) {
      heap.f64[at >>> 3] = nowMs;
      return;
    }
    heap.i32[at >>> 2] = words[region - 2] as number;
    heap.i32[(at >>> 2) + 1] = words[region - 1] as number;
  }

  #copyStrings(
    record: number,
    columns: ReadonlyArray<readonly [address: number, length: number]>,
    strings: number,
    skip = 0,
  ): void {
    const { heap } = this.#table;
    const bytes = this.#block.bytes;
    let from = strings * 4 + skip;
    for (const [address, length] of columns) {
      const size = heap.i32[record + length] as number;
      const to = this.#table.allocateBytes(size);
      const u8 = heap.u8;
      if (size > 64) u8.set(bytes.subarray(from, from + size), to);
      else for (let i = 0; i < size; i++) u8[to + i] = bytes[from + i] as number;
      heap.u32[record + address] = to;
      from += size;
    }
  }

  /** The record that has the key of a row of the block, or 0. */
  #findKey(words: Int32Array, at: number, region: number, strings: number): number {
    const { layout, heap } = this.#table;
    const masks = this.#keyMasks;
    const start = layout.keyStart >> 2;
    const { i32 } = heap;
    return this.#table.keys.search(words[at] as number, (address) => {
      const record = address >>> 2;
      for (let i = 0; i < masks.length; i++)
        if ((((i32[record + start + i] as number) ^ (words[region + i] as number)) & (masks[i] as number)) !== 0)
          return false;
      return layout.keyBytes.length === 0 || this.#sameStrings(record, strings);
    });
  }

  #sameStrings(record: number, strings: number): boolean {
    const { layout, heap } = this.#table;
    const bytes = this.#block.bytes;
    let from = strings * 4;
    for (const [address, length] of layout.keyBytes) {
      const at = heap.u32[record + address] as number;
      const size = heap.i32[record + length] as number;
      for (let i = 0; i < size; i++) if (heap.u8[at + i] !== bytes[from + i]) return false;
      from += size;
    }
    return true;
  }

  /** Puts a record where its sequence belongs: almost always at the end. */
  #chain(words: Int32Array, at: number, address: number): void {
    const table = this.#table;
    const { layout, heap } = table;
    const prefixHash = words[at + 1] as number;
    heap.i32[(address + layout.prefixHash) >>> 2] = prefixHash;
    heap.i32[(address + layout.sequence) >>> 2] = words[at + 2] as number;
    heap.i32[((address + layout.sequence) >>> 2) + 1] = words[at + 3] as number;
    const sequence = heap.f64[(address + layout.sequence) >>> 3] as number;
    if (sequence >= table.nextSequence) table.nextSequence = sequence + 1;
    const head = table.chains.search(prefixHash, (other) => this.#samePrefix(address, other));
    let tail = head === 0 ? 0 : (heap.u32[(head + layout.tail) >>> 2] as number);
    while (tail !== 0 && (heap.f64[(tail + layout.sequence) >>> 3] as number) > sequence)
      tail = heap.u32[(tail + layout.previous) >>> 2] as number;
    table.linkBehind(address, prefixHash, head, tail);
  }

  #samePrefix(left: number, right: number): boolean {
    const { layout, heap } = this.#table;
    const { i32, u32 } = heap;
    const start = layout.keyStart >> 2;
    const masks = this.#prefixMasks;
    const a = left >>> 2;
    const b = right >>> 2;
    for (let i = 0; i < masks.length; i++)
      if ((((i32[a + start + i] as number) ^ (i32[b + start + i] as number)) & (masks[i] as number)) !== 0)
        return false;
    return this.#prefixBytes.every(([address, length]) =>
      bytesEqual(heap.view, u32[a + address] as number, u32[b + address] as number, i32[a + length] as number),
    );
  }
}

/** Masks of the key region's words for the columns of the prefix alone, addresses left out. */
function prefixMasks(table: PackedTable, keyWords: number): Int32Array {
  const masks = new Uint8Array(keyWords * 4);
  const { layout, spec } = table;
  const cover = (offset: number, bytes: number) =>
    masks.fill(255, offset - layout.keyStart, offset - layout.keyStart + bytes);
  for (const slot of layout.key.slice(0, spec.prefix)) {
    if (slot.nullByte >= 0) cover(slot.nullByte, 1);
    slot.lanes.forEach((offset, lane) => {
      if (slot.kind === 'bytes') {
        if (lane === 1) cover(offset, 4);
      } else cover(offset, LANE_WIDTHS[slot.kind][lane] as number);
    });
  }
  return new Int32Array(masks.buffer);
}

const LANE_WIDTHS = {
  boolean: [1],
  i8: [1],
  i16: [2],
  i32: [4],
  f32: [4],
  i64: [8],
  f64: [8],
  millis: [8],
  nanos: [8, 4],
  i128: [8, 8],
} as const;
