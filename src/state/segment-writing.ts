/** Writes blocks of a segment (`segment.ts` has their form). */
import { crc32 } from 'node:zlib';
import { BLOCK_MAGIC, FORMAT_VERSION, HEAD_WORDS } from './segment.ts';

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

/** `room` gives words for the block, of any content. */
export function openBlock(plan: BlockPlan, room = (count: number) => new Int32Array(count)): OpenBlock {
  const description = Buffer.from(plan.description, 'utf8');
  const descriptionWords = (description.length + 3) >> 2;
  const removedStart = HEAD_WORDS + descriptionWords + 3 * plan.groups.length;
  const storedStart = removedStart + sum(plan.removedWords);
  const end = storedStart + sum(plan.storedWords);
  const words = room(end + 1);
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  words.set([BLOCK_MAGIC, words.byteLength, FORMAT_VERSION, plan.kind, description.length, plan.groups.length]);
  words.set([plan.removedCount, plan.storedCount, storedStart - removedStart, end - storedStart], 6);
  words[HEAD_WORDS + descriptionWords - 1] = 0;
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
