/**
 * Makes one base of an operator's segments: for each key the newest row, unless it was removed since. It runs wherever checkpoints are
 * written, never on the hot path, and knows no table: blocks describe themselves. It works on some key groups at a time, so that it needs
 * room for those only.
 */
import { keyGroup } from './hash.ts';
import { NewestRows } from './newest-rows.ts';
import { BLOCK_BASE, BLOCK_MORE, BLOCK_VALUES, type TableDescription } from './segment.ts';
import { type Block, type BlockHead, readHead, type SegmentSource } from './segment-reading.ts';
import { openBlock, sealBlock } from './segment-writing.ts';

const GROUPS = 128;
/** Words of rows that are merged at once, if they are of more than one key group. */
const RANGE_WORDS = 1 << 19;

/** A block in its segment. */
interface Part {
  readonly segment: SegmentSource;
  readonly start: number;
  readonly bytes: number;
  readonly head: BlockHead;
}

/** Segments in memory, in the order of the checkpoint's list; the result's chunks are a base. `source` names them in error texts. */
export function mergeSegments(
  segments: readonly Uint8Array[],
  source: string,
  rangeWords = RANGE_WORDS,
): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (const chunk of mergedBlocks(segments.map(inMemory), source, rangeWords)) chunks.push(new Uint8Array(chunk));
  return chunks;
}

/** The chunks of a base, one after the other: each is valid until the next is asked for. Check sums of segments are the caller's. */
export function* mergedBlocks(
  segments: readonly SegmentSource[],
  source: string,
  rangeWords = RANGE_WORDS,
): Generator<Uint8Array> {
  const tables = new Map<string, Part[]>();
  let values: Part | undefined;
  for (const segment of segments)
    for (let start = 0; start < segment.length; ) {
      const part = { segment, start, ...readHead(segment, start, source) };
      start += part.bytes;
      if (part.head.kind === BLOCK_VALUES) values = part;
      else addPart(tables, part);
    }
  for (const parts of tables.values()) yield* new TableMerge(parts, rangeWords).blocks();
  if (!values) return;
  const bytes = new Uint8Array(values.bytes);
  values.segment.read(values.start, bytes);
  yield bytes;
}

function addPart(tables: Map<string, Part[]>, part: Part): void {
  const { table } = JSON.parse(part.head.description) as TableDescription;
  const earlier = part.head.kind === BLOCK_BASE ? undefined : tables.get(table);
  if (earlier) earlier.push(part);
  else tables.set(table, [part]);
}

function inMemory(segment: Uint8Array): SegmentSource {
  return {
    length: segment.length,
    read: (offset, into) => into.set(segment.subarray(offset, offset + into.length)),
  };
}

class TableMerge {
  readonly #parts: readonly Part[];
  readonly #descriptions: readonly TableDescription[];
  readonly #newest: TableDescription;
  readonly #rangeWords: number;
  /** Rows of the range as they come, and as they go. */
  readonly #input = new Room();
  readonly #output = new Room();

  constructor(parts: readonly Part[], rangeWords: number) {
    this.#parts = parts;
    this.#descriptions = parts.map(({ head }) => JSON.parse(head.description) as TableDescription);
    this.#newest = this.#descriptions[parts.length - 1] as TableDescription;
    // Rows that had no time to live take the newest last write there is: it must be known.
    this.#rangeWords = this.#descriptions.every(({ ttl }) => ttl === this.#newest.ttl) ? rangeWords : Infinity;
  }

