/** The shell in a real terminal (tmux, 80 × 24): what a user types, and what is on the screen then. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Terminal } from '../support/terminal.ts';

const LIMIT = { timeout: 240_000 };
const ORDERS = "CREATE TABLE orders (order_id INT, customer STRING) WITH ('connector'='datagen');";
const CREATED = /Execute statement succeeded/;
let terminal: Terminal;

beforeEach(async () => {
  terminal = await Terminal.open();
  await terminal.untilPrompt();
}, 120_000);
afterEach(async () => await terminal.close(), 120_000);

it('begins with a short greeting and the prompt', LIMIT, async () => {
  const lines = (await terminal.screen()).trimEnd().split('\n');
  expect(lines.join('\n')).toContain('HELP;');
  expect(lines.length).toBeLessThanOrEqual(8);
  expect(await terminal.isAlternate()).toBe(false);
});

it('runs a statement that comes with its Enter in one read', LIMIT, async () => {
  await terminal.keys('SELECT 1 AS a;', 'Enter');
  await terminal.until(/Received a total of 1 row /);
  const screen = await terminal.untilPrompt();
  expect(screen).toMatch(/\| op \| +a \|\n\+.*\n\| \+I \| +1 \|/);
});

it('takes a statement of several lines, and Up brings all of them back', LIMIT, async () => {
  for (const line of ['SELECT', '2 AS b', ';']) await terminal.keys(line, 'Enter');
  await terminal.until(/\| \+I \| +2 \|/);
  const screen = await terminal.untilPrompt();
  expect(screen).not.toContain('ERROR');
  await terminal.keys('C-l');
  await terminal.until((text) => text.trim() === 'Flink SQL>');
  await terminal.keys('Up');
  await terminal.until(/^Flink SQL> SELECT *\n +> 2 AS b *\n +> ;/);
});

it('clears the screen and keeps what was typed', LIMIT, async () => {
  await terminal.keys('SELECT 40 +');
  await terminal.until(/SELECT 40 \+/);
  await terminal.keys('C-l');
  await terminal.until((screen) => screen.trim() === 'Flink SQL> SELECT 40 +');
  await terminal.keys(' 2;', 'Enter');
  await terminal.until(/\| \+I \| +42 \|/);
});

it('pastes many lines without running any of them before Enter', LIMIT, async () => {
  const views = Array.from({ length: 200 }, (_, i) => `CREATE TEMPORARY VIEW v${i} AS SELECT ${i} AS c;`).join('\n');
  await terminal.paste(views);
  const before = await terminal.until(/CREATE TEMPORARY VIEW v199 AS SELECT 199 AS c;/);
  expect(before).not.toContain('INFO');
  await terminal.keys('Enter');
  await terminal.until(CREATED);
  await terminal.untilPrompt();
  const screen = await terminal.execute('SHOW VIEWS;', /200 rows in set/);
  expect(screen).toMatch(/\| +v99 \|/);
});

it('gives up a paste that never ends', LIMIT, async () => {
  await terminal.raw('\u001b[200~abc');
  await terminal.until(/Flink SQL> abc/);
  await terminal.keys('C-c');
  await terminal.until((screen) => screen.trimEnd().endsWith('Flink SQL>'));
  await terminal.keys('SELECT 3;', 'Enter');
  await terminal.until(/\| \+I \| +3 \|/);
});

it('shows an error with a caret under its place', LIMIT, async () => {
  await terminal.execute(ORDERS, CREATED);
  const lines = (await terminal.execute('SELECT order_idd FROM orders;', /\^/)).split('\n');
  expect(lines.join('\n')).toContain('[ERROR]');
  const at = lines.findIndex((line) => line.startsWith('LINE 1: '));
  expect(lines[at]).toBe('LINE 1: SELECT order_idd FROM orders');
  expect(lines[at + 1]).toBe(`${' '.repeat('LINE 1: SELECT '.length)}^`);
});

it('shows a running query live, in a screen of its own that follows the size of the window', LIMIT, async () => {
  await terminal.execute(
    "CREATE TABLE clicks (k INT) WITH ('connector'='datagen','fields.k.min'='0','fields.k.max'='3');",
    CREATED,
  );
  await terminal.keys('SELECT k, COUNT(*) AS c FROM clicks GROUP BY k;', 'Enter');
  await terminal.until(async () => await terminal.isAlternate());
  const first = await terminal.until(/\| +k \| +c \|\n.*\n\| \+I \| +\d \| +\d+ \|/);
  const counts = (screen: string): string => screen.match(/\| \+I .*/g)?.join('\n') ?? '';
  await terminal.until((screen) => counts(screen) !== counts(first));
  for (const [width, height] of [
    [40, 10],
    [120, 40],
    [80, 24],
  ] as const) {
    await terminal.resize(width, height);
    const before = counts(await terminal.screen());
    const screen = await terminal.until((text) => /SQL Query Result/.test(text) && counts(text) !== before);
    expect(screen.match(/SQL Query Result/g)?.length).toBe(1);
    expect(Math.max(...screen.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
  }
  await terminal.keys('q');
  await terminal.until(/Query terminated, received a total of \d+ rows/);
  await terminal.untilPrompt();
  expect(await terminal.isAlternate()).toBe(false);
  expect((await terminal.scrollback()).match(/\| op \| +k \| +c \|/g)?.length).toBe(1);
});

