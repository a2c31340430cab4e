/** Tables of random schema and rows: streams of events with times, and tables that change. */
import { MapValue, type Value } from '../../src/types/value.ts';
import type { MemoryChange, MemoryTable } from '../support/memory-table.ts';
import type { Chooser } from './choices.ts';

/** The types of random columns, by a short name; all of them can be written as a literal and in JSON. */
export const SQL_TYPES = {
  INT: 'INT',
  BIGINT: 'BIGINT',
  STRING: 'STRING',
  DECIMAL: 'DECIMAL(10, 2)',
  DOUBLE: 'DOUBLE',
  BOOLEAN: 'BOOLEAN',
  DATE: 'DATE',
  TIMESTAMP: 'TIMESTAMP(3)',
  LTZ: 'TIMESTAMP_LTZ(3)',
  TIME: 'TIME(0)',
  SMALLINT: 'SMALLINT',
  TINYINT: 'TINYINT',
  FLOAT: 'FLOAT',
  BYTES: 'BYTES',
  INTS: 'ARRAY<INT>',
  TEXTS: 'ARRAY<STRING>',
  MAP: 'MAP<STRING, INT>',
  ROW: 'ROW<a INT, b STRING>',
} as const;
export type Kind = keyof typeof SQL_TYPES;

export interface RandomColumn {
  readonly name: string;
  readonly kind: Kind;
  /** Of a ROW. */
  readonly fields?: readonly string[];
}

export type RandomChange = MemoryChange;

export interface RandomTable extends MemoryTable {
  /** `events` only come; rows that are `changing` are replaced and go; `versions` change in event time; `lookup` can be asked for keys. */
  readonly role: 'events' | 'changing' | 'versions' | 'lookup';
  /** `id` is unique at any time, `k` has few values; `ts` of events is the rowtime. */
  readonly columns: readonly RandomColumn[];
  readonly hasKey: boolean;
}

const TEXTS = ['a', 'b', '', 'ab', 'A b', '12', '-3.5', '2024-01-05', 'ünï', 'x,y', '{"a": 1}', 'true', ' c ', 'zz'];
const EPOCH_MS = Date.UTC(2024, 0, 1);
const EXTRA: readonly Kind[] = [
  'INT',
  'STRING',
  'DECIMAL',
  'DOUBLE',
  'BIGINT',
  'BOOLEAN',
  'DATE',
  'TIMESTAMP',
  'LTZ',
  'TIME',
  'INTS',
  'MAP',
  'ROW',
  'TEXTS',
  'SMALLINT',
  'FLOAT',
];
/** Not of a table that is looked up. */
const NOT_IN_DATABASES = new Set<Kind>(['INTS', 'TEXTS', 'MAP', 'ROW', 'LTZ']);
/** Milliseconds that an event may come late: less than the watermark's delay, so that no row is dropped. */
const DISORDER_MS = 4000;

export function randomTables(schema: Chooser, rows: (table: string) => Chooser): RandomTable[] {
  const tables = [events('e1', schema, rows('e1'))];
  tables.push(changing('c1', schema, rows('c1')));
  if (schema.once(2)) tables.push(events('e2', schema, rows('e2')));
  if (schema.once(2)) tables.push(changing('c2', schema, rows('c2')));
  tables.push(versions('r1', schema, rows('r1')), lookup('l1', schema, rows('l1')));
  return tables;
}

function extraColumns(schema: Chooser): RandomColumn[] {
  return schema.list(1, 4, (index) => columnOf(`x${index}`, schema.of(EXTRA)));
}

function columnOf(name: string, kind: Kind): RandomColumn {
  return kind === 'ROW' ? { name, kind, fields: ['a', 'b'] } : { name, kind };
}

function events(name: string, schema: Chooser, rows: Chooser): RandomTable {
  const extra = extraColumns(schema);
  const columns: RandomColumn[] = [
    { name: 'id', kind: 'INT' },
    { name: 'k', kind: 'INT' },
    { name: 's', kind: 'STRING' },
    ...extra,
    { name: 'ts', kind: 'TIMESTAMP' },
  ];
  const count = rowCount(rows);
  let clock = EPOCH_MS;
  const changes = Array.from({ length: count }, (_, id): RandomChange => {
    clock += rows.of([1000, 1, 500, 7000, 60_000]);
    const time = BigInt(clock - (rows.once(4) ? rows.below(DISORDER_MS) : 0)) * 1_000_000n;
    return ['+I', id, key(rows), cellOf('STRING', rows), ...extra.map(({ kind }) => cellOf(kind, rows)), time];
  });
  return { name, role: 'events', columns, isChanging: false, hasKey: false, changes: withTimesApart(changes) };
}

/** Equal times would leave the order of rows open. */
function withTimesApart(changes: readonly RandomChange[]): RandomChange[] {
  const seen = new Set<Value>();
  return changes.map((change) => {
    let time = change.at(-1) as bigint;
    while (seen.has(time)) time += 1_000_000n;
    seen.add(time);
    return change.with(-1, time) as unknown as RandomChange;
  });
}

