/** Tables whose changes are in memory: as a source that gives them in batches of a given size, and as a table to look rows up in. */
import type { LookupSource } from '../../src/dataflow/lookup.ts';
import type { SourceContext, SourceReader, TableSource } from '../../src/dataflow/source.ts';
import { Batch } from '../../src/types/batch.ts';
import { changelogModes } from '../../src/types/changelog-mode.ts';
import type { Column } from '../../src/types/column.ts';
import type { Heap } from '../../src/types/heap.ts';
import { writeValue } from '../../src/types/lane-value.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { rowKindSigns } from '../../src/types/row-kind.ts';
import type { Value } from '../../src/types/value.ts';

type Sign = '+I' | '-U' | '+U' | '-D';
export type MemoryChange = readonly [Sign, ...Value[]];

export interface MemoryTable {
  readonly name: string;
  /** `fields`: names inside a ROW. */
  readonly columns: ReadonlyArray<{ readonly name: string; readonly fields?: readonly string[] }>;
  readonly isChanging: boolean;
  readonly changes: readonly MemoryChange[];
  /** Between two changes: how far the clock moves before the one of this index. */
  readonly waits?: ReadonlyMap<number, number>;
  /** The split of each change, when there are several. */
  readonly splits?: readonly number[];
}

interface MemorySourceOptions {
  readonly batchRows: number;
  /** Moves the clock; resolves when processing time has passed everywhere. */
  wait(ms: number): Promise<void>;
}

interface Position {
  readonly row: number;
  /** The wait before the row is over. */
  readonly hasWaited: boolean;
}

export function memorySource(table: MemoryTable, options: MemorySourceOptions): TableSource {
  return {
    changelogMode: table.isChanging ? changelogModes.all : changelogModes.insertOnly,
    bounded: true,
    replayable: true,
    ...(table.splits && { metadata: [{ name: 'partition', type: types.int(false) }], splitMetadata: ['partition'] }),
    open: async (context) => new MemoryReader(table, options, context),
  };
}

class MemoryReader implements SourceReader {
  readonly canSnapshot = true;
  readonly #table: MemoryTable;
  readonly #options: MemorySourceOptions;
  readonly #heap: Heap;
  readonly #fields: ReadonlyArray<{ read: Read; type: LogicalType }>;
  readonly #batch: Batch;
  #position: Position;
  #waiting: Promise<void> = Promise.resolve();

  constructor(table: MemoryTable, options: MemorySourceOptions, { heap, produced, restored }: SourceContext) {
    this.#table = table;
    this.#options = options;
    this.#heap = heap;
    this.#fields = produced.map(({ column, field }) => ({ read: reader(table, column), type: field.type }));
    this.#batch = new Batch(this.#fields.map(({ type }) => type));
    this.#position = (restored as Position | null) ?? { row: 0, hasWaited: false };
  }

  poll(): Batch | null | 'end' {
    const { changes, waits, isChanging } = this.#table;
    const { row: first, hasWaited } = this.#position;
    const wait = waits?.get(first);
    if (wait !== undefined && !hasWaited) {
      this.#position = { row: first, hasWaited: true };
      this.#waiting = this.#options.wait(wait);
      return null;
    }
    if (first >= changes.length) return 'end';
    this.#batch.clear();
    this.#batch.insertOnly = !isChanging;
    let row = first;
    const end = Math.min(first + this.#options.batchRows, changes.length);
    for (; row < end && (row === first || !waits?.has(row)); row++) this.#append(row);
    this.#position = { row, hasWaited: false };
    return this.#batch;
  }

  ready(): Promise<void> {
    return this.#waiting;
  }

  position(): Position {
    return this.#position;
  }

  splits(): Array<{ id: string; isOver: boolean }> {
    const { splits = [] } = this.#table;
    const left = new Set(splits.slice(this.#position.row));
    return [...new Set(splits)].map((split) => ({ id: String(split), isOver: !left.has(split) }));
  }

  async close(): Promise<void> {}

  #append(row: number): void {
    const batch = this.#batch;
    const change = this.#table.changes[row] as MemoryChange;
    batch.kinds[batch.rowCount] = rowKindSigns.indexOf(change[0]);
    this.#fields.forEach(({ read, type }, i) => {
      writeValue(type, batch.columns[i] as Column, batch.rowCount, read(change, row), this.#heap);
    });
    batch.rowCount++;
  }
}

type Read = (change: MemoryChange, row: number) => Value;

function reader(table: MemoryTable, column: { kind: string; path?: readonly string[] }): Read {
  if (column.kind === 'metadata') return (_change, row) => table.splits?.[row] ?? 0;
  const [name, inner] = column.path ?? [];
  const index = indexOf(table, name);
  if (inner === undefined) return (change) => change[index + 1] as Value;
  const field = table.columns[index]?.fields?.indexOf(inner) ?? -1;
  if (field < 0) throw new Error(`no field ${inner} in ${name} of ${table.name}`);
  return (change) => (change[index + 1] as readonly Value[] | null)?.[field] ?? null;
}

function indexOf(table: MemoryTable, name: string | undefined): number {
  const index = table.columns.findIndex((candidate) => candidate.name === name);
  if (index < 0) throw new Error(`no column ${name} of ${table.name}`);
  return index;
}

/** Looks rows up by equal values. */
export function memoryLookup(table: MemoryTable): LookupSource {
  return {
    async open(keyFields, fields) {
      const keys = keyFields.map((name) => indexOf(table, name));
      const wanted = fields.map((name) => indexOf(table, name));
      const rows = table.changes.map(([, ...values]) => values);
      return {
        lookup: async (asked) =>
          asked.map((key) =>
            rows
              .filter((row) => keys.every((column, i) => row[column] === key[i]))
              .map((row) => wanted.map((column) => row[column] as Value)),
          ),
        close: async () => undefined,
      };
    },
  };
}
