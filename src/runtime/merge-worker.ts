/** Merging of segments in a thread of its own, so that the loop never waits for it. The same program is started as the worker. */
import { parentPort, Worker } from 'node:worker_threads';
import { EngineError } from '../base/error.ts';
import { mergeSegments } from '../state/merge.ts';

/** Below this a thread costs more than the merge. */
const INLINE_BYTES_MAX = 1 << 20;

/** A merge makes few objects. */
const YOUNG_MB = 4;

interface MergeRequest {
  readonly segments: readonly Uint8Array[];
  readonly source: string;
}
type MergeReply = { readonly chunks: readonly Uint8Array[] } | { readonly message: string };

/** The merge of a job's parts, which may take the segments' memory away. `program` is what a worker runs ({@link serveMerge}); null: always in this thread. */
export function mergeWith(
  program: string | null,
): (segments: readonly Uint8Array[], source: string) => Promise<readonly Uint8Array[]> {
  return async (segments, source) => {
    const bytes = segments.reduce((sum, segment) => sum + segment.length, 0);
    if (program === null || bytes <= INLINE_BYTES_MAX) return mergeSegments(segments, source);
    const worker = new Worker(program, { argv: ['merge'], resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    try {
      const request: MergeRequest = { segments: segments.map(whole), source };
      worker.postMessage(request, request.segments.map(bufferOf));
      const reply = await new Promise<MergeReply>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', (code) =>
          reject(new EngineError('CHECKPOINT_MERGE', `The thread ended with code ${code}.`)),
        );
      });
      if ('message' in reply) throw new EngineError('CHECKPOINT_MERGE', reply.message);
      return reply.chunks;
    } finally {
      await worker.terminate();
    }
  };
}

/** The worker's side. */
export function serveMerge(): void {
  parentPort?.on('message', ({ segments, source }: MergeRequest) => {
    let reply: MergeReply;
    try {
      reply = { chunks: mergeSegments(segments, source).map(whole) };
    } catch (error) {
      reply = { message: error instanceof Error ? error.message : String(error) };
    }
    parentPort?.postMessage(reply, 'chunks' in reply ? reply.chunks.map(bufferOf) : []);
  });
}

/** Bytes that have a buffer of their own, which can be handed over. */
function whole(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.length
    ? bytes
    : new Uint8Array(bytes);
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer as ArrayBuffer;
}
