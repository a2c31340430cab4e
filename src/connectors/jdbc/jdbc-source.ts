/** The jdbc scan: one bounded SELECT, as one unit (no barrier falls inside), and point look-ups. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../base/error.ts';
import type { LookupReader, LookupSource } from '../../dataflow/lookup.ts';
import type { SourceContext, SourceReader, TableSource } from '../../dataflow/source.ts';
import { type Batch, BatchWriter } from '../../types/batch.ts';
import { changelogModes } from '../../types/changelog-mode.ts';
import type { Field } from '../../types/logical-type.ts';
import { RowKind } from '../../types/row-kind.ts';
import type { Value } from '../../types/value.ts';
import { BoxedRowWriter } from '../boxed-rows.ts';
import type { TableContext } from '../connector.ts';
import type { Database } from './database.ts';

const RETRY_STEP_MS = 1000;

export class JdbcSource implements TableSource {
  readonly changelogMode = changelogModes.insertOnly;
  readonly bounded = true;
  readonly replayable = true;
  readonly #table: TableContext;
  readonly #open: (signal: AbortSignal) => Database;

  constructor(table: TableContext, open: (signal: AbortSignal) => Database) {
    this.#table = table;
    this.#open = open;
  }

  async open(context: SourceContext): Promise<SourceReader> {
    const fields = context.produced.map(({ column, field }) => {
      if (column.kind !== 'physical' || column.path.length !== 1)
        throw new EngineError('INTERNAL', 'a jdbc scan produces top-level physical columns only');
      return { name: column.path[0] as string, type: field.type };
    });
    return new JdbcReader(context, this.#open(context.signal), this.#table.requiredOption('table-name'), fields);
  }
}

class JdbcReader implements SourceReader {
  readonly #database: Database;
  readonly #pages: AsyncIterator<Value[][]>;
  readonly #rows: BoxedRowWriter;
  readonly #writer: BatchWriter;
  #page: Value[][] = [];
  #isOver: boolean;
  #hasBegun = false;
  #failure: unknown = null;
  #wait: Promise<void> | null = null;

  constructor(context: SourceContext, database: Database, table: string, fields: readonly Field[]) {
    this.#database = database;
    this.#isOver = context.restored !== null && (context.restored as { isOver: boolean }).isOver;
    this.#pages = database.scan(table, fields, null)[Symbol.asyncIterator]();
    const types = context.produced.map(({ field }) => field.type);
    // A page is smaller than a batch, so the writer never hands one on by itself.
    this.#writer = new BatchWriter(types, () => undefined);
    this.#rows = new BoxedRowWriter(types, this.#writer, context.heap);
  }

  poll(): Batch | null | 'end' {
    if (this.#failure !== null) throw this.#failure;
    if (this.#page.length === 0) return this.#isOver ? 'end' : null;
    const { batch } = this.#writer;
    batch.clear();
    for (const values of this.#page) this.#rows.write(RowKind.INSERT, values);
    this.#page = [];
    return batch;
  }

  async ready(): Promise<void> {
    this.#wait ??= this.#fetch();
    await this.#wait;
    this.#wait = null;
  }

  async #fetch(): Promise<void> {
    if (this.#isOver || this.#page.length > 0) return;
    this.#hasBegun = true;
    try {
      const next = await this.#pages.next();
      this.#page = next.done ? [] : next.value;
      if (next.done) this.#isOver = true;
    } catch (error) {
      this.#failure = error;
    }
  }

  position(): unknown {
    return { isOver: this.#isOver };
  }

  get canSnapshot(): boolean {
    return this.#isOver || !this.#hasBegun;
  }

  async close(): Promise<void> {
    // A page that is on its way is not waited for: the server may take its time to find it.
    await this.#database.close();
  }
}

export class JdbcLookup implements LookupSource {
  readonly #table: TableContext;
  readonly #open: (signal: AbortSignal) => Database;

  constructor(table: TableContext, open: (signal: AbortSignal) => Database) {
    this.#table = table;
    this.#open = open;
  }

  async open(keyFields: readonly string[], fields: readonly string[], signal: AbortSignal): Promise<LookupReader> {
    const byName = new Map(this.#table.physicalFields.map((field) => [field.name, field]));
    const pick = (names: readonly string[]): Field[] => names.map((name) => byName.get(name) as Field);
    const keys = pick(keyFields);
    const wanted = pick(fields);
    const database = this.#open(signal);
    const table = this.#table.requiredOption('table-name');
    const retries = Number(this.#table.option('lookup.max-retries') ?? 3);
    return {
      lookup: async (values) => {
        return await retried(retries, signal, () => database.lookup(table, keys, values, wanted));
      },
      close: () => database.close(),
    };
  }
}

/** `lookup.max-retries`: a failing look-up is tried so often again, as Flink does: at once, then after one second, two, three. */
async function retried<T>(retries: number, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (let retry = 0; ; retry++) {
    try {
      return await ask();
    } catch (error) {
      if (retry >= retries || !(error instanceof EngineError && error.retryable)) throw error;
      await sleep(RETRY_STEP_MS * retry, undefined, { signal });
    }
  }
}
