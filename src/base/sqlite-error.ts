/** What SQLite's errors mean, and how a transaction that one of them ended is left. */
import type { DatabaseSync } from 'node:sqlite';

const BUSY = 5;
const LOCKED = 6;
const FULL = 13;

/** Someone else writes the file. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === BUSY || code === LOCKED;
}

/** Waiting may mend it. */
export function isPassing(error: unknown): boolean {
  return isBusy(error) || primaryCode(error) === FULL;
}

/** Rolls back what is open: after some errors (a full disk) SQLite has done so itself. */
export function rollback(db: DatabaseSync): void {
  if (db.isTransaction) db.exec('ROLLBACK');
}

function primaryCode(error: unknown): number {
  return ((error as { errcode?: number }).errcode ?? 0) & 0xff;
}
