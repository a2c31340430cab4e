/** Where an attempt begins: its checkpoint, its lineage and the lineage's lock (rules 1 and 3). */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { EngineError } from '../base/error.ts';
import { type FileLock, tryLock } from '../base/file-lock.ts';
import type { JobVertex } from '../dataflow/job-graph.ts';
import { readCheckpointAt, readSegment } from './checkpoint-reading.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import { type Manifest, mismatch } from './completed-checkpoint.ts';
import type { JobStart } from './job.ts';
import type { RestoredVertices } from './job-chain.ts';

interface OriginQuestion {
  readonly start: JobStart;
  readonly restore: JobStart['restore'];
  readonly store: CheckpointStore;
  /** The lineage's lock when an earlier attempt of this run has it. */
  readonly lock: FileLock | null;
  notice(text: string): void;
}

export interface Origin {
  /** Null at a first start. */
  readonly manifest: Manifest | null;
  readonly lineage: string;
  /** Held from now on. */
  readonly lock: FileLock;
  /** Highest number seen in the folder and the checkpoint. */
  readonly highestId: number;
  /** Why newer checkpoints than the manifest were passed over. */
  readonly skipped: readonly string[];
}

/** Which checkpoint an attempt begins from, and in which lineage. */
export async function findOrigin(question: OriginQuestion): Promise<Origin> {
  const { restore, start, store, notice } = question;
  let highestId = await store.open();
  let manifest: Manifest | null = null;
  let skipped: readonly string[] = [];
  if (restore === 'newest') {
    ({ manifest, skipped } = await newest(store, notice));
  } else if (restore) {
    const found = await readCheckpointAt(restore.path);
    highestId = Math.max(highestId, found.manifest.id, await new CheckpointStore(found.root).open().catch(() => -1));
    manifest = found.root === store.folder ? found.manifest : await store.adopt(found.manifest, found.root);
  }
  if (manifest) checkGraph(manifest, start, restore === 'newest' ? store.folder : (restore?.path ?? ''));
  return { ...lineageOf(question, manifest), highestId: Math.max(highestId, manifest?.id ?? -1), skipped };
}

/** What a job's vertices begin with; `root` is the folder that the manifest's files lie in. */
export async function restoredVertices(manifest: Manifest, root: string): Promise<RestoredVertices> {
  const operators = new Map<string, Uint8Array[]>();
  for (const [uid, refs] of Object.entries(manifest.operators)) {
    const segments: Uint8Array[] = [];
    for (const ref of refs) segments.push(await readSegment(root, ref));
    operators.set(uid, segments);
  }
  return { sources: new Map(Object.entries(manifest.sources)), operators, path: join(root, `chk-${manifest.id}`) };
}

async function newest(
  store: CheckpointStore,
  notice: (text: string) => void,
): Promise<{ manifest: Manifest | null; skipped: readonly string[] }> {
  const found = await store.newest();
  for (const reason of found.skipped) notice(`A newer checkpoint was passed over: ${reason}`);
  if (!found.manifest && found.skipped.length > 0)
    throw new EngineError('CHECKPOINT_DAMAGED', `No checkpoint of the job can be read: ${found.skipped.join(' ')}`, {
      exceptionClass: 'java.io.IOException',
    });
  return found;
}

function lineageOf(
  { start, restore, lock: held, notice }: OriginQuestion,
  manifest: Manifest | null,
): Pick<Origin, 'manifest' | 'lineage' | 'lock'> {
  if (manifest) {
    const { lineage, lockPath } = manifest;
    if (held?.path === lockPath) return { manifest, lineage, lock: held };
    const lock = lockOf(lockPath);
    if (lock) {
      held?.release();
      return { manifest, lineage, lock };
    }
    // In its own folder the other run is this job itself: it must be gone first (rule 17).
    if (restore === 'newest')
      throw new EngineError('JOB_LOCKED', `Another run of job ${start.jobId} still holds its lock ${lockPath}.`, {
        retryable: true,
        exceptionClass: 'org.apache.flink.util.FlinkException',
      });
    notice(
      `Another run owns the sinks of this checkpoint (lock ${lockPath}): this job is a fork of it, with markers of its own. Rows that the other run writes may be written twice.`,
    );
  }
  const lineage = randomBytes(8).toString('hex');
  const lock = lockOf(join(start.home, 'locks', `lineage-${lineage}.lock`));
  if (!lock) throw new EngineError('INTERNAL', 'the lock of a new lineage is taken');
  held?.release();
  return { manifest: manifest && forked(manifest), lineage, lock };
}

/** A fork begins its own lineage: it has no markers, and applies nothing that was the other's. */
function forked(manifest: Manifest): Manifest {
  return { ...manifest, sinks: {}, incarnation: 0 };
}

/** Null when another run holds it, or when its folder cannot be reached. */
function lockOf(path: string): FileLock | null {
  try {
    return tryLock(path);
  } catch {
    return null;
  }
}

/** Flink's rule: state without an operator is an error, unless the user allows it. */
function checkGraph(manifest: Manifest, start: JobStart, path: string): void {
  const uids = new Map(start.graph.vertices.map((vertex) => [vertex.uid, vertex]));
  const missing = [...Object.keys(manifest.operators), ...Object.keys(manifest.sources)].filter(
    (uid) => !uids.has(uid),
  );
  checkSources(manifest, uids, path);
  if (missing.length === 0 || start.allowNonRestored) return;
  throw mismatch(
    `Failed to rollback to checkpoint/savepoint ${path}. Cannot map checkpoint/savepoint state for operator ${missing[0]} to the new program, because the operator is not available in the new program. If you want to allow to skip this, you can set the --allowNonRestoredState option on the CLI; here: SET 'execution.state-recovery.ignore-unclaimed-state' = 'true'.`,
  );
}

/** A position means something to the connector alone that gave it. */
function checkSources(manifest: Manifest, uids: ReadonlyMap<string, JobVertex>, path: string): void {
  for (const { uid, body } of manifest.graph.vertices) {
    const now = uids.get(uid)?.body;
    if (body.kind !== 'Source' || now?.kind !== 'Source' || !(uid in manifest.sources)) continue;
    if (body.table.connector !== now.table.connector)
      throw mismatch(
        `The checkpoint '${path}' is of another query: it read ${body.table.path} by connector '${body.table.connector}' where this job reads ${now.table.path} by '${now.table.connector}'. Start the job anew, or from a checkpoint of its own.`,
      );
  }
}
