/**
 * The 32-bit hash of keys (MurmurHash3 over 32-bit words). It is part of the checkpoint format: key groups and rows carry it. Frozen.
 */

export const HASH_SEED = 0x3c6ef372;
/** The word that stands for a null. */
export const NULL_WORD = 0x4e554c4c;
/** Spreads a hash over the slots of an index, whose number is taken from the high bits. */
export const SLOT_FACTOR = 0x9e3779b1 | 0;

/** Mixes one word into a hash. */
export function hashWord(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** Ends a hash: every bit of the input reaches every bit of the result, an Int32. */
export function finishHash(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Mixes bytes four at a time (the last four overlap those before, where they are no whole word), then their number. */
export function hashBytes(hash: number, view: DataView, address: number, length: number): number {
  let h = hash;
  if (length >= 4) {
    const last = address + length - 4;
    for (let at = address; at <= last; at += 4) h = hashWord(h, view.getInt32(at, true));
    if ((length & 3) !== 0) h = hashWord(h, view.getInt32(last, true));
  } else if (length > 0) {
    const middle = view.getUint8(address + (length >> 1));
    h = hashWord(h, view.getUint8(address) | (middle << 8) | (view.getUint8(address + length - 1) << 16));
  }
  return hashWord(h, length);
}

/** The key group, 0 to 127. */
export function keyGroup(hash: number): number {
  return hash >>> 25;
}
