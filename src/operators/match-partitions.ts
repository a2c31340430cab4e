/**
 * What MATCH_RECOGNIZE keeps of each partition while something has begun in it: the rows that its runs have taken, each once, and the runs
 * themselves as a few numbers. Runs are objects while they are hot, bytes of the partition's record at a barrier.
 */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { Slot } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import { readBytes, writeBytes } from '../types/heap-bytes.ts';
import { types } from '../types/logical-type.ts';
import type { MatchRows } from './match-rows.ts';
import type { Run } from './match-run.ts';
import { type MatchRules, MatchRuns } from './match-runs.ts';
import { RowTable } from './row-table.ts';
import type { RunQueue } from './run-queue.ts';

/** Decoded partitions that are kept before all are written back. */
const OPEN_MAX = 32_768;

/** One partition's rows and runs. */
export class MatchPartition {
  readonly runs: MatchRuns;
  /** Address of its record; 0: it has none. */
  record = 0;
  /** Number of the next row. */
  nextRow = 0;
  /** Number of the first of {@link rows}. */
  firstRow = 0;
  /** Addresses of the rows that are kept, by number. */
  rows: number[] = [];
  /** Its next time-out that is registered; NaN when none is known. */
  timeOut = Number.NaN;

  constructor(runs: MatchRuns) {
    this.runs = runs;
  }

  addressOf(row: number): number {
    return this.rows[row - this.firstRow] as number;
  }
}

export class MatchPartitions {
  readonly rows: RowTable;
  readonly #context: OperatorContext;
  readonly #rules: MatchRules;
  readonly #shape: MatchRows;
  readonly #records: RowTable;
  readonly #open = new Map<number, MatchPartition>();
  readonly #dirty = new Set<number>();
  readonly #probe: Batch;

