/**
 * Top-N: the rows of each partition whose ROW_NUMBER lies in a range. Three ways, by what the input may do: `append` (it only grows),
 * `update` (rows of a unique key move up), `retract` (anything). Without the rank in the output only rows that enter and leave go out.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { OrderedIndex } from '../state/ordered-index.ts';
import { Batch } from '../types/batch.ts';
import { RowKind } from '../types/row-kind.ts';
import { BatchRank } from './batch-rank.ts';
import { RankedPartitions } from './ranked-partitions.ts';
import { allColumns, type CopyRow, compileCopy } from './row-copy.ts';

export type RankSpec = Extract<OperatorSpec, { kind: 'Rank' }>;

export function createRank(spec: RankSpec, context: OperatorContext): Operator {
  if (context.mode === 'streaming') return new Rank(spec, context);
  return new BatchRank({ ...spec, isLimit: spec.partition.length === 0 && !spec.outputRank }, context);
}

class Rank implements Operator {
  readonly #spec: RankSpec;
  readonly #context: OperatorContext;
  readonly #partitions: RankedPartitions;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #orderToRow: (address: number, batch: Batch, row: number) => number;
  readonly #isSameRow: (address: number, batch: Batch, row: number) => boolean;
  /** All changes of rank go out, not only rows that enter and leave. */
  readonly #isNumbered: boolean;
  /** The row that was replaced. */
  readonly #held: Batch;
  readonly #hold: (address: number, to: Batch, toRow: number) => void;
  readonly #copyHeld: CopyRow;

  constructor(spec: RankSpec, context: OperatorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#isNumbered = spec.outputRank || spec.rankStart > 1;
    const uniqueKey = spec.strategy === 'update' ? spec.uniqueKey : null;
    this.#partitions = new RankedPartitions({ ...spec, uniqueKey, retracts: spec.strategy === 'retract' }, context);
    const input = context.inputTypes[0] ?? [];
    const { rows, width } = this.#partitions;
    this.#read = rows.compileRead(context.outputTypes, 0, width);
    this.#orderToRow = rows.compileOrderToRow(spec.order);
    this.#isSameRow = rows.compileSameColumns(allColumns(input));
    this.#held = new Batch(input);
    this.#hold = rows.compileRead(input, 0, width);
    this.#copyHeld = compileCopy(context.heap, input, allColumns(input), context.outputTypes);
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    const view = this.#partitions.view(batch);
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++)
          this.#process(view, row, batch.insertOnly ? 0 : (batch.kinds[row] as number));
      },
      (watermark) => {
        if (this.#spec.isWindowed) this.#partitions.clear();
        output.mark(watermark);
      },
    );
    output.flush();
  }

  #process(view: Batch, row: number, kind: number): void {
    const { strategy } = this.#spec;
    const list = this.#partitions.of(view, row);
    if ((kind & 1) === 1) {
      if (strategy === 'retract') this.#retract(list, view, row);
      return;
    }
    if (strategy === 'update') {
      const { table, keys } = this.#partitions.rows;
      const address = table.find(view, keys, row);
      if (address !== 0) {
        this.#update(list, list.indexOf(address), view, row);
        return;
      }
    }
    this.#add(list, view, row);
  }

  #add(list: OrderedIndex, view: Batch, row: number): void {
    const { rankEnd, strategy } = this.#spec;
    const keepsAll = strategy === 'retract';
    if (!keepsAll && list.length >= rankEnd && this.#orderToRow(list.at(list.length - 1), view, row) <= 0) return;
    const { address, position } = this.#partitions.add(list, view, row);
    if (this.#isNumbered) this.#shiftDown(list, position);
    else if (position < rankEnd) {
      // The one row of a Top-1 is updated; among several, one goes and one comes.
      const isReplaced = list.length > rankEnd;
      const isUpdated = isReplaced && rankEnd === 1 && !keepsAll;
      if (isReplaced) this.#emit(isUpdated ? RowKind.UPDATE_BEFORE : RowKind.DELETE, list.at(rankEnd), 0);
      this.#emit(isUpdated ? RowKind.UPDATE_AFTER : RowKind.INSERT, address, 0);
    }
    if (!keepsAll && list.length > rankEnd) this.#partitions.removeAt(list, rankEnd);
  }

  /** A row has come in at `position`: each row behind it has a new rank. */
  #shiftDown(list: OrderedIndex, position: number): void {
    const end = Math.min(list.length, this.#spec.rankEnd);
    for (let at = position; at < end; at++) {
      if (at + 1 < list.length) {
        this.#emit(RowKind.UPDATE_BEFORE, list.at(at + 1), at + 1);
        this.#emit(RowKind.UPDATE_AFTER, list.at(at), at + 1);
      } else this.#emit(RowKind.INSERT, list.at(at), at + 1);
    }
  }

  #retract(list: OrderedIndex, view: Batch, row: number): void {
    const position = this.#positionOf(list, view, row);
    if (position < 0) return;
    const { rankEnd } = this.#spec;
    if (this.#isNumbered) {
      const end = Math.min(list.length, rankEnd);
      for (let at = position; at < end; at++) {
        if (at + 1 < list.length) {
          this.#emit(RowKind.UPDATE_BEFORE, list.at(at), at + 1);
          this.#emit(RowKind.UPDATE_AFTER, list.at(at + 1), at + 1);
        } else this.#emit(RowKind.DELETE, list.at(at), at + 1);
      }
    } else if (position < rankEnd) {
      this.#emit(RowKind.DELETE, list.at(position), 0);
      if (list.length > rankEnd) this.#emit(RowKind.INSERT, list.at(rankEnd), 0);
    }
    this.#partitions.removeAt(list, position);
  }

  #positionOf(list: OrderedIndex, view: Batch, row: number): number {
    const known = this.#partitions.positionOf(list, view, row);
    if (known !== undefined) return known;
    const first = list.lowerBound((address) => this.#orderToRow(address, view, row));
    for (let position = first; position < list.length; position++) {
      const address = list.at(position);
      if (this.#isSameRow(address, view, row)) return position;
      if (this.#orderToRow(address, view, row) > 0) break;
    }
    return -1;
  }

  /** A row of a known key: it stays in its place, or moves and shifts the rows between. */
  #update(list: OrderedIndex, position: number, view: Batch, row: number): void {
    const address = list.at(position);
    this.#hold(address, this.#held, 0);
    const stays = this.#orderToRow(address, view, row) === 0;
    if (stays || !this.#isNumbered) {
      if (stays) this.#partitions.replace(address, view, row);
      else this.#partitions.moved(list, position, view, row);
      this.#emitHeld(RowKind.UPDATE_BEFORE, position + 1);
      this.#emit(RowKind.UPDATE_AFTER, address, position + 1);
      return;
    }
    this.#move(list, position, view, row);
  }

  /** Flink's order: what the row leaves is said behind the first row that it displaces, what fills its old place comes last. */
  #move(list: OrderedIndex, position: number, view: Batch, row: number): void {
    const address = list.at(position);
    const before = Array.from({ length: list.length }, (_, at) => list.at(at));
    const target = this.#partitions.moved(list, position, view, row);
    const last = Math.min(Math.max(position, target), this.#spec.rankEnd - 1);
    const first = Math.min(position, target);
    for (let at = first; at <= last; at++) {
      if (before[at] !== address) this.#emit(RowKind.UPDATE_BEFORE, before[at] as number, at + 1);
      if (at === first) this.#emitHeld(RowKind.UPDATE_BEFORE, position + 1);
      this.#emit(RowKind.UPDATE_AFTER, list.at(at), at + 1);
    }
  }

  #emit(kind: number, address: number, rank: number): void {
    if (!this.#mayEmit(kind, rank)) return;
    const { batch } = this.#context.output;
    this.#read(address, batch, batch.rowCount);
    this.#finish(kind, rank);
  }

  #emitHeld(kind: number, rank: number): void {
    if (!this.#mayEmit(kind, rank)) return;
    const { batch } = this.#context.output;
    this.#copyHeld(this.#held, 0, batch, batch.rowCount);
    this.#finish(kind, rank);
  }

  #mayEmit(kind: number, rank: number): boolean {
    const { rankStart, rankEnd, emitUpdateBefore } = this.#spec;
    if (kind === RowKind.UPDATE_BEFORE && !emitUpdateBefore) return false;
    return !this.#isNumbered || (rank >= rankStart && rank <= rankEnd);
  }

  #finish(kind: number, rank: number): void {
    const { output } = this.#context;
    const { batch } = output;
    if (this.#spec.outputRank) {
      const column = batch.columns[this.#partitions.width] as Batch['columns'][number];
      column.lane0[batch.rowCount] = BigInt(rank);
      if (column.nulls) column.nulls[batch.rowCount] = 0;
    }
    output.advance(kind);
  }
}
