/** All rows of a bounded input, kept until its end and then sorted as Flink's batch operators sort. */

import type { OperatorContext } from '../dataflow/operator.ts';
import type { SortKey } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { types } from '../types/logical-type.ts';
import { BatchView } from './batch-view.ts';
import { RowTable } from './row-table.ts';
import { stateSequence } from './state-sequence.ts';
import { type Compare, sortAsFlink } from './unstable-sort.ts';

export class BatchRows {
  readonly rows: RowTable;
  readonly width: number;
  readonly #heap: OperatorContext['heap'];
  readonly #view: BatchView;
  readonly #next: () => number;

  constructor(context: OperatorContext) {
    const input = context.inputTypes[0] ?? [];
    this.#heap = context.heap;
    this.width = input.length;
    this.#view = new BatchView(input, [types.double(false)]);
    this.rows = new RowTable(context.heap, context.state, {
      name: 'rows',
      types: this.#view.types,
      keys: [this.#view.column(0)],
      prefix: 0,
      ttlMs: 0,
    });
    this.#next = stateSequence(context.state, 'sequence');
  }

  /** Keeps all rows of a batch. */
  add(batch: Batch): void {
    const view = this.#view.over(batch);
    const number = (this.#view.own[0] as Column).lane0;
    for (let row = 0; row < batch.rowCount; row++) {
      number[row] = this.#next();
      this.rows.write(this.rows.table.findOrInsert(view, this.rows.keys, row), view, row);
    }
  }

  /** The records in order of arrival. */
  all(): number[] {
    const records: number[] = [];
    this.rows.table.forEach((address) => {
      records.push(address);
    });
    const number = this.rows.slots[this.width]?.lanes[0] as number;
    const { f64 } = this.#heap;
    return records.sort((a, b) => (f64[(a + number) >>> 3] as number) - (f64[(b + number) >>> 3] as number));
  }

  /** The records by partition, then by `order`, and what tells partitions apart. */
  sorted(partition: readonly number[], order: readonly SortKey[]): { records: number[]; byPartition: Compare } {
    const keys = partition.map((column): SortKey => ({ column, ascending: true, nullsFirst: true }));
    const records = this.all();
    sortAsFlink(records, this.rows.compileOrder([...keys, ...order]));
    return { records, byPartition: this.rows.compileOrder(keys) };
  }
}

/** Calls `visit` for each stretch of equal partitions: records [start, end). */
export function forEachPartition(
  records: readonly number[],
  byPartition: Compare,
  visit: (start: number, end: number) => void,
): void {
  let start = 0;
  for (let at = 1; at <= records.length; at++) {
    if (at < records.length && byPartition(records[start] as number, records[at] as number) === 0) continue;
    visit(start, at);
    start = at;
  }
}
