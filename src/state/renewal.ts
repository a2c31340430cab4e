/**
 * Keeps the list of segments short without a pause for a full copy: each seal also stores the next part of what has not changed. Once every
 * table has been walked, segments from before the walk hold nothing that is not stored again behind them.
 */
import { WordList } from './change-log.ts';
import { gatherUnchanged } from './gather.ts';
import type { PackedTable } from './keyed-table.ts';
import { RECORD_DIRTY } from './record-layout.ts';
import { RecordCursor } from './record-pool.ts';

/** Seals in which a large state is stored anew once. */
const SEALS_A_ROUND = 128;
const ROWS_AT_LEAST = 64;

export interface Renewed {
  /** To be restored before the changes of the same seal. */
  readonly blocks: readonly Uint8Array[];
  /** A new round begins with this seal: what is no row must be stored, too. */
  readonly isStart: boolean;
  /** Number of the oldest segment that is needed when this seal's has been added. */
  readonly firstNeeded: number;
}

export class Renewal {
  /** Place in the list of tables, -1 between two rounds. */
  #table = -1;
  #cursor = new RecordCursor();
  /** Segment in which the running round began, and the one before. */
  #startedAt = 0;
  #firstNeeded = 0;

  /** Call it before the changes are gathered. `segment`: number of the segment that is being made. */
  next(tables: readonly PackedTable[], segment: number): Renewed {
    const isStart = this.#table < 0;
    if (isStart) {
      this.#table = 0;
      this.#cursor = new RecordCursor();
      this.#startedAt = segment;
    }
    const blocks = this.#store(tables);
    if (this.#table >= tables.length) {
      this.#table = -1;
      this.#firstNeeded = this.#startedAt;
    }
    return { blocks, isStart, firstNeeded: this.#firstNeeded };
  }

  #store(tables: readonly PackedTable[]): Uint8Array[] {
    const blocks: Uint8Array[] = [];
    const rows = tables.reduce((sum, table) => sum + table.size, 0);
    let left = Math.max(ROWS_AT_LEAST, Math.ceil(rows / SEALS_A_ROUND));
    while (left > 0 && this.#table < tables.length) {
      const table = tables[this.#table] as PackedTable;
      const list = new WordList();
      const { i32 } = table.heap;
      const seen = table.pool.walk(this.#cursor, left, (address) => {
        // A dirty record is stored by the changes of this seal.
        if (((i32[(address >>> 2) + 1] as number) & RECORD_DIRTY) === 0) list.push(address);
      });
      if (list.length > 0) blocks.push(gatherUnchanged(table, list));
      if (seen < left) this.#table++;
      left -= seen;
    }
    return blocks;
  }
}
