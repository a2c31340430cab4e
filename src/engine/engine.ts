/** A running database: catalogs, jobs and sessions together. Faces speak to it; it knows no face. */
import type { Clock } from '../base/clock.ts';
import { parseDuration } from '../base/duration.ts';
import { EngineError } from '../base/error.ts';
import { type FileLock, tryLock } from '../base/file-lock.ts';
import { maskSecrets } from '../base/secret.ts';
import type { Store } from '../base/store.ts';
import type { CatalogManager } from '../catalog/catalog-manager.ts';
import type { SecretStore } from '../planner/secret-references.ts';
import type { JobHost } from '../runtime/job-host.ts';
import { JobManager } from '../runtime/job-manager.ts';
import { JobStore } from '../runtime/job-store.ts';
import type { Statement } from '../statements/statement.ts';
import { gatewayError } from './gateway-error.ts';
import { Session, type SessionHost } from './session.ts';
import { SessionConfig } from './session-config.ts';

export interface EngineOptions {
  readonly home: string;
  readonly clock: Clock;
  /** The job registry, opened once the home is ours; so are the others. */
  openStore(): Promise<Store>;
  openHost(): JobHost;
  openCatalogs(): Promise<CatalogSource>;
  readonly localHost: JobHost;
  readonly statements: readonly Statement[];
  readonly secrets: SecretStore;
  readonly call: SessionHost['call'];
  readonly procedures: SessionHost['procedures'];
  /** Completions at a caret. */
  complete(session: Session, text: string, position: number): Promise<string[]>;
  /** Settings under every session: `config` of the gateway, -D. */
  readonly config: Readonly<Record<string, string>>;
  /** Path of the lock that keeps the home to one engine. */
  readonly lockPath: string | null;
}

/** Where sessions get their names from: the engine's catalogs, and a `default_catalog` of their own. */
interface CatalogSource {
  /** Names of a new session, which has these settings. */
  open(config: (key: string) => string | undefined): Promise<CatalogManager>;
  close(): Promise<void>;
}

interface Rooms {
  readonly store: Store;
  readonly host: JobHost;
  readonly catalogs: CatalogSource;
}

const SESSION_IDLE_MS = 600_000;
const CHECK_MS = 60_000;
const SESSIONS_MAX = 1_000_000;

export class Engine {
  readonly #options: EngineOptions;
  readonly #jobs: JobManager;
  readonly #sessions = new Map<string, Session>();
  readonly #lock: FileLock | null;
  readonly #rooms: Rooms;
  #cancelCheck: () => void = () => {};
  #stopping: Promise<void> | null = null;
  readonly #ended = Promise.withResolvers<void>();
  #onIdle: () => void = () => {};

