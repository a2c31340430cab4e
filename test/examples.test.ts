/** Runs every example of the reference page: statements, operators, connectors, formats, their options, and settings. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleOf, type OptionSpec } from '../src/base/option.ts';
import { connectors, findConnector } from '../src/connectors/index.ts';
import { commonOptions } from '../src/connectors/option-check.ts';
import { sessionSettings } from '../src/engine/settings.ts';
import { formats } from '../src/formats/index.ts';
import { aggregateFunctions } from '../src/functions/index.ts';
import { type Engine, openEngine, rowsOf, type Session } from '../src/index.ts';
import { splitStatements } from '../src/parser/split.ts';
import { nodeDefinitions } from '../src/planner/nodes/index.ts';
import { statements } from '../src/statements/index.ts';
import { clientCommands } from '../src/statements/unsupported.ts';

const SAMPLE = readFileSync(join(import.meta.dirname, '../docs/sample.sql'), 'utf8');
let folder: string;
let engine: Engine;
let sessions = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
  engine = await openEngine(join(folder, 'home'));
  const session = await sample();
  await run(session, "SET 'table.dml-sync' = 'true'");
  await run(session, "INSERT INTO users VALUES (1, 'Ann'), (2, 'Bob')");
  await run(session, "INSERT INTO rates VALUES ('EUR', 1.1, TIMESTAMP '2026-01-01 00:00:00')");
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A session of its own with the tables of the examples. */
async function sample(): Promise<Session> {
  const session = await engine.openSession(`s${sessions++}`, {});
  for (const { text } of splitStatements(SAMPLE)) await run(session, text);
  return session;
}

/** All rows of a statement, as text. */
async function run(session: Session, sql: string): Promise<string> {
  const lines: string[] = [];
  for await (const { values } of rowsOf(session.execute(sql))) lines.push(values.join(' '));
  return lines.join('\n');
}

/** Runs a script, with its files in the folder of the test, and forgets the jobs it leaves. The answer is the last statement's. */
async function play(script: string): Promise<string> {
  const session = await sample();
  let answer = '';
  try {
    for (const { text } of splitStatements(script.replace(/'(\w+\.json)'/g, `'${folder}/$1'`)))
      answer = await run(session, text);
  } finally {
    for await (const { values } of rowsOf(session.execute('SHOW JOBS'))) {
      if (!/FINISHED|CANCELED|FAILED|SUSPENDED/.test(String(values[2])))
        await run(session, `CANCEL JOB '${values[0]}'`);
      await run(session, `DROP JOB '${values[0]}'`);
    }
  }
  return answer;
}

