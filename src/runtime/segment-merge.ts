/** Keeps the list of an operator's segments short: many small ones and their base become one base, in a file of its own. */
import { mergeSegments } from '../state/merge.ts';
import { readSegment } from './checkpoint-reading.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { bytesOf, type FileRef } from './completed-checkpoint.ts';
import { DataFile } from './data-file.ts';
import type { MergeFiles, MergeTask } from './merge-worker.ts';

const SEGMENTS_MIN = 16;
const SEGMENTS_MAX = 512;
/** Below this a thread costs more than the merge. */
const INLINE_BYTES_MAX = 1 << 20;

/** True when the segments behind the base are many, and heavy enough to pay for writing it anew. */
export function isMergeDue(refs: readonly FileRef[]): boolean {
  if (refs.length < SEGMENTS_MIN) return false;
  if (refs.length >= SEGMENTS_MAX) return true;
  const [base, ...later] = refs.map(bytesOf);
  return later.reduce((sum, bytes) => sum + bytes, 0) * 2 >= (base ?? 0);
}

/**
 * The base of each operator of the task; its file is durable when it resolves, and not yet named by any manifest. `elsewhere` merges what is
 * too much for this thread; null: nothing is.
 */
export async function mergeOperators(
  task: MergeTask,
  store: CheckpointStore,
  elsewhere: MergeFiles | null,
  signal: AbortSignal,
): Promise<readonly FileRef[]> {
  const bytes = task.operators.reduce((sum, { refs }) => sum + refs.reduce((more, ref) => more + bytesOf(ref), 0), 0);
  if (elsewhere && bytes > INLINE_BYTES_MAX) return await elsewhere(task, signal);
  const data = new DataFile(task.file);
  const bases: FileRef[] = [];
  for (const { uid, refs } of task.operators) {
    const segments: Uint8Array[] = [];
    for (const ref of refs) segments.push(await readSegment(task.folder, ref));
    bases.push(data.add(mergeSegments(segments, `${task.folder}, operator ${uid}`)));
  }
  await store.writeData([data]);
  return bases;
}
