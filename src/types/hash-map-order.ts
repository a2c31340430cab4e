/**
 * The order in which Java's HashMap gives its keys back: what COLLECT prints, and UNNEST of a MULTISET, follow it. Keys of one bucket keep the
 * order that they come in.
 */
import { bytesOf } from './heap-bytes.ts';
import type { LogicalType } from './logical-type.ts';
import type { Value } from './value.ts';

const MIN_BUCKETS = 16;
const LOAD = 0.75;
const MURMUR_SEED = 42;

/** The entries as a HashMap with keys of this type has them; as they are where the type's hash is not known. */
export function hashMapOrder<E extends readonly [Value, Value]>(
  keyType: LogicalType,
  entries: readonly E[],
): readonly E[] {
  const hash = hashFor(keyType);
  if (!hash || entries.length < 2) return entries;
  let buckets = MIN_BUCKETS;
  while (entries.length > buckets * LOAD) buckets *= 2;
  const bucketOf = (key: Value): number => {
    const code = key === null ? 0 : hash(key);
    return (code ^ (code >>> 16)) & (buckets - 1);
  };
  const placed = entries.map((entry) => ({ entry, bucket: bucketOf(entry[0]) }));
  return placed.sort((a, b) => a.bucket - b.bucket).map(({ entry }) => entry);
}

function hashFor(type: LogicalType): ((key: Value) => number) | undefined {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return (key) => murmur(bytesOf(key as string));
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'DATE':
    case 'TIME':
    case 'INTERVAL_YEAR_MONTH':
      return (key) => key as number;
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return (key) => longHash(key as bigint);
    case 'BOOLEAN':
      return (key) => (key ? 1231 : 1237);
    case 'DOUBLE':
      return (key) => longHash(new BigInt64Array(new Float64Array([key as number]).buffer)[0] as bigint);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (key) => timestampHash(key as bigint);
    default:
      return undefined;
  }
}

function longHash(value: bigint): number {
  return Number(BigInt.asIntN(32, value ^ (value >> 32n)));
}

function timestampHash(nanos: bigint): number {
  const rest = ((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return (Math.imul(31, longHash((nanos - rest) / 1_000_000n)) + Number(rest)) | 0;
}

/** MurmurHash3 as Flink has it for strings: whole words, then each byte that is left, with its sign, as a word. */
function murmur(bytes: Uint8Array): number {
  const whole = bytes.length & ~3;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = MURMUR_SEED;
  for (let i = 0; i < whole; i += 4) hash = mix(hash, view.getInt32(i, true));
  for (let i = whole; i < bytes.length; i++) hash = mix(hash, view.getInt8(i));
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function mix(hash: number, word: number): number {
  const scrambled = Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(rotate(hash ^ scrambled, 13), 5) + 0xe6546b64) | 0;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
