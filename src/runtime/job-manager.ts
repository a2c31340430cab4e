/**
 * The engine's JobService: starts, finds, stops and resumes jobs. Their records are `job-registry.ts`, their processes' lives
 * `job-launcher.ts`; what a job does is `job.ts`; where, `job-host.ts`.
 */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { JobGraph } from '../dataflow/job-graph.ts';
import { type Announcement, Announcements } from './announcements.ts';
import type { JobStart } from './job.ts';
import {
  detailsOf,
  type Entry,
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
import { JobLauncher } from './job-launcher.ts';
import { checkpointsOf, JobRegistry } from './job-registry.ts';
import type {
  CheckpointSummary,
  JobService,
  JobSummary,
  QueryHandle,
  ResultRow,
  SubmitOptions,
} from './job-service.ts';
import { type CheckpointSettings, checkpointSettings, MEMORY_SIZE, pathOf, recoverySettings } from './job-settings.ts';
import { isFinal } from './job-status.ts';
import type { JobRecord, JobStore } from './job-store.ts';

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

const RESETTLE_MS = 50;
const SUSPEND_MS = 20_000;

export class JobManager implements JobService {
  readonly #options: JobManagerOptions;
  readonly #announcements = new Announcements();
  readonly #registry: JobRegistry;
  readonly #launcher: JobLauncher;
  readonly #queries = new Map<string, RunningJob>();
  #onChange: () => void = () => {};

  constructor(options: JobManagerOptions) {
    this.#options = options;
    this.#registry = new JobRegistry(options.store, options.clock, this.#announcements);
    this.#launcher = new JobLauncher({
      ...options,
      registry: this.#registry,
      announcements: this.#announcements,
      onChange: () => this.#onChange(),
    });
  }

  get announcements(): Announcement[] {
    return this.#announcements.list;
  }

  /**
   * Reads the registry; jobs that still live are adopted, the dead ones of them and those that the last clean end suspended are started again
   * (unless auto-resume is off).
   */
  async open(): Promise<void> {
    for await (const entry of this.#registry.load()) {
      const { status } = entry.record;
      if (!isFinal(status)) await this.#launcher.revive(entry);
      else if (status === 'SUSPENDED' && this.#options.autoResume) void this.#launcher.relaunch(entry);
    }
  }

  /** Called whenever a job begins or ends. */
  onChange(callback: () => void): void {
    this.#onChange = callback;
  }

  get runningCount(): number {
    let count = this.#queries.size;
    for (const entry of this.#registry.entries) if (isBusy(entry)) count++;
    return count;
  }

  async submit(graph: JobGraph, options: SubmitOptions): Promise<string> {
    const known = this.#registry.ofOperation(options.operationId);
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
    const entry = await this.#registry.add(record);
    entry.notice = options.notice ?? null;
    await this.#launcher.launchAndWait(entry, restorePath === null ? null : { path: restorePath }, false);
    return record.id;
  }

  /**
   * A job that the user has named and that does exactly this already: it is not started a second time beside itself, which would write every
   * row twice (rule 19). One that the engine's stop has suspended is resumed.
   */
  async #reuse(graph: JobGraph, options: SubmitOptions): Promise<string | null> {
    if (graph.settings['pipeline.name'] === undefined || options.restorePath !== undefined) return null;
    const found = this.#registry.entries.find(({ record }) => {
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
    return this.#registry.entries.map(summaryOf).sort((a, b) => a.startTimeMs - b.startTimeMs);
  }

  find(reference: string): JobSummary {
    return summaryOf(this.#registry.find(reference));
  }

  async wait(id: string): Promise<JobSummary> {
    const entry = this.#registry.find(id);
    for (;;) {
      if (entry.running) await entry.running.done;
      else if (!isBusy(entry) && isFinal(entry.record.status)) break;
      else await this.#pause(RESETTLE_MS);
      // Whoever heard of the end first writes the record.
      await Promise.resolve();
    }
    await this.#registry.saved();
    return summaryOf(entry);
  }

  async cancel(id: string): Promise<void> {
    const query = this.#queries.get(id);
    if (query) return await query.cancel();
    const entry = this.#registry.find(id);
    if (!entry.running && entry.record.status === 'RESTARTING') return this.#launcher.endUnstarted(entry, 'CANCELED');
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
    return this.#registry.find(id).history.list();
  }

  /** All that faces may show of a job. Throws `JOB_NOT_FOUND`. */
  details(id: string): JobDetails {
    return detailsOf(this.#registry.find(id));
  }

  /** How a job takes its checkpoints. */
  checkpointSettings(id: string): CheckpointSettings {
    return checkpointSettings(this.#registry.find(id).record.graph.settings);
  }

  async resume(id: string, options: { from?: string; allowDuplicates: boolean; memorySize?: string }): Promise<string> {
    const entry = this.#registry.find(id);
    const { record } = entry;
    if (isBusy(entry)) throw isRunning(record, ' already');
    entry.isLaunching = true;
    entry.ending = null;
    let restore: JobStart['restore'];
    try {
      restore = await this.#launcher.resumePoint(record, options.from);
    } catch (error) {
      entry.isLaunching = false;
      throw error;
    }
    if (options.memorySize !== undefined) record.graph = withSetting(record.graph, MEMORY_SIZE, options.memorySize);
    await this.#launcher.launchAndWait(entry, restore, options.allowDuplicates);
    return record.id;
  }

  async drop(id: string): Promise<void> {
    const entry = this.#registry.find(id);
    if (isBusy(entry)) throw isRunning(entry.record, ': stop or cancel it first');
    await checkpointsOf(entry.record).removeAll();
    await this.#registry.remove(entry);
  }

  async settle(progress: (text: string) => void): Promise<void> {
    let before = '';
    for (;;) {
      const alive = this.#registry.entries.filter((entry) => !isFinal(entry.record.status));
      const counts: string[] = [];
      for (const entry of alive) counts.push(`${entry.record.id}:${await this.#settleOne(entry)}`);
      const now = counts.join();
      if (now === before && !now.includes(':-1')) return;
      before = now;
      const texts = counts.map((count) => count.split(':')[1]);
      progress(
        `${alive.length} jobs: ${texts.map((rows) => (rows === '-1' ? 'restarting' : `${rows} rows`)).join(', ')}`,
      );
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
    await Promise.all(this.#registry.entries.map((entry) => this.#suspend(entry)));
    await this.#registry.saved();
  }

  async #suspend(entry: Entry): Promise<void> {
    const { running } = entry;
    if (!running && isFinal(entry.record.status)) return;
    if (!running) return this.#launcher.endUnstarted(entry, 'SUSPENDED');
    entry.ending = 'SUSPENDED';
    const stopped = running.stop({ target: null, drain: false, as: 'SUSPENDED' });
    // A sink that is away must not keep the engine: what is durable is applied at the next start.
    const isOver = await this.#within(
      SUSPEND_MS,
      stopped.then(() => running.done),
    );
    if (!isOver) await this.#within(SUSPEND_MS, running.cancel());
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

  /** A job and what runs it now. Throws `JOB_NOT_FOUND`, and `notRunning` for a job that waits or is over. */
  #runningEntry(reference: string): { record: JobRecord; running: RunningJob } {
    const { record, running } = this.#registry.find(reference);
    if (!running) throw notRunning(record);
    return { record, running };
  }

  #savepointDir(record: JobRecord, asked: string | undefined): string {
    const settings = checkpointSettings(record.graph.settings);
    return pathOf(asked) ?? settings.savepointDir ?? join(this.#options.home, 'savepoints');
  }
}

function withSetting(graph: JobGraph, key: string, value: string): JobGraph {
  return { ...graph, settings: { ...graph.settings, [key]: value } };
}
