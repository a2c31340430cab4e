/** Nexmark's queries as statements: the tables over a file of events, a sink, and the INSERT. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = import.meta.dirname;

/** `q0`, `q1`, … in order. */
export function queryNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => /^q\d+\.sql$/.test(file))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
}

/** What a session runs; the INSERT is the last. `sink`: options of the sink, `'connector' = 'blackhole'`. */
export function statementsOf(query: string, events: string, sink: string): string[] {
  const text = ['tables', query].map((file) => readFileSync(join(FOLDER, `${file}.sql`), 'utf8')).join('\n');
  return text
    .replaceAll(`\${events}`, events)
    .replaceAll(`\${sink}`, sink)
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
