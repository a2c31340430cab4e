/** Reads a SQLite table and then its changes: snapshot and first number from one read transaction, then the change table (rule 18). */
import { statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../base/error.ts';
import { isBusy, rollback } from '../../base/sqlite-error.ts';
import type { SourceContext, SourceReader, TableSource } from '../../dataflow/source.ts';
import { type Batch, BatchWriter } from '../../types/batch.ts';
import { changelogModes } from '../../types/changelog-mode.ts';
import { type Field, types } from '../../types/logical-type.ts';
import { RowKind, rowKindSigns } from '../../types/row-kind.ts';
import type { Value } from '../../types/value.ts';
import { BoxedRowWriter } from '../boxed-rows.ts';
import type { TableContext } from '../connector.ts';
import { quoteName, readSqliteRow } from '../sqlite-values.ts';
import {
  type CapturedTable,
  changeTableName,
  checkCapture,
  describeTable,
  installCapture,
  newestNumber,
  trimChanges,
} from './change-table.ts';

const POLL_MS = 20;
/** Changes of one batch: an update is two rows, and a batch holds 1,024. */
const CHANGES_MAX = 500;
const SNAPSHOT_ROWS = 1000;
/** The change table is trimmed when this many of its rows are needed no more. */
const TRIM_ROWS = 5000;
const BUSY_LIMIT_MS = 60_000;

type Phase = 'snapshot' | 'changes' | 'end';
/** What a barrier stores; `isOver` only of a bounded read. */
interface CapturePosition {
  readonly phase: Phase;
  /** Number of the last change that was read. */
  readonly number: number;
}

export class SqliteCaptureSource implements TableSource {
  readonly changelogMode;
  readonly bounded: boolean;
  readonly replayable = true;
  readonly metadata = [
    { name: 'table_name', type: types.string(false) },
    { name: 'database_name', type: types.string(false) },
    { name: 'op_ts', type: types.timestampLtz(3, false) },
    { name: 'row_kind', type: types.string(false) },
  ];
  readonly #table: TableContext;
  readonly #path: string;
  readonly #name: string;
  readonly #mode: string;

  /** `mode`: initial, snapshot or latest-offset. */
  constructor(table: TableContext, path: string, name: string, mode: string) {
    this.#table = table;
    this.#path = path;
    this.#name = name;
    this.#mode = mode;
    this.bounded = mode === 'snapshot';
    this.changelogMode = this.bounded ? changelogModes.insertOnly : changelogModes.all;
  }

  async open(context: SourceContext): Promise<SourceReader> {
    if (!statSync(this.#path, { throwIfNoEntry: false }))
      throw new EngineError('CONNECTOR_CDC_TABLE', `There is no SQLite file ${this.#path} yet.`, { retryable: true });
    const db = new DatabaseSync(this.#path, { timeout: 0 });
    try {
      const table = describeTable(db, this.#name);
      const reader = new CaptureReader(context, db, table, this.#mode, this.#table.requiredOption('database-name'));
      await reader.begin(context.restored as CapturePosition | null);
      return reader;
    } catch (error) {
      db.close();
      throw error;
    }
  }
}

class CaptureReader implements SourceReader {
  readonly #context: SourceContext;
  readonly #db: DatabaseSync;
  readonly #table: CapturedTable;
  readonly #mode: string;
  readonly #database: string;
  readonly #writer: BatchWriter;
  readonly #rows: BoxedRowWriter;
  readonly #columns: ReadonlyArray<{ readonly index: number; readonly metadata: string | null }>;
  readonly #fields: readonly Field[];
  /** Positions of completed checkpoints that may still be asked for, oldest first. */
  readonly #completed: number[] = [];
  #trimmed = 0;
  #phase: Phase = 'snapshot';
  #number = 0;
  #snapshot: Iterator<unknown> | null = null;
  #changes: StatementSync | null = null;
  #met: readonly unknown[] | null = null;
  #dataVersion = -1;
  #schemaVersion = -1;
  #isClosed = false;

  constructor(context: SourceContext, db: DatabaseSync, table: CapturedTable, mode: string, database: string) {
    this.#context = context;
    this.#db = db;
    this.#table = table;
    this.#mode = mode;
    this.#database = database;
    this.#fields = table.columns.map((name) => fieldOf(context, name));
    this.#columns = context.produced.map(({ column }) => {
      if (column.kind === 'metadata') return { index: -1, metadata: column.key };
      const index = table.columns.indexOf(column.path[0] as string);
      if (index < 0)
        throw new EngineError(
          'CONNECTOR_CDC_TABLE',
          `The SQLite table '${table.name}' has no column '${column.path[0]}'.`,
        );
      return { index, metadata: null };
    });
    const produced = context.produced.map(({ field }) => field.type);
    // Fewer rows than a batch holds are written between two polls, so the writer never hands one on by itself.
    this.#writer = new BatchWriter(produced, () => undefined);
    this.#rows = new BoxedRowWriter(produced, this.#writer, context.heap);
  }

  /** Installs the capture, and opens the snapshot's read transaction or goes on at the restored number. */
  async begin(restored: CapturePosition | null): Promise<void> {
    await this.#write(() => installCapture(this.#db, this.#table, this.#context.readerId));
    this.#schemaVersion = this.#pragma('schema_version');
    if (restored === null || restored.phase === 'snapshot') {
      this.#beginSnapshot();
      return;
    }
    this.#phase = restored.phase;
    this.#number = restored.number;
    this.#trimmed = restored.number;
    checkCapture(this.#db, this.#table, restored.number);
  }

  #beginSnapshot(): void {
    this.#db.exec('BEGIN');
    this.#number = newestNumber(this.#db, this.#table.name);
    if (this.#mode === 'latest-offset') {
      this.#endSnapshot();
      return;
    }
    const columns = this.#table.columns.map(quoteName).join(', ');
    const statement = this.#db.prepare(`SELECT ${columns} FROM ${quoteName(this.#table.name)}`);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    this.#snapshot = statement.iterate();
  }

  #endSnapshot(): void {
    this.#snapshot = null;
    this.#db.exec('COMMIT');
    this.#phase = this.#mode === 'snapshot' ? 'end' : 'changes';
  }

  poll(): Batch | null | 'end' {
    this.#writer.batch.clear();
    if (this.#phase === 'end') return 'end';
    if (this.#phase === 'snapshot') this.#readSnapshot();
    else this.#readChanges();
    if (this.#writer.batch.rowCount > 0) return this.#writer.batch;
    return this.#phase === ('end' as Phase) ? 'end' : null;
  }

  #readSnapshot(): void {
    for (let i = 0; i < SNAPSHOT_ROWS; i++) {
      const next = this.#snapshot?.next();
      if (!next || next.done) {
        this.#endSnapshot();
        return;
      }
      this.#emit(RowKind.INSERT, next.value as readonly unknown[]);
    }
  }

  #readChanges(): void {
    const version = this.#pragma('data_version');
    if (version === this.#dataVersion) return;
    this.#checkSchema();
    const rows = this.#statement().all(this.#number, CHANGES_MAX) as unknown as Array<readonly unknown[]>;
    if (rows.length < CHANGES_MAX) this.#dataVersion = version;
    for (const row of rows) this.#readChange(row);
  }

  /** Columns: seq, op, then old and new images. */
  #readChange(row: readonly unknown[]): void {
    this.#number = Number(row[0]);
    const width = this.#table.columns.length;
    const before = row.slice(2, 2 + width);
    const after = row.slice(2 + width);
    const met = this.#met;
    this.#met = null;
    switch (row[1]) {
      case 'P':
        this.#met = before;
        break;
      case 'I':
        if (met && this.#hasSameKey(met, after)) this.#emitUpdate(met, after);
        else this.#emit(RowKind.INSERT, after);
        break;
      case 'U':
        this.#emitUpdate(before, after);
        break;
      default:
        this.#emit(RowKind.DELETE, before);
    }
  }

  #hasSameKey(before: readonly unknown[], after: readonly unknown[]): boolean {
    return this.#table.key.every((name) => {
      const index = this.#table.columns.indexOf(name);
      return before[index] === after[index];
    });
  }

  /** An update that changes the key is another row's birth: whoever follows updates by key alone would keep the old row. */
  #emitUpdate(before: readonly unknown[], after: readonly unknown[]): void {
    const moves = !this.#hasSameKey(before, after);
    this.#emit(moves ? RowKind.DELETE : RowKind.UPDATE_BEFORE, before);
    this.#emit(moves ? RowKind.INSERT : RowKind.UPDATE_AFTER, after);
  }

  #emit(kind: number, image: readonly unknown[]): void {
    const values = readSqliteRow(image, this.#fields);
    this.#rows.write(
      kind,
      this.#columns.map(({ index, metadata }) =>
        metadata === null ? (values[index] ?? null) : this.#metadata(metadata, kind),
      ),
    );
  }

  #metadata(key: string, kind: number): Value {
    if (key === 'table_name') return this.#table.name;
    if (key === 'database_name') return this.#database;
    if (key === 'row_kind') return rowKindSigns[kind as 0] as string;
    return this.#phase === 'snapshot' ? 0n : BigInt(this.#context.clock.now()) * 1_000_000n;
  }

  #statement(): StatementSync {
    if (this.#changes) return this.#changes;
    const images = (side: string): string[] => this.#table.columns.map((column) => quoteName(`${side}_${column}`));
    const columns = ['seq', 'op', ...images('o'), ...images('n')].join(', ');
    this.#changes = this.#db.prepare(
      `SELECT ${columns} FROM ${quoteName(changeTableName(this.#table.name))} WHERE seq > ? ORDER BY seq LIMIT ?`,
    );
    this.#changes.setReadBigInts(true);
    this.#changes.setReturnArrays(true);
    return this.#changes;
  }

  #checkSchema(): void {
    const version = this.#pragma('schema_version');
    if (version === this.#schemaVersion) return;
    this.#schemaVersion = version;
    this.#changes = null;
    checkCapture(this.#db, this.#table, this.#number);
  }

  #pragma(name: string): number {
    return Number(Object.values(this.#db.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>)[0]);
  }

  async ready(): Promise<void> {
    if (this.#phase === 'changes' && !this.#isClosed) await sleep(POLL_MS);
  }

  /** A pending `P` belongs to the change behind it, which is in the same transaction: the position stays before it. */
  position(): CapturePosition {
    return { phase: this.#phase, number: this.#met ? this.#number - 1 : this.#number };
  }

  get canSnapshot(): boolean {
    return this.#phase !== 'snapshot';
  }

  checkpointComplete(position: unknown): void {
    const { phase, number } = position as CapturePosition;
    if (phase !== 'changes') return;
    this.#completed.push(number);
    if (this.#completed.length <= this.#context.retainedCheckpoints) return;
    const oldest = this.#completed.shift() as number;
    if (oldest - this.#trimmed < TRIM_ROWS) return;
    this.#trimmed = oldest;
    // A writer that holds the file puts the trim off; nothing depends on when it happens.
    this.#tryWrite(() => trimChanges(this.#db, this.#table.name, this.#context.readerId, oldest));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#snapshot?.return?.();
    this.#db.close();
  }

  async #write(work: () => void): Promise<void> {
    const start = performance.now();
    while (!this.#tryWrite(work)) {
      if (performance.now() - start > BUSY_LIMIT_MS)
        throw new EngineError('CONNECTOR_CDC_TABLE', 'The SQLite file is locked by another writer.', {
          retryable: true,
        });
      await sleep(POLL_MS);
    }
  }

  #tryWrite(work: () => void): boolean {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
    try {
      work();
      this.#db.exec('COMMIT');
      return true;
    } catch (error) {
      rollback(this.#db);
      throw error;
    }
  }
}

/** The declared type of a column, or text for columns that the table's declaration leaves out. */
function fieldOf(context: SourceContext, name: string): Field {
  const produced = context.produced.find(({ column }) => column.kind === 'physical' && column.path[0] === name);
  return { name, type: produced?.field.type ?? types.string() };
}
