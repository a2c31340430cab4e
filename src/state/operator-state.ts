/**
 * The state of one operator as the checkpoint coordinator sees it.
 *
 * Order of calls: the operator declares its tables on `backend` → `restore` if the job resumes → batches, with `setTime` before each →
 * at a barrier `seal`, then exactly one of `acknowledge` (the segment is durable, named by a manifest) and `abort` (it is not: its changes
 * come again with the next `seal`, rule 7) before the next `seal`.
 *
 * A checkpoint's list for an operator is: every acknowledged segment in order. `mergeSegments` (`merge.ts`) makes one base of the oldest
 * ones, off the hot path; it is deterministic and needs no table.
 */
import type { StateBackend } from './state.ts';

/** What one operator changed since its last sealed epoch. */
export interface StateSegment {
  /** To be written one after the other as one file; they are the receiver's. */
  readonly chunks: readonly Uint8Array[];
  /** A base replaces every earlier segment of the operator. */
  readonly isBase: boolean;
}

export interface OperatorState {
  /** For `OperatorContext.state`. */
  readonly backend: StateBackend;
  /** The clock of TTL, in ms: set it before each batch and before `sweep`. */
  setTime(nowMs: number): void;
  /** Gathers what changed, synchronously: about 20 ms for 100,000 changed keys. Null: nothing changed. */
  seal(): StateSegment | null;
  acknowledge(): void;
  abort(): void;
  /**
   * Fills the declared tables from segments in order, each the concatenation of its chunks. `source` names them in error texts.
   * Throws `CHECKPOINT_DAMAGED` when bytes are wrong, `CHECKPOINT_INCOMPATIBLE` when a table's name, version or types do not match.
   */
  restore(segments: readonly Uint8Array[], source: string): void;
  /** Removes some expired records of every table. Call it between batches. */
  sweep(): void;
  /** Bytes of records, strings and indexes. */
  readonly usedBytes: number;
}
