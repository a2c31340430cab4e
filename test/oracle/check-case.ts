/**
 * One random case: a query over random tables whose stream, folded, is the batch result of the same query; the stream is the same in other
 * batches and over kills; what leaves had been there; and generated code gives what the interpreter gives.
 */
import { EngineError } from '../../src/base/error.ts';
import { parseQuery } from '../../src/parser/sql-parser.ts';
import { planInserts, planQuery } from '../../src/planner/planner.ts';
import type { Value } from '../../src/types/value.ts';
import { sqlTables } from '../planner/sql-tables.ts';
import { readInsert } from '../support/read-insert.ts';
import { Difference } from './checked-calc.ts';
import { type ChoiceRecord, Choices } from './choices.ts';
import { type Play, playJob, STRAIGHT } from './memory-job.ts';
import { type RandomQuery, randomQuery } from './random-query.ts';
import { type RandomChange, type RandomTable, randomTables, SQL_TYPES } from './random-tables.ts';
import { rowText, valueText } from './value-text.ts';

export interface RandomCase {
  readonly tables: readonly RandomTable[];
  readonly query: RandomQuery;
  readonly play: Play;
  readonly taken: ChoiceRecord;
}

/** What became of a case; `compared`: with batch too. */
export type Outcome = 'compared' | 'streaming only' | 'refused' | 'failed alike' | 'failed in one way';

export function randomCase(seed: number, record: ChoiceRecord | null = null): RandomCase {
  const choices = new Choices(seed, record);
  const tables = randomTables(choices.stream('schema'), (table) => choices.stream(table));
  const query = randomQuery(tables, choices.stream('query'));
  const run = choices.stream('run');
  const play = { batchRows: 1 + run.below(12), checkpointEvery: 1 + run.below(4), killEvery: 1 + run.below(3) };
  return { tables, query, play, taken: choices.taken };
}

/** Throws a Difference, or what should never be thrown. */
export async function checkCase({ tables, query, play }: RandomCase): Promise<Outcome> {
  const streaming = await plan(tables, query, 'streaming');
  if (streaming instanceof EngineError) return 'refused';
  const straight = await resultOf(() => playJob(streaming, tables, { ...STRAIGHT, batchRows: play.batchRows }));
  const killed = await resultOf(() => playJob(streaming, tables, play));
  if (straight instanceof EngineError || killed instanceof EngineError) {
    if (straight instanceof EngineError && killed instanceof EngineError) return 'failed alike';
    if (isDivisionByZero(straight) || isDivisionByZero(killed)) return 'failed in one way';
    throw new Difference(`straight and with kills: ${shortly(straight)} and ${shortly(killed)}`);
  }
  const key = query.sinkKey?.map((name) => query.columns.findIndex((column) => column.name === name)) ?? null;
  const result = folded(straight, key);
  same('straight and with kills', result, folded(killed, key));
  if (query.isOrdered) return 'streaming only';
  const other = await resultOf(() => playJob(streaming, tables, STRAIGHT));
  // A row that fails may be made by one order of changes only, or by one plan.
  if (other instanceof EngineError) return 'failed in one way';
  same('in other batches', result, folded(other, key));
  if (query.isOnlyStream) return 'streaming only';
  const left = tables.map(settled);
  const batch = await plan(left, query, 'batch');
  if (batch instanceof EngineError) return 'streaming only';
  const rows = await resultOf(() => playJob(batch, left, STRAIGHT));
  if (rows instanceof EngineError) return 'failed in one way';
  same('streaming and batch', result, folded(rows, key));
  return 'compared';
}

/** A resumed job asks its sources in another order, so that rows may meet in between which otherwise do not. */
function isDivisionByZero(result: unknown): boolean {
  for (let error = result; error instanceof EngineError; error = error.cause)
    if (error.exceptionClass === 'java.lang.ArithmeticException') return true;
  return false;
}

/** The plan, or why the planner refuses the query. */
async function plan(tables: readonly RandomTable[], query: RandomQuery, mode: 'streaming' | 'batch') {
  const settings = mode === 'streaming' ? query.settings : {};
  const world = sqlTables({
    ...settings,
    ...SINK_SETTINGS,
    'execution.runtime-mode': mode,
    'table.local-time-zone': 'UTC',
  });
  for (const table of tables) await world.create(createTable(table));
  return resultOf(async () => {
    for (const view of query.views) await world.create(`CREATE VIEW ${view.name} AS ${view.sql}`);
    if (query.sinkKey === null)
      return (await planQuery(parseQuery(query.sql), world.context, { sql: query.sql })).graph;
    const sql = `INSERT INTO outcome ${query.sql}`;
    await world.create(createSink(query, query.sinkKey));
    return planInserts([readInsert(sql)], world.context, { sql });
  });
}

/** The result, or the error of the query: anything else goes on. */
async function resultOf<T>(compute: () => Promise<T>): Promise<T | EngineError> {
  try {
    return await compute();
  } catch (error) {
    if (error instanceof EngineError && error.code !== 'INTERNAL') return error;
    throw error;
  }
}

