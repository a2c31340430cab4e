/**
 * Each left row with the version of the right row that was valid at its event time. Left rows wait until the watermark has passed them; old
 * versions are forgotten behind it. A deleted version matches nothing; null keys are equal, as Flink has it.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { isRetraction, RowKind } from '../types/row-kind.ts';
import { JoinedOutput } from './joined-output.ts';
import { TimedRows } from './timed-rows.ts';
import { TimerHeap } from './timer-heap.ts';
import { WatermarkMerge } from './watermark-merge.ts';

type TemporalJoinSpec = Extract<OperatorSpec, { kind: 'TemporalJoin' }>;

export function createTemporalJoin(spec: TemporalJoinSpec, context: OperatorContext): Operator {
  return new TemporalJoin(spec, context);
}

class TemporalJoin implements Operator {
  readonly #spec: TemporalJoinSpec;
  readonly #context: OperatorContext;
  readonly #left: TimedRows;
  readonly #right: TimedRows;
  readonly #joined: JoinedOutput;
  readonly #watermarks: WatermarkMerge;
  readonly #waiting = new TimerHeap();
  readonly #versions = new TimerHeap();
  #isRestored = false;

  constructor(spec: TemporalJoinSpec, context: OperatorContext) {
    this.#spec = spec;
    this.#context = context;
    const { leftKeys, rightKeys, leftTime, rightTime } = spec;
    this.#left = new TimedRows(
      { name: 'left', input: 0, keys: leftKeys, timeColumn: leftTime, isVersioned: false },
      context,
    );
    this.#right = new TimedRows(
      { name: 'right', input: 1, keys: rightKeys, timeColumn: rightTime, isVersioned: true },
      context,
    );
    this.#joined = new JoinedOutput([this.#left, this.#right], spec.condition, context);
    this.#watermarks = new WatermarkMerge(2, context.state);
  }

  processBatch(input: number, batch: Batch): void {
    this.#restore();
    const side = input === 0 ? this.#left : this.#right;
    const timers = input === 0 ? this.#waiting : this.#versions;
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        const view = side.view(batch);
        for (let row = start; row < end; row++) {
          const kind = batch.insertOnly ? RowKind.INSERT : (batch.kinds[row] as number);
          // What an update replaces is a version of its own.
          if (input === 1 && kind === RowKind.UPDATE_BEFORE) continue;
          timers.push(side.timeOf(view, row), side.add(view, row, kind, true));
        }
      },
      (watermark) => {
        const merged = this.#watermarks.advance(input, watermark);
        if (merged === null) return;
        this.#fire(merged);
        output.mark(merged);
      },
    );
    output.flush();
  }

  /** The flag of a left row: a null in its key matches nothing. */
  #fire(watermark: number): void {
    while (this.#waiting.earliest <= watermark) {
      const address = this.#waiting.pop();
      if (!this.#left.isLive(address)) continue;
      // The rows of one key go together, in order of arrival.
      for (const row of this.#left.chainOf(address)) {
        if (this.#left.time(row) > watermark) continue;
        this.#join(row);
        this.#left.remove(row);
      }
    }
    while (this.#versions.earliest <= watermark) {
      const address = this.#versions.pop();
      if (this.#right.isLive(address)) this.#forgetVersions(address, watermark);
    }
  }

  #join(left: number): void {
    const kind = this.#left.kind(left);
    const version = this.#versionFor(left);
    const isMatched =
      version !== 0 && !isRetraction(this.#right.kind(version)) && this.#joined.pair(left, version, kind);
    if (!isMatched && this.#spec.joinType === 'LEFT') this.#joined.padded(0, left, kind);
  }

  /** The newest version that is not after the left row, or 0. */
  #versionFor(left: number): number {
    const time = this.#left.time(left);
    let best = 0;
    for (const version of this.#right.partnersOf(this.#left, left)) {
      if (this.#right.time(version) > time) continue;
      if (best === 0 || this.#right.time(version) > this.#right.time(best)) best = version;
    }
    return best;
  }

  /** Of a key's versions that the watermark has passed only the newest can still be asked for. */
  #forgetVersions(address: number, watermark: number): void {
    const passed = this.#right.chainOf(address).filter((version) => this.#right.time(version) <= watermark);
    const newest = Math.max(...passed.map((version) => this.#right.time(version)));
    for (const version of passed) if (this.#right.time(version) < newest) this.#right.remove(version);
  }

  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    for (const row of this.#left.all()) this.#waiting.push(this.#left.time(row), row);
    for (const version of this.#right.all()) this.#versions.push(this.#right.time(version), version);
  }
}
