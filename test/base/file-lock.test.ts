import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lock, tryLock } from '../../src/base/file-lock.ts';
import { uninterrupted } from '../../src/base/interruption.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const script = `
import { tryLock } from ${JSON.stringify(new URL('../../src/base/file-lock.ts', import.meta.url).href)};
const taken = tryLock(process.argv[1]);
process.stdout.write(taken ? 'held' : 'busy');
if (taken) setInterval(() => {}, 1000);
`;

async function holder(path: string): Promise<{ answer: string; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answer = await new Promise<string>((done) => child.stdout.once('data', (d) => done(String(d))));
  const kill = () =>
    new Promise<void>((done) => {
      if (child.exitCode !== null) return done();
      child.once('exit', () => done());
      child.kill('SIGKILL');
    });
  return { answer, kill };
}

test('a lock is exclusive within the process and comes back', () => {
  const path = join(folder, 'sub', 'a.lock');
  const first = tryLock(path);
  expect(first).not.toBeNull();
  expect(tryLock(path)).toBeNull();
  first?.release();
  const second = tryLock(path);
  expect(second).not.toBeNull();
  first?.release();
  expect(tryLock(path)).toBeNull();
  second?.release();
});

test('rule 16: another process is kept out, and kill -9 of the owner frees the lock', async () => {
  const path = join(folder, 'a.lock');
  const other = await holder(path);
  expect(other.answer).toBe('held');
  expect(tryLock(path)).toBeNull();
  const waiting = lock(path, uninterrupted, 5000);
  await other.kill();
  const taken = await waiting;
  const third = await holder(path);
  expect(third.answer).toBe('busy');
  taken.release();
  await third.kill();
});

test('rule 16: an unlinked lock file is noticed by its inode', () => {
  const path = join(folder, 'a.lock');
  tryLock(path)?.release();
  unlinkSync(path);
  const taken = tryLock(path);
  expect(taken).not.toBeNull();
  taken?.release();
});