  constructor(rules: MatchRules, shape: MatchRows, context: OperatorContext) {
    this.#context = context;
    this.#rules = rules;
    this.#shape = shape;
    this.rows = shape.declare('matched', shape.columnsOfMatches());
    this.#records = new RowTable(context.heap, context.state, {
      name: 'partitions',
      types: shape.types,
      keys: shape.partition,
      stored: [],
      prefix: 0,
      ttlMs: 0,
      extra: [types.bytes()],
    });
    this.#probe = shape.probe();
  }

  /** A partition that has seen no row. */
  empty(): MatchPartition {
    return new MatchPartition(MatchRuns.empty(this.#rules));
  }

  /** The partition of a row of the view. */
  of(view: Batch, row: number): MatchPartition {
    const record = this.#records.table.find(view, this.#records.keys, row);
    if (record === 0) return this.empty();
    return this.#open.get(record) ?? this.#load(record, view, row);
  }

  /** The partition of a record, if it still is one. */
  at(record: number): MatchPartition | undefined {
    if (!this.#records.table.isLive(record)) return undefined;
    const open = this.#open.get(record);
    if (open) return open;
    this.#records.keys.forEach((column, i) => {
      this.#records.table.read(record, 'key', i, this.#probe, column, 0);
    });
    return this.#load(record, this.#probe, 0);
  }

  /** Keeps a row of the view, the next one of its partition. */
  keep(partition: MatchPartition, view: Batch, row: number, time: number): void {
    if (partition.rows.length === 0) partition.firstRow = partition.nextRow;
    this.#shape.setOwn(row, partition.nextRow, time);
    const address = this.rows.table.findOrInsert(view, this.rows.keys, row);
    this.rows.write(address, view, row);
    partition.rows.push(address);
  }

  /** Forgets rows that no run needs any more. */
  drop(partition: MatchPartition): void {
    const count = Math.min(partition.rows.length, partition.runs.firstRow - partition.firstRow);
    if (count <= 0) return;
    for (let i = 0; i < count; i++) this.rows.table.remove(partition.rows[i] as number);
    partition.rows.splice(0, count);
    partition.firstRow += count;
  }

  /** Remembers a partition as it is now, or forgets it when nothing has begun. Its key: a row of the view, if it may have no record yet. */
  settle(partition: MatchPartition, view: Batch | null, row: number): void {
    this.drop(partition);
    if (partition.runs.isIdle) this.#forget(partition);
    else this.#note(partition, view, row);
  }

  /** Every record: after a restore. */
  forEachRecord(visit: (record: number) => void): void {
    this.#records.table.forEach(visit);
  }

  /** Writes what is not in the records yet. */
  flush(): void {
    for (const record of this.#dirty) this.#store(record, this.#open.get(record) as MatchPartition);
    this.#dirty.clear();
  }

  /** Between batches: nobody holds a partition. */
  trim(): void {
    if (this.#open.size <= OPEN_MAX) return;
    this.flush();
    this.#open.clear();
  }

  #forget(partition: MatchPartition): void {
    if (partition.record === 0) return;
    this.#records.table.remove(partition.record);
    this.#open.delete(partition.record);
    this.#dirty.delete(partition.record);
    partition.record = 0;
  }

  #note(partition: MatchPartition, view: Batch | null, row: number): void {
    if (partition.record === 0 && view !== null)
      partition.record = this.#records.table.findOrInsert(view, this.#records.keys, row);
    this.#open.set(partition.record, partition);
    this.#dirty.add(partition.record);
  }

  #store(record: number, partition: MatchPartition): void {
    const { runs, nextRow, firstRow } = partition;
    const numbers = [nextRow, firstRow];
    for (const queue of [runs.partial, runs.complete]) {
      numbers.push(queue.size);
      for (const { state, start, startTime, end, begins } of queue.items)
        numbers.push(state, start, startTime, end, ...begins);
    }
    const bytes = new Uint8Array(Float64Array.from(numbers).buffer);
    const { table, extraAt, extraSlots } = this.#records;
    table.setBytes(record, extraAt, writeBytes(this.#context.heap, bytes), bytes.length);
    this.#context.heap.u8[record + (extraSlots[0]?.nullByte as number)] = 0;
    table.markDirty(record);
  }

  #load(record: number, key: Batch, row: number): MatchPartition {
    const { heap } = this.#context;
    const [address, length] = (this.#records.extraSlots[0] as Slot).lanes as readonly [number, number];
    const bytes = readBytes(
      heap,
      heap.u32[(record + address) >>> 2] as number,
      heap.i32[(record + length) >>> 2] as number,
    );
    const numbers = new Float64Array(bytes.buffer);
    const partition = new MatchPartition(new MatchRuns(this.#rules));
    partition.record = record;
    partition.nextRow = numbers[0] as number;
    partition.firstRow = numbers[1] as number;
    const complete = readRuns(numbers, 2, partition.runs.partial, this.#rules.names.length);
    readRuns(numbers, complete, partition.runs.complete, this.#rules.names.length);
    partition.rows = this.#rowsOf(key, row);
    this.#open.set(record, partition);
    return partition;
  }

  /** Addresses of the rows of a key, by number. */
  #rowsOf(key: Batch, row: number): number[] {
    const { table, keys, layout } = this.rows;
    const addresses: number[] = [];
    for (
      let at = table.chain(key, keys, row);
      at !== 0;
      at = this.#context.heap.u32[(at + layout.next) >>> 2] as number
    )
      addresses.push(at);
    return addresses.sort((a, b) => this.#shape.numberOf(this.rows, a) - this.#shape.numberOf(this.rows, b));
  }
}

/** Reads runs as they stand in a queue; the place behind them. */
function readRuns(numbers: Float64Array, from: number, queue: RunQueue, variables: number): number {
  const count = numbers[from] as number;
  let at = from + 1;
  for (let i = 0; i < count; i++) {
    const [state, start, startTime, end] = numbers.subarray(at, at + 4) as unknown as [number, number, number, number];
    const begins = Array.from(numbers.subarray(at + 4, at + 4 + variables));
    const run: Run = { state, start, startTime, end, begins };
    queue.add(run);
    at += 4 + variables;
  }
  return at;
}
