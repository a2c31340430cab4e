/** Records of one size in slabs of the heap, with a free list through their first words. A record keeps its contents until it is used again. */
import type { Heap } from '../types/heap.ts';
import { RECORD_LIVE } from './record-layout.ts';

const FIRST_SLAB_BYTES = 4096;
const LAST_SLAB_BYTES = 65_536;
const CACHE_LINE = 64;

/** A place among the records of a pool. */
export class RecordCursor {
  slab = 0;
  address = 0;
}

export class RecordPool {
  readonly #heap: Heap;
  readonly #stride: number;
  /** [first record, end of records] of each slab. */
  readonly #slabs: number[] = [];
  readonly #extents: Array<readonly [address: number, bytes: number]> = [];
  #slabBytes: number;
  #top = 0;
  #end = 0;
  #free = 0;
  bytes = 0;

  constructor(heap: Heap, stride: number) {
    this.#heap = heap;
    this.#stride = stride;
    this.#slabBytes = Math.max(FIRST_SLAB_BYTES, stride * 4 + CACHE_LINE);
  }

  /** A record whose contents are undefined. May replace the heap's views. */
  allocate(): number {
    const free = this.#free;
    if (free !== 0) {
      this.#free = this.#heap.u32[free >>> 2] as number;
      return free;
    }
    if (this.#top === this.#end) this.#addSlab();
    const address = this.#top;
    this.#top += this.#stride;
    return address;
  }

  /** Gives a record back; only its first two words change. */
  free(address: number): void {
    this.#heap.u32[address >>> 2] = this.#free;
    this.#heap.i32[(address >>> 2) + 1] = 0;
    this.#free = address;
  }

  /** Visits every live record; the visitor may remove any and insert. */
  forEach(visit: (address: number) => void): void {
    for (let slab = 0; slab < this.#slabs.length; slab += 2) {
      const last = slab + 2 === this.#slabs.length;
      const end = last ? this.#top : (this.#slabs[slab + 1] as number);
      for (let at = this.#slabs[slab] as number; at < end; at += this.#stride) if (this.#isLive(at)) visit(at);
    }
  }

  /**
   * Visits live records among the next `limit` ones, going on where the cursor stands; the visitor may remove any. Returns how many were
   * looked at: fewer than `limit` at the end, where the cursor begins anew.
   */
  walk(cursor: RecordCursor, limit: number, visit: (address: number) => void): number {
    let seen = 0;
    for (; cursor.slab < this.#slabs.length; cursor.slab += 2) {
      const last = cursor.slab + 2 === this.#slabs.length;
      const end = last ? this.#top : (this.#slabs[cursor.slab + 1] as number);
      let at = cursor.address === 0 ? (this.#slabs[cursor.slab] as number) : cursor.address;
      for (; at < end && seen < limit; at += this.#stride, seen++) if (this.#isLive(at)) visit(at);
      cursor.address = at;
      if (seen === limit) return seen;
      cursor.address = 0;
    }
    cursor.slab = 0;
    return seen;
  }

  /** Gives every slab back to the heap. */
  close(): void {
    for (const [address, bytes] of this.#extents) this.#heap.free(address, bytes);
    this.#extents.length = 0;
    this.#slabs.length = 0;
    this.#top = 0;
    this.#end = 0;
    this.#free = 0;
    this.bytes = 0;
  }

  #isLive(address: number): boolean {
    return ((this.#heap.i32[(address >>> 2) + 1] as number) & RECORD_LIVE) !== 0;
  }

  #addSlab(): void {
    const bytes = this.#slabBytes;
    const extent = this.#heap.allocate(bytes);
    this.#slabBytes = Math.max(bytes, Math.min(bytes * 4, LAST_SLAB_BYTES));
    this.bytes += bytes;
    this.#extents.push([extent, bytes]);
    const start = Math.ceil(extent / CACHE_LINE) * CACHE_LINE;
    const count = Math.floor((extent + bytes - start) / this.#stride);
    this.#top = start;
    this.#end = start + count * this.#stride;
    this.#slabs.push(start, this.#end);
    // A dead record says so: the slab may have held anything.
    for (let at = start; at < this.#end; at += this.#stride) this.#heap.i32[(at >>> 2) + 1] = 0;
  }
}
