/**
 * Stores the values of one column of bytes. Short values that come again and again (a status, the name of a region) are stored once for
 * all records and all tables, in room that the heap keeps; a column whose values are many gives that up by itself.
 */
import { HASH_SEED, hashWord, SLOT_FACTOR } from './hash.ts';
import { type OwnedBytes, sameBytes } from './owned-bytes.ts';

const LENGTH_MAX = 32;
const VALUES_MAX = 64;
const SLOT_BITS = 7;
/** A value that is not among the known ones costs so many that are. */
const MISS_COST = 4;
const CREDIT_MAX = 1024;

export class RepeatedBytes {
  readonly #owned: OwnedBytes;
  readonly #hashes = new Int32Array(1 << SLOT_BITS);
  readonly #lengths = new Int32Array(1 << SLOT_BITS);
  readonly #addresses = new Uint32Array(1 << SLOT_BITS);
  #count = 0;
  #credit = CREDIT_MAX / 4;

  constructor(owned: OwnedBytes) {
    this.#owned = owned;
  }

  /** Bytes of the heap, stored; 0 for none. */
  own(address: number, length: number): number {
    const { heap } = this.#owned;
    if (heap.isKept(address)) return address;
    const known = this.#find(heap.view, address, length);
    return known === 0 ? this.#owned.copy(address, length) : known;
  }

  /** Gives back what {@link own} gave. */
  disown(address: number, length: number): void {
    this.#owned.free(address, length);
  }

  /** Bytes of another memory, stored in place of others that nobody reads any more (`before` bytes at `old`; none at first). */
  replace(source: DataView, from: number, length: number, old: number, before: number): number {
    const known = this.#find(source, from, length);
    if (known !== 0) {
      this.#owned.free(old, before);
      return known;
    }
    const to = this.#owned.replace(old, before, length);
    const { u8 } = this.#owned.heap;
    if (length > 64) u8.set(new Uint8Array(source.buffer, source.byteOffset + from, length), to);
    else for (let i = 0; i < length; i++) u8[to + i] = source.getUint8(from + i);
    return to;
  }

  /** Where a value is kept, or 0: it is not. */
  #find(view: DataView, address: number, length: number): number {
    if (this.#credit < 0 || length > LENGTH_MAX || length === 0) return 0;
    const hash = quickHash(view, address, length);
    const { heap } = this.#owned;
    let slot = Math.imul(hash, SLOT_FACTOR) >>> (32 - SLOT_BITS);
    for (let at = this.#addresses[slot] as number; at !== 0; at = this.#addresses[slot] as number) {
      const isSame = this.#hashes[slot] === hash && this.#lengths[slot] === length;
      if (isSame && sameBytes(heap.view, at, view, address, length)) {
        if (this.#credit < CREDIT_MAX) this.#credit++;
        return at;
      }
      slot = (slot + 1) & ((1 << SLOT_BITS) - 1);
    }
    return this.#count < VALUES_MAX ? this.#add(slot, hash, view, address, length) : this.#miss();
  }

  #add(slot: number, hash: number, view: DataView, address: number, length: number): number {
    const kept = this.#owned.heap.keep(view, address, length);
    if (kept === 0) return this.#miss();
    this.#hashes[slot] = hash;
    this.#lengths[slot] = length;
    this.#addresses[slot] = kept;
    this.#count++;
    return kept;
  }

  #miss(): number {
    this.#credit -= MISS_COST;
    return 0;
  }
}

/** Of the first and last bytes only: values that differ elsewhere meet in one slot, of which there are few. */
function quickHash(view: DataView, address: number, length: number): number {
  if (length < 4)
    return hashWord(HASH_SEED ^ length, view.getUint8(address) | (view.getUint8(address + length - 1) << 8));
  return hashWord(
    hashWord(HASH_SEED ^ length, view.getInt32(address, true)),
    view.getInt32(address + length - 4, true),
  );
}
