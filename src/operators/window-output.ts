/** Writes window_start, window_end and window_time, or the properties of a group window, into an output row. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { Column } from '../types/column.ts';
import type { WindowCutter } from './window-cutter.ts';

export type WindowProperty = 'start' | 'end' | 'rowtime' | 'proctime';

export class WindowOutput {
  readonly #context: OperatorContext;
  readonly #cutter: WindowCutter;
  readonly #at: number;
  readonly #properties: readonly WindowProperty[];

  /** `at`: output column of the first property. */
  constructor(context: OperatorContext, cutter: WindowCutter, at: number, properties: readonly WindowProperty[]) {
    this.#context = context;
    this.#cutter = cutter;
    this.#at = at;
    this.#properties = properties;
  }

  /** Writes the properties of the window [start, end) into the row that is being written. */
  write(start: number, end: number): void {
    const { batch } = this.#context.output;
    for (let i = 0; i < this.#properties.length; i++) {
      const column = batch.columns[this.#at + i] as Column;
      column.lane0[batch.rowCount] = this.#value(this.#properties[i] as WindowProperty, start, end);
      if (column.lane1) column.lane1[batch.rowCount] = 0;
      if (column.nulls) column.nulls[batch.rowCount] = 0;
    }
  }

  #value(property: WindowProperty, start: number, end: number): number {
    if (property === 'start') return start;
    if (property === 'end') return end;
    return property === 'rowtime' ? this.#cutter.instantOf(end - 1) : this.#context.now();
  }
}
