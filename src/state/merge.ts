/**
 * Makes one base of an operator's segments: for each key the newest row, unless it was removed since. It runs wherever checkpoints are
 * written, never on the hot path, and knows no table: blocks describe themselves.
 */
import { keyGroup } from './hash.ts';
import { NewestRows } from './newest-rows.ts';
import {
  BLOCK_BASE,
  BLOCK_VALUES,
  type Block,
  openBlock,
  readBlocks,
  sealBlock,
  type TableDescription,
} from './segment.ts';

const GROUPS = 128;

/** Segments in the order of the checkpoint's list; the result's chunks are a base. `source` names them in error texts. */
export function mergeSegments(segments: readonly Uint8Array[], source: string): Uint8Array[] {
  const tables = new Map<string, Block[]>();
  let values: Uint8Array | undefined;
  for (const segment of segments)
    for (const block of readBlocks(segment, source)) {
      if (block.kind === BLOCK_VALUES) {
        values = new Uint8Array(block.bytes);
        continue;
      }
      const { table } = JSON.parse(block.description) as TableDescription;
      const earlier = block.kind === BLOCK_BASE ? undefined : tables.get(table);
      if (earlier) earlier.push(block);
      else tables.set(table, [block]);
    }
  const merged = [...tables.values()].map((blocks) => mergeBlocks(blocks));
  return values ? [...merged, values] : merged;
}

function mergeBlocks(blocks: readonly Block[]): Uint8Array {
  const newest = blocks[blocks.length - 1] as Block;
  const rows = new NewestRows(blocks);
  const groupOf = Uint8Array.from({ length: rows.count }, (_, row) => keyGroup(rows.groupHash(row)));
  const words = new Array<number>(GROUPS).fill(0);
  const counts = new Int32Array(GROUPS + 1);
  for (let row = 0; row < rows.count; row++) {
    const group = groupOf[row] as number;
    words[group] = (words[group] as number) + rows.words(row);
    counts[group + 1] = (counts[group + 1] as number) + 1;
  }
  const groups = words.flatMap((count, group) => (count > 0 ? [group] : []));
  const open = openBlock({
    kind: BLOCK_BASE,
    description: newest.description,
    groups,
    removedWords: groups.map(() => 0),
    storedWords: groups.map((group) => words[group] as number),
    removedCount: 0,
    storedCount: rows.count,
  });
  let at = open.storedStart;
  for (const row of inOrder(rows, groupOf, counts)) at = rows.copy(row, open.words, at);
  return sealBlock(open);
}

/** Rows by key group; within one by sequence, where there are chains, so that a restore appends. */
function inOrder(rows: NewestRows, groupOf: Uint8Array, counts: Int32Array): Int32Array {
  for (let group = 0; group < GROUPS; group++)
    counts[group + 1] = (counts[group + 1] as number) + (counts[group] as number);
  const order = new Int32Array(rows.count);
  const next = counts.slice(0, GROUPS);
  for (let row = 0; row < rows.count; row++) {
    const group = groupOf[row] as number;
    const place = next[group] as number;
    order[place] = row;
    next[group] = place + 1;
  }
  if (rows.isChained)
    for (let group = 0; group < GROUPS; group++)
      order.subarray(counts[group], counts[group + 1]).sort((a, b) => rows.sequence(a) - rows.sequence(b));
  return order;
}
