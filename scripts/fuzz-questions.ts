/** Random cases as questions to another engine: their tables as files, and for each case a line of JSON with its statements. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MapValue, Value } from '../src/types/value.ts';
import { createTable, type RandomCase, randomCase, settled } from '../test/oracle/check-case.ts';
import type { Kind, RandomTable } from '../test/oracle/random-tables.ts';

const DAY_MS = 86_400_000;

/** Writes `questions.jsonl` into the folder, and the tables below it; paths in statements begin with `${data}`. */
export function writeQuestions(folder: string, mode: 'streaming' | 'batch', first: number, count: number): void {
  const lines: string[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const random = randomCase(seed);
    const views = random.query.views.map(({ name, sql }) => `CREATE VIEW ${name} AS ${sql}`);
    const family = random.query.isOrdered ? 'ordered' : 'plain';
    const setup = [...writeTables(folder, `${mode}-${seed}`, mode, random), ...views];
    lines.push(JSON.stringify({ id: `${mode}-${seed}`, family, mode, setup, sql: random.query.sql }));
  }
  writeFileSync(join(folder, 'questions.jsonl'), lines.map((line) => `${line}\n`).join(''));
}

function writeTables(folder: string, id: string, mode: 'streaming' | 'batch', { tables, query }: RandomCase): string[] {
  const texts = [query.sql, ...query.views.map(({ sql }) => sql)].join(' ');
  mkdirSync(join(folder, id), { recursive: true });
  return tables
    .filter(({ name }) => new RegExp(`\\b${name}\\b`).test(texts))
    .map((random) => {
      const table = mode === 'batch' ? settled(random) : random;
      writeFileSync(
        join(folder, id, `${table.name}.jsonl`),
        messages(table)
          .map((line) => `${line}\n`)
          .join(''),
      );
      return createTable(table, `\${data}/${id}/${table.name}.jsonl`);
    });
}

/** JSON of rows, or Debezium's envelopes around changes. */
function messages(table: RandomTable): string[] {
  const row = (values: readonly Value[]) =>
    `{${table.columns.map(({ name, kind }, i) => `"${name}": ${json(kind, values[i] as Value)}`).join(', ')}}`;
  if (!table.isChanging) return table.changes.map(([, ...values]) => row(values));
  return table.changes.flatMap(([sign, ...values], at) => {
    if (sign === '+U') return [];
    const [, ...next] = table.changes[at + 1] ?? ['+I'];
    if (sign === '-U') return [`{"before": ${row(values)}, "after": ${row(next)}, "op": "u"}`];
    if (sign === '-D') return [`{"before": ${row(values)}, "after": null, "op": "d"}`];
    return [`{"before": null, "after": ${row(values)}, "op": "c"}`];
  });
}

function json(kind: Kind, value: Value): string {
  if (value === null) return 'null';
  switch (kind) {
    case 'TIMESTAMP':
    case 'LTZ': {
      const text = new Date(Number((value as bigint) / 1_000_000n)).toISOString().replace('T', ' ');
      return JSON.stringify(kind === 'LTZ' ? text : text.slice(0, -1));
    }
    case 'DATE':
      return JSON.stringify(new Date((value as number) * DAY_MS).toISOString().slice(0, 10));
    case 'TIME':
      return JSON.stringify(new Date(value as number).toISOString().slice(11, 19));
    case 'DECIMAL':
      return (Number(value) / 100).toFixed(2);
    case 'ROW': {
      const [a, b] = value as readonly Value[];
      return JSON.stringify({ a, b });
    }
    case 'MAP':
      return JSON.stringify(Object.fromEntries((value as MapValue).entries));
    default:
      return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  }
}
