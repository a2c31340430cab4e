/** The history file: what is kept, what is masked, who can read it. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maskStatement } from '../../src/base/secret.ts';
import { History } from '../../src/shell/history.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
  path = join(folder, 'inner', 'history');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is there again for the next shell, lines and all', () => {
  const history = new History(path);
  history.add('SELECT\n1;');
  history.add("SELECT 'ß';");
  expect(new History(path).entries).toEqual(['SELECT\n1;', "SELECT 'ß';"]);
});

it('leaves out repeats, blanks and what begins with a blank', () => {
  const history = new History(path);
  for (const statement of ['A;', 'A;', '', '  ', ' secret;', 'B;', 'A;']) history.add(statement);
  expect(history.entries).toEqual(['A;', 'B;', 'A;']);
});

it('can be read by its user only, also when it was open to others before', () => {
  new History(path).add('A;');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const other = join(folder, 'open');
  writeFileSync(other, '"A;"\n', { mode: 0o644 });
  new History(other).add('B;');
  expect(statSync(other).mode & 0o777).toBe(0o600);
});

it('goes on behind a damaged line', () => {
  new History(path).add('A;');
  appendFileSync(path, '{"half\n');
  const history = new History(path);
  expect(history.entries).toEqual(['A;']);
  history.add('B;');
  expect(history.entries).toEqual(['A;', 'B;']);
});

it('keeps the newest ten thousand of a long file', () => {
  writeFileSync(path.replace('/inner', ''), '');
  const long = join(folder, 'long');
  writeFileSync(long, Array.from({ length: 20_001 }, (_, i) => `"S${i};"\n`).join(''));
  const { entries } = new History(long);
  expect([entries.length, entries[0], entries.at(-1)]).toEqual([10_000, 'S10001;', 'S20000;']);
  expect(readFileSync(long, 'utf8').split('\n').length).toBe(10_001);
});

describe('secrets', () => {
  it.each([
    ["'password'='hunter2'", "'password'='******'"],
    ["'Password' = 'it''s hunter2'", "'Password' = '******'"],
    ["'properties.sasl.jaas.config'='user hunter2'", "'properties.sasl.jaas.config'='******'"],
    ["'s3.access-key' = 'hunter2'", "'s3.access-key' = '******'"],
    ["'json.basic-auth.user-info'='me:hunter2'", "'json.basic-auth.user-info'='******'"],
    ["'client.secret'='hunter2','url'='x'", "'client.secret'='******','url'='x'"],
  ])('%s', (options, masked) => {
    expect(maskStatement(`CREATE TABLE t (a INT) WITH (${options});`)).toBe(`CREATE TABLE t (a INT) WITH (${masked});`);
  });

  it('of procedures', () => {
    const call = (password: string) => `CALL sys.play_shop(url => 'jdbc:mysql://h/d', password => '${password}');`;
    expect(maskStatement(call("it''s hunter2"))).toBe(call('******'));
  });

  it('never reach the file', () => {
    new History(path).add("CREATE TABLE s (a INT) WITH ('connector'='jdbc','password'='hunter2');");
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('hunter2');
    expect(text).toContain("'password'='******'");
  });

  it('mask nothing else', () => {
    const statement = "SELECT 'x' AS password FROM t WHERE a = 'b';";
    expect(maskStatement(statement)).toBe(statement);
  });
});
