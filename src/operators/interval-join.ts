/**
 * Joins rows whose times lie near each other. A pair goes out when its second row comes; a row of an outer side that found no partner is
 * padded when the watermark, or the clock for processing time, says that none can come any more, and then it is forgotten.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { JoinedOutput } from './joined-output.ts';
import { TimedRows } from './timed-rows.ts';
import { TimerHeap } from './timer-heap.ts';
import { WatermarkMerge } from './watermark-merge.ts';

type IntervalJoinSpec = Extract<OperatorSpec, { kind: 'IntervalJoin' }>;

export function createIntervalJoin(spec: IntervalJoinSpec, context: OperatorContext): Operator {
  return new IntervalJoin(spec, context);
}

class IntervalJoin implements Operator {
  readonly #context: OperatorContext;
  readonly #sides: readonly [TimedRows, TimedRows];
  readonly #nullKeys: readonly [readonly number[], readonly number[]];
  readonly #isOuter: readonly [boolean, boolean];
  /** How long after its own time a row of a side may still find a partner. */
  readonly #reach: readonly [number, number];
  readonly #spare: number;
  readonly #joined: JoinedOutput;
  readonly #watermarks: WatermarkMerge;
  readonly #isRowtime: boolean;
  readonly #timers: readonly [TimerHeap, TimerHeap] = [new TimerHeap(), new TimerHeap()];
  /** Rows of a side up to this time are over, as the other side's last row that was matched has seen it; of all keys, as in Flink. */
  readonly #over: ReadonlyArray<{ get(): number; set(value: number): void }>;
  #isRestored = false;

  constructor(spec: IntervalJoinSpec, context: OperatorContext) {
    this.#context = context;
    this.#isRowtime = spec.leftTime !== null;
    const { leftKeys, rightKeys, leftTime, rightTime, joinType } = spec;
    this.#sides = [
      new TimedRows({ name: 'left', input: 0, keys: leftKeys, timeColumn: leftTime, isVersioned: false }, context),
      new TimedRows({ name: 'right', input: 1, keys: rightKeys, timeColumn: rightTime, isVersioned: false }, context),
    ];
    this.#nullKeys = [nullKeys(leftKeys, 0, spec, context), nullKeys(rightKeys, 1, spec, context)];
    this.#isOuter = [joinType === 'LEFT' || joinType === 'FULL', joinType === 'RIGHT' || joinType === 'FULL'];
    // left − right in [lower, upper]: a right partner of a left row lies in [left − upper, left − lower].
    this.#reach = [-spec.lowerMs, spec.upperMs];
    this.#spare = Math.trunc((spec.upperMs - spec.lowerMs) / 2);
    this.#joined = new JoinedOutput(this.#sides, spec.condition, context);
    this.#watermarks = new WatermarkMerge(2, context.state);
    this.#over = ['leftOver', 'rightOver'].map((name) => context.state.value(name, Number.NEGATIVE_INFINITY));
  }

  processBatch(input: number, batch: Batch): void {
    this.#restore();
    const side = input as 0 | 1;
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        const view = this.#sides[side].view(batch);
        for (let row = start; row < end; row++) this.#process(side, view, row);
      },
      (watermark) => {
        const merged = this.#watermarks.advance(input, watermark);
        if (merged === null) return;
        if (!this.#isRowtime) {
          output.mark(merged);
          return;
        }
        this.#expire(0, merged);
        this.#expire(1, merged);
        // A pair holds rows as old as the longest wait for a partner.
        output.mark(merged - Math.max(0, ...this.#reach));
      },
    );
    output.flush();
  }

  processTime(nowMs: number): void {
    if (this.#isRowtime) return;
    this.#restore();
    this.#expire(0, nowMs);
    this.#expire(1, nowMs);
    this.#context.output.flush();
  }

  endInput(): void {
    if (this.#context.mode !== 'batch' || this.#watermarks.current === Number.POSITIVE_INFINITY) return;
    this.#restore();
    this.#expire(0, Number.POSITIVE_INFINITY);
    this.#expire(1, Number.POSITIVE_INFINITY);
    this.#context.output.flush();
  }

  #process(input: 0 | 1, view: Batch, row: number): void {
    const me = this.#sides[input];
    const address = me.add(view, row, RowKind.INSERT, false);
    const isJoined = this.#match(input, view, row, address);
    const time = me.time(address);
    if (time + this.#reach[input] <= (this.#isRowtime ? this.#watermarks.current : time)) {
      if (!isJoined && this.#isOuter[input]) this.#joined.padded(input, address, RowKind.INSERT);
      me.remove(address);
      return;
    }
    me.setFlag(address, isJoined);
    this.#timers[input].push(this.#leavesAt(input, time), address);
  }

  /** Emits the pairs of a row with what the other side holds. */
  #match(input: 0 | 1, view: Batch, row: number, address: number): boolean {
    const me = this.#sides[input];
    const other = this.#sides[1 - input] as TimedRows;
    const time = me.time(address);
    const over = this.#over[1 - input] as { get(): number; set(value: number): void };
    // Flink does not look for partners that it takes to be over already.
    if (over.get() >= time + this.#reach[input]) return false;
    const now = this.#isRowtime ? this.#watermarks.current : time;
    const limit = now - this.#reach[(1 - input) as 0 | 1] - 1;
    over.set(limit);
    if (this.#nullKeys[input].some((column) => view.columns[column]?.nulls?.[row] === 1)) return false;
    let isJoined = false;
    for (let at = other.first(view, me.keys, row); at !== 0; ) {
      const next = other.next(at);
      if (this.#pair(input, address, at)) {
        isJoined = true;
        if (!other.flag(at)) other.setFlag(at, true);
      }
      if (other.time(at) <= limit) this.#forget((1 - input) as 0 | 1, at);
      at = next;
    }
    return isJoined;
  }

  /** Emits the pair of two rows that lie near each other; false when they do not match. */
  #pair(input: 0 | 1, address: number, at: number): boolean {
    const [left, right] = input === 0 ? [address, at] : [at, address];
    const distance = this.#sides[0].time(left) - this.#sides[1].time(right);
    if (distance < -this.#reach[0] || distance > this.#reach[1]) return false;
    return this.#joined.pair(left, right, RowKind.INSERT);
  }

  /** A row that finds no partner any more. */
  #forget(input: 0 | 1, row: number): void {
    const side = this.#sides[input];
    if (!side.flag(row) && this.#isOuter[input]) this.#joined.padded(input, row, RowKind.INSERT);
    side.remove(row);
  }

  /** Flink keeps a row half an interval longer than it needs, and then clears all of its key that is over. */
  #leavesAt(input: 0 | 1, time: number): number {
    return time + this.#reach[input] + this.#spare + 1;
  }

  #expire(input: 0 | 1, watermark: number): void {
    const side = this.#sides[input];
    const timers = this.#timers[input];
    while (timers.earliest <= watermark) {
      const due = timers.earliest;
      const address = timers.pop();
      if (!side.isLive(address) || this.#leavesAt(input, side.time(address)) !== due) continue;
      for (const row of side.chainOf(address)) {
        if (side.time(row) + this.#reach[input] + 1 > watermark) continue;
        this.#forget(input, row);
      }
    }
  }

  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    for (const input of [0, 1] as const)
      for (const row of this.#sides[input].all())
        this.#timers[input].push(this.#leavesAt(input, this.#sides[input].time(row)), row);
  }
}

function nullKeys(keys: readonly number[], input: 0 | 1, spec: IntervalJoinSpec, context: OperatorContext): number[] {
  const types: readonly LogicalType[] = context.inputTypes[input] ?? [];
  return keys.filter((column, i) => spec.filterNulls[i] !== false && types[column]?.nullable);
}
