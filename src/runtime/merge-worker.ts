/** Merging of segments in a thread of its own, which reads and writes the files itself. The same program is started as the worker. */
import { fdatasyncSync, fstatSync, readSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort, Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { syncFolder, withFile, writeFully } from '../base/durable-file.ts';
import { EngineError, messageOf } from '../base/error.ts';
import { interruptible } from '../base/interruption.ts';
import { mergedBlocks } from '../state/merge.ts';
import type { SegmentSource } from '../state/segment-reading.ts';
import { bytesOf, type FileRef } from './completed-checkpoint.ts';

/** A merge makes few objects. */
const YOUNG_MB = 4;
const CHECKED_BYTES = 1 << 20;

/** Segments of operators, which become a base each, all in one file. */
export interface MergeTask {
  /** The job's folder of checkpoints. */
  readonly folder: string;
  /** Where the bases shall lie, relative to it. */
  readonly file: string;
  readonly operators: ReadonlyArray<{ readonly uid: string; readonly refs: readonly FileRef[] }>;
}

type MergeReply = { readonly bases: readonly FileRef[] } | { readonly message: string };

/** The base of each operator of the task; the file is durable. Rejects when it could not be made, or the signal came first: then there is no file. */
export type MergeFiles = (task: MergeTask, signal: AbortSignal) => Promise<readonly FileRef[]>;

/** `program` is what a worker runs ({@link serveMerge}). */
export function mergeBy(program: string): MergeFiles {
  return async (task, signal) => {
    try {
      return await mergeBeside(program, task, signal);
    } catch (error) {
      rmSync(join(task.folder, task.file), { force: true });
      throw error;
    }
  };
}

async function mergeBeside(program: string, task: MergeTask, signal: AbortSignal): Promise<readonly FileRef[]> {
  const worker = new Worker(program, { argv: ['merge'], resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  try {
    worker.postMessage(task);
    const reply = await interruptible(replyOf(worker), signal);
    if ('message' in reply) throw new EngineError('CHECKPOINT_MERGE', reply.message);
    return reply.bases;
  } finally {
    await worker.terminate();
  }
}

function replyOf(worker: Worker): Promise<MergeReply> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new EngineError('CHECKPOINT_MERGE', `The thread ended with code ${code}.`)));
  });
}

/** The worker's side. */
export function serveMerge(): void {
  parentPort?.on('message', (task: MergeTask) => {
    let reply: MergeReply;
    try {
      reply = { bases: mergeFiles(task) };
    } catch (error) {
      reply = { message: messageOf(error) };
    }
    parentPort?.postMessage(reply);
  });
}

/** Merges in this thread, synchronously. When it throws, there is no file. */
export function mergeFiles(task: MergeTask): FileRef[] {
  const path = join(task.folder, task.file);
  try {
    const bases = withFile(path, 'w', (descriptor) => writeBases(task, descriptor), 0o600);
    syncFolder(dirname(path));
    return bases;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

function writeBases({ folder, file, operators }: MergeTask, descriptor: number): FileRef[] {
  let end = 0;
  const bases = operators.map(({ uid, refs }) => {
    const base = mergeOperator(folder, refs, `${folder}, operator ${uid}`, descriptor, end);
    end += bytesOf(base);
    return { file, ...base };
  });
  fdatasyncSync(descriptor);
  return bases;
}

function mergeOperator(
  folder: string,
  refs: readonly FileRef[],
  source: string,
  descriptor: number,
  offset: number,
): Omit<FileRef, 'file'> {
  const segments = refs.map((ref) => checkedSegment(folder, ref));
  const lengths: number[] = [];
  let crc = 0;
  let end = offset;
  for (const chunk of mergedBlocks(segments, source)) {
    crc = crc32(chunk, crc);
    writeFully(descriptor, chunk, end);
    lengths.push(chunk.length);
    end += chunk.length;
  }
  return { offset, lengths, crc };
}

/** A segment in its file, whose check sum has been seen to be right. */
function checkedSegment(folder: string, ref: FileRef): SegmentSource {
  const path = join(folder, ref.file);
  const length = bytesOf(ref);
  const read = (offset: number, into: Uint8Array): void => {
    if (into.length > 0) withFile(path, 'r', (descriptor) => readFully(descriptor, ref.offset + offset, into));
  };
  const piece = new Uint8Array(Math.min(length, CHECKED_BYTES));
  let crc = 0;
  for (let at = 0; at < length; at += piece.length) {
    const some = piece.subarray(0, Math.min(piece.length, length - at));
    read(at, some);
    crc = crc32(some, crc);
  }
  if (crc !== ref.crc) throw new EngineError('CHECKPOINT_DAMAGED', `The check sum of a segment in '${path}' is wrong.`);
  return { length, read };
}

function readFully(descriptor: number, position: number, into: Uint8Array): void {
  for (let at = 0; at < into.length; ) {
    const count = readSync(descriptor, into, at, into.length - at, position + at);
    if (count === 0) throw new RangeError(`a segment ends at ${fstatSync(descriptor).size} bytes of its file`);
    at += count;
  }
}
