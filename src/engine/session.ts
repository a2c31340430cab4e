/** One client's view of the engine: its settings, its names, its operations. One statement runs at a time. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { EngineError } from '../base/error.ts';
import type { CatalogManager } from '../catalog/catalog-manager.ts';
import { parseStatement } from '../parser/sql-parser.ts';
import type { PlannerContext } from '../planner/planner-context.ts';
import type { SecretStore } from '../planner/secret-references.ts';
import type { JobService } from '../runtime/job-service.ts';
import type {
  SessionState,
  Statement,
  StatementContext,
  StatementNode,
  StatementResult,
} from '../statements/statement.ts';
import { types } from '../types/logical-type.ts';
import { localTimeZone } from '../types/time-zone.ts';
import { checkConfigurable } from './configurable-statements.ts';
import { gatewayError, waitFailed } from './gateway-error.ts';
import { Operation } from './operation.ts';
import { ResultSet } from './result-set.ts';
import type { SessionConfig } from './session-config.ts';
import { defaultSettings } from './settings.ts';

/** What a session needs of its engine. */
export interface SessionHost {
  readonly home: string;
  readonly clock: Clock;
  readonly jobs: JobService;
  readonly statements: readonly Statement[];
  readonly secrets: SecretStore;
  /** Names of procedures as CALL takes them. */
  readonly procedures: readonly string[];
  call(path: readonly string[], args: CallArguments, session: Session, host: ProcedureHost): Promise<StatementResult>;
}

/** What a procedure may use of the engine. */
export interface ProcedureHost {
  readonly home: string;
  readonly clock: Clock;
  readonly jobs: JobService;
  notice(text: string): void;
}

export type CallArguments = Parameters<StatementContext['call']>[1];

export interface ExecuteOptions {
  /** Settings of this statement alone. */
  readonly config?: Readonly<Record<string, string>>;
  /** The client's own id: a repeat gives the same job. */
  readonly operationId?: string;
}

export class Session {
  readonly handle = randomUUID();
  readonly name: string;
  readonly config: SessionConfig;
  readonly catalogs: CatalogManager;
  readonly #host: SessionHost;
  readonly #operations = new Map<string, Operation>();
  #statementSet: StatementNode[] | null = null;
  readonly #closed = Promise.withResolvers<void>();
  #turn: Promise<unknown> = Promise.resolve();
  /** When a client last named the session. */
  lastUsedMs: number;
  /** The newest announcement that its client has heard. */
  heardAnnouncement = 0;

  constructor(name: string, config: SessionConfig, catalogs: CatalogManager, host: SessionHost) {
    this.name = name;
    this.config = config;
    this.catalogs = catalogs;
    this.#host = host;
    this.lastUsedMs = host.clock.now();
  }

  get timeZone(): string {
    return localTimeZone(this.config.get('table.local-time-zone'));
  }

  /** Resolves when the session is closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Submits a statement; its errors appear when its result is fetched. */
  execute(text: string, options: ExecuteOptions = {}): Operation {
    const operation = this.#open(options.operationId);
    this.#enqueue(operation, () => this.#run(text, operation, options));
    return operation;
  }

  /** Runs a statement that may configure a session, to its end. Throws its error. */
  async configure(text: string): Promise<void> {
    const operation = this.#open(undefined);
    this.#enqueue(operation, () => this.#run(text, operation, {}, checkConfigurable));
    try {
      await operation.finished();
    } finally {
      await this.closeOperation(operation.handle);
    }
  }

  /** Throws Flink's error when there is none. */
  operation(handle: string): Operation {
    const operation = this.#operations.get(handle);
    if (operation) return operation;
    throw gatewayError(`Can not find the submitted operation in the OperationManager with the ${handle}.`);
  }

  async closeOperation(handle: string): Promise<void> {
    const operation = this.operation(handle);
    this.#operations.delete(handle);
    await operation.close();
  }

  async close(): Promise<void> {
    this.#closed.resolve();
    for (const operation of this.#operations.values()) await operation.close().catch(() => {});
    this.#operations.clear();
  }

  #open(operationId: string | undefined): Operation {
    const operation = new Operation(operationId ?? randomUUID());
    this.#operations.set(operation.handle, operation);
    operation.pend();
    return operation;
  }

