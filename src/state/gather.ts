/** Gathers what changed in a table into one block: a pass over the dirty records that counts, a pass that copies, in order of key groups. */
import type { WordList } from './change-log.ts';
import { keyGroup } from './hash.ts';
import type { PackedTable } from './keyed-table.ts';
import { RECORD_BORN, RECORD_DIRTY, RECORD_LIVE } from './record-layout.ts';
import { BLOCK_DELTA, describeTable } from './segment.ts';
import { type OpenBlock, openBlock, sealBlock } from './segment-writing.ts';

const GROUPS = 128;
/** Records whose cache lines are read at once before they are worked on. */
const AHEAD = 128;

/** The block of a table's changes since the last one, which it forgets; null when there are none. */
export function gatherChanges(table: PackedTable): Uint8Array | null {
  const { changes } = table;
  if (changes.isEmpty) return null;
  const rows = measure(table, changes.dirty);
  const isEmpty = rows.count === 0 && changes.removedCount === 0;
  const block = isEmpty ? null : writeBlock(table, rows, changes.removed, changes.removedCount);
  changes.clear();
  return block;
}

function writeBlock(table: PackedTable, rows: Rows, removed: WordList, removedCount: number): Uint8Array {
  const removedWords = countRemoved(removed);
  const groups: number[] = [];
  for (let group = 0; group < GROUPS; group++)
    if (rows.words[group] !== 0 || removedWords[group] !== 0) groups.push(group);
  const block = openBlock({
    kind: BLOCK_DELTA,
    description: describeTable(table.spec, table.layout),
    groups,
    removedWords: groups.map((group) => removedWords[group] as number),
    storedWords: groups.map((group) => rows.words[group] as number),
    removedCount,
    storedCount: rows.count,
  });
  copyRemoved(removed, block, startsOf(removedWords, block.removedStart));
  copyRows(table, rows, block);
  return sealBlock(block);
}

/** Notes that a stored record goes: its key as it will lie in the block. */
export function encodeRemovedKey(table: PackedTable, address: number): void {
  const { layout, heap, changes } = table;
  const { removed } = changes;
  const chained = layout.prefixHash >= 0;
  const record = address >>> 2;
  const keyWords = (layout.keyEnd - layout.keyStart) >> 2;
  const hash = heap.i32[record] as number;
  let bytes = 0;
  for (const [, length] of layout.keyBytes) bytes += heap.i32[record + length] as number;
  const count = 1 + (chained ? 1 : 0) + keyWords + ((bytes + 3) >> 2);
  removed.reserve(count + 2);
  const { words } = removed;
  const start = removed.length + 2;
  const prefixHash = chained ? (heap.i32[record + (layout.prefixHash >> 2)] as number) : hash;
  words[start - 2] = keyGroup(prefixHash);
  words[start - 1] = count;
  words[start] = hash;
  if (chained) words[start + 1] = prefixHash;
  const region = start + 1 + (chained ? 1 : 0);
  const from = record + (layout.keyStart >> 2);
  for (let i = 0; i < keyWords; i++) words[region + i] = heap.i32[from + i] as number;
  words[start + count - 1] = bytes === 0 ? (words[start + count - 1] as number) : 0;
  if (bytes > 0) copyKeyStrings(table, record, words, region - (layout.keyStart >> 2), (region + keyWords) * 4);
  removed.length = start + count;
  changes.removedCount++;
}

interface Rows {
  readonly count: number;
  /** Words by group. */
  readonly words: Int32Array;
  readonly addresses: Int32Array;
  /** Words and group of each row. */
  readonly sizes: Int32Array;
  readonly groups: Uint8Array;
}

/** Sizes of dirty records, which become clean; an address that occurs twice counts once. The list's words are used up. */
function measure(table: PackedTable, list: WordList): Rows {
  const { layout } = table;
  const { i32 } = table.heap;
  const addresses = list.words;
  const words = new Int32Array(GROUPS);
  const sizes = new Int32Array(list.length);
  const groups = new Uint8Array(list.length);
  const hashAt = layout.prefixHash >= 0 ? layout.prefixHash >> 2 : 0;
  const fixed = fixedWords(table);
  const { lengths } = stringWords(table);
  let count = 0;
  for (let i = 0; i < list.length; i++) {
    if (i % AHEAD === 0) readAhead(table, addresses, i, Math.min(i + AHEAD, list.length), false);
    const address = addresses[i] as number;
    const record = address >>> 2;
    const flags = i32[record + 1] as number;
    if ((flags & (RECORD_LIVE | RECORD_DIRTY)) !== (RECORD_LIVE | RECORD_DIRTY)) continue;
    i32[record + 1] = flags & ~(RECORD_DIRTY | RECORD_BORN);
    let bytes = 0;
    for (let s = 0; s < lengths.length; s++) bytes += i32[record + (lengths[s] as number)] as number;
    const size = fixed + ((bytes + 3) >> 2);
    const group = keyGroup(i32[record + hashAt] as number);
    addresses[count] = address;
    sizes[count] = size;
    groups[count] = group;
    words[group] = (words[group] as number) + size;
    count++;
  }
  return { count, words, addresses, sizes, groups };
}

