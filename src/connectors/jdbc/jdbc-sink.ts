/** The jdbc sink: folds an epoch by key, and applies it with its marker in one transaction of the database. */
import { EngineError } from '../../base/error.ts';
import type {
  CommitRequest,
  SinkCommitter,
  SinkContext,
  SinkMarker,
  SinkWriter,
  TableSink,
} from '../../dataflow/sink.ts';
import type { Batch } from '../../types/batch.ts';
import { type ChangelogMode, isInsertOnly } from '../../types/changelog-mode.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import { BoxedRowReader } from '../boxed-rows.ts';
import type { TableContext } from '../connector.ts';
import { ChangeBuffer, decodeChanges } from './change-buffer.ts';
import type { Database, TableChange, TargetTable, Transaction } from './database.ts';

const INSERTS: ChangelogMode = { updateBefore: false, updateAfter: false, delete: false };
const CHANGES: ChangelogMode = { updateBefore: false, updateAfter: true, delete: true };

export class JdbcSink implements TableSink {
  readonly delivery = 'exactly-once';
  readonly #table: TableContext;
  readonly #open: (create: boolean, signal: AbortSignal) => Database;

  constructor(table: TableContext, open: (create: boolean, signal: AbortSignal) => Database) {
    this.#table = table;
    this.#open = open;
  }

  changelogMode(requested: ChangelogMode): ChangelogMode {
    if (isInsertOnly(requested)) return INSERTS;
    if (this.#table.table.primaryKey === null)
      throw new EngineError(
        'SQL_VALIDATION',
        'please declare primary key for sink table when query contains update/delete record.',
        {
          exceptionClass: 'java.lang.IllegalStateException',
        },
      );
    return CHANGES;
  }

  openWriter(context: SinkContext): SinkWriter {
    return new JdbcWriter(context, this.#target(context));
  }

  async openCommitter(context: SinkContext): Promise<SinkCommitter> {
    const target = this.#target(context);
    const database = this.#open(context.isFirstStart, context.signal);
    try {
      await database.prepareTarget(target, context.isFirstStart, (text) => context.notice(text));
    } catch (error) {
      await database.close();
      throw error;
    }
    return new JdbcCommitter(context, target, database);
  }

  #target(context: SinkContext): TargetTable {
    const { primaryKey } = this.#table.table;
    const fields = context.targetColumns.map(
      (i) => this.#table.physicalFields[i] as { name: string; type: LogicalType },
    );
    const key = (primaryKey ?? []).map((name) => fields.findIndex((field) => field.name === name));
    return { name: this.#table.requiredOption('table-name'), fields, key };
  }
}

class JdbcWriter implements SinkWriter {
  readonly #buffer: ChangeBuffer;

  constructor(context: SinkContext, target: TargetTable) {
    this.#buffer = new ChangeBuffer(
      context.inputTypes,
      target.key,
      new BoxedRowReader(context.inputTypes, context.heap),
    );
  }

  write(batch: Batch): void {
    this.#buffer.add(batch);
  }

  get bufferedBytes(): number {
    return this.#buffer.bytes;
  }

  seal(): Uint8Array[] | null {
    return this.#buffer.seal();
  }

  close(): void {}
}

class JdbcCommitter implements SinkCommitter {
  readonly #context: SinkContext;
  readonly #target: TargetTable;
  readonly #database: Database;

  constructor(context: SinkContext, target: TargetTable, database: Database) {
    this.#context = context;
    this.#target = target;
    this.#database = database;
  }

  async commit(request: CommitRequest): Promise<void> {
    await this.#database.transaction(this.#context, async (transaction) => {
      if (request.decide(transaction.marker) === 'done') return;
      for await (const chunk of request.buffers()) await this.#apply(transaction, chunk);
      await transaction.writeMarker(request.next);
    });
  }

  /** Chunks of several epochs follow each other; within one chunk a key stands once, so deletes may go first. */
  async #apply(transaction: Transaction, chunk: Uint8Array): Promise<void> {
    const changes: TableChange[] = decodeChanges(this.#context.inputTypes, chunk);
    await transaction.apply(this.#target, changes);
  }

  readMarker(): Promise<SinkMarker | null> {
    return this.#database.readMarker(this.#context);
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
