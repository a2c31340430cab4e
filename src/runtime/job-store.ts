/** The engine's registry of jobs: one record a job, in the engine's own store. Checkpoints are not here; they are files of the job. */
import { decodeJson, encodeJson } from '../base/json.ts';
import type { Store } from '../base/store.ts';
import type { JobGraph } from '../dataflow/job-graph.ts';
import type { ProcessAddress } from './job-host.ts';
import type { JobStatus } from './job-status.ts';

export interface JobRecord {
  readonly id: string;
  readonly name: string;
  readonly sql: string;
  graph: JobGraph;
  readonly operationId: string;
  readonly checkpointDir: string;
  readonly startTimeMs: number;
  /** Where the first attempt began, if not at the beginning. */
  readonly restorePath: string | null;
  readonly allowNonRestored: boolean;
  status: JobStatus;
  endTimeMs: number | null;
  failure: readonly string[] | null;
  restarts: number;
  recordsIn: number;
  recordsOut: number;
  address: ProcessAddress | null;
}

const PREFIX = 'job/';

export class JobStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async load(): Promise<JobRecord[]> {
    const entries = await this.#store.entries(PREFIX);
    return entries.map(([, text]) => decodeJson<JobRecord>(text));
  }

  async save(record: JobRecord): Promise<void> {
    await this.#store.put(PREFIX + record.id, encodeJson(record));
  }

  async remove(id: string): Promise<void> {
    await this.#store.delete(PREFIX + id);
  }
}
