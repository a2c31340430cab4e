/** A session without an engine: real catalogs in a temporary home, a planner, and jobs that only note what was asked of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../../src/base/error.ts';
import { CatalogRegistry } from '../../src/catalog/catalog-registry.ts';
import { SessionCatalogs } from '../../src/catalog/session-catalogs.ts';
import type { JobGraph } from '../../src/dataflow/job-graph.ts';
import { parseStatement } from '../../src/parser/sql-parser.ts';
import type { PlannerContext } from '../../src/planner/planner-context.ts';
import type { JobService, JobSummary } from '../../src/runtime/job-service.ts';
import { statements } from '../../src/statements/index.ts';
import type {
  SessionState,
  Statement,
  StatementContext,
  StatementNode,
  StatementResult,
} from '../../src/statements/statement.ts';
import type { Value } from '../../src/types/value.ts';

const JOB: JobSummary = {
  id: 'abc123',
  name: 'dwd',
  status: 'RUNNING',
  startTimeMs: 1_700_000_000_123,
  endTimeMs: null,
  sql: '',
  failure: null,
  lastNotice: null,
  restarts: 0,
  recordsIn: 0,
  recordsOut: 0,
};

export interface TestSession {
  readonly catalogs: SessionCatalogs;
  readonly state: SessionState;
  readonly submitted: JobGraph[];
  /** Calls of the job service, as words. */
  readonly asked: string[];
  run(sql: string): Promise<StatementResult>;
  /** Rows of a statement that gives a table. */
  rows(sql: string): Promise<ReadonlyArray<readonly Value[]>>;
  /** Top and innermost text of the error. */
  error(sql: string): Promise<{ message: string; root: string; exceptionClass: string }>;
  close(): Promise<void>;
}

export async function openTestSession(): Promise<TestSession> {
  const home = mkdtempSync(join(tmpdir(), 'statements-'));
  const registry = await CatalogRegistry.open(home);
  const catalogs = await SessionCatalogs.create(registry);
  const settings = new Map<string, string>();
  const submitted: JobGraph[] = [];
  const asked: string[] = [];
  const state: SessionState = {
    config: {
      get: (key) => settings.get(key),
      set: (key, value) => void settings.set(key, value),
      reset: (key) => void (key === undefined ? settings.clear() : settings.delete(key)),
      entries: () => [...settings],
    },
    statementSet: null,
  };
  const planner: PlannerContext = {
    get currentCatalog() {
      return catalogs.currentCatalog;
    },
    get currentDatabase() {
      return catalogs.currentDatabase;
    },
    resolve: (parts) => catalogs.resolve(parts),
    listCatalogs: () => catalogs.listCatalogs(),
    config: (key) => settings.get(key),
    settings: () => Object.fromEntries(settings),
    home,
    now: 0,
    notice() {},
  };
  const jobs = fakeJobs(submitted, asked);
  const run = async (sql: string): Promise<StatementResult> => {
    const { node, statement } = parseStatement<StatementNode, Statement>(sql, statements);
    const context: StatementContext = {
      catalogs,
      jobs,
      planner,
      session: state,
      operationId: 'operation',
      text: sql,
      home,
      secrets: { put: (secret) => `id-of-${secret.length}` },
      notice() {},
      async call(path, args) {
        asked.push(`call ${path.join('.')} ${JSON.stringify(args)}`);
        return { kind: 'ok' };
      },
    };
    return await statement.execute(node, context);
  };
  return {
    catalogs,
    state,
    submitted,
    asked,
    run,
    async rows(sql) {
      const result = await run(sql);
      if (result.kind !== 'rows') throw new Error(`${sql} gave ${result.kind}`);
      return result.rows;
    },
    async error(sql) {
      try {
        await run(sql);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        let root: Error = error;
        while (root.cause instanceof Error) root = root.cause;
        return { message: error.message, root: root.message, exceptionClass: error.exceptionClass };
      }
      throw new Error(`no error: ${sql}`);
    },
    async close() {
      await registry.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function fakeJobs(submitted: JobGraph[], asked: string[]): JobService {
  return {
    async submit(graph) {
      submitted.push(graph);
      return 'new-job';
    },
    async query(graph) {
      submitted.push(graph);
      return { id: 'query', next: async () => ({ rows: [], end: true }), cancel: async () => {} };
    },
    list: () => [JOB],
    find(reference) {
      if (JOB.id.startsWith(reference) || reference === JOB.name) return JOB;
      throw new EngineError('JOB_NOT_FOUND', `no job ${reference}`);
    },
    wait: async () => JOB,
    settle: async () => {},
    cancel: async (id) => void asked.push(`cancel ${id}`),
    async stop(id, options) {
      asked.push(`stop ${id} ${JSON.stringify(options)}`);
      return options.savepoint ? '/savepoint' : null;
    },
    checkpoints: () => [
      {
        id: 7,
        kind: 'checkpoint',
        path: '/chk-7',
        completedAtMs: 5,
        durationMs: 2.4,
        stateBytes: 10,
        status: 'COMPLETED',
      },
    ],
    async resume(id, options) {
      asked.push(`resume ${id} ${JSON.stringify(options)}`);
      return id;
    },
    drop: async (id) => void asked.push(`drop ${id}`),
  };
}
