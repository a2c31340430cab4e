/**
 * Open addressing over (hash, address) pairs. It compares hashes only: keys are the business of generated code, which reads the fields.
 *
 * It grows without a stop: while `old` is set, homes below `frontier` are looked up in `pairs`, the others in `old`; insertions move the
 * frontier on, to an empty slot each time, so that no probe crosses it.
 */
import type { Heap } from '../types/heap.ts';
import { SLOT_FACTOR } from './hash.ts';

/** Address of a pair in `old` that has been removed. */
export const REMOVED = 1;
const FIRST_LOG2 = 6;
/** Pairs in 10 slots before it grows. */
const LOAD_TENTHS = 7.5;
const STEP_INSERTS = 64;
const STEP_SLOTS = 1024;

export class PairIndex {
  readonly #heap: Heap;
  /** [hash, address] by slot; address 0 is empty. */
  pairs: Int32Array;
  mask: number;
  shift: number;
  old: Int32Array | null = null;
  oldMask = 0;
  oldShift = 0;
  frontier = 0;
  used = 0;
  #limit: number;
  #untilStep = STEP_INSERTS;

  constructor(heap: Heap, log2 = FIRST_LOG2) {
    this.#heap = heap;
    this.pairs = new Int32Array(2 << log2);
    this.mask = (1 << log2) - 1;
    this.shift = 32 - log2;
    this.#limit = limitOf(log2);
    heap.account(this.pairs.byteLength);
  }

  get byteLength(): number {
    return this.pairs.byteLength + (this.old?.byteLength ?? 0);
  }

  /** Room for `count` pairs without growth. Only while it is empty. */
  reserve(count: number): void {
    let log2 = FIRST_LOG2;
    while (limitOf(log2) < count) log2++;
    if (log2 <= 32 - this.shift) return;
    this.#heap.account(-this.pairs.byteLength);
    this.#adopt(log2);
  }

  /** To be called after a pair was put into a free slot. */
  inserted(): void {
    this.used++;
    if (this.old === null) {
      if (this.used > this.#limit) this.#grow();
      return;
    }
    if (--this.#untilStep > 0) return;
    this.#untilStep = STEP_INSERTS;
    this.#move(STEP_SLOTS);
  }

  /** Adds a pair without looking whether it is there. */
  put(hash: number, address: number): void {
    const spread = Math.imul(hash, SLOT_FACTOR);
    const old = this.old;
    const home = spread >>> this.oldShift;
    if (old !== null && home >= this.frontier) place(old, this.oldMask, home, hash, address);
    else place(this.pairs, this.mask, spread >>> this.shift, hash, address);
    this.inserted();
  }

  /** The first address of this hash that the visitor accepts, or 0. */
  search(hash: number, accepts: (address: number) => boolean): number {
    const inOld = this.#isInOld(hash);
    const pairs = inOld ? (this.old as Int32Array) : this.pairs;
    const mask = inOld ? this.oldMask : this.mask;
    let slot = Math.imul(hash, SLOT_FACTOR) >>> (inOld ? this.oldShift : this.shift);
    for (let address = pairs[2 * slot + 1] as number; address !== 0; address = pairs[2 * slot + 1] as number) {
      if (pairs[2 * slot] === hash && address !== REMOVED && accepts(address >>> 0)) return address >>> 0;
      slot = (slot + 1) & mask;
    }
    return 0;
  }

  /** The first address of this hash, or 0: very likely the record that is looked for, and cheap to ask ahead. */
  candidate(hash: number): number {
    const inOld = this.#isInOld(hash);
    const pairs = inOld ? (this.old as Int32Array) : this.pairs;
    const mask = inOld ? this.oldMask : this.mask;
    let slot = Math.imul(hash, SLOT_FACTOR) >>> (inOld ? this.oldShift : this.shift);
    let address = pairs[2 * slot + 1] as number;
    while (address !== 0 && pairs[2 * slot] !== hash) {
      slot = (slot + 1) & mask;
      address = pairs[2 * slot + 1] as number;
    }
    return address === REMOVED ? 0 : address >>> 0;
  }

  /** Gives a pair another address. */
  replace(hash: number, from: number, to: number): void {
    const inOld = this.#isInOld(hash);
    const pairs = inOld ? (this.old as Int32Array) : this.pairs;
    pairs[2 * this.#slotOf(inOld, hash, from) + 1] = to;
  }

  remove(hash: number, address: number): void {
    const inOld = this.#isInOld(hash);
    const slot = this.#slotOf(inOld, hash, address);
    if (inOld) (this.old as Int32Array)[2 * slot + 1] = REMOVED;
    else this.#close(slot);
    this.used--;
  }

  #isInOld(hash: number): boolean {
    return this.old !== null && Math.imul(hash, SLOT_FACTOR) >>> this.oldShift >= this.frontier;
  }

  #slotOf(inOld: boolean, hash: number, address: number): number {
    const pairs = inOld ? (this.old as Int32Array) : this.pairs;
    const mask = inOld ? this.oldMask : this.mask;
    const wanted = address | 0;
    let slot = Math.imul(hash, SLOT_FACTOR) >>> (inOld ? this.oldShift : this.shift);
    while (pairs[2 * slot + 1] !== wanted) slot = (slot + 1) & mask;
    return slot;
  }

  /** Empties a slot by moving later pairs of the run back. */
  #close(slot: number): void {
    const { pairs, mask, shift } = this;
    let hole = slot;
    for (let next = (hole + 1) & mask; pairs[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const hash = pairs[2 * next] as number;
      const home = Math.imul(hash, SLOT_FACTOR) >>> shift;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      pairs[2 * hole] = hash;
      pairs[2 * hole + 1] = pairs[2 * next + 1] as number;
      hole = next;
    }
    pairs[2 * hole + 1] = 0;
  }

  #grow(): void {
    this.old = this.pairs;
    this.oldMask = this.mask;
    this.oldShift = this.shift;
    this.frontier = 0;
    this.#untilStep = STEP_INSERTS;
    this.#adopt(33 - this.shift);
    if (this.oldMask < STEP_SLOTS) this.#move(STEP_SLOTS);
  }

