/**
 * ORDER BY. Streaming: rows wait until the watermark has passed their time; one that is not behind what went out is dropped. Batch, and bounded queries without a time:
 * everything at the end of the input. Equal rows keep their order of arrival.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { RowKind } from '../types/row-kind.ts';
import { RankedPartitions } from './ranked-partitions.ts';
import type { SortedAddresses } from './sorted-addresses.ts';

type SortSpec = Extract<OperatorSpec, { kind: 'Sort' }>;

export function createSort(spec: SortSpec, context: OperatorContext): Operator {
  return new Sort(spec, context);
}

class Sort implements Operator {
  readonly #spec: SortSpec;
  readonly #context: OperatorContext;
  readonly #rows: RankedPartitions;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #timeAt: number;
  #list: SortedAddresses | null = null;
  /** The latest time that has been given out: rows up to it come too late. */
  readonly #given: { get(): number; set(value: number): void };

  constructor(spec: SortSpec, context: OperatorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#rows = new RankedPartitions({ partition: [], order: spec.order, uniqueKey: null, ttlMs: 0 }, context);
    this.#given = context.state.value('given', Number.NEGATIVE_INFINITY);
    this.#read = this.#rows.rows.compileRead(context.outputTypes, 0, this.#rows.width);
    const isTimed = spec.timeColumn !== null && context.mode === 'streaming';
    this.#timeAt = isTimed ? (this.#rows.rows.slots[spec.timeColumn as number]?.lanes[0] as number) : -1;
  }

  processBatch(_input: number, batch: Batch): void {
    const view = this.#rows.view(batch);
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) this.#add(view, row);
      },
      (watermark) => this.#advance(watermark),
    );
    this.#context.output.flush();
  }

  endInput(): void {
    const list = this.#list ?? this.#restored();
    if (this.#timeAt >= 0 || !list) return;
    this.#give(list, list.length);
    this.#context.output.flush();
  }

  #add(view: Batch, row: number): void {
    const time =
      this.#timeAt < 0 ? Infinity : ((view.columns[this.#spec.timeColumn as number] as Column).lane0[row] as number);
    if (time <= this.#given.get()) {
      this.#context.count('numLateRecordsDropped', 1);
      return;
    }
    if (!this.#list || this.#list.length === 0) this.#list = this.#rows.of(view, row);
    this.#rows.add(this.#list, view, row);
  }

  #advance(watermark: number): void {
    if (this.#timeAt >= 0) {
      const list = this.#list ?? this.#restored();
      const { f64 } = this.#context.heap;
      if (list)
        this.#give(
          list,
          list.lowerBound((address) => ((f64[(address + this.#timeAt) >>> 3] as number) <= watermark ? -1 : 1)),
        );
    }
    this.#context.output.mark(watermark);
  }

  /** Gives out the first `count` rows and forgets them. */
  #give(list: SortedAddresses, count: number): void {
    const { heap, output } = this.#context;
    if (this.#timeAt >= 0 && count > 0) this.#given.set(heap.f64[(list.at(count - 1) + this.#timeAt) >>> 3] as number);
    for (let i = 0; i < count; i++) {
      this.#read(list.at(i), output.batch, output.batch.rowCount);
      output.advance(RowKind.INSERT);
    }
    this.#rows.removeFirst(list, count);
  }

  /** The rows that a checkpoint brought back, if none has come since. */
  #restored(): SortedAddresses | null {
    this.#rows.forEachPartition((list) => {
      this.#list = list;
    });
    return this.#list;
  }
}
