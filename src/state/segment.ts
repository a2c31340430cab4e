/**
 * The file format of state: blocks, each of one table (or the operator's plain values) and one epoch, with a CRC-32 of its own.
 *
 * A base of many rows is several blocks, each of some key groups, so that it can be made and read piece by piece.
 *
 * A block is little-endian words: magic, bytes of the block, format version, kind, bytes of the description, number of key groups, removed rows,
 * stored rows, words of removed rows, words of stored rows; the description as JSON, padded to words; [group, first word of its removed
 * rows, first word of its stored rows] by ascending group; removed rows; stored rows; the CRC.
 *
 * A removed row is: hash, prefix hash (with chains), key region, bytes of the key's strings padded to words. A stored row is: hash, prefix hash and
 * sequence (with chains), last write (with TTL), key region, value region, bytes of strings, padded. Regions are those of a record
 * (`record-layout.ts`) with zeros for addresses. Within a block removed rows go first; a key is stored at most once.
 */
import { EngineError } from '../base/error.ts';
import { typeToString } from '../types/logical-type.ts';
import type { RecordLayout } from './record-layout.ts';
import type { TableSpec } from './state.ts';

export const BLOCK_MAGIC = 0x4753524d;
/** 3: a base may be several blocks; 2: it is one, which reads the same way. */
export const FORMAT_VERSION = 3;
export const OLDEST_VERSION = 2;
/** Words of a block before its description. */
export const HEAD_WORDS = 10;
export const BLOCK_DELTA = 0;
/** The block replaces every earlier one of its table. */
export const BLOCK_BASE = 1;
/** Plain values: only a description. */
export const BLOCK_VALUES = 2;
/** More of the base before it: rows of other key groups. */
export const BLOCK_MORE = 3;

/** What a block says of its table; rows can be walked with it alone. */
export interface TableDescription {
  readonly table: string;
  readonly version: number;
  readonly key: readonly string[];
  readonly value: readonly string[];
  readonly prefix: number;
  readonly ttl: boolean;
  readonly keyWords: number;
  readonly valueWords: number;
  /** Positions of the lengths of bytes columns in the key and value regions, in words. */
  readonly keyLengths: readonly number[];
  readonly valueLengths: readonly number[];
  /** Positions of their addresses, in the same order. */
  readonly keyAddresses: readonly number[];
  readonly valueAddresses: readonly number[];
}

export function describeTable(spec: TableSpec, layout: RecordLayout): string {
  const keyStart = layout.keyStart >> 2;
  const valueStart = layout.valueStart >> 2;
  const description: TableDescription = {
    table: spec.name,
    version: spec.version,
    key: spec.key.map(typeToString),
    value: spec.value.map(typeToString),
    prefix: spec.prefix,
    ttl: spec.ttlMs > 0,
    keyWords: (layout.keyEnd - layout.keyStart) >> 2,
    valueWords: (layout.valueEnd - layout.valueStart) >> 2,
    keyLengths: layout.keyBytes.map(([, length]) => length - keyStart),
    valueLengths: layout.valueBytes.map(([, length]) => length - valueStart),
    keyAddresses: layout.keyBytes.map(([address]) => address - keyStart),
    valueAddresses: layout.valueBytes.map(([address]) => address - valueStart),
  };
  return JSON.stringify(description);
}

/** Words of the string bytes of a region whose words begin at `at`. */
export function stringBytes(words: Int32Array, at: number, lengths: readonly number[]): number {
  let total = 0;
  for (const length of lengths) total += words[at + length] as number;
  return total;
}

export function damaged(source: string, why: string): EngineError {
  return new EngineError('CHECKPOINT_DAMAGED', `The state in ${source} is damaged: ${why}.`, {
    exceptionClass: 'java.io.IOException',
  });
}

export function incompatible(source: string, why: string): EngineError {
  return new EngineError(
    'CHECKPOINT_INCOMPATIBLE',
    `The state in ${source} cannot be restored: ${why}. Resume it with the statement that wrote it, or start this one without a checkpoint.`,
    { exceptionClass: 'org.apache.flink.util.StateMigrationException' },
  );
}
