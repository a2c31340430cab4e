/** The pages of a statement's result. A page is asked for by its token: the current one makes the next page, the one before repeats it. */
import type { QueryHandle, ResultRow } from '../runtime/job-service.ts';
import type { Field } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { executionError, fetchFailed } from './gateway-error.ts';

const PAGE_ROWS = 5000;
/** How long an empty page is held back, so that clients without a pause of their own do not spin. */
const HOLD_MS = 50;

export interface ResultPage {
  readonly type: 'PAYLOAD' | 'EOS';
  readonly rows: readonly ResultRow[];
  /** Token of the next page; null at the end. */
  readonly next: number | null;
}

export interface ResultDescription {
  readonly columns: readonly Field[];
  readonly isQuery: boolean;
  readonly jobId: string | null;
  readonly kind: 'SUCCESS' | 'SUCCESS_WITH_CONTENT';
}

export class ResultSet {
  readonly description: ResultDescription;
  readonly #source: RowSource;
  #token = 0;
  #previous: readonly ResultRow[] = [];
  #hasEnded = false;
  #fetching: Promise<unknown> = Promise.resolve();

  private constructor(description: ResultDescription, source: RowSource) {
    this.description = description;
    this.#source = source;
  }

  static ofRows(description: ResultDescription, rows: ReadonlyArray<readonly Value[]>): ResultSet {
    return new ResultSet(description, new FixedRows(rows.map((values) => ({ kind: 0, values }))));
  }

  static ofQuery(description: ResultDescription, handle: QueryHandle): ResultSet {
    return new ResultSet(description, new QueryRows(handle));
  }

  /** Throws when the token is neither the current one nor the one before, or when the query has failed. */
  fetch(token: number): Promise<ResultPage> {
    const page = this.#fetching.then(() => this.#fetch(token));
    this.#fetching = page.catch(() => {});
    return page;
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  async #fetch(token: number): Promise<ResultPage> {
    const current = this.#token;
    if (token === current - 1) return { type: 'PAYLOAD', rows: this.#previous, next: current };
    if (token !== current) {
      const expected = current === 0 ? '0' : `${current} or ${current - 1}`;
      throw executionError(`Expecting token to be ${expected}, but found ${token}.`);
    }
    if (!this.#hasEnded) {
      const rows = await this.#source.take();
      if (rows) {
        this.#token++;
        this.#previous = rows;
        return { type: 'PAYLOAD', rows, next: this.#token };
      }
      this.#hasEnded = true;
      this.#previous = [];
    }
    return { type: 'EOS', rows: [], next: null };
  }
}

interface RowSource {
  /** Rows, perhaps none yet; null at the end. */
  take(): Promise<readonly ResultRow[] | null>;
  close(): Promise<void>;
}

class FixedRows implements RowSource {
  #rows: readonly ResultRow[];
  #isFirst = true;

  constructor(rows: readonly ResultRow[]) {
    this.#rows = rows;
  }

  async take(): Promise<readonly ResultRow[] | null> {
    if (this.#rows.length === 0 && !this.#isFirst) return null;
    this.#isFirst = false;
    const page = this.#rows.slice(0, PAGE_ROWS);
    this.#rows = this.#rows.slice(PAGE_ROWS);
    return page.length === 0 ? null : page;
  }

  async close(): Promise<void> {}
}

type Page = Awaited<ReturnType<QueryHandle['next']>>;

class QueryRows implements RowSource {
  readonly #handle: QueryHandle;
  #pending: Promise<Page> | null = null;
  #hasEnded = false;

  constructor(handle: QueryHandle) {
    this.#handle = handle;
  }

  async take(): Promise<readonly ResultRow[] | null> {
    if (this.#hasEnded) return null;
    this.#pending ??= this.#handle.next(PAGE_ROWS);
    let page: Page | null;
    try {
      page = await Promise.race([this.#pending, held()]);
    } catch (error) {
      throw fetchFailed(error);
    }
    if (!page) return [];
    this.#pending = null;
    this.#hasEnded = page.end;
    return page.rows.length === 0 && page.end ? null : page.rows;
  }

  async close(): Promise<void> {
    this.#pending?.catch(() => {});
    await this.#handle.cancel();
  }
}

function held(): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(resolve, HOLD_MS, null);
  });
}
