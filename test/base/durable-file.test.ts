import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder, withFile, writeFully } from '../../src/base/durable-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durable-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.runIf(existsSync('/proc/self/fd'))('a descriptor is closed whatever happens', () => {
  const before = readdirSync('/proc/self/fd').length;
  const path = join(folder, 'f');
  expect(withFile(path, 'w', (file) => writeFully(file, Buffer.from('abc'), 2))).toBeUndefined();
  expect(() =>
    withFile(path, 'r', () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(readdirSync('/proc/self/fd').length).toBe(before);
  expect(readFileSync(path)).toEqual(Buffer.from('\0\0abc'));
});

test('folders are made with those above them, absolute or not, once', () => {
  makeFolder(join(folder, 'a', 'b', 'c'));
  makeFolder(join(folder, 'a', 'b', 'c'));
  makeFolder(relative(process.cwd(), join(folder, 'd', 'e')));
  expect([existsSync(join(folder, 'a', 'b', 'c')), existsSync(join(folder, 'd', 'e'))]).toEqual([true, true]);
});