  #enqueue(operation: Operation, execute: () => Promise<ResultSet>): void {
    this.#turn = this.#turn.then(() => operation.run(execute));
  }

  async #run(
    text: string,
    operation: Operation,
    options: ExecuteOptions,
    check?: (statement: Statement, node: StatementNode, text: string) => void,
  ): Promise<ResultSet> {
    const { node, statement } = parseStatement<StatementNode, Statement>(text, this.#host.statements);
    check?.(statement, node, text);
    const context = this.#context(text, operation, options);
    const result = await statement.execute(node, context);
    return await this.#resultSet(result, context);
  }

  /** Runs a SELECT of the session, with settings of its own: for procedures. */
  async query(text: string, config: Readonly<Record<string, string>>): Promise<StatementResult & { kind: 'query' }> {
    const operation = new Operation(randomUUID());
    const { node, statement } = parseStatement<StatementNode, Statement>(text, this.#host.statements);
    const result = await statement.execute(node, this.#context(text, operation, { config }));
    if (result.kind !== 'query') throw new EngineError('INTERNAL', 'not a query');
    return result;
  }

  async #resultSet(result: StatementResult, context: StatementContext): Promise<ResultSet> {
    switch (result.kind) {
      case 'ok':
        return ResultSet.ofRows(
          { columns: [{ name: 'result', type: types.string() }], isQuery: false, jobId: null, kind: 'SUCCESS' },
          [['OK']],
        );
      case 'rows':
        return ResultSet.ofRows(
          { columns: result.columns, isQuery: false, jobId: null, kind: 'SUCCESS_WITH_CONTENT' },
          result.rows,
        );
      case 'query':
        return ResultSet.ofQuery(
          { columns: result.columns, isQuery: true, jobId: result.handle.id, kind: 'SUCCESS_WITH_CONTENT' },
          result.handle,
        );
      case 'job': {
        if (context.planner.config('table.dml-sync')?.toLowerCase() === 'true') await this.#awaitJob(result.jobId);
        return ResultSet.ofRows(
          {
            columns: [{ name: 'job id', type: types.string() }],
            isQuery: false,
            jobId: result.jobId,
            kind: 'SUCCESS_WITH_CONTENT',
          },
          [[result.jobId]],
        );
      }
    }
  }

  async #awaitJob(jobId: string): Promise<void> {
    const summary = await this.#host.jobs.wait(jobId);
    if (summary.status === 'FINISHED') return;
    const causes = summary.failure ?? [
      `org.apache.flink.runtime.client.JobCancellationException: Job was ${summary.status.toLowerCase()}.`,
    ];
    throw waitFailed(errorOf(causes));
  }

  #context(text: string, operation: Operation, options: ExecuteOptions): StatementContext {
    // Settings of one statement reach its plan; SET changes the session all the same.
    const hasOwn = Object.keys(options.config ?? {}).length > 0;
    const config = hasOwn ? this.config.overlaid(options.config ?? {}) : this.config;
    const notice = (message: string): void => operation.notice(message);
    return {
      catalogs: this.catalogs,
      jobs: this.#host.jobs,
      planner: this.#planner(config, notice),
      session: this.#state(),
      operationId: operation.handle,
      text,
      home: this.#host.home,
      secrets: this.#host.secrets,
      notice,
      procedures: () => this.#host.procedures,
      call: (path, args) => this.#host.call(path, args, this, { ...this.#host, notice }),
    };
  }

  #state(): SessionState {
    const session = this;
    return {
      config: session.config,
      get statementSet() {
        return session.#statementSet;
      },
      set statementSet(nodes) {
        session.#statementSet = nodes;
      },
    };
  }

  #planner(config: SessionConfig, notice: (text: string) => void): PlannerContext {
    const { catalogs } = this;
    return {
      get currentCatalog() {
        return catalogs.currentCatalog;
      },
      get currentDatabase() {
        return catalogs.currentDatabase;
      },
      resolve: (parts) => catalogs.resolve(parts),
      config: (key) => config.get(key) ?? defaultSettings[key],
      // The zone by its name: a job's process need not find out.
      settings: () => ({
        ...Object.fromEntries(config.entries()),
        'table.local-time-zone': localTimeZone(config.get('table.local-time-zone')),
      }),
      home: this.#host.home,
      now: this.#host.clock.now(),
      notice,
    };
  }
}

/** `class: message` texts as one error with its causes. */
function errorOf(causes: readonly string[]): EngineError | undefined {
  const [first, ...rest] = causes;
  if (first === undefined) return undefined;
  const match = /^([\w.$]+): ([\s\S]*)$/.exec(first);
  const cause = errorOf(rest);
  return new EngineError('JOB_FAILED', match?.[2] ?? first, {
    exceptionClass: match?.[1] ?? 'java.lang.RuntimeException',
    ...(cause ? { cause } : {}),
  });
}
