/** A query script made ready to run: its job's graph, its tables in memory, and what comes of it as a client prints it. */
import type { TableDescriptor } from '../../src/catalog/table-descriptor.ts';
import type { JobGraph } from '../../src/dataflow/job-graph.ts';
import { parseQuery } from '../../src/parser/sql-parser.ts';
import { planInserts, planQuery } from '../../src/planner/planner.ts';
import type { Field } from '../../src/types/logical-type.ts';
import { clientPrinter } from '../../src/types/print-value.ts';
import type { Value } from '../../src/types/value.ts';
import { decodeMessages } from '../formats/decode-messages.ts';
import { sqlTables } from '../planner/sql-tables.ts';
import type { MemoryChange, MemoryTable } from './memory-table.ts';
import { readInsert } from './read-insert.ts';
import type { Script, ScriptRow } from './script-file.ts';

export interface ScriptJob {
  readonly graph: JobGraph;
  readonly tables: readonly MemoryTable[];
  /** The changes as lines: `+I 1 | a`. */
  lines(changes: readonly MemoryChange[]): string[];
  /** The rows that changes leave, as lines in order. */
  result(changes: readonly MemoryChange[]): string[];
}

/** `settings` are added to the script's. */
export async function scriptJob(script: Script, settings: Readonly<Record<string, string>> = {}): Promise<ScriptJob> {
  const world = sqlTables({ 'table.local-time-zone': 'UTC', ...script.settings, ...settings });
  for (const statement of script.setup) await world.create(statement);
  const tables: MemoryTable[] = [];
  for (const [name, rows] of script.rows) tables.push(memoryTable(name, await describe(name), rows));
  const { graph, fields, key } = await plan();
  const print = fields.map(({ type }) => clientPrinter(type, 'UTC'));
  const text = (values: readonly Value[]) => values.map((value, i) => print[i]?.(value)).join(' | ');
  return {
    graph,
    tables,
    lines: (changes) => changes.map(([sign, ...values]) => `${sign} ${text(values)}`),
    result: (changes) => folded(changes, text, key),
  };

  async function describe(name: string): Promise<TableDescriptor> {
    const found = await world.context.resolve([name]);
    if (found?.object.kind !== 'table') throw new Error(`no table ${name}`);
    return found.object;
  }

  async function plan(): Promise<{ graph: JobGraph; fields: readonly Field[]; key: readonly number[] | null }> {
    const { query: sql } = script;
    if (!sql.startsWith('INSERT')) {
      const planned = await planQuery(parseQuery(sql), world.context, { sql });
      return { ...planned, key: null };
    }
    const insert = readInsert(sql);
    const target = await describe(insert.target.parts.at(-1) as string);
    const fields = physicalFields(target);
    const key = target.primaryKey?.columns.map((name) => fields.findIndex((field) => field.name === name)) ?? null;
    return { graph: await planInserts([insert], world.context, { sql }), fields, key };
  }
}

function physicalFields(table: TableDescriptor): Field[] {
  return table.columns.filter(({ kind }) => kind === 'physical').map(({ name, type }) => ({ name, type }));
}

function memoryTable(name: string, descriptor: TableDescriptor, rows: readonly ScriptRow[]): MemoryTable {
  const fields = physicalFields(descriptor);
  const messages = rows.map(({ values }) =>
    JSON.stringify(Object.fromEntries(fields.map((field, i) => [field.name, values[i]]))),
  );
  const decoded = decodeMessages({ format: 'json', fields }, messages);
  const waits = new Map(rows.flatMap(({ waitMs }, row) => (waitMs === 0 ? [] : [[row, waitMs]])));
  const hasSplits = rows.some(({ split }) => split !== null);
  return {
    name,
    columns: fields.map((field) => ({
      name: field.name,
      ...(field.type.kind === 'ROW' && { fields: field.type.fields.map((inner) => inner.name) }),
    })),
    isChanging: rows.some(({ kind }) => kind !== '+I'),
    changes: decoded.map(([, ...values], row) => [rows[row]?.kind ?? '+I', ...values]),
    waits,
    ...(hasSplits && { splits: rows.map(({ split }) => split ?? 0) }),
  };
}

/** By the sink's key where it has one, else by the whole row. */
function folded(
  changes: readonly MemoryChange[],
  text: (values: readonly Value[]) => string,
  key: readonly number[] | null,
): string[] {
  const rows = new Map<string, string[]>();
  for (const [sign, ...values] of changes) {
    const row = text(values);
    const at = key === null ? row : JSON.stringify(text(key.map((column) => values[column] as Value)));
    const there = rows.get(at) ?? [];
    if (sign === '+I' || sign === '+U') rows.set(at, key === null ? [...there, row] : [row]);
    else if (there.length > 1) rows.set(at, there.slice(1));
    else if (there.length === 1) rows.delete(at);
    else if (key === null) throw new Error(`${sign} of a row that is not there: ${row}`);
  }
  return [...rows.values()].flat().sort();
}
