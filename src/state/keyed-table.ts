/**
 * The packed table: records in slabs of the heap, an index of (hash, address) pairs, chains by prefix, and what the next checkpoint must
 * store. Reading keys out of batches is generated (`table-code.ts`); bytes for checkpoints are made by `gather.ts`.
 */
import { assert } from '../base/error.ts';
import { BATCH_ROWS, type Batch } from '../types/batch.ts';
import type { Heap } from '../types/heap.ts';
import { ChangeLog } from './change-log.ts';
import { type GetColumn, generateGetter, generateSetter, type SetColumn } from './column-access.ts';
import { encodeRemovedKey } from './gather.ts';
import { OwnedBytes } from './owned-bytes.ts';
import { PairIndex } from './pair-index.ts';
import { layoutOf, RECORD_BORN, RECORD_DIRTY, RECORD_LIVE, type RecordLayout } from './record-layout.ts';
import { RecordCursor, RecordPool } from './record-pool.ts';
import { RepeatedBytes } from './repeated-bytes.ts';
import type { KeyColumns, KeyedTable, TableSpec } from './state.ts';
import { generateTableCode, type TableCode, type TableCore } from './table-code.ts';

/** Records looked at for each one that a sweep may remove. */
const SWEEP_FACTOR = 4;

export class PackedTable implements KeyedTable, TableCore {
  readonly spec: TableSpec;
  readonly layout: RecordLayout;
  readonly heap: Heap;
  readonly keys: PairIndex;
  readonly chains: PairIndex;
  readonly pool: RecordPool;
  readonly changes = new ChangeLog();
  readonly hashes = new Int32Array(BATCH_ROWS);
  readonly prefixHashes = new Int32Array(BATCH_ROWS);
  readonly addresses = new Uint32Array(BATCH_ROWS);
  readonly touch: TableCode['touch'];
  readonly touchChains: TableCode['touchChains'];
  readonly find: TableCode['find'];
  readonly findTouched: TableCode['findTouched'];
  readonly findOrInsert: TableCode['findOrInsert'];
  readonly findOrInsertTouched: TableCode['findOrInsertTouched'];
  readonly #chainHead: TableCode['chain'];
  /** Where bytes of columns are kept. */
  readonly keyOwners: readonly RepeatedBytes[];
  readonly valueOwners: readonly RepeatedBytes[];
  readonly #owned: OwnedBytes;
  readonly #setters: readonly SetColumn[];
  readonly #keyGetters: readonly GetColumn[];
  readonly #valueGetters: readonly GetColumn[];
  lastInserted = false;
  /** Keeps the reads of `touch` alive. */
  touched = 0;
  nowMs = 0;
  nextSequence = 1;
  size = 0;
  readonly #swept = new RecordCursor();

