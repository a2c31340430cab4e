/** The order in which Java's HashMap shows keys: by the bits of their hashes. Flink keeps a MULTISET in one, and a map read from JSON. */
import { bytesOf } from './heap-bytes.ts';
import type { LogicalType } from './logical-type.ts';
import type { Value } from './value.ts';

const FIRST = 0xcc9e2d51 | 0;
const SECOND = 0x1b873593 | 0;
const SEED = 42;

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function mix(hash: number, word: number): number {
  const scrambled = Math.imul(rotate(Math.imul(word, FIRST), 15), SECOND);
  return (Math.imul(rotate(hash ^ scrambled, 13), 5) + 0xe6546b64) | 0;
}

/** Flink's murmur hash of bytes: words of four, then single bytes. */
export function murmur(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const aligned = bytes.length - (bytes.length % 4);
  let hash = SEED;
  for (let i = 0; i < aligned; i += 4) hash = mix(hash, view.getInt32(i, true));
  for (let i = aligned; i < bytes.length; i++) hash = mix(hash, view.getInt8(i));
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** The hash of a key as Flink's runtime holds it; undefined for types that are left in the order they have. */
function hashOf(type: LogicalType): ((value: Value) => number) | undefined {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return (value) => murmur(bytesOf(value as string));
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'DATE':
    case 'TIME':
      return (value) => value as number;
    case 'BIGINT':
      return (value) => Number(BigInt.asIntN(32, (value as bigint) ^ (BigInt.asUintN(64, value as bigint) >> 32n)));
    default:
      return undefined;
  }
}

/** Entries of a map in the order of a HashMap that holds them. */
export function inHashOrder(
  type: LogicalType,
  entries: ReadonlyArray<readonly [Value, Value]>,
): ReadonlyArray<readonly [Value, Value]> {
  const hash = hashOf(type);
  if (!hash || entries.length < 2) return entries;
  return byBuckets(entries, hash, 16);
}

/** Entries in the order of a HashMap of Java's own texts that was made for `capacity` of them. */
export function inStringHashOrder(
  entries: ReadonlyArray<readonly [Value, Value]>,
  capacity: number,
): ReadonlyArray<readonly [Value, Value]> {
  return byBuckets(entries, (key) => stringHash(key as string), 2 ** Math.ceil(Math.log2(Math.max(capacity, 1))));
}

function stringHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

function byBuckets(
  entries: ReadonlyArray<readonly [Value, Value]>,
  hash: (key: Value) => number,
  capacity: number,
): ReadonlyArray<readonly [Value, Value]> {
  let size = capacity;
  while (entries.length > Math.floor(size * 0.75)) size *= 2;
  const bucketOf = (key: Value): number => {
    if (key === null) return 0;
    const bits = hash(key);
    return (bits ^ (bits >>> 16)) & (size - 1);
  };
  return [...entries].sort((a, b) => bucketOf(a[0]) - bucketOf(b[0]));
}
