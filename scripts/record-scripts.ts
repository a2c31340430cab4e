/**
 * `npm run record -- --oracle COMMAND [--only joins/ | --only nexmark]`: asks another engine for what the query scripts of `test/scripts` give, and writes it to their
 * ends. COMMAND is run with two files: questions, a JSON object a line (`id`, `config`, `setup`, `sql`), and where the answers go (`id`, `rows` as
 * kinds and printed values, or `error`).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { queryNames } from '../bench/nexmark/queries.ts';
import { digestOf, NEXMARK, nexmarkScript } from '../test/support/nexmark-script.ts';
import { readScript, SCRIPTS, type Script, type ScriptRow, withExpected } from '../test/support/script-file.ts';

interface Answer {
  readonly id: string;
  readonly rows?: ReadonlyArray<readonly string[]>;
  readonly error?: readonly string[];
}

/** Queries that there is no batch plan for. */
const STREAMING = new Set(['q11', 'q12']);
const { values } = parseArgs({ options: { oracle: { type: 'string' }, only: { type: 'string', default: '' } } });
if (values.oracle === undefined) throw new Error('--oracle COMMAND is missing');
interface Entry {
  readonly name: string;
  readonly script: Script;
  write(rows: ReadonlyArray<readonly string[]>): void;
}

const folder = mkdtempSync(join(tmpdir(), 'record-'));
try {
  record(values.oracle, values.only.startsWith('nexmark') ? nexmarkEntries() : fileEntries());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function fileEntries(): Entry[] {
  return readdirSync(SCRIPTS, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(?!tables)\w.*\/.*\.sql$/.test(file) && file.includes(values.only))
    .sort()
    .map((name) => ({ name, script: readScript(join(SCRIPTS, name)), write: (rows) => writeFile(name, rows) }));
}

/** In batch mode: what is left in the end, whatever comes in between. */
function nexmarkEntries(): Entry[] {
  const digests: Record<string, string> = JSON.parse(readFileSync(NEXMARK, 'utf8'));
  return queryNames().map((name) => ({
    name,
    script: {
      ...nexmarkScript(name, []),
      settings: { 'execution.runtime-mode': STREAMING.has(name) ? 'streaming' : 'batch' },
    },
    write(rows) {
      digests[name] = digestOf(folded(rows.map(lineOf))).join();
      writeFileSync(NEXMARK, `${JSON.stringify(digests, null, 2)}\n`);
    },
  }));
}

function record(oracle: string, all: readonly Entry[]): void {
  const entries = all.filter(({ script }) => !script.isByHand);
  const [questions, answers] = [join(folder, 'questions.jsonl'), join(folder, 'answers.jsonl')];
  writeFileSync(questions, entries.map(({ name, script }) => `${JSON.stringify(question(name, script))}\n`).join(''));
  execFileSync('bash', ['-c', `${oracle} "$0" "$1"`, questions, answers], { stdio: 'inherit' });
  const lines = readFileSync(answers, 'utf8').split('\n').filter(Boolean);
  for (const [i, line] of lines.entries()) {
    const { rows, error } = JSON.parse(line) as Answer;
    if (rows === undefined) console.log(`${entries[i]?.name}: ${error?.at(-1)}`);
    else entries[i]?.write(rows);
  }
}

function question(name: string, script: Script): object {
  const own = join(folder, name.replace('/', '-'));
  mkdirSync(own);
  for (const [table, rows] of script.rows) {
    const create = script.setup.find((statement) => statement.startsWith(`CREATE TABLE ${table} `)) ?? '';
    const columns = columnNames(create);
    const text = create.includes("'debezium-json'")
      ? envelopes(columns, rows)
      : rows.map((row) => rowJson(columns, row));
    writeFileSync(join(own, table), text.map((line) => `${line}\n`).join(''));
  }
  const placed = (sql: string) => sql.replaceAll(/\$\{(rows|out)\}/g, own);
  const sink = /^INSERT INTO (\w+)/.exec(script.query)?.[1];
  const setup = sink === undefined ? script.setup : [...script.setup, script.query];
  return {
    id: name,
    config: script.settings,
    setup: setup.map(placed),
    sql: sink === undefined ? placed(script.query) : `SELECT * FROM ${sink}`,
  };
}

/** Names of the physical columns: they stand first on a line, or behind a comma outside of brackets. */
function columnNames(create: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let item = '';
  const inner = create.slice(create.indexOf('(') + 1, create.search(/\)\s*WITH\s*\(/));
  for (const character of `${inner},`) {
    if (character === '(' || character === '<') depth++;
    if (character === ')' || character === '>') depth--;
    if (character !== ',' || depth > 0) {
      item += character;
      continue;
    }
    const [, name, rest = ''] = /^\s*`?(\w+)`?\s+([\s\S]*)$/.exec(item) ?? [];
    if (name && !/^(AS|METADATA)\b/.test(rest) && !/^(WATERMARK|PRIMARY)$/.test(name)) names.push(name);
    item = '';
  }
  return names;
}

function rowJson(columns: readonly string[], { values: cells }: ScriptRow): string {
  return JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, cells[i]])));
}

function envelopes(columns: readonly string[], rows: readonly ScriptRow[]): string[] {
  return rows.flatMap((row, at) => {
    const image = rowJson(columns, row);
    if (row.kind === '+U') return [];
    if (row.kind === '-U')
      return [`{"before": ${image}, "after": ${rowJson(columns, rows[at + 1] as ScriptRow)}, "op": "u"}`];
    return [
      row.kind === '-D'
        ? `{"before": ${image}, "after": null, "op": "d"}`
        : `{"before": null, "after": ${image}, "op": "c"}`,
    ];
  });
}

function writeFile(name: string, rows: ReadonlyArray<readonly string[]>): void {
  const path = join(SCRIPTS, name);
  const { comparesChanges, expected } = readScript(path);
  const changes = rows.map(lineOf);
  const lines = comparesChanges ? changes : folded(changes);
  if (expected.length > 0 && expected.join('\n') !== lines.join('\n')) console.log(`${name}: changed`);
  writeFileSync(path, withExpected(path, lines));
}

function lineOf([kind, ...cells]: readonly string[]): string {
  return `${kind} ${cells.join(' | ')}`;
}

function folded(changes: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const change of changes) {
    const row = change.slice(3);
    counts.set(row, (counts.get(row) ?? 0) + (change.startsWith('+') ? 1 : -1));
  }
  return [...counts].flatMap(([row, count]) => Array<string>(Math.max(count, 0)).fill(row)).sort();
}