const SINK_SETTINGS = {
  'table.exec.sink.not-null-enforcer': 'DROP',
  'table.exec.sink.require-on-conflict': 'false',
};

/** A sink that folds by its key. */
function createSink({ columns }: RandomQuery, key: readonly string[]): string {
  const list = columns.map(({ name, kind }) => `${name} ${SQL_TYPES[kind]}${key.includes(name) ? ' NOT NULL' : ''}`);
  return `CREATE TABLE outcome (${list.join(', ')}, PRIMARY KEY (${key.join(', ')}) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'outcome', 'properties.bootstrap.servers' = 'embedded', 'key.format' = 'json', 'value.format' = 'json')`;
}

export function createTable(table: RandomTable, path = '/nowhere'): string {
  const columns = table.columns.map(({ name, kind }) => `${name} ${SQL_TYPES[kind]}`);
  if (table.hasKey) columns[0] += ' NOT NULL';
  if (table.hasKey) columns.push('PRIMARY KEY (id) NOT ENFORCED');
  if (table.role === 'lookup')
    return `CREATE TABLE ${table.name} (${columns.join(', ')}) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:${table.name}.db', 'table-name' = '${table.name}')`;
  if (table.columns.some(({ name }) => name === 'ts')) columns.push("WATERMARK FOR ts AS ts - INTERVAL '5' SECOND");
  const format = table.isChanging ? 'debezium-json' : 'json';
  return `CREATE TABLE ${table.name} (${columns.join(', ')}) WITH ('connector' = 'filesystem', 'path' = '${path}', 'format' = '${format}')`;
}

/** The table with the rows that its changes leave. */
export function settled(table: RandomTable): RandomTable {
  const rows = new Map<string, RandomChange>();
  const key = (values: RandomChange) => String(values[1]);
  for (const change of table.changes)
    if (change[0] === '+I' || change[0] === '+U') rows.set(key(change), ['+I', ...change.slice(1)] as never);
    else rows.delete(key(change));
  return { ...table, isChanging: false, changes: [...rows.values()] };
}

/** The bag of rows that is left, by text; with a key, the newest row of each. */
function folded(changes: readonly RandomChange[], key: readonly number[] | null): Map<string, number> {
  if (key !== null) return foldedBy(key, changes);
  const counts = new Map<string, number>();
  for (const [sign, ...values] of changes) {
    const row = rowText(values);
    const count = (counts.get(row) ?? 0) + (sign === '+I' || sign === '+U' ? 1 : -1);
    if (count < 0) throw new Difference(`${sign} of a row that is not there: ${row}`);
    if (count === 0) counts.delete(row);
    else counts.set(row, count);
  }
  return counts;
}

function foldedBy(key: readonly number[], changes: readonly RandomChange[]): Map<string, number> {
  const rows = new Map<string, string>();
  for (const [sign, ...values] of changes) {
    const at = rowText(key.map((column) => values[column] as Value));
    if (sign === '+I' || sign === '+U') rows.set(at, rowText(values));
    else if (!rows.delete(at)) throw new Difference(`${sign} of a key that is not there: ${at}`);
  }
  return new Map([...rows.values()].map((row) => [row, 1]));
}

function same(what: string, one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): void {
  const [a, b] = [linesOf(one), linesOf(other)];
  if (a.join('\n') === b.join('\n')) return;
  const onlyA = a.filter((line) => !b.includes(line));
  const onlyB = b.filter((line) => !a.includes(line));
  throw new Difference(
    `${what}: ${a.length} and ${b.length} rows\n  only here: ${onlyA.slice(0, 4).join('; ')}\n  only there: ${onlyB.slice(0, 4).join('; ')}`,
  );
}

/** Floating point of another order of sums differs in its last digits. */
function linesOf(counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .map(
      ([row, count]) =>
        `${row.replace(/(?<![\w"-])-?\d+\.\d+(e[+-]\d+)?/g, (number) => Number(number).toPrecision(9))} ×${count}`,
    )
    .sort();
}

function shortly(result: RandomChange[] | EngineError): string {
  return result instanceof EngineError ? `fails: ${result.message}` : `${result.length} changes`;
}

/** The case as a script, to be read by people. */
export function describeCase({ tables, query, play }: RandomCase): string {
  const rows = tables
    .filter(({ name }) => new RegExp(`\\b${name}\\b`).test([query.sql, ...query.views.map(({ sql }) => sql)].join(' ')))
    .map((table) => {
      const changes = table.changes.map(
        ([sign, ...values]) => `--   ${sign} ${values.map((v) => valueText(v)).join(', ')}`,
      );
      return `${createTable(table)};\n${changes.join('\n')}`;
    });
  const views = query.views.map(({ name, sql }) => `CREATE VIEW ${name} AS ${sql};`);
  const settings = Object.entries(query.settings).map(([setting, value]) => `SET '${setting}' = '${value}';`);
  const sink = query.sinkKey === null ? [] : [`${createSink(query, query.sinkKey)};`, 'INSERT INTO outcome'];
  return [...settings, ...rows, ...views, ...sink, `${query.sql};`, `-- ${JSON.stringify(play)}`].join('\n');
}