it('runs a job in the background, stops it with a savepoint and resumes it, every row once', LIMIT, async () => {
  const rows = 4000;
  const source = `'connector'='datagen','rows-per-second'='400','fields.a.kind'='sequence','fields.a.start'='1','fields.a.end'='${rows}'`;
  const folder = join(terminal.folder, 'out');
  await terminal.execute(`CREATE TABLE numbers (a BIGINT) WITH (${source});`, CREATED);
  await terminal.execute(
    `CREATE TABLE files (a BIGINT) WITH ('connector'='filesystem','format'='json','path'='${folder}');`,
    CREATED,
  );
  await terminal.execute("SET 'execution.checkpointing.interval' = '200 ms';", CREATED);
  const submitted = await terminal.execute('INSERT INTO files SELECT a FROM numbers;', /Job ID: [0-9a-f]{32}/);
  const id = /Job ID: ([0-9a-f]{32})/.exec(submitted)?.[1] ?? '';
  await terminal.execute('SHOW JOBS;', new RegExp(`${id}[\\s\\S]*RUNNING`));
  await terminal.until(() => committed(folder).length > 0);
  await terminal.execute(`STOP JOB '${id}' WITH SAVEPOINT;`, /savepoint/i);
  const stoppedAt = committed(folder);
  expect(stoppedAt).toEqual(Array.from(stoppedAt, (_, i) => i + 1));
  expect(stoppedAt.length).toBeLessThan(rows);
  await terminal.execute('SHOW CHECKPOINTS;', /COMPLETED/);
  await terminal.execute(`RESUME JOB '${id}';`, /Flink SQL> RESUME[^\n]*\n[\s\S]*Flink SQL>/);
  await terminal.until(() => committed(folder).length >= rows);
  expect(committed(folder)).toEqual(Array.from({ length: rows }, (_, i) => i + 1));
});

it('remembers statements in the next shell, and no secret', LIMIT, async () => {
  await terminal.execute("CREATE TABLE s (a INT) WITH ('connector'='jdbc','password'='hunter2');", /INFO|ERROR/);
  await terminal.keys('C-d');
  await terminal.until(async () => !(await terminal.isOpen()));
  const history = join(terminal.folder, '.millrace-history');
  expect(readFileSync(history, 'utf8')).not.toContain('hunter2');
  expect(statSync(history).mode & 0o777).toBe(0o600);
  await terminal.start();
  await terminal.untilPrompt();
  await terminal.keys('Up');
  const screen = await terminal.until(/CREATE TABLE s/);
  expect(screen.replaceAll('\n', '')).toContain("'password'='******'");
});

function committed(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => !name.startsWith('.') && !name.startsWith('_'));
  const lines = names.flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  return lines.map((line) => (JSON.parse(line) as { a: number }).a).sort((a, b) => a - b);
}