/** All messages of an error and its causes. */
function textOf(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${textOf(error.cause)}` : '';
}

/** What a statement is refused with; empty when it is not. */
function refusal(script: string): Promise<string> {
  return play(script).then(() => '', textOf);
}

/** The options of an option's example over those of a table. */
function withOptions(ddl: string, option: OptionSpec, prefix = ''): string {
  const own = exampleOf(option);
  const [, head = '', body = ''] = /^(.*WITH \()(.*)\)$/.exec(ddl) ?? [];
  const options = new Map([...body.matchAll(/'([^']+)' = '([^']*)'/g)].map(([, key = '', value = '']) => [key, value]));
  if (option.key === 'topic-pattern') options.delete('topic');
  if (option.key === 'value.format') options.delete('format');
  for (const [key, value] of Object.entries(own)) options.set(prefix + key, value.replaceAll("'", "''"));
  return `${head}${[...options].map(([key, value]) => `'${key}' = '${value}'`).join(', ')})`;
}

/** Makes the table `t` and plans all that its connector can do with it. */
async function plans(ddl: string): Promise<void> {
  const session = await sample();
  await run(session, ddl);
  const connector = findConnector(/'connector' = '([^']+)'/.exec(ddl)?.[1] ?? '');
  if (connector?.source) await run(session, 'EXPLAIN SELECT * FROM t');
  const columns = ddl.includes('(line STRING)') ? 'name' : 'id, name';
  // Topics are read by a pattern, not written.
  if (connector?.sink && !ddl.includes('topic-pattern'))
    await run(session, `EXPLAIN INSERT INTO t SELECT ${columns} FROM users`);
}

/** What is wrong with a table; empty when nothing is. */
function mistakes(ddl: string): Promise<string> {
  return plans(ddl).then(() => '', textOf);
}

/** Statements that only say what Millrace has in their place, and words of the client. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'load-module': /A module with name 'core' already exists/,
  'unload-module': /The core module holds all functions and stays/,
  'truncate-table': /hasn't implemented/,
  'create-materialized-table': /Use CREATE TABLE and a continuous INSERT INTO/,
  'show-create-materialized-table': /Materialized table with identifier .* does not exist/,
  'create-model': /There is no model provider here/,
  'describe-model': /doesn't exist/,
  'show-create-model': /does not exist/,
  jar: /resource \[udf.jar\] not found/,
  'remove-jar': /doesn't support REMOVE JAR/,
  ...Object.fromEntries(clientCommands.map(({ name }) => [name, /is a command of the SQL client/])),
};

describe('statements', () => {
  it.each(statements.map(({ name, example }) => [name, example]))('%s: %s', async (name, example) => {
    const text = REFUSED[name];
    if (text) expect(await refusal(example)).toMatch(text);
    else expect(await refusal(example)).toBe('');
  });
});

describe('operators', () => {
  const cases = nodeDefinitions.flatMap(({ kind, examples }) => examples.map((example) => [kind, example] as const));
  it.each(cases)('%s: %s', async (kind, example) => {
    // The end of a SELECT is not printed.
    const explained = example.replace(/[^;]*$/, (query) => `EXPLAIN ${query}`);
    if (kind !== 'Collect') expect(await play(explained)).toMatch(kind === 'Rank' ? /Rank|SortLimit/ : kind);
    expect(await refusal(`SET 'table.dml-sync' = 'true'; ${example}`)).toBe('');
  });
});

describe('aggregate functions', () => {
  const rows = 'SELECT id, id AS a, price AS amount, currency AS name, BITMAP_BUILD(ARRAY[1]) AS b FROM orders';
  // Approximation is for batches only, in Flink too.
  const batch = "SET 'execution.runtime-mode' = 'batch'";
  it.each(aggregateFunctions.map(({ name, example }) => [name, example]))('%s: %s', async (name, example) => {
    const only = name === 'SINGLE_VALUE' ? ' LIMIT 1' : '';
    expect(await refusal(`${batch}; SELECT ${example} FROM (${rows}${only})`)).toBe('');
  });
});

describe('connectors and formats', () => {
  it.each([...connectors, ...formats].map(({ name, example }) => [name, example]))('%s: %s', async (_name, example) => {
    expect(await mistakes(example)).toBe('');
  });

  const ofConnectors = connectors.flatMap(({ name, example, options }) =>
    options.map((option) => [name, option.key, withOptions(example, option)] as const),
  );
  const ofFormats = formats.flatMap(({ name, example, options }) =>
    options.map((option) => [name, option.key, withOptions(example, option, `${name}.`)] as const),
  );
  const ofEach = commonOptions
    .filter(({ key }) => key !== 'connector')
    .map((option) => ['each', option.key, withOptions(connectors[0]?.example ?? '', option)] as const);
  it.each([...ofEach, ...ofConnectors, ...ofFormats])('%s: %s', async (_name, _key, ddl) => {
    expect(await mistakes(ddl)).toBe('');
  });
});

describe('settings', () => {
  it.each(sessionSettings.map((setting) => [setting.key, setting] as const))('%s', async (_key, setting) => {
    const options = exampleOf(setting);
    const sets = Object.entries(options).map(([key, value]) => `SET '${key}' = '${value}'; `);
    const plan = await play(
      `${sets.join('')}EXPLAIN INSERT INTO totals SELECT user_id, SUM(price) FROM orders GROUP BY user_id`,
    );
    expect(plan).toContain('Sink(');
  });
});
