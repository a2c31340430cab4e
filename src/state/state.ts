/**
 * Keyed state of one operator: packed tables in the thread's heap. A record is an address that never moves while it lives.
 *
 * A table has key columns and value columns. With `prefix` > 0 the records that share their first `prefix` key columns are also
 * chained (doubly linked, in order of insertion): a join side is a table keyed (join key, row) with prefix = the join key's width;
 * DISTINCT is keyed (group, value); a retractable MIN (group, value) → count. Strings of records belong to the table: it copies them in
 * and frees them. Every change is remembered for the next checkpoint by itself (`markDirty` after writes by address).
 *
 * Generated code of operators reads and writes lanes by `TableLayout` offsets from the record's address.
 */
import type { Batch } from '../types/batch.ts';
import type { ColumnKind } from '../types/column.ts';
import type { LogicalType } from '../types/logical-type.ts';

export interface TableSpec {
  /** Unique in the operator; part of the checkpoint. */
  readonly name: string;
  /** Raised when the meaning of the columns changes. */
  readonly version: number;
  readonly key: readonly LogicalType[];
  readonly value: readonly LogicalType[];
  /** 0: no chains. */
  readonly prefix: number;
  /** 0: kept for ever. */
  readonly ttlMs: number;
}

/** Where a column lies in a record. */
export interface Slot {
  readonly kind: ColumnKind;
  /** Byte offsets of the lanes from the record's address, aligned to their width. */
  readonly lanes: readonly number[];
  /** Byte offset of the null byte (1 = null), or -1 for NOT NULL columns. */
  readonly nullByte: number;
}

export interface TableLayout {
  readonly key: readonly Slot[];
  readonly value: readonly Slot[];
  readonly recordBytes: number;
  /** Byte offsets of the u32 links of a chain, or -1. 0 ends a chain. */
  readonly next: number;
  readonly previous: number;
}

/** Records of a table above which {@link KeyedTable.touch} pays. */
export const TOUCH_FROM = 20_000;

/** Columns of a batch that a key is taken from, in key order. */
export type KeyColumns = readonly number[];

export interface KeyedTable {
  readonly spec: TableSpec;
  readonly layout: TableLayout;
  readonly size: number;
  /**
   * Looks up the keys of rows [start, end) all at once, so that cache misses overlap. It finds nothing for sure (an earlier row of the same
   * batch may insert or remove): it makes {@link findTouched} and {@link findOrInsertTouched} of these rows cheap.
   */
  touch(batch: Batch, columns: KeyColumns, start: number, end: number): void;
  /** The same for {@link chain}: `columns` are those of the prefix. */
  touchChains(batch: Batch, columns: KeyColumns, start: number, end: number): void;
  /** The record of a row's key, or 0. Expired records are removed and give 0. */
  find(batch: Batch, columns: KeyColumns, row: number): number;
  /** The record of a row's key; a new one has zeroed value lanes and nulls where nullable. `lastInserted` says which. */
  findOrInsert(batch: Batch, columns: KeyColumns, row: number): number;
  /** As without `Touched`, for a row of the last {@link touch} with the same batch and columns. */
  findTouched(batch: Batch, columns: KeyColumns, row: number): number;
  findOrInsertTouched(batch: Batch, columns: KeyColumns, row: number): number;
  readonly lastInserted: boolean;
  /**
   * First record of the chain of a row's prefix (the first `prefix` of `columns`), or 0; the chain holds no expired record then. Follow
   * `layout.next`; read it before the record is removed.
   */
  chain(batch: Batch, columns: KeyColumns, row: number): number;
  /** First record of the chain that a record is in. */
  chainOf(address: number): number;
  /** False once a record has been removed (and its room is not used again): for lists of addresses that may be out of date. */
  isLive(address: number): boolean;
  /** Removes a record, its strings included (the bytes stay readable until the batch has drained). */
  remove(address: number): void;
  /** After value lanes were written by address. */
  markDirty(address: number): void;
  /** Copies column `from` of a batch's row into value column `to`, taking ownership of strings and freeing the old one. */
  setValue(address: number, to: number, batch: Batch, from: number, row: number): void;
  /** Sets a bytes-valued value column from heap bytes (copied), freeing the old one. */
  setBytes(address: number, to: number, source: number, length: number): void;
  /** Copies a key or value column of a record into a batch's column at a row (strings by reference). `part` 'key' or 'value'. */
  read(address: number, part: 'key' | 'value', from: number, batch: Batch, to: number, row: number): void;
  /** Every record, in no particular order. */
  forEach(visit: (address: number) => void): void;
  /** Removes up to `limit` expired records. */
  sweep(nowMs: number, limit: number): void;
}

export interface StateBackend {
  /** Declares a table; called in `create` only, same names in the same order for the same operator. A restored table is filled before `open`. */
  table(spec: TableSpec): KeyedTable;
  /** A small value that is stored whole with each checkpoint (watermarks, counters): plain data. Timers are the operator's (`ordered-index.ts`). */
  value<T>(name: string, initial: T): { get(): T; set(value: T): void };
}
