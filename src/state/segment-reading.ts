/** Reads blocks of a segment (`segment.ts` has their form), and checks them. */
import { crc32 } from 'node:zlib';
import { BLOCK_MAGIC, damaged, FORMAT_VERSION, HEAD_WORDS, incompatible, OLDEST_VERSION } from './segment.ts';

/** What stands before a block's rows. */
export interface BlockHead {
  readonly kind: number;
  readonly version: number;
  readonly description: string;
  readonly removedCount: number;
  readonly storedCount: number;
  readonly removedStart: number;
  readonly storedStart: number;
  readonly storedEnd: number;
  /** [group, first word of its removed rows, first word of its stored rows]. */
  readonly groups: Int32Array;
}

/** Bytes of a segment, wherever they are. */
export interface SegmentSource {
  readonly length: number;
  /** Fills `into` with what lies at an offset. */
  read(offset: number, into: Uint8Array): void;
}

/** Rows of one table, whose places are in `words`. */
export interface Block extends Omit<BlockHead, 'groups'> {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
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

/** The head of the block at an offset of a segment, and the block's bytes. */
export function readHead(segment: SegmentSource, start: number, source: string): { head: BlockHead; bytes: number } {
  if (segment.length - start < 4 * (HEAD_WORDS + 1)) throw damaged(source, 'it ends within a block');
  const fixed = new Int32Array(HEAD_WORDS);
  segment.read(start, new Uint8Array(fixed.buffer));
  const bytes = checkedSize(fixed, segment.length - start, source);
  const words = new Int32Array(headWords(fixed));
  segment.read(start, new Uint8Array(words.buffer));
  return { head: headOf(words), bytes };
}

function blockSize(segment: Uint8Array, start: number, source: string): number {
  if (segment.length - start < 4 * (HEAD_WORDS + 1)) throw damaged(source, 'it ends within a block');
  return checkedSize(
    new Int32Array(segment.buffer, segment.byteOffset + start, HEAD_WORDS),
    segment.length - start,
    source,
  );
}

/** The bytes of a block that begins with the words of `head`. */
function checkedSize(head: Int32Array, most: number, source: string): number {
  const [magic, size = 0, version = 0] = head;
  if (magic !== BLOCK_MAGIC) throw damaged(source, 'a block does not begin where one should');
  if (version > FORMAT_VERSION || version < OLDEST_VERSION)
    throw incompatible(
      source,
      `its format is ${version}, and this program reads ${OLDEST_VERSION} to ${FORMAT_VERSION}`,
    );
  const bytes = size >>> 0;
  if (bytes % 4 !== 0 || bytes > most || headWords(head) * 4 >= bytes) throw damaged(source, 'it ends within a block');
  return bytes;
}

/** Words before the rows. */
function headWords(head: Int32Array): number {
  return HEAD_WORDS + (((head[4] as number) + 3) >> 2) + 3 * (head[5] as number);
}

function headOf(words: Int32Array): BlockHead {
  const [version, kind, descriptionBytes, groups, removedCount, storedCount, removedWords, storedWords] =
    words.subarray(2, HEAD_WORDS) as unknown as [number, number, number, number, number, number, number, number];
  const removedStart = headWords(words);
  const text = new Uint8Array(words.buffer, words.byteOffset + HEAD_WORDS * 4, descriptionBytes);
  return {
    kind,
    version,
    description: Buffer.from(text).toString('utf8'),
    removedCount,
    storedCount,
    removedStart,
    storedStart: removedStart + removedWords,
    storedEnd: removedStart + removedWords + storedWords,
    groups: words.subarray(removedStart - 3 * groups, removedStart),
  };
}

function readBlock(bytes: Uint8Array, source: string): Block {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const stored = (words[words.length - 1] as number) | 0;
  if ((crc32(bytes.subarray(0, bytes.length - 4)) | 0) !== stored) throw damaged(source, 'a check sum is wrong');
  return { ...headOf(words), words, bytes };
}
