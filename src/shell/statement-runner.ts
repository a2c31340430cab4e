/** Runs one statement in a session and prints what it gives, line by line. The same for scripts, pipes and the prompt. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { ColumnBody } from '../gateway/api.ts';
import type { GatewayOperation, GatewaySession, ResultPage } from '../gateway/client.ts';
import { LiveRows } from './live-rows.ts';
import { finishedTable, footer, StreamTable, type TableRow } from './tableau.ts';

/** Where text goes: data to standard output, words to the user beside it. */
export interface Output {
  data(text: string): void;
  word(text: string): void;
}

const POLL_MS_MIN = 2;
const POLL_MS_MAX = 100;
const LIVE_AFTER_MS = 400;
/** Rows of a live view that stay on the screen when it is left. */
const LIVE_ROWS_LEFT = 10;
/** Statements that show things are never cut. */
const UNCUT = Number.MAX_SAFE_INTEGER;

/** Shows a running query until its user leaves; the rows come through `rows`. Resolves when it has been left. */
export type LiveViewer = (
  columns: readonly ColumnBody[],
  rows: LiveRows,
  widthMax: number,
  ended: Promise<unknown>,
) => Promise<void>;

export class StatementRunner {
  /** Set by the prompt: unbounded results open it instead of a stream of lines (`sql-client.execution.result-mode` other than tableau). */
  liveViewer: LiveViewer | null = null;
  readonly #session: GatewaySession;
  readonly #output: Output;
  readonly #clock: Clock;
  #operation: GatewayOperation | null = null;
  #interrupted = false;

  constructor(session: GatewaySession, output: Output, clock: Clock) {
    this.#session = session;
    this.#output = output;
    this.#clock = clock;
  }

  /** Throws the gateway's error when the statement fails. Returns the number of rows. */
  async run(statement: string): Promise<number> {
    this.#interrupted = false;
    const startMs = this.#clock.now();
    const operation = await this.#session.execute(statement);
    this.#operation = operation;
    try {
      const first = await this.#firstPage(operation);
      if (first === null) return 0;
      if (first.isQuery) return await this.#printQuery(operation, first, startMs);
      return await this.#printOther(operation, first);
    } finally {
      this.#operation = null;
      await operation.close().catch(() => undefined);
    }
  }

  /** Stops the statement that is running: a query ends with its footer. */
  async interrupt(): Promise<void> {
    this.#interrupted = true;
    await this.#operation?.cancel().catch(() => undefined);
  }

