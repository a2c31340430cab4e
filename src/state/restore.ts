/** Fills a table from blocks of a checkpoint, in order. Rows are taken as they are: hashes, sequences and last writes come from the block. */
import type { PackedTable } from './keyed-table.ts';
import { bytesEqual } from './owned-bytes.ts';
import { RECORD_LIVE } from './record-layout.ts';
import type { RepeatedBytes } from './repeated-bytes.ts';
import { BLOCK_BASE, BLOCK_MORE, describeTable, incompatible, stringBytes, type TableDescription } from './segment.ts';
import type { Block } from './segment-reading.ts';
import type { Slot } from './state.ts';

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

/** Rows that are looked up together, so that cache misses overlap. */
const GROUP_ROWS = 512;
const groupStarts = new Int32Array(GROUP_ROWS);
const groupFound = new Uint32Array(GROUP_ROWS);

class BlockRestore {
  readonly #table: PackedTable;
  readonly #block: Block;
  readonly #description: TableDescription;
  readonly #chained: boolean;
  /** Masks of the words of the key region that are compared; 0 for addresses. */
  readonly #keyMasks: Int32Array;
  /** 1 for the words of the value region that are addresses. */
  readonly #valueAddresses: Uint8Array;
  readonly #prefixMasks: Int32Array;
  readonly #prefixBytes: ReadonlyArray<readonly [address: number, length: number]>;
  readonly #strings: ReadonlyArray<readonly [address: number, length: number]>;
  /** Who stores them, in the same order. */
  readonly #owners: readonly RepeatedBytes[];
  readonly #view: DataView;
  /** Keeps reads that only warm the cache from being dropped. */
  touched = 0;

