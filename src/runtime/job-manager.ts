/** The engine's JobService: starts, finds, stops and resumes jobs, and keeps their records. What a job does is `job.ts`; where, `job-host.ts`. */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/error.ts';
import type { JobGraph } from '../dataflow/job-graph.ts';
import { CheckpointHistory } from './checkpoint-history.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import type { JobEvents, JobOutcome, JobStart } from './job.ts';
import {
  causesOf,
  detailsOf,
  type Entry,
  findEntry,
  isBusy,
  isConstant,
  isRunning,
  isSameWork,
  type JobDetails,
  newJobId,
  notRunning,
  summaryOf,
} from './job-entry.ts';
import type { JobHost, RunningJob } from './job-host.ts';
import { isProcessDeath } from './job-processes.ts';
import type {
  CheckpointSummary,
  JobService,
  JobSummary,
  QueryHandle,
  ResultRow,
  SubmitOptions,
} from './job-service.ts';
import { type CheckpointSettings, checkpointSettings, pathOf, recoverySettings } from './job-settings.ts';
import { isFinal, type JobStatus } from './job-status.ts';
import type { JobRecord, JobStore } from './job-store.ts';
import { restartStrategy } from './restart-strategy.ts';

export interface JobManagerOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly store: JobStore;
  /** Where background jobs and queries over tables run. */
  readonly host: JobHost;
  /** Where queries over constants run: without a process of their own. */
  readonly localHost: JobHost;
  /** `millrace.jobs.auto-resume`. */
  readonly autoResume: boolean;
}

/** A word to all shells: a job failed or is being started again. */
export interface Announcement {
  readonly sequence: number;
  readonly text: string;
}

const ANNOUNCEMENTS_KEPT = 100;
const RESETTLE_MS = 50;
const SUSPEND_MS = 20_000;

export class JobManager implements JobService {
  readonly #options: JobManagerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #byOperation = new Map<string, string>();
  readonly #queries = new Map<string, RunningJob>();
  readonly announcements: Announcement[] = [];
  #sequence = 0;
  #saving: Promise<void> = Promise.resolve();
  #onChange: () => void = () => {};

  constructor(options: JobManagerOptions) {
    this.#options = options;
  }