  constructor(spec: TableSpec, heap: Heap) {
    assert(spec.prefix <= spec.key.length, `table ${spec.name}: prefix beyond its key`);
    this.spec = spec;
    this.heap = heap;
    this.layout = layoutOf(spec);
    this.keys = new PairIndex(heap);
    this.chains = new PairIndex(heap);
    this.pool = new RecordPool(heap, this.layout.stride);
    this.#owned = new OwnedBytes(heap);
    this.keyOwners = spec.key.map(() => new RepeatedBytes(this.#owned));
    this.valueOwners = spec.value.map(() => new RepeatedBytes(this.#owned));
    const code = generateTableCode(this);
    this.touch = code.touch;
    this.touchChains = code.touchChains;
    this.find = code.find;
    this.findTouched = code.findTouched;
    this.findOrInsert = code.findOrInsert;
    this.findOrInsertTouched = code.findOrInsertTouched;
    this.#chainHead = code.chain;
    this.#setters = this.layout.value.map((slot, i) =>
      generateSetter(heap, typeAt(this.valueOwners, i), typeAt(spec.value, i), slot),
    );
    this.#keyGetters = this.layout.key.map((slot, i) => generateGetter(heap, typeAt(spec.key, i), slot));
    this.#valueGetters = this.layout.value.map((slot, i) => generateGetter(heap, typeAt(spec.value, i), slot));
  }

  /** Bytes of records, strings and indexes. */
  get usedBytes(): number {
    return this.#owned.count + this.pool.bytes + this.keys.byteLength + this.chains.byteLength;
  }

  chain(batch: Batch, columns: KeyColumns, row: number): number {
    const head = this.#chainHead(batch, columns, row);
    return head === 0 || this.spec.ttlMs === 0 ? head : this.#withoutExpired(head);
  }

  chainOf(address: number): number {
    const prefixHash = this.heap.i32[(address + this.layout.prefixHash) >>> 2] as number;
    let found = 0;
    let count = 0;
    this.chains.search(prefixHash, (head) => {
      found = head;
      count++;
      return false;
    });
    return count === 1 ? found : this.#walkToHead(address);
  }

  isLive(address: number): boolean {
    return ((this.heap.i32[(address >>> 2) + 1] as number) & RECORD_LIVE) !== 0;
  }

  markDirty(address: number): void {
    const at = (address >>> 2) + 1;
    const i32 = this.heap.i32;
    const flags = i32[at] as number;
    if ((flags & RECORD_DIRTY) === 0) {
      i32[at] = flags | RECORD_DIRTY;
      this.changes.dirty.push(address);
    }
    if (this.layout.lastWrite >= 0) this.heap.f64[(address + this.layout.lastWrite) >>> 3] = this.nowMs;
  }

  setValue(address: number, to: number, batch: Batch, from: number, row: number): void {
    (this.#setters[to] as SetColumn)(address, batch, from, row);
    this.markDirty(address);
  }

  setBytes(address: number, to: number, source: number, length: number): void {
    const slot = this.layout.value[to];
    assert(slot?.kind === 'bytes', `table ${this.spec.name}: column ${to} holds no bytes`);
    const at = (address + (slot.lanes[0] as number)) >>> 2;
    const lengthAt = (address + (slot.lanes[1] as number)) >>> 2;
    const own = this.#owned.copy(source, length);
    const { u32, i32, u8 } = this.heap;
    this.#owned.free(u32[at] as number, i32[lengthAt] as number);
    u32[at] = own;
    i32[lengthAt] = length;
    if (slot.nullByte >= 0) u8[address + slot.nullByte] = 0;
    this.markDirty(address);
  }

  read(address: number, part: 'key' | 'value', from: number, batch: Batch, to: number, row: number): void {
    const getters = part === 'key' ? this.#keyGetters : this.#valueGetters;
    (getters[from] as GetColumn)(address, batch, to, row);
  }

  remove(address: number): void {
    const { heap, layout } = this;
    const word = address >>> 2;
    const hash = heap.i32[word] as number;
    const flags = heap.i32[word + 1] as number;
    assert((flags & RECORD_LIVE) !== 0, `table ${this.spec.name}: a record is removed twice`);
    if ((flags & RECORD_BORN) === 0) encodeRemovedKey(this, address);
    this.keys.remove(hash, address);
    if (this.spec.prefix > 0) this.#unlink(address);
    for (const [at, length] of layout.keyBytes) this.#disownAt(word + at, word + length);
    for (const [at, length] of layout.valueBytes) this.#disownAt(word + at, word + length);
    this.pool.free(address);
    this.size--;
  }

  forEach(visit: (address: number) => void): void {
    this.pool.forEach(visit);
  }

  sweep(nowMs: number, limit: number): void {
    const at = this.layout.lastWrite;
    if (at < 0 || this.size === 0) return;
    const before = nowMs - this.spec.ttlMs;
    this.pool.walk(this.#swept, limit * SWEEP_FACTOR, (address) => {
      if ((this.heap.f64[(address + at) >>> 3] as number) <= before) this.remove(address);
    });
  }

  /** A record has been put into `keys`: generated code and restore call it. */
  inserted(address: number): void {
    this.size++;
    this.keys.inserted();
    this.changes.dirty.push(address);
  }

  /** Appends a record to the chain of `head` (0: it begins one). */
  link(address: number, prefixHash: number, head: number): void {
    const { heap, layout } = this;
    heap.f64[(address + layout.sequence) >>> 3] = this.nextSequence++;
    heap.i32[(address + layout.prefixHash) >>> 2] = prefixHash;
    const tail = head === 0 ? 0 : (heap.u32[(head + layout.tail) >>> 2] as number);
    this.linkBehind(address, prefixHash, head, tail);
  }

  /** Puts a record behind `tail` (0: before `head`) in the chain of `head` (0: a new one). */
  linkBehind(address: number, prefixHash: number, head: number, tail: number): void {
    const { layout } = this;
    const u32 = this.heap.u32;
    const following = tail === 0 ? head : (u32[(tail + layout.next) >>> 2] as number);
    u32[(address + layout.previous) >>> 2] = tail;
    u32[(address + layout.next) >>> 2] = following;
    if (following !== 0) u32[(following + layout.previous) >>> 2] = address;
    if (tail !== 0) u32[(tail + layout.next) >>> 2] = address;
    if (head === 0) {
      u32[(address + layout.tail) >>> 2] = address;
      this.chains.put(prefixHash, address);
    } else if (tail === 0) {
      u32[(address + layout.tail) >>> 2] = u32[(head + layout.tail) >>> 2] as number;
      this.chains.replace(prefixHash, head, address);
    } else if (following === 0) u32[(head + layout.tail) >>> 2] = address;
  }

  /** Gives all memory back. */
  close(): void {
    this.forEach((address) => {
      const word = address >>> 2;
      for (const [at, length] of this.layout.keyBytes) this.#disownAt(word + at, word + length);
      for (const [at, length] of this.layout.valueBytes) this.#disownAt(word + at, word + length);
    });
    this.pool.close();
    this.heap.account(-this.keys.byteLength - this.chains.byteLength);
    this.size = 0;
  }

  #disownAt(address: number, length: number): void {
    this.#owned.free(this.heap.u32[address] as number, this.heap.i32[length] as number);
  }

  #unlink(address: number): void {
    const { layout } = this;
    const u32 = this.heap.u32;
    const next = u32[(address + layout.next) >>> 2] as number;
    const previous = u32[(address + layout.previous) >>> 2] as number;
    if (next !== 0) u32[(next + layout.previous) >>> 2] = previous;
    if (previous !== 0) u32[(previous + layout.next) >>> 2] = next;
    if (next !== 0 && previous !== 0) return;
    const prefixHash = this.heap.i32[(address + layout.prefixHash) >>> 2] as number;
    if (previous === 0) {
      if (next === 0) this.chains.remove(prefixHash, address);
      else {
        this.chains.replace(prefixHash, address, next);
        u32[(next + layout.tail) >>> 2] = u32[(address + layout.tail) >>> 2] as number;
      }
      return;
    }
    const head = this.chains.search(prefixHash, (at) => u32[(at + layout.tail) >>> 2] === address);
    u32[(head + layout.tail) >>> 2] = previous;
  }

  #walkToHead(address: number): number {
    const u32 = this.heap.u32;
    let head = address;
    for (;;) {
      const previous = u32[(head + this.layout.previous) >>> 2] as number;
      if (previous === 0) return head;
      head = previous;
    }
  }

  #withoutExpired(first: number): number {
    const { layout, heap } = this;
    const before = this.nowMs - this.spec.ttlMs;
    let head = 0;
    for (let at = first; at !== 0; ) {
      const next = heap.u32[(at + layout.next) >>> 2] as number;
      if ((heap.f64[(at + layout.lastWrite) >>> 3] as number) <= before) this.remove(at);
      else if (head === 0) head = at;
      at = next;
    }
    return head;
  }
}

function typeAt<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}
