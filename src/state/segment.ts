/**
 * The file format of state: blocks, each of one table (or the operator's plain values) and one epoch, with a CRC-32 of its own.
 *
 * A block is little-endian words: magic, bytes of the block, format version, kind, bytes of the description, number of key groups, removed rows,
 * stored rows, words of removed rows, words of stored rows; the description as JSON, padded to words; [group, first word of its removed
 * rows, first word of its stored rows] by ascending group; removed rows; stored rows; the CRC.
 *
 * A removed row is: hash, prefix hash (with chains), key region, bytes of the key's strings padded to words. A stored row is: hash, prefix hash and
 * sequence (with chains), last write (with TTL), key region, value region, bytes of strings, padded. Regions are those of a record
 * (`record-layout.ts`) with zeros for addresses. Within a block removed rows go first; a key is stored at most once.
 */
import { crc32 } from 'node:zlib';
import { EngineError } from '../base/error.ts';
import { typeToString } from '../types/logical-type.ts';
import type { RecordLayout } from './record-layout.ts';
import type { TableSpec } from './state.ts';

const MAGIC = 0x4753524d;
const FORMAT_VERSION = 2;
const HEAD_WORDS = 10;
export const BLOCK_DELTA = 0;
/** The block replaces every earlier one of its table. */
export const BLOCK_BASE = 1;
/** Plain values: only a description. */
export const BLOCK_VALUES = 2;

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

export interface Block {
  readonly kind: number;
  readonly description: string;
  readonly removedCount: number;
  readonly storedCount: number;
  /** Where rows begin and end in `words`. */
  readonly removedStart: number;
  readonly storedStart: number;
  readonly storedEnd: number;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

/** Room for a block whose rows the caller writes at `removedStart` and `storedStart` before {@link sealBlock}. */
export interface BlockPlan {
  readonly kind: number;
  readonly description: string;
  /** Key groups that occur, ascending, and words of each one's rows. */
  readonly groups: readonly number[];
  readonly removedWords: readonly number[];
  readonly storedWords: readonly number[];
  readonly removedCount: number;
  readonly storedCount: number;
}

export interface OpenBlock {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly removedStart: number;
  readonly storedStart: number;
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

export function openBlock(plan: BlockPlan): OpenBlock {
  const description = Buffer.from(plan.description, 'utf8');
  const descriptionWords = (description.length + 3) >> 2;
  const removedStart = HEAD_WORDS + descriptionWords + 3 * plan.groups.length;
  const storedStart = removedStart + sum(plan.removedWords);
  const end = storedStart + sum(plan.storedWords);
  const words = new Int32Array(end + 1);
  const bytes = new Uint8Array(words.buffer);
  words.set([MAGIC, words.byteLength, FORMAT_VERSION, plan.kind, description.length, plan.groups.length]);
  words.set([plan.removedCount, plan.storedCount, storedStart - removedStart, end - storedStart], 6);
  bytes.set(description, HEAD_WORDS * 4);
  let at = HEAD_WORDS + descriptionWords;
  let removed = removedStart;
  let stored = storedStart;
  plan.groups.forEach((group, i) => {
    words.set([group, removed, stored], at);
    at += 3;
    removed += plan.removedWords[i] as number;
    stored += plan.storedWords[i] as number;
  });
  return { words, bytes, removedStart, storedStart };
}

/** Writes the CRC: the block is complete. */
export function sealBlock(block: OpenBlock): Uint8Array {
  const body = block.bytes.subarray(0, block.bytes.length - 4);
  block.words[block.words.length - 1] = crc32(body);
  return block.bytes;
}

/** The blocks of a segment, checked. */
export function readBlocks(segment: Uint8Array, source: string): Block[] {
  const aligned = segment.byteOffset % 4 === 0 ? segment : new Uint8Array(segment);
  const blocks: Block[] = [];
  for (let start = 0; start < aligned.length; ) {
    const size = blockSize(aligned, start, source);
    blocks.push(readBlock(aligned.subarray(start, start + size), source));
    start += size;
  }
  return blocks;
}

function blockSize(segment: Uint8Array, start: number, source: string): number {
  if (segment.length - start < 4 * (HEAD_WORDS + 1)) throw damaged(source, 'it ends within a block');
  const head = new Int32Array(segment.buffer, segment.byteOffset + start, HEAD_WORDS);
  if (head[0] !== MAGIC) throw damaged(source, 'a block does not begin where one should');
  if (head[2] !== FORMAT_VERSION)
    throw incompatible(source, `its format is ${head[2]}, and this program reads ${FORMAT_VERSION}`);
  const size = (head[1] as number) >>> 0;
  if (size % 4 !== 0 || start + size > segment.length) throw damaged(source, 'it ends within a block');
  return size;
}

function readBlock(bytes: Uint8Array, source: string): Block {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const stored = (words[words.length - 1] as number) | 0;
  if ((crc32(bytes.subarray(0, bytes.length - 4)) | 0) !== stored) throw damaged(source, 'a check sum is wrong');
  const [kind, descriptionBytes, groups, removedCount, storedCount, removedWords, storedWords] = words.subarray(
    3,
    HEAD_WORDS,
  ) as unknown as [number, number, number, number, number, number, number];
  const removedStart = HEAD_WORDS + ((descriptionBytes + 3) >> 2) + 3 * groups;
  return {
    kind,
    description: Buffer.from(bytes.subarray(HEAD_WORDS * 4, HEAD_WORDS * 4 + descriptionBytes)).toString('utf8'),
    removedCount,
    storedCount,
    removedStart,
    storedStart: removedStart + removedWords,
    storedEnd: removedStart + removedWords + storedWords,
    words,
    bytes,
  };
}

/** Words of the string bytes of a region whose words begin at `at`. */
export function stringBytes(words: Int32Array, at: number, lengths: readonly number[]): number {
  let total = 0;
  for (const length of lengths) total += words[at + length] as number;
  return total;
}

function damaged(source: string, why: string): EngineError {
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
