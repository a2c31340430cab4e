/** The jobs that the engine knows: their entries in memory, and their records in the store. */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/error.ts';
import type { Announcements } from './announcements.ts';
import { CheckpointHistory } from './checkpoint-history.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import { type Entry, findEntry } from './job-entry.ts';
import { checkpointSettings } from './job-settings.ts';
import type { JobStatus } from './job-status.ts';
import type { JobRecord, JobStore } from './job-store.ts';
import { restartStrategy } from './restart-strategy.ts';

export class JobRegistry {
  readonly #store: JobStore;
  readonly #clock: Clock;
  readonly #announcements: Announcements;
  readonly #entries = new Map<string, Entry>();
  readonly #byOperation = new Map<string, string>();
  #saving: Promise<void> = Promise.resolve();

  constructor(store: JobStore, clock: Clock, announcements: Announcements) {
    this.#store = store;
    this.#clock = clock;
    this.#announcements = announcements;
  }

  get entries(): Entry[] {
    return [...this.#entries.values()];
  }

  /** Reads the stored records; each becomes an entry with the checkpoints that are on disk. */
  async *load(): AsyncGenerator<Entry> {
    for (const record of await this.#store.load()) {
      const entry = this.#enter(record);
      await entry.history.load(checkpointsOf(record));
      yield entry;
    }
  }

  async add(record: JobRecord): Promise<Entry> {
    const entry = this.#enter(record);
    await this.#store.save(record);
    return entry;
  }

  has(entry: Entry): boolean {
    return this.#entries.has(entry.record.id);
  }

  /** The id of the job that an operation of a client has made (rule 19). */
  ofOperation(operationId: string): string | undefined {
    return this.#byOperation.get(operationId);
  }

  /** Throws `JOB_NOT_FOUND` or `JOB_AMBIGUOUS`. */
  find(reference: string): Entry {
    return findEntry(this.#entries, reference);
  }

  async remove({ record }: Entry): Promise<void> {
    await this.#store.remove(record.id);
    this.#entries.delete(record.id);
    this.#byOperation.delete(record.operationId);
  }

  setStatus(entry: Entry, status: JobStatus): void {
    entry.record.status = status;
    entry.timestamps[status] = this.#clock.now();
    this.save(entry);
  }

  save(entry: Entry): void {
    this.#saving = this.#saving
      .then(() => (this.has(entry) ? this.#store.save(entry.record) : undefined))
      .catch((error) => this.#announcements.add(`The job registry could not be written: ${messageOf(error)}`));
  }

  /** Resolves when what was changed is stored. */
  async saved(): Promise<void> {
    await this.#saving;
  }

  #enter(record: JobRecord): Entry {
    const entry: Entry = {
      record,
      history: new CheckpointHistory(checkpointSettings(record.graph.settings).retained),
      running: null,
      strategy: restartStrategy(record.graph.settings, this.#clock),
      deaths: 0,
      ending: null,
      isRestartPending: false,
      isLaunching: false,
      started: null,
      notice: null,
      lastNotice: null,
      timestamps: { CREATED: record.startTimeMs },
      lastCounters: null,
    };
    this.#entries.set(record.id, entry);
    this.#byOperation.set(record.operationId, record.id);
    return entry;
  }
}

/** The checkpoints of a job's own folder. */
export function checkpointsOf(record: JobRecord): CheckpointStore {
  const { createSubdir } = checkpointSettings(record.graph.settings);
  return new CheckpointStore(createSubdir ? join(record.checkpointDir, record.id) : record.checkpointDir);
}
