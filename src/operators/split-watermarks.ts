/**
 * The watermark of a source that reads several splits (Kafka's partitions): the smallest of those that are read, so that one which is behind
 * is not late for one that is ahead. Splits that are over or idle are not waited for.
 */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { readBytes } from '../types/heap-bytes.ts';

interface Split {
  watermark: number;
  lastRowMs: number;
  isIdle: boolean;
}

export class SplitWatermarks {
  readonly #context: OperatorContext;
  /** Columns that name a row's split: its partition, and before it its topic where there are several. */
  readonly #columns: readonly number[];
  readonly #splits = new Map<string, Split>();
  #partitions: Column | null = null;
  #topics: Column | null = null;
  #isKnown = false;
  #combined = Number.NEGATIVE_INFINITY;
  #last: Split | null = null;
  #lastPartition = -1;
  #lastTopic = -1;

  constructor(columns: readonly number[], context: OperatorContext) {
    this.#columns = columns;
    this.#context = context;
  }

  /** Before the rows of a batch. */
  begin(batch: Batch): void {
    const [first, second] = this.#columns.map((column) => batch.columns[column] as Column);
    this.#partitions = (second ?? first) as Column;
    this.#topics = second === undefined ? null : (first as Column);
    this.#last = null;
    if (this.#isKnown) return;
    this.#isKnown = true;
    for (const { id } of this.#context.splits()) this.#add(id);
  }

  /** Takes the watermark of a row; gives that of all splits. */
  advance(row: number, watermark: number): number {
    const split = this.#splitOf(row);
    if (watermark > split.watermark) {
      const wasLast = split.watermark <= this.#combined;
      split.watermark = watermark;
      if (wasLast) this.#combine();
    }
    return this.#combined;
  }

  /** Behind the rows of a batch, and as time passes: what is over, new or idle. Gives the watermark of all splits. */
  refresh(nowMs: number, idleTimeoutMs: number): number {
    for (const { id, isOver } of this.#context.splits()) {
      if (isOver) this.#splits.delete(id);
      else if (!this.#splits.has(id)) this.#add(id);
    }
    if (idleTimeoutMs > 0)
      for (const split of this.#splits.values()) split.isIdle ||= nowMs - split.lastRowMs > idleTimeoutMs;
    this.#combine();
    return this.#combined;
  }

  #splitOf(row: number): Split {
    const partition = this.#partitions?.lane0[row] as number;
    const topic = this.#topics === null ? 0 : (this.#topics.lane0[row] as number);
    if (this.#last !== null && partition === this.#lastPartition && topic === this.#lastTopic) return this.#last;
    const id = this.#topics === null ? String(partition) : `${this.#text(this.#topics, row)}-${partition}`;
    const split = this.#splits.get(id) ?? this.#add(id);
    split.lastRowMs = this.#context.now();
    split.isIdle = false;
    this.#last = split;
    this.#lastPartition = partition;
    this.#lastTopic = topic;
    return split;
  }

  #text(column: Column, row: number): string {
    const bytes = readBytes(this.#context.heap, column.lane0[row] as number, column.lane1?.[row] as number);
    return new TextDecoder().decode(bytes);
  }

  #add(id: string): Split {
    const split = { watermark: Number.NEGATIVE_INFINITY, lastRowMs: this.#context.now(), isIdle: false };
    this.#splits.set(id, split);
    return split;
  }

  /** Where all are over or idle nothing moves. */
  #combine(): void {
    let lowest = Number.POSITIVE_INFINITY;
    for (const { watermark, isIdle } of this.#splits.values()) if (!isIdle && watermark < lowest) lowest = watermark;
    if (lowest !== Number.POSITIVE_INFINITY) this.#combined = lowest;
  }
}