function fixedWords(table: PackedTable): number {
  return 1 + ((table.layout.valueEnd - imageStart(table)) >> 2);
}

/** Where the stored part of a record begins, behind hash, flags and links. */
function imageStart(table: PackedTable): number {
  return table.layout.prefixHash >= 0 ? table.layout.prefixHash : 8;
}

/** Word offsets of the addresses and lengths of a record's strings, in the order in which their bytes are stored. */
function stringWords({ layout }: PackedTable): { addresses: Int32Array; lengths: Int32Array } {
  const all = [...layout.keyBytes, ...layout.valueBytes];
  return {
    addresses: Int32Array.from(all, ([address]) => address),
    lengths: Int32Array.from(all, ([, length]) => length),
  };
}

/** Reads the cache lines of some records and their strings in short loops, so that their misses overlap. */
function readAhead(table: PackedTable, list: Int32Array, start: number, end: number, strings: boolean): void {
  const { i32, u32, u8 } = table.heap;
  const last = (table.layout.valueEnd >> 2) - 1;
  let sum = 0;
  for (let i = start; i < end; i++) {
    const record = (list[i] as number) >>> 2;
    sum ^= (i32[record] as number) ^ (i32[record + last] as number);
  }
  for (const [address] of strings ? table.layout.keyBytes : [])
    for (let i = start; i < end; i++) sum ^= u8[u32[((list[i] as number) >>> 2) + address] as number] as number;
  for (const [address] of strings ? table.layout.valueBytes : [])
    for (let i = start; i < end; i++) sum ^= u8[u32[((list[i] as number) >>> 2) + address] as number] as number;
  // Kept, or the reads would be left out.
  table.touched = sum;
}

function copyRows(table: PackedTable, rows: Rows, block: OpenBlock): void {
  const { i32, u32, u8 } = table.heap;
  const { words, bytes } = block;
  const first = (imageStart(table) >> 2) - 1;
  const fixed = fixedWords(table);
  const { addresses, lengths } = stringWords(table);
  const next = startsOf(rows.words, block.storedStart);
  for (let i = 0; i < rows.count; i++) {
    if (i % AHEAD === 0) readAhead(table, rows.addresses, i, Math.min(i + AHEAD, rows.count), true);
    const record = (rows.addresses[i] as number) >>> 2;
    const group = rows.groups[i] as number;
    const at = next[group] as number;
    next[group] = at + (rows.sizes[i] as number);
    words[at] = i32[record] as number;
    for (let word = 1; word < fixed; word++) words[at + word] = i32[record + first + word] as number;
    let to = (at + fixed) * 4;
    for (let s = 0; s < addresses.length; s++) {
      const address = addresses[s] as number;
      const from = u32[record + address] as number;
      const size = i32[record + (lengths[s] as number)] as number;
      words[at + address - first] = 0;
      if (size > 64) bytes.set(u8.subarray(from, from + size), to);
      else for (let b = 0; b < size; b++) bytes[to + b] = u8[from + b] as number;
      to += size;
    }
  }
}

/** Copies the bytes of a key behind its words and zeroes their addresses; `shift` is the distance from a record's words to the row's. */
function copyKeyStrings(table: PackedTable, record: number, words: Int32Array, shift: number, target: number): void {
  const { u8, i32, u32 } = table.heap;
  const bytes = new Uint8Array(words.buffer);
  let to = target;
  for (const [address, length] of table.layout.keyBytes) {
    const from = u32[record + address] as number;
    const size = i32[record + length] as number;
    words[address + shift] = 0;
    for (let i = 0; i < size; i++) bytes[to + i] = u8[from + i] as number;
    to += size;
  }
}

function countRemoved(removed: WordList): Int32Array {
  const counts = new Int32Array(GROUPS);
  for (let at = 0; at < removed.length; ) {
    const group = removed.words[at] as number;
    const count = removed.words[at + 1] as number;
    counts[group] = (counts[group] as number) + count;
    at += count + 2;
  }
  return counts;
}

function copyRemoved(removed: WordList, block: OpenBlock, next: Int32Array): void {
  for (let at = 0; at < removed.length; ) {
    const group = removed.words[at] as number;
    const count = removed.words[at + 1] as number;
    const to = next[group] as number;
    for (let i = 0; i < count; i++) block.words[to + i] = removed.words[at + 2 + i] as number;
    next[group] = to + count;
    at += count + 2;
  }
}

function startsOf(words: Int32Array, start: number): Int32Array {
  const starts = new Int32Array(GROUPS);
  let at = start;
  for (let group = 0; group < GROUPS; group++) {
    starts[group] = at;
    at += words[group] as number;
  }
  return starts;
}
