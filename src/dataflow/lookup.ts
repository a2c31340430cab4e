/** Point queries into an outside table, for look-up joins. Bound by the network, so over boxed values. */
import type { Value } from '../types/value.ts';

export interface LookupReader {
  /** For each key (values of the key fields, none null) the matching rows (values of the requested fields). What fails is tried again by the reader, as its options say. */
  lookup(keys: ReadonlyArray<readonly Value[]>): Promise<ReadonlyArray<ReadonlyArray<readonly Value[]>>>;
  close(): Promise<void>;
}

export interface LookupSource {
  /** `signal`: aborted when the job is cancelled or has failed; a look-up that waits ends. */
  open(keyFields: readonly string[], fields: readonly string[], signal: AbortSignal): Promise<LookupReader>;
}

/** A cache of look-ups; null: no such bound. */
export interface LookupCacheSpec {
  readonly maxKeys: number | null;
  readonly afterWriteMs: number | null;
  readonly afterAccessMs: number | null;
  /** Keys without rows are kept, too. */
  readonly keepsMisses: boolean;
}