  *blocks(): Generator<Uint8Array> {
    const sizes = this.#groupWords();
    let kind = BLOCK_BASE;
    for (let from = 0; from < GROUPS; ) {
      let words = sizes[from] as number;
      let to = from + 1;
      for (; to < GROUPS && words + (sizes[to] as number) <= this.#rangeWords; to++) words += sizes[to] as number;
      if (words > 0 || (to === GROUPS && kind === BLOCK_BASE)) yield this.#merge(kind, from, to, words);
      if (words > 0) kind = BLOCK_MORE;
      from = to;
    }
  }

  /** Words of all parts by group. */
  #groupWords(): Float64Array {
    const sizes = new Float64Array(GROUPS);
    for (const { head } of this.#parts)
      for (let at = 0; at < head.groups.length; at += 3) {
        const [removed, removedEnd, stored, storedEnd] = bounds(head, at, at + 3);
        const group = head.groups[at] as number;
        sizes[group] = (sizes[group] as number) + removedEnd - removed + storedEnd - stored;
      }
    return sizes;
  }

  #merge(kind: number, from: number, to: number, words: number): Uint8Array {
    this.#input.reserve(words);
    const blocks = this.#parts.flatMap((part, i) =>
      this.#rowsOf(part, this.#descriptions[i] as TableDescription, from, to),
    );
    const rows = new NewestRows(blocks, this.#newest);
    const groupOf = new Uint8Array(rows.count);
    const sizes = new Array<number>(GROUPS).fill(0);
    const counts = new Int32Array(GROUPS + 1);
    for (let row = 0; row < rows.count; row++) {
      const group = keyGroup(rows.groupHash(row));
      groupOf[row] = group;
      sizes[group] = (sizes[group] as number) + rows.words(row);
      counts[group + 1] = (counts[group + 1] as number) + 1;
    }
    const groups = sizes.flatMap((count, group) => (count > 0 ? [group] : []));
    const plan = {
      kind,
      description: (this.#parts[this.#parts.length - 1] as Part).head.description,
      groups,
      removedWords: groups.map(() => 0),
      storedWords: groups.map((group) => sizes[group] as number),
      removedCount: 0,
      storedCount: rows.count,
    };
    const open = openBlock(plan, (count) => {
      this.#output.reserve(count);
      return this.#output.take(count);
    });
    let at = open.storedStart;
    for (const row of inOrder(rows, groupOf, counts)) at = rows.copy(row, open.words, at);
    return sealBlock(open);
  }

  /** A part's rows of groups [from, to), read from its segment. */
  #rowsOf({ segment, start, head }: Part, description: TableDescription, from: number, to: number): Block[] {
    const { groups } = head;
    let first = 0;
    while (first < groups.length && (groups[first] as number) < from) first += 3;
    let end = first;
    while (end < groups.length && (groups[end] as number) < to) end += 3;
    if (first === end) return [];
    const [removed, removedEnd, stored, storedEnd] = bounds(head, first, end);
    const storedStart = removedEnd - removed;
    const words = this.#input.take(storedStart + storedEnd - stored);
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    segment.read(start + removed * 4, bytes.subarray(0, storedStart * 4));
    segment.read(start + stored * 4, bytes.subarray(storedStart * 4));
    const { keyWords, valueWords } = description;
    return [
      {
        ...head,
        removedCount: Math.floor(storedStart / (1 + keyWords)),
        storedCount: Math.floor((words.length - storedStart) / (1 + keyWords + valueWords)),
        removedStart: 0,
        storedStart,
        storedEnd: words.length,
        words,
        bytes,
      },
    ];
  }
}

/** Where rows of the groups at [first, end) of a head's list begin and end: removed ones, stored ones. */
function bounds(
  { groups, storedStart, storedEnd }: BlockHead,
  first: number,
  end: number,
): [number, number, number, number] {
  const isLast = end === groups.length;
  return [
    groups[first + 1] as number,
    isLast ? storedStart : (groups[end + 1] as number),
    groups[first + 2] as number,
    isLast ? storedEnd : (groups[end + 2] as number),
  ];
}

/** Words that are used again for each range. */
class Room {
  #words = new Int32Array(0);
  #used = 0;

  /** Empties it, and makes it hold `count` words. */
  reserve(count: number): void {
    this.#used = 0;
    if (this.#words.length < count) this.#words = new Int32Array(Math.max(count, Math.min(count * 2, RANGE_WORDS)));
  }

  take(count: number): Int32Array<ArrayBuffer> {
    this.#used += count;
    return this.#words.subarray(this.#used - count, this.#used);
  }
}

/** Rows by key group; within one by sequence, where there are chains, so that a restore appends. */
function inOrder(rows: NewestRows, groupOf: Uint8Array, counts: Int32Array): Int32Array {
  for (let group = 0; group < GROUPS; group++)
    counts[group + 1] = (counts[group + 1] as number) + (counts[group] as number);
  const order = new Int32Array(rows.count);
  const next = counts.slice(0, GROUPS);
  // The oldest first: then they are almost in order of sequence.
  for (let row = rows.count - 1; row >= 0; row--) {
    const group = groupOf[row] as number;
    const place = next[group] as number;
    order[place] = row;
    next[group] = place + 1;
  }
  if (!rows.isChained) return order;
  const sequences = new Float64Array(rows.count);
  for (let row = 0; row < rows.count; row++) sequences[row] = rows.sequence(row);
  for (let group = 0; group < GROUPS; group++) {
    const start = counts[group] as number;
    // As an array: its sort makes use of what is in order, that of typed arrays does not.
    const sorted = Array.from(order.subarray(start, counts[group + 1]));
    order.set(
      sorted.sort((a, b) => (sequences[a] as number) - (sequences[b] as number)),
      start,
    );
  }
  return order;
}
