/**
 * What a finished checkpoint says: its manifest, the file `_metadata`. Plain data; reading and writing of files is `checkpoint-store.ts`.
 *
 * Form: a line `millrace checkpoint <format>`, canonical JSON in one line, and a line with CRC-32 and SHA-256 of what stands above.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { EngineError } from '../base/error.ts';
import { decodeJson, encodeJson } from '../base/json.ts';
import type { JobGraph } from '../dataflow/job-graph.ts';

const CHECKPOINT_FORMAT = 1;
const HEAD = 'millrace checkpoint ';
/** First bytes of a checkpoint that Apache Flink wrote. */
const FLINK_MAGIC = 0x4960672d;

/** Bytes in a file of the checkpoint folder. */
export interface FileRef {
  /** Relative to the job's folder (or the savepoint's): `shared/12-state`. */
  readonly file: string;
  readonly offset: number;
  /** Lengths of the chunks that lie there one behind the other. */
  readonly lengths: readonly number[];
  readonly crc: number;
}

/** How many bytes a reference names. */
export function bytesOf({ lengths }: Pick<FileRef, 'lengths'>): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

/** One epoch of a sink that its marker may stand at. */
interface SinkEpoch {
  readonly epoch: number;
  /** Null: nothing to apply (the checkpoint of a start). */
  readonly output: FileRef | null;
}

export interface SinkEntry {
  /** The marker's epoch as last confirmed; null: never written. */
  readonly base: number | null;
  /** Epochs that follow it and are not known to be applied, in order. */
  readonly chain: readonly SinkEpoch[];
  /** The marker may be ahead, since checkpoints were switched off after this one (rule 15). */
  readonly untracked?: boolean;
}

export interface Manifest {
  readonly kind: 'checkpoint' | 'savepoint';
  readonly id: number;
  readonly predecessor: number | null;
  readonly jobId: string;
  readonly jobName: string;
  readonly lineage: string;
  readonly lockPath: string;
  readonly incarnation: number;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly stateBytes: number;
  /** Every source had ended: a start from here only applies what is missing. */
  readonly isFinal: boolean;
  readonly graph: JobGraph;
  readonly sources: Readonly<Record<string, { readonly position: unknown; readonly ended: boolean }>>;
  readonly operators: Readonly<Record<string, readonly FileRef[]>>;
  readonly sinks: Readonly<Record<string, SinkEntry>>;
}

export function encodeManifest(manifest: Manifest): Buffer {
  const body = `${HEAD}${CHECKPOINT_FORMAT}\n${encodeJson(manifest)}\n`;
  return Buffer.from(body + trailer(body));
}

/** Throws `CHECKPOINT_DAMAGED` or `CHECKPOINT_MISMATCH` with the path and what to do. */
export function decodeManifest(bytes: Uint8Array, path: string): Manifest {
  const buffer = Buffer.from(bytes);
  if (buffer.length >= 4 && buffer.readUInt32BE(0) === FLINK_MAGIC)
    throw mismatch(
      `'${path}' was written by Apache Flink. Millrace cannot read Flink's checkpoints; start the job anew.`,
    );
  const text = buffer.toString('utf8');
  const format = /^millrace checkpoint (\d+)\n/.exec(text);
  if (!format) throw damaged(path, 'it does not begin as a checkpoint does');
  if (Number(format[1]) > CHECKPOINT_FORMAT)
    throw mismatch(
      `'${path}' was written by a newer Millrace (checkpoint format ${format[1]}, this one reads up to ${CHECKPOINT_FORMAT}). Use that version, or an older checkpoint.`,
    );
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  const body = text.slice(0, end);
  if (text.slice(end) !== trailer(body)) throw damaged(path, 'its checksum does not match');
  return decodeJson<Manifest>(body.slice(body.indexOf('\n') + 1));
}

export function damaged(path: string, why: string): EngineError {
  return new EngineError('CHECKPOINT_DAMAGED', `The checkpoint '${path}' is damaged: ${why}.`, {
    exceptionClass: 'java.io.IOException',
  });
}

export function mismatch(message: string): EngineError {
  return new EngineError('CHECKPOINT_MISMATCH', message, { exceptionClass: 'java.lang.IllegalStateException' });
}

/** Every file that a manifest names. */
export function filesOf(manifest: Manifest): Set<string> {
  const files = new Set<string>();
  for (const refs of Object.values(manifest.operators)) for (const ref of refs) files.add(ref.file);
  for (const { chain } of Object.values(manifest.sinks))
    for (const { output } of chain) if (output) files.add(output.file);
  return files;
}

/** The manifest with its files under other names. */
export function renameFiles(manifest: Manifest, rename: (file: string) => string): Manifest {
  const ref = (from: FileRef): FileRef => ({ ...from, file: rename(from.file) });
  return {
    ...manifest,
    operators: mapValues(manifest.operators, (refs) => refs.map(ref)),
    sinks: mapValues(manifest.sinks, (sink) => ({
      ...sink,
      chain: sink.chain.map((epoch) => ({ ...epoch, output: epoch.output && ref(epoch.output) })),
    })),
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function trailer(body: string): string {
  const hash = createHash('sha256').update(body).digest('hex');
  return `crc32 ${crc32(body).toString(16).padStart(8, '0')} sha256 ${hash}\n`;
}