function changing(name: string, schema: Chooser, rows: Chooser): RandomTable {
  const extra = extraColumns(schema);
  const columns: RandomColumn[] = [
    { name: 'id', kind: 'INT' },
    { name: 'k', kind: 'INT' },
    { name: 's', kind: 'STRING' },
    ...extra,
  ];
  const hasKey = schema.once(2);
  const row = (id: number): Value[] => [
    id,
    key(rows),
    cellOf('STRING', rows),
    ...extra.map(({ kind }) => cellOf(kind, rows)),
  ];
  const living: Value[][] = [];
  const changes: RandomChange[] = [];
  const count = rowCount(rows);
  for (let step = 0; step < count; step++) {
    const what = living.length === 0 ? 0 : rows.below(4);
    if (what < 2) {
      const made = row(step);
      living.push(made);
      changes.push(['+I', ...made]);
      continue;
    }
    const at = rows.below(living.length);
    const before = living[at] as Value[];
    if (what === 2) {
      const after = row(before[0] as number);
      living[at] = after;
      changes.push(['-U', ...before], ['+U', ...after]);
    } else {
      living.splice(at, 1);
      changes.push(['-D', ...before]);
    }
  }
  return { name, role: 'changing', columns, isChanging: true, hasKey, changes };
}

/** One row a key (`id`) at any time, each version with its time in `ts`. */
function versions(name: string, schema: Chooser, rows: Chooser): RandomTable {
  const extra = extraColumns(schema);
  const columns: RandomColumn[] = [{ name: 'id', kind: 'INT' }, ...extra, { name: 'ts', kind: 'TIMESTAMP' }];
  const living = new Map<number, Value[]>();
  const changes: RandomChange[] = [];
  let clock = EPOCH_MS;
  for (let count = rowCount(rows); count > 0; count--) {
    clock += rows.of([1000, 1, 500, 7000, 60_000]);
    const id = rows.below(5);
    const before = living.get(id);
    if (before && rows.once(4)) {
      // With the time at which it goes: a row that goes by an older time does so late, for more or fewer events by the batches.
      changes.push(['-D', ...before.slice(0, -1), BigInt(clock) * 1_000_000n]);
      living.delete(id);
      continue;
    }
    if (before) changes.push(['-U', ...before]);
    const made = [id, ...extra.map(({ kind }) => cellOf(kind, rows)), BigInt(clock) * 1_000_000n];
    living.set(id, made);
    changes.push([before ? '+U' : '+I', ...made]);
  }
  return { name, role: 'versions', columns, isChanging: true, hasKey: true, changes };
}

/** `k` has few values, and may have several rows. */
function lookup(name: string, schema: Chooser, rows: Chooser): RandomTable {
  const extra = extraColumns(schema).filter(({ kind }) => !NOT_IN_DATABASES.has(kind));
  const columns: RandomColumn[] = [
    { name: 'id', kind: 'INT' },
    { name: 'k', kind: 'INT' },
    { name: 's', kind: 'STRING' },
    ...extra,
  ];
  const changes = Array.from(
    { length: rows.below(8) },
    (_, id): RandomChange => [
      '+I',
      id,
      key(rows),
      cellOf('STRING', rows),
      ...extra.map(({ kind }) => cellOf(kind, rows)),
    ],
  );
  return { name, role: 'lookup', columns, isChanging: false, hasKey: true, changes };
}

function rowCount(rows: Chooser): number {
  return rows.weighted<() => number>([
    [6, () => rows.below(8)],
    [6, () => rows.below(40)],
    [1, () => 50 + rows.below(250)],
  ])();
}

function key(rows: Chooser): number | null {
  return rows.once(10) ? null : rows.below(5);
}

/** A value of a column; null once in ten. */
function cellOf(kind: Kind, rows: Chooser): Value {
  if (rows.once(10)) return null;
  return plainValue(kind, rows);
}

function small(rows: Chooser): number {
  return rows.below(12) - (rows.once(3) ? 6 : 0);
}

function plainValue(kind: Kind, rows: Chooser): Value {
  const isExtreme = rows.once(40);
  switch (kind) {
    case 'INT':
      return isExtreme ? rows.of([2147483647, -2147483648]) : small(rows);
    case 'BIGINT':
      return isExtreme ? rows.of([9223372036854775807n, -9223372036854775808n]) : BigInt(small(rows));
    case 'SMALLINT':
      return isExtreme ? rows.of([32767, -32768]) : small(rows);
    case 'TINYINT':
      return isExtreme ? rows.of([127, -128]) : small(rows);
    case 'STRING':
    case 'BYTES':
      return rows.of(TEXTS);
    case 'DECIMAL':
      return isExtreme ? rows.of([9999999999n, -9999999999n]) : BigInt(small(rows) * 25);
    // Quarters: sums of them are exact in any order.
    case 'DOUBLE':
    case 'FLOAT':
      return small(rows) / 4;
    case 'BOOLEAN':
      return rows.once(2);
    case 'DATE':
      return isExtreme ? rows.of([-141_428, 2_932_896, 11_016]) : 19_723 + small(rows);
    case 'TIMESTAMP':
    case 'LTZ':
      return BigInt(EPOCH_MS + small(rows) * 3_600_500) * 1_000_000n;
    case 'TIME':
      return rows.below(24) * 3_600_000 + small(rows) * 60_000 * (rows.once(2) ? 0 : 1) + 360_000;
    case 'INTS':
      return rows.list(0, 3, () => cellOf('INT', rows));
    case 'TEXTS':
      return rows.list(0, 3, () => cellOf('STRING', rows));
    case 'MAP':
      return new MapValue(['p', 'q'].slice(0, rows.below(3)).map((name) => [name, cellOf('INT', rows)]));
    case 'ROW':
      return [cellOf('INT', rows), cellOf('STRING', rows)];
  }
}
