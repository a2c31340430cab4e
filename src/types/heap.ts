/**
 * The memory of one job thread: a shared WebAssembly.Memory that grows without a copy. String bytes of batches and all
 * keyed state live in it. An address is a byte offset (u32, 8-byte aligned when it comes from `allocate`).
 */
import { EngineError } from '../base/error.ts';

const PAGE_BYTES = 65_536;
const GROWTH_PAGES = 64;
/** It grows by so much of what there is: growing takes a millisecond or two, and pages that nobody has touched take no memory. */
const GROWTH_SHARE = 1 / 4;
/** Nothing lies at the start, so that what is read of the record at address 0, which stands for none, is zero. */
const NOWHERE_BYTES = PAGE_BYTES;
const SCRATCH_CHUNK_BYTES = 1 << 20;
const KEPT_BYTES = 1 << 18;
/** Size classes: 16, 24, 32 … in steps of about a quarter, all multiples of 8. Above the last one: whole extents. */
const CLASS_BYTES = sizeClasses(65_536);

export class Heap {
  readonly memory: WebAssembly.Memory;
  /** Views of the whole memory. Growth replaces them: read them anew after anything that may allocate. Old ones stay readable. */
  u8!: Uint8Array;
  i8!: Int8Array;
  i16!: Int16Array;
  i32!: Int32Array;
  u32!: Uint32Array;
  f32!: Float32Array;
  f64!: Float64Array;
  i64!: BigInt64Array;
  u64!: BigUint64Array;
  /** For unaligned access, little-endian. */
  view!: DataView;
  /** Where kept bytes lie: [start, end). */
  #keptStart = 0;
  #keptTop = 0;
  readonly #limitBytes: number;
  #top = NOWHERE_BYTES;
  readonly #freeByClass: number[][] = CLASS_BYTES.map(() => []);
  readonly #freeExtents = new Map<number, number[]>();
  /** Address and size of what was freed since the last release, in turn: the first {@link #quarantined} entries. */
  #quarantine = new Uint32Array(1024);
  #quarantined = 0;
  readonly #scratchChunks: number[] = [];
  #scratchChunk = -1;
  #scratchTop = 0;
  #scratchEnd = 0;
  #usedBytes = 0;
  #outsideBytes = 0;