  /**
   * Reads the registry; jobs that still live are adopted, the dead ones of them and those that the last clean end suspended are started again
   * (unless auto-resume is off).
   */
  async open(): Promise<void> {
    for (const record of await this.#options.store.load()) {
      const entry = this.#enter(record);
      await entry.history.load(this.#checkpoints(record));
      if (!isFinal(record.status)) await this.#revive(entry);
      else if (record.status === 'SUSPENDED' && this.#options.autoResume) void this.#relaunch(entry);
    }
  }

  /** Called whenever a job begins or ends. */
  onChange(callback: () => void): void {
    this.#onChange = callback;
  }

  get runningCount(): number {
    let count = this.#queries.size;
    for (const entry of this.#entries.values()) if (isBusy(entry)) count++;
    return count;
  }

  async submit(graph: JobGraph, options: SubmitOptions): Promise<string> {
    const known = this.#byOperation.get(options.operationId);
    if (known) return known;
    const same = await this.#reuse(graph, options);
    if (same) return same;
    const recovery = recoverySettings(graph.settings);
    const settings = checkpointSettings(graph.settings);
    const restorePath = pathOf(options.restorePath ?? recovery.path);
    const record: JobRecord = {
      id: newJobId(),
      name: graph.name,
      sql: graph.sql,
      graph,
      operationId: options.operationId,
      checkpointDir: settings.dir ?? join(this.#options.home, 'checkpoints'),
      startTimeMs: this.#options.clock.now(),
      restorePath,
      allowNonRestored: options.allowNonRestoredState ?? recovery.allowNonRestored,
      status: 'CREATED',
      endTimeMs: null,
      failure: null,
      restarts: 0,
      recordsIn: 0,
      recordsOut: 0,
      address: null,
    };
    const entry = this.#enter(record);
    await this.#options.store.save(record);
    entry.notice = options.notice ?? null;
    await this.#launchAndWait(entry, restorePath === null ? null : { path: restorePath }, false);
    return record.id;
  }

  /**
   * A job that the user has named and that does exactly this already: it is not started a second time beside itself, which would write every
   * row twice (rule 19). One that the engine's stop has suspended is resumed.
   */
  async #reuse(graph: JobGraph, options: SubmitOptions): Promise<string | null> {
    if (graph.settings['pipeline.name'] === undefined || options.restorePath !== undefined) return null;
    const found = [...this.#entries.values()].find(({ record }) => {
      const isThere = !isFinal(record.status) || record.status === 'SUSPENDED';
      return isThere && record.name === graph.name && isSameWork(record.graph, graph);
    });
    if (!found) return null;
    const { id, status } = found.record;
    if (status === 'SUSPENDED' && !isBusy(found)) {
      await this.resume(id, { allowDuplicates: false });
      options.notice?.(`Job '${graph.name}' was suspended and has been resumed; it was not submitted again.`);
    } else options.notice?.(`Job '${graph.name}' with this statement is running already; it was not submitted again.`);
    return id;
  }

  async query(graph: JobGraph, _operationId: string): Promise<QueryHandle> {
    const id = newJobId();
    const host = isConstant(graph) ? this.#options.localHost : this.#options.host;
    const job = await host.launch(
      {
        jobId: id,
        graph,
        home: this.#options.home,
        checkpointDir: '',
        restore: null,
        allowDuplicates: false,
        allowNonRestored: false,
      },
      { status() {}, checkpoint() {}, notice: () => {}, print: () => {} },
      true,
    );
    this.#queries.set(id, job);
    void job.done.then(() => {
      this.#queries.delete(id);
      this.#onChange();
    });
    return {
      id,
      next: (max): Promise<{ rows: ResultRow[]; end: boolean }> => job.next(max),
      cancel: () => job.cancel(),
    };
  }

  list(): JobSummary[] {
    return [...this.#entries.values()].map(summaryOf).sort((a, b) => a.startTimeMs - b.startTimeMs);
  }

  find(reference: string): JobSummary {
    return summaryOf(this.#entry(reference));
  }

  async wait(id: string): Promise<JobSummary> {
    const entry = this.#entry(id);
    for (;;) {
      if (entry.running) await entry.running.done;
      else if (!isBusy(entry) && isFinal(entry.record.status)) break;
      else await this.#pause(RESETTLE_MS);
      // Whoever heard of the end first writes the record.
      await Promise.resolve();
    }
    await this.#saving;
    return summaryOf(entry);
  }

  async cancel(id: string): Promise<void> {
    const query = this.#queries.get(id);
    if (query) return await query.cancel();
    const entry = this.#entry(id);
    if (!entry.running && entry.record.status === 'RESTARTING') return this.#endUnstarted(entry, 'CANCELED');
    if (!entry.running) throw notRunning(entry.record);
    entry.ending = 'CANCELED';
    await entry.running.cancel();
    await this.wait(entry.record.id);
  }

  async stop(
    id: string,
    options: { savepoint: boolean; drain: boolean; targetDirectory?: string },
  ): Promise<string | null> {
    const { record, running } = this.#runningEntry(id);
    if (!options.savepoint && !options.drain) {
      await this.cancel(record.id);
      return null;
    }
    const target = options.savepoint ? this.#savepointDir(record, options.targetDirectory) : null;
    const path = await running.stop({ target, drain: options.drain, as: 'FINISHED' });
    await this.wait(record.id);
    return path;
  }

  /** A savepoint of a job that goes on. */
  async savepoint(id: string, targetDirectory?: string): Promise<string> {
    const { record, running } = this.#runningEntry(id);
    return await running.takeCheckpoint(this.#savepointDir(record, targetDirectory));
  }

  /** A checkpoint now; gives its path. */
  async checkpoint(id: string): Promise<string> {
    return await this.#runningEntry(id).running.takeCheckpoint(null);
  }

  checkpoints(id: string): CheckpointSummary[] {
    return this.#entry(id).history.list();
  }

  /** All that faces may show of a job. Throws `JOB_NOT_FOUND`. */
  details(id: string): JobDetails {
    return detailsOf(this.#entry(id));
  }

  /** How a job takes its checkpoints. */
  checkpointSettings(id: string): CheckpointSettings {
    return checkpointSettings(this.#entry(id).record.graph.settings);
  }

  async resume(id: string, options: { from?: string; allowDuplicates: boolean }): Promise<string> {
    const entry = this.#entry(id);
    const { record } = entry;
    if (isBusy(entry)) throw isRunning(record, ' already');
    entry.isLaunching = true;
    entry.ending = null;
    let restore: JobStart['restore'];
    try {
      restore = await this.#resumeFrom(record, options.from);
    } catch (error) {
      entry.isLaunching = false;
      throw error;
    }
    await this.#launchAndWait(entry, restore, options.allowDuplicates);
    return record.id;
  }

  /** Where a job goes on: a checkpoint by number or path, else its newest, else where it was first started from. */
  async #resumeFrom(record: JobRecord, from: string | undefined): Promise<JobStart['restore']> {
    const checkpoints = this.#checkpoints(record);
    if (from !== undefined)
      return { path: /^\d+$/.test(from) ? join(checkpoints.folder, `chk-${from}`) : (pathOf(from) ?? from) };
    if ((await checkpoints.list()).length > 0) return 'newest';
    return record.restorePath === null ? null : { path: record.restorePath };
  }

  async drop(id: string): Promise<void> {
    const entry = this.#entry(id);
    if (isBusy(entry)) throw isRunning(entry.record, ': stop or cancel it first');
    await this.#checkpoints(entry.record).removeAll();
    await this.#options.store.remove(entry.record.id);
    this.#entries.delete(entry.record.id);
    this.#byOperation.delete(entry.record.operationId);
  }

  async settle(progress: (text: string) => void): Promise<void> {
    let before = '';
    for (;;) {
      const alive = [...this.#entries.values()].filter((entry) => !isFinal(entry.record.status));
      const counts: string[] = [];
      for (const entry of alive) counts.push(`${entry.record.id}:${await this.#settleOne(entry)}`);
      const now = counts.join();
      if (now === before && !now.includes(':-1')) return;
      before = now;
      progress(`${alive.length} jobs: ${counts.map((count) => count.split(':')[1]).join(', ')} rows`);
    }
  }

  /** Rows that the job has read and committed; -1 when it is on its way back from a failure. */
  async #settleOne(entry: Entry): Promise<number> {
    const { running, deaths } = entry;
    const rows = running ? await running.settle().catch(() => -1) : -1;
    if (entry.running === running && entry.deaths === deaths && rows >= 0) return rows;
    await this.#pause(RESETTLE_MS);
    return isFinal(entry.record.status) ? 0 : -1;
  }

  /** A clean end of the engine: each job takes a last checkpoint and is SUSPENDED; queries are cancelled. */
  async suspendAll(): Promise<void> {
    for (const query of this.#queries.values()) await query.cancel().catch(() => {});
    await Promise.all([...this.#entries.values()].map((entry) => this.#suspend(entry)));
    await this.#saving;
  }

  async #suspend(entry: Entry): Promise<void> {
    const { running } = entry;
    if (!running && isFinal(entry.record.status)) return;
    if (!running) return this.#endUnstarted(entry, 'SUSPENDED');
    entry.ending = 'SUSPENDED';
    const stopped = running.stop({ target: null, drain: false, as: 'SUSPENDED' });
    // A sink that is away must not keep the engine: what is durable is applied at the next start.
    const isOver = await this.#within(
      SUSPEND_MS,
      stopped.then(() => running.done),
    );
    if (!isOver) await this.#within(SUSPEND_MS, running.cancel());
  }

  /** Ends a job that waits for its next attempt; whoever waits for its start waits no longer. */
  #endUnstarted(entry: Entry, status: 'CANCELED' | 'SUSPENDED'): void {
    entry.ending = status;
    entry.record.endTimeMs = this.#options.clock.now();
    this.#setStatus(entry, status);
    entry.started?.resolve();
    if (status === 'CANCELED') this.#dropCheckpoints(entry.record);
  }

  /** True when it resolved in time; errors and lateness are false. */
  #within(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(timeoutMs, () => resolve(false));
      const end = (isOver: boolean): void => {
        cancel();
        resolve(isOver);
      };
      work.then(
        () => end(true),
        () => end(false),
      );
    });
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(delayMs, resolve);
    });
  }

  #enter(record: JobRecord): Entry {
    const retained = checkpointSettings(record.graph.settings).retained;
    const strategy = restartStrategy(record.graph.settings, this.#options.clock);
    const entry: Entry = {
      record,
      history: new CheckpointHistory(retained),
      running: null,
      strategy,
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

  #entry(reference: string): Entry {
    return findEntry(this.#entries, reference);
  }

  /** A job and what runs it now. Throws `JOB_NOT_FOUND`, and `notRunning` for a job that waits or is over. */
  #runningEntry(reference: string): { record: JobRecord; running: RunningJob } {
    const { record, running } = this.#entry(reference);
    if (!running) throw notRunning(record);
    return { record, running };
  }

  #checkpoints(record: JobRecord): CheckpointStore {
    const { createSubdir } = checkpointSettings(record.graph.settings);
    return new CheckpointStore(createSubdir ? join(record.checkpointDir, record.id) : record.checkpointDir);
  }

  #savepointDir(record: JobRecord, asked: string | undefined): string {
    const settings = checkpointSettings(record.graph.settings);
    return pathOf(asked) ?? settings.savepointDir ?? join(this.#options.home, 'savepoints');
  }

  #startOf(entry: Entry, restore: JobStart['restore'], allowDuplicates: boolean): JobStart {
    const { record } = entry;
    return {
      jobId: record.id,
      graph: record.graph,
      home: this.#options.home,
      checkpointDir: record.checkpointDir,
      restore,
      allowDuplicates,
      allowNonRestored: record.allowNonRestored,
    };
  }

