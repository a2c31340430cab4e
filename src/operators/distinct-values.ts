/**
 * The values that a group has seen: tables keyed (group, value) beside the group's own, for DISTINCT and for MIN and MAX over input that
 * is taken back. Chained by group, so that they leave with it.
 */
import type { KeyedTable, StateBackend } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';

export interface GroupPlace {
  readonly state: StateBackend;
  /** Types of the batch that the key columns refer to. */
  readonly types: readonly LogicalType[];
  readonly groupColumns: readonly number[];
  readonly ttlMs: number;
  /** Groups are never removed: their values need no chain. */
  readonly keepsGroups?: boolean;
}

export class GroupValues {
  readonly table: KeyedTable;
  /** Key columns in a batch: the group's, then the value's. */
  readonly columns: readonly number[];

  /** One INT counter for each of `counters`. */
  constructor(place: GroupPlace, name: string, valueColumns: readonly number[], counters: number) {
    this.columns = [...place.groupColumns, ...valueColumns];
    this.table = place.state.table({
      name,
      version: 2,
      key: this.columns.map((column) => withNullable(place.types[column] as LogicalType, true)),
      value: Array.from({ length: counters }, () => types.int(false)),
      prefix: place.keepsGroups ? 0 : place.groupColumns.length,
      ttlMs: place.ttlMs,
    });
  }

  /** All records. Without group columns, and so without chains, they are those of the one group. */
  all(): number[] {
    const addresses: number[] = [];
    this.table.forEach((address) => {
      addresses.push(address);
    });
    return addresses;
  }

  /** Removes all values of the group of a row. */
  removeGroup(batch: Batch, row: number, heap: { readonly u32: Uint32Array }): void {
    if (this.table.spec.prefix === 0) {
      for (const address of this.all()) this.table.remove(address);
      return;
    }
    let address = this.table.chain(batch, this.columns, row);
    while (address !== 0) {
      const next = heap.u32[(address + this.table.layout.next) >>> 2] as number;
      this.table.remove(address);
      address = next;
    }
  }
}
