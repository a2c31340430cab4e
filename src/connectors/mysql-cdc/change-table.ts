/**
 * The change table of a captured SQLite table: triggers write to it in the writer's own transaction, whoever the writer is (rule 18).
 *
 * Its rows are (seq, op, old columns, new columns): `I`, `U`, `D`, and `P`, the image of a row that an insert is about to meet. A `P` followed
 * by `I` of the same key is a replacement (`INSERT OR REPLACE` fires no delete trigger); followed by anything else it means nothing.
 */
import type { DatabaseSync } from 'node:sqlite';
import { EngineError } from '../../base/error.ts';
import { quoteName } from '../sqlite-values.ts';

export interface CapturedTable {
  readonly name: string;
  /** All columns of the table, in its order. */
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

const READERS = '_millrace_readers';
/** Positions below it were trimmed from the change table. */
const TRIMS = '_millrace_trims';

export function changeTableName(table: string): string {
  return `_millrace_changes_${table}`;
}

/** Throws `CONNECTOR_CDC_TABLE` when the table is absent (retryable: its writer may not have made it yet) or cannot be captured. */
export function describeTable(db: DatabaseSync, name: string): CapturedTable {
  const columns = db.prepare('SELECT name, pk FROM pragma_table_info(?)').all(name) as Array<{
    name: string;
    pk: number;
  }>;
  if (columns.length === 0)
    throw new EngineError('CONNECTOR_CDC_TABLE', `There is no table '${name}' in the SQLite file yet.`, {
      retryable: true,
    });
  const key = columns.filter((column) => column.pk > 0).sort((a, b) => a.pk - b.pk);
  if (key.length === 0)
    throw new EngineError(
      'CONNECTOR_CDC_TABLE',
      `The SQLite table '${name}' has no primary key: its changes cannot be captured.`,
    );
  const unique = db.prepare(`SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 AND origin <> 'pk'`).get(name);
  if (unique !== undefined)
    throw new EngineError(
      'CONNECTOR_CDC_TABLE',
      `The SQLite table '${name}' has a second unique index, ${String((unique as { name: string }).name)}: an INSERT OR REPLACE through it could not be captured.`,
    );
  return { name, columns: columns.map((column) => column.name), key: key.map((column) => column.name) };
}

/** Makes what is missing and registers the reader, all in the transaction that the caller holds. Returns the newest number. */
export function installCapture(db: DatabaseSync, table: CapturedTable, reader: string): number {
  const changes = quoteName(changeTableName(table.name));
  const images = table.columns.flatMap((column) => [quoteName(`o_${column}`), quoteName(`n_${column}`)]);
  db.exec(
    `CREATE TABLE IF NOT EXISTS ${changes} (seq INTEGER PRIMARY KEY AUTOINCREMENT, op TEXT, ${images.join(', ')})`,
  );
  for (const [name, sql] of triggersOf(table)) db.exec(`CREATE TRIGGER IF NOT EXISTS ${quoteName(name)} ${sql}`);
  db.exec(`CREATE TABLE IF NOT EXISTS ${READERS} (reader TEXT PRIMARY KEY, tbl TEXT, position INTEGER)`);
  db.exec(`CREATE TABLE IF NOT EXISTS ${TRIMS} (tbl TEXT PRIMARY KEY, trimmed INTEGER)`);
  const newest = newestNumber(db, table.name);
  db.prepare(`INSERT OR IGNORE INTO ${READERS} VALUES (?, ?, ?)`).run(reader, table.name, newest);
  return newest;
}

/** The highest number ever given out. AUTOINCREMENT never gives one twice, even after a trim. */
export function newestNumber(db: DatabaseSync, table: string): number {
  const row = db.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').get(changeTableName(table)) as
    | { seq: number }
    | undefined;
  return row?.seq ?? 0;
}

/** Throws `CONNECTOR_CDC_CAPTURE_LOST` when a trigger is gone or the position was trimmed. */
export function checkCapture(db: DatabaseSync, table: CapturedTable, position: number): void {
  const present = new Set(
    (
      db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?").all(table.name) as Array<{
        name: string;
      }>
    ).map((row) => row.name),
  );
  const missing = triggersOf(table).filter(([name]) => !present.has(name));
  if (missing.length > 0)
    throw new EngineError(
      'CONNECTOR_CDC_CAPTURE_LOST',
      `The capture of the SQLite table '${table.name}' was taken away (trigger ${missing[0]?.[0]}): changes may be missing. Start the job anew for a fresh snapshot.`,
    );
  const trim = db.prepare(`SELECT trimmed FROM ${TRIMS} WHERE tbl = ?`).get(table.name) as
    | { trimmed: number }
    | undefined;
  if (trim && trim.trimmed > position)
    throw new EngineError(
      'CONNECTOR_CDC_CAPTURE_LOST',
      `The changes of the SQLite table '${table.name}' from number ${position + 1} on are no longer kept (trimmed up to ${trim.trimmed}). Resume from a newer checkpoint, or start the job anew.`,
    );
}

