/** Keeps the list of an operator's segments short: many small ones and their base become one base, in a file of its own. */
import { type CheckpointStore, DataFile, readSegment } from './checkpoint-store.ts';
import type { FileRef } from './completed-checkpoint.ts';
import type { JobParts } from './job-parts.ts';

const SEGMENTS_MIN = 16;
const SEGMENTS_MAX = 512;

export interface MergedOperator {
  readonly before: readonly FileRef[];
  readonly base: FileRef;
}

/** True when the segments behind the base are many, and heavy enough to pay for writing it anew. */
export function isMergeDue(refs: readonly FileRef[]): boolean {
  if (refs.length < SEGMENTS_MIN) return false;
  if (refs.length >= SEGMENTS_MAX) return true;
  const [base, ...later] = refs.map(bytesOf);
  return later.reduce((sum, bytes) => sum + bytes, 0) * 2 >= (base ?? 0);
}

/** Reads, merges and writes; the file is durable when it resolves, and not yet named by any manifest. */
export async function mergeOperators(
  operators: ReadonlyArray<readonly [string, readonly FileRef[]]>,
  to: { readonly store: CheckpointStore; readonly merge: JobParts['merge']; readonly file: string },
): Promise<Map<string, MergedOperator>> {
  const data = new DataFile(to.file);
  const merged = new Map<string, MergedOperator>();
  for (const [uid, refs] of operators) {
    const segments: Uint8Array[] = [];
    for (const ref of refs) segments.push(await readSegment(to.store.folder, ref));
    const base = data.add(await to.merge(segments, `${to.store.folder}, operator ${uid}`));
    merged.set(uid, { before: refs, base });
  }
  await to.store.writeData([data]);
  return merged;
}

function bytesOf(ref: FileRef): number {
  return ref.lengths.reduce((sum, length) => sum + length, 0);
}
