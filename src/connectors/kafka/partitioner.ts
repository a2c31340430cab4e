/** Kafka's default partition of a key: murmur2 of its bytes, positive, modulo the number of partitions. */

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

export function murmur2Partition(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/** Austin Appleby's MurmurHash2 (32 bits) with the seed that Kafka's clients use. */
function murmur2(data: Uint8Array): number {
  const { length } = data;
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let k =
      (data[at] as number) |
      ((data[at + 1] as number) << 8) |
      ((data[at + 2] as number) << 16) |
      ((data[at + 3] as number) << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    k = Math.imul(k, M);
    hash = Math.imul(hash, M) ^ k;
  }
  const rest = length - at;
  if (rest >= 3) hash ^= (data[at + 2] as number) << 16;
  if (rest >= 2) hash ^= (data[at + 1] as number) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ (data[at] as number), M);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return hash ^ (hash >>> 15);
}
