/** The rows of open sessions by key; when a session is over its rows are handed out in order of arrival and forgotten. */

import type { OperatorContext } from '../dataflow/operator.ts';
import type { WindowSpec } from '../dataflow/operator-spec.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { types, withNullable } from '../types/logical-type.ts';
import { BatchView } from './batch-view.ts';
import { RowTable } from './row-table.ts';
import { SessionIntervals } from './session-intervals.ts';
import { stateSequence } from './state-sequence.ts';
import type { WindowCutter } from './window-cutter.ts';

/** Own columns of the view. */
const NUMBER = 0;
const CONSTANT = 1;
const TIME = 2;
const KIND = 3;
const START = 4;

export class SessionRows {
  readonly rows: RowTable;
  readonly width: number;
  readonly #context: OperatorContext;
  readonly #view: BatchView;
  readonly #keys: readonly number[];
  readonly #intervals: SessionIntervals;
  readonly #next: () => number;
  readonly #probe: Batch;

  constructor(keys: readonly number[], window: WindowSpec, cutter: WindowCutter, context: OperatorContext) {
    const { heap, state } = context;
    const input = context.inputTypes[0] ?? [];
    this.#context = context;
    this.width = input.length;
    const time = types.timestamp(3, false);
    this.#view = new BatchView(input, [types.double(false), types.boolean(false), time, types.tinyint(false), time]);
    this.#keys = keys.length > 0 ? keys : [this.#view.column(CONSTANT)];
    this.rows = new RowTable(heap, state, {
      name: 'rows',
      types: this.#view.types,
      keys: [...this.#keys, this.#view.column(NUMBER)],
      stored: [...input.map((_, column) => column), this.#view.column(TIME), this.#view.column(KIND)],
      prefix: this.#keys.length,
      ttlMs: 0,
    });
    const startColumn = this.#view.column(START);
    this.#intervals = new SessionIntervals(
      { types: this.#view.types, keys: this.#keys, startColumn, window, cutter, values: [] },
      context,
    );
    this.#next = stateSequence(state, 'sequence');
    this.#probe = new Batch(this.#view.types.map((type) => withNullable(type, true)));
  }

  view(batch: Batch): Batch {
    return this.#view.over(batch);
  }

  /** Kind of a stored row. */
  kind(address: number): number {
    return this.#context.heap.i8[address + (this.rows.slots[this.#view.column(KIND)]?.lanes[0] as number)] as number;
  }

  /** Adds a row of {@link view}; false when its session is over already. */
  add(view: Batch, row: number, kind: number): boolean {
    const time = this.#intervals.timeOf(view, row);
    if (this.#intervals.extend(view, row, time) === 0) return false;
    const { own } = this.#view;
    (own[NUMBER] as Column).lane0[row] = this.#next();
    (own[TIME] as Column).lane0[row] = time;
    (own[KIND] as Column).lane0[row] = kind;
    this.rows.write(this.rows.table.findOrInsert(view, this.rows.keys, row), view, row);
    return true;
  }

  /** Hands out every session that is over at a watermark. */
  fire(watermark: number, give: (start: number, end: number, rows: readonly number[]) => void): void {
    this.#intervals.fire(watermark, (session) => {
      const [start, end] = [this.#intervals.start(session), this.#intervals.end(session)];
      const rows = this.#rowsOf(session, start, end);
      give(start, end, rows);
      for (const row of rows) this.rows.table.remove(row);
    });
  }

  #rowsOf(session: number, start: number, end: number): number[] {
    this.#keys.forEach((column, i) => {
      this.#intervals.table.read(session, 'key', i, this.#probe, column, 0);
    });
    const time = this.rows.slots[this.#view.column(TIME)]?.lanes[0] as number;
    const { heap } = this.#context;
    const rows: number[] = [];
    let address = this.rows.table.chain(this.#probe, this.#keys, 0);
    for (; address !== 0; address = heap.u32[(address + this.rows.layout.next) >>> 2] as number) {
      const at = heap.f64[(address + time) >>> 3] as number;
      if (at >= start && at < end) rows.push(address);
    }
    return rows;
  }
}