  #adopt(log2: number): void {
    this.#heap.account(8 * 2 ** log2);
    this.pairs = new Int32Array(2 * 2 ** log2);
    this.mask = 2 ** log2 - 1;
    this.shift = 32 - log2;
    this.#limit = limitOf(log2);
  }

  /** Moves at least `count` slots of `old`, up to an empty one. */
  #move(count: number): void {
    const old = this.old as Int32Array;
    const { pairs, mask, shift, oldMask, oldShift } = this;
    const end = this.frontier + count;
    let slot = this.frontier;
    for (; slot <= oldMask; slot++) {
      const address = old[2 * slot + 1] as number;
      if (address === 0) {
        if (slot >= end) break;
        continue;
      }
      const hash = old[2 * slot] as number;
      const spread = Math.imul(hash, SLOT_FACTOR);
      // A home behind the slot: a run that went round the end. It is moved last.
      if (address !== REMOVED && spread >>> oldShift <= slot) place(pairs, mask, spread >>> shift, hash, address);
    }
    this.frontier = slot;
    if (slot > oldMask) this.#finish(old);
  }

  #finish(old: Int32Array): void {
    for (let slot = 0; slot <= this.oldMask && old[2 * slot + 1] !== 0; slot++) {
      const hash = old[2 * slot] as number;
      const spread = Math.imul(hash, SLOT_FACTOR);
      if (spread >>> this.oldShift > slot && old[2 * slot + 1] !== REMOVED)
        place(this.pairs, this.mask, spread >>> this.shift, hash, old[2 * slot + 1] as number);
    }
    this.old = null;
    this.#heap.account(-old.byteLength);
  }
}

function place(pairs: Int32Array, mask: number, home: number, hash: number, address: number): void {
  let slot = home;
  while (pairs[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
  pairs[2 * slot] = hash;
  pairs[2 * slot + 1] = address;
}

function limitOf(log2: number): number {
  return Math.floor((2 ** log2 * LOAD_TENTHS) / 10);
}
