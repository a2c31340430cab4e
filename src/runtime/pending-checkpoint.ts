/** A checkpoint between its barrier and its manifest: what was sealed, and how to take it back. */

import type { FileRef } from './completed-checkpoint.ts';
import { DataFile } from './data-file.ts';
import type { JobChain } from './job-chain.ts';

export interface SealedOutput {
  readonly uid: string;
  readonly chunks: readonly Uint8Array[];
  readonly output: FileRef;
}

export interface PendingCheckpoint {
  readonly id: number;
  readonly startedAtMs: number;
  /** Segments of states and buffers of sinks lie apart: the former live much longer. */
  readonly state: DataFile;
  readonly output: DataFile;
  readonly sources: Record<string, { position: unknown; ended: boolean }>;
  /** New segments by operator. */
  readonly segments: ReadonlyMap<string, { ref: FileRef; isBase: boolean }>;
  readonly outputs: readonly SealedOutput[];
}

/** Output of failed checkpoints by sink: it goes first into the next one (rule 7). */
export type CarriedOutput = Map<string, Uint8Array[]>;

/** Seals everything, synchronously, at the barrier. */
export function seal(chain: JobChain, id: number, nowMs: number, carried: CarriedOutput): PendingCheckpoint {
  const state = new DataFile(`shared/${id}-state`);
  const output = new DataFile(`shared/${id}-output`);
  const sources: PendingCheckpoint['sources'] = {};
  for (const source of chain.sources)
    sources[source.vertex.uid] = { position: source.reader?.position() ?? null, ended: source.ended };
  const segments = new Map<string, { ref: FileRef; isBase: boolean }>();
  for (const { vertex, state: operator } of chain.operators) {
    const segment = operator.seal();
    if (segment) segments.set(vertex.uid, { ref: state.add(segment.chunks), isBase: segment.isBase });
  }
  return { id, startedAtMs: nowMs, state, output, sources, segments, outputs: sealOutputs(chain, output, carried) };
}

/** Ends the epoch of the sinks alone: what is done when checkpoints are switched off. */
export function sealOutputs(chain: JobChain, data: DataFile, carried: CarriedOutput): SealedOutput[] {
  const outputs: SealedOutput[] = [];
  for (const { vertex, writer } of chain.sinks) {
    const chunks = [...(carried.get(vertex.uid) ?? []), ...(writer.seal() ?? [])];
    if (chunks.length > 0) outputs.push({ uid: vertex.uid, chunks, output: data.add(chunks) });
  }
  return outputs;
}

/** After the manifest: the states may forget what is stored. */
export function acknowledge(chain: JobChain, pending: PendingCheckpoint): void {
  for (const { vertex, state } of chain.operators) if (pending.segments.has(vertex.uid)) state.acknowledge();
}

/** After a failure: dirty keys and output come again with the next one. */
export function takeBack(chain: JobChain, pending: PendingCheckpoint, carried: CarriedOutput): void {
  for (const { vertex, state } of chain.operators) if (pending.segments.has(vertex.uid)) state.abort();
  for (const { uid, chunks } of pending.outputs) carried.set(uid, [...chunks]);
}
