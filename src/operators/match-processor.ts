/** Takes rows of partitions, each partition's in order, through the automaton, and gives out what is found. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { MatchSpec } from '../dataflow/operator-spec.ts';
import { Batch } from '../types/batch.ts';
import { MatchAutomaton } from './match-automaton.ts';
import { MatchConditions } from './match-conditions.ts';
import { MatchOutput } from './match-output.ts';
import { type MatchPartition, MatchPartitions } from './match-partitions.ts';
import { MatchRows } from './match-rows.ts';
import { type Run, rowsOf } from './match-run.ts';
import { type MatchListener, NoRowToSkipTo, skipError } from './match-runs.ts';
import type { MatchSite } from './match-values.ts';
import { TimerHeap } from './timer-heap.ts';

export class MatchProcessor implements MatchListener {
  readonly rows: MatchRows;
  readonly #spec: MatchSpec;
  readonly #partitions: MatchPartitions;
  readonly #conditions: MatchConditions;
  readonly #site: MatchSite;
  readonly #output: MatchOutput;
  readonly #timeOuts = new TimerHeap();
  /** What {@link process} is in, and a row of it. */
  #current: { readonly partition: MatchPartition; readonly view: Batch } | null = null;

  constructor(spec: MatchSpec, context: OperatorContext) {
    const names = spec.variables.map(({ name }) => name);
    const { skip, withinMs } = spec;
    this.#spec = spec;
    this.rows = new MatchRows(spec, context);
    const rules = { automaton: new MatchAutomaton(spec.variables), names, skip, withinMs };
    this.#partitions = new MatchPartitions(rules, this.rows, context);
    this.#site = {
      partition: this.#partitions.empty(),
      view: new Batch([]),
      row: 0,
      time: 0,
      run: null,
      variable: -1,
    };
    this.#conditions = new MatchConditions(spec, this.#site, this.rows, this.#partitions.rows, context);
    this.#output = new MatchOutput(spec, this.#site.partition, this.rows, this.#partitions.rows, context);
  }

  /** Takes all rows of a batch, which are one partition's; more of it may follow until {@link endPartition}. */
  process(batch: Batch, times: Float64Array): void {
    const view = this.rows.computed(batch, 0, batch.rowCount);
    const partition = this.#current?.partition ?? this.#partitions.of(view, 0);
    this.#current = { partition, view };
    let before = Number.NaN;
    for (let row = 0; row < batch.rowCount; row++) {
      const time = times[row] as number;
      if (time !== before) this.#advance(partition, time);
      before = time;
      this.#step(partition, view, row, time);
    }
  }

  /** The partition's rows have come up to a time. */
  endPartition(time: number): void {
    if (this.#current === null) return;
    const { partition, view } = this.#current;
    this.#current = null;
    this.#advance(partition, time);
    this.#settle(partition, view, 0);
  }

  /** Takes rows of any partitions as they have arrived. */
  processArrived(batch: Batch, start: number, end: number, now: number): void {
    const view = this.rows.computed(batch, start, end);
    for (let row = start; row < end; row++) {
      const partition = this.#partitions.of(view, row);
      this.#advance(partition, now);
      this.#step(partition, view, row, now);
      this.#settle(partition, view, row);
    }
  }

  /** Ends runs whose time is over. */
  expire(time: number): void {
    while (this.#timeOuts.earliest <= time) {
      const due = this.#timeOuts.earliest;
      const partition = this.#partitions.at(this.#timeOuts.pop());
      if (partition === undefined || (!Number.isNaN(partition.timeOut) && partition.timeOut !== due)) continue;
      partition.timeOut = Number.NaN;
      this.#advance(partition, time);
      this.#settle(partition, null, 0);
    }
  }

  /** Gives out what was found. */
  flushOutput(): void {
    this.#output.flush();
  }

  endBatch(): void {
    this.#partitions.trim();
  }

  /** Writes what is not in state yet. */
  flushState(): void {
    this.#partitions.flush();
  }

  /** Finds time-outs again: after a restore. */
  restore(): void {
    if (this.#spec.withinMs <= 0) return;
    this.#partitions.forEachRecord((record) => {
      const partition = this.#partitions.at(record);
      if (partition) this.#registerTimeOut(partition);
    });
  }

  holds(variable: number, run: Run): boolean {
    return this.#conditions.holds(variable, run);
  }

  keep(): void {
    const { partition, view, row, time } = this.#site;
    this.#partitions.keep(partition, view, row, time);
  }

  emit(match: Run): void {
    this.#output.add(this.#site.partition, match, this.#site.time);
  }

  #step(partition: MatchPartition, view: Batch, row: number, time: number): void {
    this.#look(partition, view, row, time);
    try {
      partition.runs.step(partition.nextRow, time, this);
    } catch (error) {
      throw this.#explained(error);
    }
    partition.nextRow++;
    this.#partitions.drop(partition);
  }

  #advance(partition: MatchPartition, time: number): void {
    if (this.#spec.withinMs <= 0) return;
    this.#look(partition, this.#site.view, 0, time);
    try {
      partition.runs.advance(time, this);
    } catch (error) {
      throw this.#explained(error);
    }
    this.#partitions.drop(partition);
  }

  #look(partition: MatchPartition, view: Batch, row: number, time: number): void {
    const site = this.#site;
    site.partition = partition;
    site.view = view;
    site.row = row;
    site.time = time;
    this.#conditions.forget();
  }

  #settle(partition: MatchPartition, view: Batch | null, row: number): void {
    this.#partitions.settle(partition, view, row);
    if (this.#spec.withinMs > 0 && partition.record !== 0) this.#registerTimeOut(partition);
  }

  #registerTimeOut(partition: MatchPartition): void {
    if (!Number.isNaN(partition.timeOut)) return;
    const first = partition.runs.partial.peek()?.startTime ?? 0;
    partition.timeOut = first + this.#spec.withinMs;
    this.#timeOuts.push(partition.timeOut, partition.record);
  }

  /** A match without a row to skip to is named with the rows that it has. */
  #explained(error: unknown): unknown {
    if (!(error instanceof NoRowToSkipTo)) return error;
    const found = this.#describe(this.#site.partition, error.match);
    return skipError(`Could not skip to ${error.variable}. No such element in the found match ${found}`);
  }

  #describe(partition: MatchPartition, match: Run): string {
    const times = partition.rows.map((address) => this.rows.timeOf(this.#partitions.rows, address));
    const parts = this.#spec.variables.flatMap(({ name }, variable) => {
      const { from, to } = rowsOf(match, variable, match.end);
      const ids: string[] = [];
      for (let row = from; row <= to; row++) {
        const at = row - partition.firstRow;
        const id = at - times.indexOf(times[at] as number);
        ids.push(`EventId{id=${id}, timestamp=${times[at]}}`);
      }
      return ids.length === 0 ? [] : [`${name}=[${ids.join(', ')}]`];
    });
    return `{${parts.join(', ')}}`;
  }
}
