/**
 * Whole rows in a state table: some of a row's columns are the table's key, the others its values, more values may follow. The copying
 * and comparing is generated for the row's types. Which rows are kept, and when they leave, is the operators' business.
 */

import type { SortKey } from '../dataflow/operator-spec.ts';
import type { KeyColumns, KeyedTable, Slot, StateBackend } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import type { Heap } from '../types/heap.ts';
import { type LogicalType, withNullable } from '../types/logical-type.ts';
import { generatedFunction } from './generated-function.ts';
import {
  assignBatch,
  assignRecord,
  batchOperand,
  compareValues,
  isBytes,
  recordOperand,
  sameValue,
} from './lane-code.ts';

export interface RowTableSpec {
  readonly name: string;
  readonly types: readonly LogicalType[];
  /** Columns of the row that are key columns, in key order; `prefix` of them are chained. */
  readonly keys: readonly number[];
  readonly prefix: number;
  readonly ttlMs: number;
  /** Columns that are kept, keys apart; all when absent. Others cannot be read back. */
  readonly stored?: readonly number[];
  /** Value columns behind the row's own. */
  readonly extra?: readonly LogicalType[];
}

export class RowTable {
  readonly table: KeyedTable;
  readonly keys: KeyColumns;
  readonly types: readonly LogicalType[];
  /** Where each column of the row lies in a record. */
  readonly slots: readonly Slot[];
  /** Types of the row's columns as they are stored: keys are nullable. */
  readonly storedTypes: readonly LogicalType[];
  /** Slots of the extra values. */
  readonly extraSlots: readonly Slot[];
  readonly #heap: Heap;
  readonly #values: readonly number[];
  readonly #write: (table: KeyedTable, address: number, batch: Batch, row: number) => void;
  readonly #same: (address: number, batch: Batch, row: number) => boolean;

  constructor(heap: Heap, state: StateBackend, spec: RowTableSpec) {
    this.#heap = heap;
    this.types = spec.types;
    this.keys = spec.keys;
    const stored = spec.stored ?? spec.types.map((_, column) => column);
    this.#values = stored.filter((column) => !spec.keys.includes(column));
    // Keys are nullable in state, so that both sides of a join may probe either table.
    const key = spec.keys.map((column) => withNullable(typeAt(spec.types, column), true));
    const value = [...this.#values.map((column) => typeAt(spec.types, column)), ...(spec.extra ?? [])];
    this.table = state.table({ name: spec.name, version: 1, key, value, prefix: spec.prefix, ttlMs: spec.ttlMs });
    const { layout } = this.table;
    this.slots = spec.types.map((_, column) => {
      const position = spec.keys.indexOf(column);
      return (position >= 0 ? layout.key[position] : layout.value[this.#values.indexOf(column)]) as Slot;
    });
    this.storedTypes = spec.types.map((type, column) => withNullable(type, (this.slots[column]?.nullByte ?? -1) >= 0));
    this.extraSlots = layout.value.slice(this.#values.length);
    this.#write = this.#compileWrite();
    this.#same = this.#compileSame();
  }

  get layout(): KeyedTable['layout'] {
    return this.table.layout;
  }

  /** Position of the first extra value among the table's value columns. */
  get extraAt(): number {
    return this.#values.length;
  }

  /** Writes the row's value columns into a record whose key it has, and marks it. */
  write(address: number, batch: Batch, row: number): void {
    this.#write(this.table, address, batch, row);
  }

  /** True when the record's value columns equal the row's. */
  same(address: number, batch: Batch, row: number): boolean {
    return this.#same(address, batch, row);
  }

  /** A function that writes the first `width` columns of the record's row into columns `at` … of a batch of `toTypes`. */
  compileRead(
    toTypes: readonly LogicalType[],
    at = 0,
    width = this.types.length,
  ): (address: number, to: Batch, toRow: number) => void {
    return generatedFunction(this.#heap, 'a, to, toRow', this.readText(toTypes, at, width, 'to', 'toRow'));
  }

  /** The statements of {@link compileRead} for record `a`. */
  readText(toTypes: readonly LogicalType[], at: number, width: number, to: string, toRow: string): string {
    const statements = this.types.slice(0, width).map((_, column) => {
      const value = recordOperand(this.slots[column] as Slot, typeAt(this.storedTypes, column), 'a');
      return assignBatch(to, at + column, typeAt(toTypes, at + column), toRow, value);
    });
    return statements.join('\n');
  }

  /** The order of two records by sort keys: below 0, 0, above 0. */
  compileOrder(order: readonly SortKey[]): (a: number, b: number) => number {
    return this.#compileOrder(order, 'a, b', (column) =>
      recordOperand(this.slots[column] as Slot, typeAt(this.storedTypes, column), 'b'),
    );
  }

  /** The order of a record and a row of a batch. */
  compileOrderToRow(order: readonly SortKey[]): (a: number, batch: Batch, row: number) => number {
    return this.#compileOrder(order, 'a, batch, row', (column, type) => batchOperand('batch', column, type, 'row'));
  }

  /** True where a record's columns equal a row's. */
  compileSameColumns(columns: readonly number[]): (a: number, batch: Batch, row: number) => boolean {
    const tests = columns.map((column) => {
      const type = typeAt(this.types, column);
      const stored = recordOperand(this.slots[column] as Slot, typeAt(this.storedTypes, column), 'a');
      return sameValue(stored, batchOperand('batch', column, type, 'row'));
    });
    return generatedFunction(this.#heap, 'a, batch, row', `return ${tests.join(' && ') || 'true'};`);
  }

  #compileOrder<F>(
    order: readonly SortKey[],
    parameters: string,
    other: (column: number, type: LogicalType) => ReturnType<typeof batchOperand>,
  ): F {
    const statements = order.map((key) => {
      const type = typeAt(this.types, key.column);
      const stored = recordOperand(this.slots[key.column] as Slot, typeAt(this.storedTypes, key.column), 'a');
      const text = compareValues(stored, other(key.column, type), key.ascending, key.nullsFirst, 'o');
      return `${text}\nif (o !== 0) return o;`;
    });
    return generatedFunction(this.#heap, parameters, `let o = 0;\n${statements.join('\n')}\nreturn 0;`);
  }

  #compileWrite(): (table: KeyedTable, address: number, batch: Batch, row: number) => void {
    const statements = this.#values.map((column, i) => {
      const type = typeAt(this.types, column);
      if (isBytes(type)) return `T.setValue(a, ${i}, batch, ${column}, row);`;
      return assignRecord(this.slots[column] as Slot, type, 'a', batchOperand('batch', column, type, 'row'));
    });
    return generatedFunction(this.#heap, 'T, a, batch, row', `${statements.join('\n')}\nT.markDirty(a);`);
  }

  #compileSame(): (address: number, batch: Batch, row: number) => boolean {
    return this.compileSameColumns(this.#values);
  }
}

function typeAt(types: readonly LogicalType[], column: number): LogicalType {
  return types[column] as LogicalType;
}
