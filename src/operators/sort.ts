/**
 * ORDER BY. Streaming: rows wait until the watermark has passed their time; one that is not behind what went out is dropped. Batch, and bounded queries without a time:
 * everything at the end of the input. Equal rows keep their order of arrival, unless `latestFirst` says
 * otherwise.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { OrderedIndex } from '../state/ordered-index.ts';
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { RowKind } from '../types/row-kind.ts';
import { BatchRank } from './batch-rank.ts';
import { RankedPartitions } from './ranked-partitions.ts';

type SortSpec = Extract<OperatorSpec, { kind: 'Sort' }>;

export function createSort(spec: SortSpec, context: OperatorContext): Operator {
  if (context.mode === 'streaming' && spec.timeColumn !== null) return new Sort(spec, spec.timeColumn, context);
  const all = { partition: [], rankStart: 1, rankEnd: Number.MAX_SAFE_INTEGER, outputRank: false, isLimit: false };
  return new BatchRank({ ...all, order: spec.order }, context);
}

class Sort implements Operator {
  readonly #timeColumn: number;
  readonly #context: OperatorContext;
  readonly #rows: RankedPartitions;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #timeAt: number;
  #list: OrderedIndex | null = null;
  /** The latest time that has been given out: rows up to it come too late. */
  readonly #given: { get(): number; set(value: number): void };

  constructor(spec: SortSpec, timeColumn: number, context: OperatorContext) {
    this.#timeColumn = timeColumn;
    this.#context = context;
    const { order, latestFirst = false } = spec;
    this.#rows = new RankedPartitions({ partition: [], order, uniqueKey: null, ttlMs: 0, latestFirst }, context);
    this.#given = context.state.value('given', Number.NEGATIVE_INFINITY);
    this.#read = this.#rows.rows.compileRead(context.outputTypes, 0, this.#rows.width);
    this.#timeAt = this.#rows.rows.slots[timeColumn]?.lanes[0] as number;
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

  #add(view: Batch, row: number): void {
    const time = (view.columns[this.#timeColumn] as Column).lane0[row] as number;
    if (time <= this.#given.get()) {
      this.#context.count('numLateRecordsDropped', 1);
      return;
    }
    if (!this.#list || this.#list.length === 0) this.#list = this.#rows.of(view, row);
    this.#rows.add(this.#list, view, row);
  }

  #advance(watermark: number): void {
    const list = this.#list ?? this.#restored();
    const { f64 } = this.#context.heap;
    const isDue = (address: number): boolean => (f64[(address + this.#timeAt) >>> 3] as number) <= watermark;
    if (list)
      this.#give(
        list,
        list.lowerBound((address) => (isDue(address) ? -1 : 1)),
      );
    this.#context.output.mark(watermark);
  }

  /** Gives out the first `count` rows and forgets them. */
  #give(list: OrderedIndex, count: number): void {
    const { heap, output } = this.#context;
    if (count > 0) this.#given.set(heap.f64[(list.at(count - 1) + this.#timeAt) >>> 3] as number);
    for (let i = 0; i < count; i++) {
      this.#read(list.at(i), output.batch, output.batch.rowCount);
      output.advance(RowKind.INSERT);
    }
    this.#rows.removeFirst(list, count);
  }

  /** The rows that a checkpoint brought back, if none has come since. */
  #restored(): OrderedIndex | null {
    this.#rows.forEachPartition((list) => {
      this.#list = list;
    });
    return this.#list;
  }
}