  /** `limitBytes`: the job's memory limit; allocation beyond it throws `JOB_MEMORY_LIMIT`. */
  constructor(limitBytes = 2 ** 31) {
    this.#limitBytes = Math.min(limitBytes, 2 ** 32 - PAGE_BYTES);
    const maximum = Math.ceil(this.#limitBytes / PAGE_BYTES);
    this.memory = reserve(Math.max(maximum, GROWTH_PAGES));
    this.#views();
  }

  /** Bytes given out and not freed (scratch not counted). */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Counts bytes that live outside the memory (indexes of tables) towards the limit; negative when they go. */
  account(bytes: number): void {
    this.#outsideBytes += bytes;
    if (!this.fits(0)) throw this.limitError();
  }

  /** True while the limit leaves room for so many bytes of objects that nobody counts here. */
  fits(objectBytes: number): boolean {
    return this.#outsideBytes + this.#top + objectBytes <= this.#limitBytes;
  }

  /** Room for `bytes`, 8-byte aligned, contents undefined. Free it with the same size. */
  allocate(bytes: number): number {
    const index = classOf(bytes);
    const size = index < 0 ? extentBytes(bytes) : (CLASS_BYTES[index] as number);
    this.#usedBytes += size;
    const list = index < 0 ? this.#freeExtents.get(size) : this.#freeByClass[index];
    const reused = list?.pop();
    return reused ?? this.#extend(size);
  }

  /** Gives room back. It is not reused before {@link release}, since a batch on its way may still refer to it. */
  free(address: number, bytes: number): void {
    if (this.#quarantined === this.#quarantine.length) {
      const larger = new Uint32Array(this.#quarantined * 2);
      larger.set(this.#quarantine);
      this.#quarantine = larger;
    }
    this.#quarantine[this.#quarantined++] = address;
    this.#quarantine[this.#quarantined++] = bytes;
  }

  /** Copies bytes to where they stay as long as the heap; 0 when there is no more room for such. */
  keep(view: DataView, address: number, length: number): number {
    if (this.#keptStart === 0) {
      this.#keptStart = this.#extend(KEPT_BYTES);
      this.#keptTop = this.#keptStart;
    }
    if (this.#keptTop + length > this.#keptStart + KEPT_BYTES) return 0;
    const to = this.#keptTop;
    for (let i = 0; i < length; i++) this.u8[to + i] = view.getUint8(address + i);
    this.#keptTop = (to + length + 7) & ~7;
    return to;
  }

  /** True for addresses of {@link keep}. */
  isKept(address: number): boolean {
    return this.#keptStart > 0 && address >= this.#keptStart && address < this.#keptStart + KEPT_BYTES;
  }

  /** Whether room for so many bytes is room for so many others. */
  isSameRoom(bytes: number, others: number): boolean {
    const index = classOf(bytes);
    if (index !== classOf(others)) return false;
    return index >= 0 || extentBytes(bytes) === extentBytes(others);
  }

  /** Room that is valid until {@link release}: for strings made while a batch runs. */
  scratch(bytes: number): number {
    if (this.#scratchTop + bytes > this.#scratchEnd) this.#nextScratch(bytes);
    const address = this.#scratchTop;
    this.#scratchTop += (bytes + 7) & ~7;
    return address;
  }

  /** The task calls this when a source's batch has drained: scratch starts anew, freed room may be reused. */
  release(): void {
    this.#scratchChunk = -1;
    this.#scratchTop = 0;
    this.#scratchEnd = 0;
    for (let i = 0; i < this.#quarantined; i += 2)
      this.#recycle(this.#quarantine[i] as number, this.#quarantine[i + 1] as number);
    this.#quarantined = 0;
  }

  #recycle(address: number, bytes: number): void {
    const index = classOf(bytes);
    const size = index < 0 ? extentBytes(bytes) : (CLASS_BYTES[index] as number);
    this.#usedBytes -= size;
    if (index >= 0) {
      (this.#freeByClass[index] as number[]).push(address);
      return;
    }
    const list = this.#freeExtents.get(size);
    if (list) list.push(address);
    else this.#freeExtents.set(size, [address]);
  }

  #nextScratch(bytes: number): void {
    for (let next = this.#scratchChunk + 1; next * 2 < this.#scratchChunks.length; next++) {
      const start = this.#scratchChunks[next * 2] as number;
      const end = this.#scratchChunks[next * 2 + 1] as number;
      if (end - start < bytes) continue;
      this.#scratchChunk = next;
      this.#scratchTop = start;
      this.#scratchEnd = end;
      return;
    }
    const size = Math.max(SCRATCH_CHUNK_BYTES, (bytes + 7) & ~7);
    const start = this.#extend(size);
    this.#scratchChunks.push(start, start + size);
    this.#scratchChunk = this.#scratchChunks.length / 2 - 1;
    this.#scratchTop = start;
    this.#scratchEnd = start + size;
  }

  #extend(bytes: number): number {
    const address = this.#top;
    const end = address + bytes;
    if (end > this.u8.length) this.#grow(end);
    this.#top = end;
    return address;
  }

  #grow(end: number): void {
    const missing = Math.ceil((end - this.u8.length) / PAGE_BYTES);
    const share = Math.floor((this.u8.length / PAGE_BYTES) * GROWTH_SHARE);
    const pages = Math.max(missing, GROWTH_PAGES, share);
    const room = Math.floor(this.#limitBytes / PAGE_BYTES) - this.u8.length / PAGE_BYTES;
    if (missing > room || end + this.#outsideBytes > this.#limitBytes) throw this.limitError();
    try {
      this.memory.grow(Math.min(pages, room));
    } catch {
      throw this.limitError();
    }
    this.#views();
  }

  /** The failure of a job that needs too much. */
  limitError(): EngineError {
    return new EngineError(
      'JOB_MEMORY_LIMIT',
      `The job needs more than its memory limit of ${this.#limitBytes} bytes. Nothing behind its last checkpoint has been written. Set 'table.exec.state.ttl' or reduce the keys and start it anew, or raise 'taskmanager.memory.process.size' and resume it.`,
      { exceptionClass: 'java.lang.OutOfMemoryError' },
    );
  }

  #views(): void {
    const buffer = this.memory.buffer;
    this.u8 = new Uint8Array(buffer);
    this.i8 = new Int8Array(buffer);
    this.i16 = new Int16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i64 = new BigInt64Array(buffer);
    this.u64 = new BigUint64Array(buffer);
    this.view = new DataView(buffer);
  }
}

/** Address room for the limit, or for as much of it as the system grants (it may bound a process' virtual memory). */
function reserve(maximum: number): WebAssembly.Memory {
  for (let pages = maximum; ; pages = Math.floor(pages / 2))
    try {
      return new WebAssembly.Memory({ initial: GROWTH_PAGES, maximum: pages, shared: true });
    } catch (error) {
      if (pages < GROWTH_PAGES * 2) throw error;
    }
}

function sizeClasses(largest: number): number[] {
  const sizes: number[] = [];
  for (let size = 16; size < largest; size = Math.max(size + 8, Math.ceil((size * 1.25) / 8) * 8)) sizes.push(size);
  sizes.push(largest);
  return sizes;
}

/** Class by size in 8-byte steps, for sizes up to 1 KiB; a search above. */
const SMALL_CLASS = Uint8Array.from({ length: 129 }, (_, eighths) =>
  CLASS_BYTES.findIndex((size) => size >= eighths * 8),
);

function classOf(bytes: number): number {
  if (bytes <= 1024) return SMALL_CLASS[(bytes + 7) >> 3] as number;
  if (bytes > 65_536) return -1;
  let low = 0;
  let high = CLASS_BYTES.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((CLASS_BYTES[middle] as number) >= bytes) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Extents are powers of two, so that a freed one fits again. */
function extentBytes(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes));
}
