/** Millrace as a library: the example of the README, as it stands there, and what else the entry gives. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EngineError, openEngine, rowsOf } from '../src/index.ts';

const ROOT = join(import.meta.dirname, '..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'library-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('runs the example of the README', async () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1] ?? '';
  expect(example).toContain("from 'millrace'");
  const file = join(folder, 'example.ts');
  writeFileSync(file, example.replace("'millrace'", `'${join(ROOT, 'src/index.ts')}'`));
  const { stdout } = await promisify(execFile)(join(ROOT, 'bin/node'), [file], { cwd: folder });
  expect(stdout).toBe('[ 2 ]\n');
});

it('gives all rows of a query, and its error', async () => {
  const engine = await openEngine(join(folder, 'home'));
  try {
    const session = await engine.openSession('s', {});
    const source = "'connector'='datagen','fields.a.kind'='sequence','fields.a.start'='1','fields.a.end'='12000'";
    await session.execute(`CREATE TABLE numbers (a INT) WITH (${source})`).finished();
    let count = 0;
    for await (const { values } of rowsOf(session.execute('SELECT a FROM numbers'))) if (values[0] !== null) count++;
    expect(count).toBe(12_000);
    const failing = rowsOf(session.execute('SELECT b FROM numbers')).next();
    await expect(failing).rejects.toThrow(EngineError);
  } finally {
    await engine.stop();
  }
});