  private constructor(options: EngineOptions, lock: FileLock | null, rooms: Rooms) {
    this.#options = options;
    this.#lock = lock;
    this.#rooms = rooms;
    this.#jobs = new JobManager({
      home: options.home,
      clock: options.clock,
      store: new JobStore(rooms.store),
      host: rooms.host,
      localHost: options.localHost,
      autoResume: options.config['millrace.jobs.auto-resume']?.toLowerCase() !== 'false',
    });
  }

  /** Takes the home, adopts or resumes its jobs. Throws `GATEWAY_HOME_TAKEN` when another engine has it. */
  static async open(options: EngineOptions): Promise<Engine> {
    const lock = options.lockPath === null ? null : tryLock(options.lockPath);
    if (options.lockPath !== null && !lock)
      throw new EngineError('GATEWAY_HOME_TAKEN', `Another engine is running in ${options.home}.`);
    const store = await options.openStore();
    const engine = new Engine(options, lock, {
      store,
      host: options.openHost(),
      catalogs: await options.openCatalogs(),
    });
    engine.#jobs.onChange(() => engine.#checkIdle());
    await engine.#jobs.open();
    engine.#scheduleCheck();
    return engine;
  }

  get jobs(): JobManager {
    return this.#jobs;
  }

  /** Settings under every session; secrets are masked. */
  config(): Record<string, string> {
    return maskSecrets(this.#options.config);
  }

  /** ms since the epoch. */
  now(): number {
    return this.#options.clock.now();
  }

  get home(): string {
    return this.#options.home;
  }

  /** Resolves when the engine has been stopped. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** True when no session is open and no job runs. */
  get isIdle(): boolean {
    return this.#sessions.size === 0 && this.#jobs.runningCount === 0;
  }

  /** Called whenever the engine has become idle. */
  onIdle(callback: () => void): void {
    this.#onIdle = callback;
  }

  async openSession(name: string, properties: Readonly<Record<string, string>>): Promise<Session> {
    const most = Number(this.#options.config['sql-gateway.session.max-num'] ?? SESSIONS_MAX);
    if (this.#sessions.size >= most)
      throw gatewayError(`Failed to create session, the count of active sessions exceeds the max count: ${most}`);
    const config = new SessionConfig(this.#options.config, properties);
    const catalogs = await this.#rooms.catalogs.open((key) => config.get(key));
    const { home, clock, statements, call, procedures, secrets } = this.#options;
    const session = new Session(name, config, catalogs, {
      home,
      clock,
      jobs: this.#jobs,
      statements,
      call,
      procedures,
      secrets,
    });
    session.heardAnnouncement = this.#jobs.announcements.at(-1)?.sequence ?? 0;
    this.#sessions.set(session.handle, session);
    this.#rooms.host.expect(true);
    return session;
  }

  /** Throws Flink's error when there is none. The call keeps the session alive. */
  session(handle: string): Session {
    const session = this.#sessions.get(handle);
    if (!session) throw gatewayError(`Session '${handle}' does not exist.`);
    session.lastUsedMs = this.#options.clock.now();
    return session;
  }

  async closeSession(handle: string): Promise<void> {
    const session = this.session(handle);
    this.#sessions.delete(handle);
    await session.close();
    if (this.#sessions.size === 0) this.#rooms.host.expect(false);
    this.#checkIdle();
  }

  complete(session: Session, text: string, position: number): Promise<string[]> {
    return this.#options.complete(session, text, position);
  }

  /** What happened to jobs since the session was last told. */
  announcementsFor(session: Session): string[] {
    const news = this.#jobs.announcements.filter(({ sequence }) => sequence > session.heardAnnouncement);
    session.heardAnnouncement = news.at(-1)?.sequence ?? session.heardAnnouncement;
    return news.map(({ text }) => text);
  }

  /** A clean end: jobs take a last checkpoint and are suspended, sessions close, the home is free. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#cancelCheck();
    try {
      await this.#jobs.suspendAll();
      for (const session of this.#sessions.values()) await session.close();
      this.#sessions.clear();
      await this.#rooms.host.close();
      await this.#options.localHost.close();
      await this.#rooms.catalogs.close();
      await this.#rooms.store.close();
    } finally {
      this.#lock?.release();
      this.#ended.resolve();
    }
  }

  /** Sessions whose client has gone without a word are closed. */
  #scheduleCheck(): void {
    const { config } = this.#options;
    const idle = durationOf(config, 'sql-gateway.session.idle-timeout', SESSION_IDLE_MS);
    if (idle <= 0) return;
    const pause = durationOf(config, 'sql-gateway.session.check-interval', CHECK_MS);
    this.#cancelCheck = this.#options.clock.after(Math.max(1, Math.min(pause, idle)), () => {
      const limit = this.#options.clock.now() - idle;
      for (const session of [...this.#sessions.values()])
        if (session.lastUsedMs < limit) void this.closeSession(session.handle).catch(() => {});
      this.#scheduleCheck();
    });
  }

  #checkIdle(): void {
    if (this.isIdle && !this.#stopping) this.#onIdle();
  }
}

function durationOf(config: Readonly<Record<string, string>>, key: string, fallbackMs: number): number {
  const text = config[key];
  return text === undefined ? fallbackMs : parseDuration(text, key);
}