  /** Starts a job and resolves when it is RUNNING (or has ended well), after restarts too; throws what kept it from it for good. */
  async #launchAndWait(entry: Entry, restore: JobStart['restore'], allowDuplicates: boolean): Promise<void> {
    const started = Promise.withResolvers<void>();
    entry.started = started;
    entry.isLaunching = true;
    try {
      await this.#launch(entry, restore, allowDuplicates);
      await started.promise;
    } finally {
      entry.isLaunching = false;
      entry.notice = null;
    }
  }

  async #launch(entry: Entry, restore: JobStart['restore'], allowDuplicates: boolean): Promise<void> {
    const { record } = entry;
    record.failure = null;
    record.endTimeMs = null;
    entry.lastNotice = null;
    const start = this.#startOf(entry, restore, allowDuplicates);
    this.#watch(entry, await this.#options.host.launch(start, this.#eventsOf(entry), false));
    entry.isLaunching = false;
    // Its end was asked for while the process was being had.
    if (entry.ending !== null) void entry.running?.cancel().catch(() => {});
    this.#onChange();
  }

  async #revive(entry: Entry): Promise<void> {
    const { record } = entry;
    const start = this.#startOf(entry, 'newest', false);
    const adopted = record.address && (await this.#options.host.adopt(record.address, start, this.#eventsOf(entry)));
    if (adopted) {
      this.#watch(entry, adopted);
      return;
    }
    if (!this.#options.autoResume) {
      this.#setStatus(entry, 'SUSPENDED');
      return;
    }
    this.#announce(`Job ${record.name} (${record.id}) was interrupted and is being resumed.`);
    await this.#relaunch(entry);
  }

  #watch(entry: Entry, running: RunningJob): void {
    entry.running = running;
    entry.record.address = this.#options.host.addressOf(running);
    this.#save(entry);
    void running.done.then((outcome) => this.#ended(entry, running, outcome));
  }

  #ended(entry: Entry, running: RunningJob, outcome: JobOutcome): void {
    const { record } = entry;
    entry.lastCounters = running.counters;
    const { recordsIn, recordsOut, restarts } = running.counters;
    Object.assign(record, { recordsIn, recordsOut, restarts: restarts + entry.deaths, address: null });
    record.endTimeMs = this.#options.clock.now();
    record.failure = outcome.error ? causesOf(outcome.error) : null;
    entry.running = null;
    if (isProcessDeath(outcome.error) && entry.ending === null && this.#restart(entry, outcome.error)) return;
    // A death or a cancel on the way of a stop is what was asked for.
    const isWanted = entry.ending !== null && (outcome.status === 'CANCELED' || isProcessDeath(outcome.error));
    const status = isWanted && entry.ending ? entry.ending : outcome.status;
    this.#setStatus(entry, status);
    if (outcome.error) entry.started?.reject(outcome.error);
    else entry.started?.resolve();
    if (status === 'CANCELED') this.#dropCheckpoints(record);
    if (status === 'FAILED')
      this.#announce(`Job ${record.name} (${record.id}) has failed: ${record.failure?.at(-1) ?? 'unknown reason'}`);
    this.#onChange();
  }

  /** Flink's retention: checkpoints of a cancelled job stay unless the user said otherwise (Flink: they go). */
  #dropCheckpoints(record: JobRecord): void {
    const { retention } = checkpointSettings(record.graph.settings);
    if (retention === 'RETAIN_ON_CANCELLATION') return;
    const removed = this.#checkpoints(record).removeAll();
    removed.catch((error) => this.#announce(`Checkpoints of ${record.name} could not be removed: ${messageOf(error)}`));
  }

  /** The process died under the job: another one goes on from the newest checkpoint. False: no further attempt. */
  #restart(entry: Entry, error: unknown): boolean {
    const delay = entry.strategy.next(error);
    if (delay === null) return false;
    const { record } = entry;
    entry.deaths++;
    record.restarts++;
    this.#setStatus(entry, 'RESTARTING');
    this.#announce(`Job ${record.name} (${record.id}): its process has died; it goes on from its newest checkpoint.`);
    entry.isRestartPending = true;
    this.#options.clock.after(delay, () => {
      entry.isRestartPending = false;
      if (entry.running || entry.ending !== null || !this.#entries.has(record.id)) return;
      void this.#relaunch(entry);
    });
    return true;
  }

  async #relaunch(entry: Entry): Promise<void> {
    const { record } = entry;
    entry.isLaunching = true;
    const restore = await this.#resumeFrom(record, undefined);
    if (entry.ending !== null) {
      entry.isLaunching = false;
      return;
    }
    await this.#launch(entry, restore, false).catch((error) => {
      entry.isLaunching = false;
      // What fails inside the process is told by its end; here no process could be had.
      if (entry.running || entry.ending !== null || isFinal(record.status) || entry.isRestartPending) return;
      if (this.#restart(entry, error)) return;
      record.failure = causesOf(error);
      this.#setStatus(entry, 'FAILED');
      entry.started?.reject(error);
    });
  }

  #eventsOf(entry: Entry): JobEvents {
    return {
      status: (status) => {
        if (!isFinal(status)) this.#setStatus(entry, status);
        if (status === 'RUNNING' || status === 'RESTARTING') entry.started?.resolve();
      },
      checkpoint: (statistics) => entry.history.add(statistics),
      notice: (text) => {
        entry.lastNotice = text;
        if (entry.notice) entry.notice(text);
        else this.#announce(`Job ${entry.record.name}: ${text}`);
      },
      print: () => {},
    };
  }

  #setStatus(entry: Entry, status: JobStatus): void {
    entry.record.status = status;
    entry.timestamps[status] = this.#options.clock.now();
    this.#save(entry);
  }

  #save(entry: Entry): void {
    this.#saving = this.#saving
      .then(() => (this.#entries.has(entry.record.id) ? this.#options.store.save(entry.record) : undefined))
      .catch((error) => this.#announce(`The job registry could not be written: ${messageOf(error)}`));
  }

  #announce(text: string): void {
    this.announcements.push({ sequence: ++this.#sequence, text });
    if (this.announcements.length > ANNOUNCEMENTS_KEPT) this.announcements.shift();
  }
}
