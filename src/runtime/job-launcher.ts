/** Starts jobs, adopts those that outlived an engine, and answers the end of a job's process: with another one, or with its last status. */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/error.ts';
import type { Announcements } from './announcements.ts';
import type { JobEvents, JobOutcome, JobStart } from './job.ts';
import { causesOf, type Entry } from './job-entry.ts';
import type { JobHost, RunningJob } from './job-host.ts';
import { checkpointsOf, type JobRegistry } from './job-registry.ts';
import { checkpointSettings, pathOf } from './job-settings.ts';
import { isFinal } from './job-status.ts';
import type { JobRecord } from './job-store.ts';
import { isProcessDeath } from './remote-process.ts';

export interface JobLauncherOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly host: JobHost;
  readonly registry: JobRegistry;
  readonly announcements: Announcements;
  readonly autoResume: boolean;
  /** A job began or ended. */
  onChange(): void;
}

export class JobLauncher {
  readonly #options: JobLauncherOptions;

  constructor(options: JobLauncherOptions) {
    this.#options = options;
  }

  /** Where a job goes on: a checkpoint by number or path, else its newest, else where it was first started from. */
  async resumePoint(record: JobRecord, from?: string): Promise<JobStart['restore']> {
    const checkpoints = checkpointsOf(record);
    if (from !== undefined)
      return { path: /^\d+$/.test(from) ? join(checkpoints.folder, `chk-${from}`) : (pathOf(from) ?? from) };
    if ((await checkpoints.list()).length > 0) return 'newest';
    return record.restorePath === null ? null : { path: record.restorePath };
  }

  /** Ends a job that waits for its next attempt; whoever waits for its start waits no longer. */
  endUnstarted(entry: Entry, status: 'CANCELED' | 'SUSPENDED'): void {
    entry.ending = status;
    entry.record.endTimeMs = this.#options.clock.now();
    this.#options.registry.setStatus(entry, status);
    entry.started?.resolve();
    if (status === 'CANCELED') this.#dropCheckpoints(entry.record);
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
  async launchAndWait(entry: Entry, restore: JobStart['restore'], allowDuplicates: boolean): Promise<void> {
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
    this.#options.onChange();
  }

  async revive(entry: Entry): Promise<void> {
    const { record } = entry;
    const start = this.#startOf(entry, 'newest', false);
    const adopted = record.address && (await this.#options.host.adopt(record.address, start, this.#eventsOf(entry)));
    if (adopted) {
      this.#watch(entry, adopted);
      return;
    }
    if (!this.#options.autoResume) {
      this.#options.registry.setStatus(entry, 'SUSPENDED');
      return;
    }
    this.#options.announcements.add(`Job ${record.name} (${record.id}) was interrupted and is being resumed.`);
    await this.relaunch(entry);
  }

  #watch(entry: Entry, running: RunningJob): void {
    entry.running = running;
    entry.record.address = this.#options.host.addressOf(running);
    this.#options.registry.save(entry);
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
    this.#options.registry.setStatus(entry, status);
    if (outcome.error) entry.started?.reject(outcome.error);
    else entry.started?.resolve();
    if (status === 'CANCELED') this.#dropCheckpoints(record);
    if (status === 'FAILED')
      this.#options.announcements.add(
        `Job ${record.name} (${record.id}) has failed: ${record.failure?.at(-1) ?? 'unknown reason'}`,
      );
    this.#options.onChange();
  }

  /** Flink's retention: checkpoints of a cancelled job stay unless the user said otherwise (Flink: they go). */
  #dropCheckpoints(record: JobRecord): void {
    const { retention } = checkpointSettings(record.graph.settings);
    if (retention === 'RETAIN_ON_CANCELLATION') return;
    const removed = checkpointsOf(record).removeAll();
    removed.catch((error) =>
      this.#options.announcements.add(`Checkpoints of ${record.name} could not be removed: ${messageOf(error)}`),
    );
  }

  /** The process died under the job: another one goes on from the newest checkpoint. False: no further attempt. */
  #restart(entry: Entry, error: unknown): boolean {
    const delay = entry.strategy.next(error);
    if (delay === null) return false;
    const { record } = entry;
    entry.deaths++;
    record.restarts++;
    this.#options.registry.setStatus(entry, 'RESTARTING');
    this.#options.announcements.add(
      `Job ${record.name} (${record.id}): its process has died; it goes on from its newest checkpoint.`,
    );
    entry.isRestartPending = true;
    this.#options.clock.after(delay, () => {
      entry.isRestartPending = false;
      if (entry.running || entry.ending !== null || !this.#options.registry.has(entry)) return;
      void this.relaunch(entry);
    });
    return true;
  }

  async relaunch(entry: Entry): Promise<void> {
    const { record } = entry;
    entry.isLaunching = true;
    const restore = await this.resumePoint(record);
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
      this.#options.registry.setStatus(entry, 'FAILED');
      entry.started?.reject(error);
    });
  }

  #eventsOf(entry: Entry): JobEvents {
    return {
      status: (status) => {
        if (!isFinal(status)) this.#options.registry.setStatus(entry, status);
        if (status === 'RUNNING' || status === 'RESTARTING') entry.started?.resolve();
      },
      checkpoint: (statistics) => entry.history.add(statistics),
      notice: (text) => {
        entry.lastNotice = text;
        if (entry.notice) entry.notice(text);
        else this.#options.announcements.add(`Job ${entry.record.name}: ${text}`);
      },
      print: () => {},
    };
  }
}