  constructor(table: PackedTable, block: Block, description: TableDescription) {
    this.#table = table;
    this.#block = block;
    this.#description = description;
    this.#chained = table.spec.prefix > 0;
    this.#keyMasks = new Int32Array(description.keyWords).fill(-1);
    for (const address of description.keyAddresses) this.#keyMasks[address] = 0;
    this.#valueAddresses = new Uint8Array(description.valueWords);
    for (const address of description.valueAddresses) this.#valueAddresses[address] = 1;
    this.#prefixMasks = prefixMasks(table, description.keyWords);
    this.#prefixBytes = table.layout.key
      .slice(0, table.spec.prefix)
      .filter((slot) => slot.kind === 'bytes')
      .map((slot) => [(slot.lanes[0] as number) >> 2, (slot.lanes[1] as number) >> 2]);
    this.#strings = [...table.layout.keyBytes, ...table.layout.valueBytes];
    const { buffer, byteOffset, byteLength } = block.bytes;
    this.#view = new DataView(buffer, byteOffset, byteLength);
    const isBytes = (slots: readonly Slot[]) => (_: unknown, i: number) => slots[i]?.kind === 'bytes';
    this.#owners = [
      ...table.keyOwners.filter(isBytes(table.layout.key)),
      ...table.valueOwners.filter(isBytes(table.layout.value)),
    ];
  }

  run(): void {
    const { words, removedStart, storedStart, storedEnd } = this.#block;
    const isFresh = this.#table.size === 0 || this.#block.kind === BLOCK_MORE;
    for (let at = removedStart; at < storedStart; at = this.#remove(words, at));
    const rows = this.#chained ? this.#bySequence(words, storedStart, storedEnd) : null;
    if (isFresh && rows) for (const at of rows) this.#store(words, at, true, 0);
    else if (isFresh) for (let at = storedStart; at < storedEnd; ) at = this.#store(words, at, true, 0);
    else if (rows)
      for (let row = 0; row < rows.length; row += GROUP_ROWS) {
        const group = rows.slice(row, row + GROUP_ROWS);
        groupStarts.set(group);
        this.#storeGroup(words, group.length);
      }
    else
      for (let at = storedStart; at < storedEnd; ) {
        let count = 0;
        for (; count < GROUP_ROWS && at < storedEnd; at = this.#end(words, at)) groupStarts[count++] = at;
        this.#storeGroup(words, count);
      }
  }

  /** Stores the rows of {@link groupStarts} over what is there. */
  #storeGroup(words: Int32Array, count: number): void {
    const { heap, keys } = this.#table;
    for (let i = 0; i < count; i++) groupFound[i] = keys.candidate(words[groupStarts[i] as number] as number);
    const { i32, u8 } = heap;
    let sum = 0;
    for (let i = 0; i < count; i++) sum ^= i32[(groupFound[i] as number) >>> 2] as number;
    for (const [address] of this.#strings)
      for (let i = 0; i < count; i++)
        sum ^= u8[(i32[((groupFound[i] as number) >>> 2) + address] as number) >>> 0] as number;
    this.touched = sum;
    for (let i = 0; i < count; i++) this.#store(words, groupStarts[i] as number, false, groupFound[i] as number);
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

  /** `candidate`: a record that may be the row's, or 0. Returns where the next row begins. */
  #store(words: Int32Array, at: number, isFresh: boolean, candidate: number): number {
    const { keyWords, valueWords, keyLengths, ttl } = this.#description;
    const region = at + (this.#chained ? 4 : 1) + (ttl ? 2 : 0);
    const strings = region + keyWords + valueWords;
    const isCandidate = candidate !== 0 && this.#isKey(candidate, words, region, strings);
    const address = isFresh ? 0 : isCandidate ? candidate : this.#findKey(words, at, region, strings);
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
    this.#copyStrings(record, strings);
    this.#setLastWrite(words, address, region);
    table.size++;
    table.keys.put(words[at] as number, address);
    if (this.#chained) this.#chain(words, at, address);
  }

  #overwrite(words: Int32Array, address: number, region: number, strings: number, keyStringBytes: number): void {
    const table = this.#table;
    const { layout, heap } = table;
    const { keyWords, valueWords } = this.#description;
    const record = address >>> 2;
    const from = region + keyWords;
    const to = record + (layout.valueStart >> 2);
    let source = strings * 4 + keyStringBytes;
    layout.valueBytes.forEach(([at, length], i) => {
      // Both lie in the value region: the row's length stands where the record's does.
      const size = words[from + record + length - to] as number;
      const owner = this.#owners[layout.keyBytes.length + i] as RepeatedBytes;
      const old = heap.u32[record + at] as number;
      heap.u32[record + at] = owner.replace(this.#view, source, size, old, heap.i32[record + length] as number);
      source += size;
    });
    const { i32 } = heap;
    const addresses = this.#valueAddresses;
    for (let i = 0; i < valueWords; i++) if (addresses[i] === 0) i32[to + i] = words[from + i] as number;
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

  #copyStrings(record: number, strings: number): void {
    const { heap } = this.#table;
    let from = strings * 4;
    for (let i = 0; i < this.#strings.length; i++) {
      const [address, length] = this.#strings[i] as readonly [number, number];
      const size = heap.i32[record + length] as number;
      const to = (this.#owners[i] as RepeatedBytes).replace(this.#view, from, size, 0, 0);
      heap.u32[record + address] = to;
      from += size;
    }
  }

  /** The record that has the key of a row of the block, or 0. */
  #findKey(words: Int32Array, at: number, region: number, strings: number): number {
    return this.#table.keys.search(words[at] as number, (address) => this.#isKey(address, words, region, strings));
  }

  #isKey(address: number, words: Int32Array, region: number, strings: number): boolean {
    const { layout, heap } = this.#table;
    const masks = this.#keyMasks;
    const { i32 } = heap;
    const start = (address >>> 2) + (layout.keyStart >> 2);
    for (let i = 0; i < masks.length; i++)
      if ((((i32[start + i] as number) ^ (words[region + i] as number)) & (masks[i] as number)) !== 0) return false;
    return layout.keyBytes.length === 0 || this.#sameStrings(address >>> 2, strings);
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