/** Moves the reader to `position` and removes what no reader needs any more, in the transaction that the caller holds. */
export function trimChanges(db: DatabaseSync, table: string, reader: string, position: number): void {
  db.prepare(`UPDATE ${READERS} SET position = ? WHERE reader = ?`).run(position, reader);
  const { oldest } = db.prepare(`SELECT MIN(position) AS oldest FROM ${READERS} WHERE tbl = ?`).get(table) as {
    oldest: number;
  };
  db.prepare(`DELETE FROM ${quoteName(changeTableName(table))} WHERE seq <= ?`).run(oldest);
  db.prepare(`INSERT OR REPLACE INTO ${TRIMS} VALUES (?, ?)`).run(table, oldest);
}

/** Trigger names with their definitions. */
function triggersOf(table: CapturedTable): Array<[string, string]> {
  const base = `_millrace_${table.name}`;
  const on = `ON ${quoteName(table.name)}`;
  const sameKey = table.key.map((column) => `t.${quoteName(column)} = NEW.${quoteName(column)}`).join(' AND ');
  const found = `EXISTS (SELECT 1 FROM ${quoteName(table.name)} t WHERE ${sameKey})`;
  const met = `INSERT INTO ${quoteName(changeTableName(table.name))} (op, ${imageNames(table, 'o').join(', ')}) SELECT 'P', ${table.columns
    .map((column) => `t.${quoteName(column)}`)
    .join(', ')} FROM ${quoteName(table.name)} t WHERE ${sameKey};`;
  return [
    [`${base}_meet`, `BEFORE INSERT ${on} WHEN ${found} BEGIN ${met} END`],
    [`${base}_insert`, `AFTER INSERT ${on} BEGIN ${record(table, 'I', false, true)} END`],
    [`${base}_update`, `AFTER UPDATE ${on} BEGIN ${record(table, 'U', true, true)} END`],
    [`${base}_delete`, `AFTER DELETE ${on} BEGIN ${record(table, 'D', true, false)} END`],
  ];
}

function imageNames(table: CapturedTable, side: 'o' | 'n'): string[] {
  return table.columns.map((column) => quoteName(`${side}_${column}`));
}

function record(table: CapturedTable, op: string, hasOld: boolean, hasNew: boolean): string {
  const names = [...(hasOld ? imageNames(table, 'o') : []), ...(hasNew ? imageNames(table, 'n') : [])];
  const images = (of: string): string[] => table.columns.map((column) => `${of}.${quoteName(column)}`);
  const values = [...(hasOld ? images('OLD') : []), ...(hasNew ? images('NEW') : [])];
  return `INSERT INTO ${quoteName(changeTableName(table.name))} (op, ${names.join(', ')}) VALUES ('${op}', ${values.join(', ')});`;
}
