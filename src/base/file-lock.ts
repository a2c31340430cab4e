/**
 * Mutual exclusion between processes: `BEGIN IMMEDIATE` of SQLite on a file of its own. The lock dies with its owner, even by `kill -9`.
 *
 * POSIX drops a process' locks on a file when the process closes *any* descriptor of that file, so: main thread only, one connection a
 * path kept in this module, the file is never unlinked and never touched by another file call. The inode is compared after locking.
 */
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from './error.ts';
import { isBusy } from './sqlite-error.ts';

export interface FileLock {
  readonly path: string;
  /** Gives the lock back; a second call does nothing. */
  release(): void;
}

interface LockFile {
  readonly db: DatabaseSync;
  readonly inode: number;
  held: boolean;
}

const FIRST_WAIT_MS = 2;
const LAST_WAIT_MS = 50;
const files = new Map<string, LockFile>();

/** Takes the lock if it is free at once, else gives null. Held by this process counts as taken. The folder is made when absent. */
export function tryLock(path: string): FileLock | null {
  const full = resolve(path);
  const file = openFile(full);
  if (file.held) return null;
  try {
    file.db.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (isBusy(error)) return null;
    if (inodeOf(full) !== file.inode) return retryAnew(full, file);
    throw new EngineError('INTERNAL', `Cannot lock ${full}: ${(error as Error).message}`, { cause: error });
  }
  if (inodeOf(full) !== file.inode) return retryAnew(full, file);
  file.held = true;
  let released = false;
  return {
    path: full,
    release() {
      if (released) return;
      released = true;
      file.held = false;
      file.db.exec('ROLLBACK');
    },
  };
}

/** Waits for the lock without blocking the thread. Throws `JOB_LOCK_TIMEOUT` after `timeoutMs`; `signal` ends the wait. */
export async function lock(path: string, signal: AbortSignal, timeoutMs = 60_000): Promise<FileLock> {
  const start = performance.now();
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LAST_WAIT_MS)) {
    const taken = tryLock(path);
    if (taken) return taken;
    if (performance.now() - start >= timeoutMs)
      throw new EngineError('JOB_LOCK_TIMEOUT', `The lock ${path} is held by another process.`, { retryable: true });
    await sleep(wait, undefined, { signal });
  }
}

function openFile(full: string): LockFile {
  const known = files.get(full);
  if (known) return known;
  mkdirSync(dirname(full), { recursive: true, mode: 0o700 });
  createWhenAbsent(full);
  const inode = inodeOf(full);
  const db = new DatabaseSync(full, { timeout: 0 });
  db.exec('PRAGMA journal_mode = DELETE');
  const file: LockFile = { db, inode, held: false };
  files.set(full, file);
  return file;
}

/** A descriptor may be opened and closed here only because a file that did not exist cannot be locked by us. */
function createWhenAbsent(full: string): void {
  try {
    closeSync(openSync(full, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function inodeOf(full: string): number {
  return statSync(full, { throwIfNoEntry: false })?.ino ?? -1;
}

/** The file was replaced under us: what we locked is nobody's any more. */
function retryAnew(full: string, file: LockFile): FileLock | null {
  files.delete(full);
  file.db.close();
  return tryLock(full);
}