  /** The first page that is ready, or null when the statement was interrupted before. */
  async #firstPage(operation: GatewayOperation): Promise<ResultPage | null> {
    for (let waitMs = POLL_MS_MIN; ; waitMs = Math.min(waitMs * 2, POLL_MS_MAX)) {
      const askedMs = performance.now();
      const page = await this.#fetch(operation, null);
      if (page === null || !page.notReady) return page;
      // Our gateway holds a question for a while, so that the next one need not wait.
      await sleep(Math.max(0, waitMs - (performance.now() - askedMs)));
    }
  }

  /** Null when the query was interrupted. */
  async #fetch(operation: GatewayOperation, next: string | null): Promise<ResultPage | null> {
    try {
      const page = await operation.fetch(next);
      for (const notice of page.notices) this.#output.word(notice);
      return page;
    } catch (error) {
      if (this.#interrupted) return null;
      throw error;
    }
  }

  async #printQuery(operation: GatewayOperation, first: ResultPage, startMs: number): Promise<number> {
    const properties = await this.#session.properties();
    const widthMax = Number(properties['table.display.max-column-width'] ?? 30);
    const isBatch = (properties['execution.runtime-mode'] ?? 'streaming').toLowerCase() === 'batch';
    const timed = (properties['sql-client.display.print-time-cost'] ?? 'true') !== 'false';
    const elapsed = (): number | null => (timed ? this.#clock.now() - startMs : null);
    if (isBatch) return this.#printBatch(operation, first, widthMax, elapsed);
    const isTableau = properties['sql-client.execution.result-mode']?.toLowerCase() === 'tableau';
    if (this.liveViewer !== null && !isTableau)
      return this.#showLive(this.liveViewer, operation, first, widthMax, elapsed);
    const table = new StreamTable(first.columns, widthMax);
    this.#output.data(table.head());
    const count = await this.#eachPage(operation, first, (page) => {
      if (page.rows.length > 0) this.#output.data(page.rows.map((row) => table.row(row.kind, row.fields)).join('\n'));
    });
    if (!this.#interrupted && count > 0) this.#output.data(table.border());
    this.#output.data(footer(this.#interrupted ? 'terminated' : 'received', count, elapsed()));
    return count;
  }

  /** A result that ends within {@link LIVE_AFTER_MS} is printed; one that goes on is shown live and its last rows are printed. */
  async #showLive(
    viewer: LiveViewer,
    operation: GatewayOperation,
    first: ResultPage,
    widthMax: number,
    elapsed: () => number | null,
  ): Promise<number> {
    const rows = new LiveRows(1_000_000);
    const table = new StreamTable(first.columns, widthMax);
    const reading = this.#eachPage(operation, first, (page) => {
      for (const row of page.rows) rows.add(row.kind, row.fields);
    });
    reading.catch(() => undefined);
    const isOver = await Promise.race([reading.then(() => true), sleep(LIVE_AFTER_MS).then(() => false)]);
    if (!isOver) {
      await viewer(first.columns, rows, widthMax, reading);
      await this.interrupt();
    }
    const count = await reading;
    const lines = isOver ? rows.changes() : rows.current().slice(-LIVE_ROWS_LEFT);
    this.#output.data(
      [table.head(), ...lines.map((row) => table.row(row.kind, row.fields)), table.border()].join('\n'),
    );
    this.#output.data(footer(isOver ? 'received' : 'terminated', count, elapsed()));
    return count;
  }

  async #printBatch(
    operation: GatewayOperation,
    first: ResultPage,
    widthMax: number,
    elapsed: () => number | null,
  ): Promise<number> {
    const rows: TableRow[] = [];
    await this.#eachPage(operation, first, (page) => {
      for (const row of page.rows) rows.push(row.fields);
    });
    if (this.#interrupted) {
      this.#output.data(footer('terminated', 0, elapsed()));
      return 0;
    }
    if (rows.length === 0) {
      const ms = elapsed();
      this.#output.data(`Empty set${ms === null ? '' : ` (${(ms / 1000).toFixed(2)} seconds)`}`);
      return 0;
    }
    this.#output.data(finishedTable(first.columns, rows, widthMax, '<NULL>'));
    this.#output.data(footer('set', rows.length, elapsed()));
    return rows.length;
  }

  /** Statements that are no queries: OK, a job's id, a table of things, or one text (EXPLAIN, SHOW CREATE). */
  async #printOther(operation: GatewayOperation, first: ResultPage): Promise<number> {
    const rows: TableRow[] = [];
    await this.#eachPage(operation, first, (page) => {
      for (const row of page.rows) rows.push(row.fields);
    });
    const only = first.columns.length === 1 ? first.columns[0]?.name : undefined;
    if (first.jobId !== null && only === 'job id') this.#printJob(String(rows[0]?.[0] ?? first.jobId));
    else if (only === 'result' && rows.length === 1 && first.resultKind === 'SUCCESS')
      this.#output.word('[INFO] Execute statement succeeded.');
    else if (only === 'result' && rows.length === 1) this.#output.data(rows[0]?.[0] ?? '');
    else if (rows.length === 0) this.#output.data('Empty set');
    else {
      this.#output.data(finishedTable(first.columns, rows, UNCUT, ''));
      this.#output.data(footer('set', rows.length, null));
    }
    return rows.length;
  }

  #printJob(jobId: string): void {
    this.#output.word('[INFO] Submitting SQL update statement to the cluster...');
    this.#output.word('[INFO] SQL update statement has been successfully submitted to the cluster:');
    this.#output.data(`Job ID: ${jobId}\n`);
  }

  async #eachPage(operation: GatewayOperation, first: ResultPage, visit: (page: ResultPage) => void): Promise<number> {
    let count = 0;
    let waitMs = POLL_MS_MIN;
    let askedMs = performance.now();
    for (let page: ResultPage | null = first; page !== null; ) {
      count += page.rows.length;
      visit(page);
      if (page.next === null || this.#interrupted) break;
      waitMs = page.rows.length > 0 ? POLL_MS_MIN : Math.min(waitMs * 2, POLL_MS_MAX);
      if (page.rows.length === 0) await sleep(Math.max(0, waitMs - (performance.now() - askedMs)));
      askedMs = performance.now();
      page = await this.#fetch(operation, page.next);
    }
    return count;
  }
}
