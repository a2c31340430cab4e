/**
 * Drives one operator as the runtime does: boxed rows and watermarks in, boxed changes out. `runBoth` runs the same steps twice, straight and
 * with a checkpoint and a fresh operator after every few rows, and demands the same changes.
 */
import { expect } from 'vitest';
import type { LookupReader } from '../../src/dataflow/lookup.ts';
import type { Operator, OperatorContext } from '../../src/dataflow/operator.ts';
import type { OperatorSpec } from '../../src/dataflow/operator-spec.ts';
import type { SourceSplit } from '../../src/dataflow/source.ts';
import { createOperator } from '../../src/operators/index.ts';
import { HeapState } from '../../src/state/heap-state.ts';
import { BATCH_ROWS, Batch, BatchWriter } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue, writeValue } from '../../src/types/lane-value.ts';
import type { LogicalType } from '../../src/types/logical-type.ts';
import { rowKindSigns } from '../../src/types/row-kind.ts';
import type { Value } from '../../src/types/value.ts';

type Sign = '+I' | '-U' | '+U' | '-D';
export type Change = readonly [Sign, ...Value[]];
export type Step =
  | { readonly input?: number; readonly rows: readonly Change[] }
  | { readonly input?: number; readonly watermark: number }
  | { readonly time: number };

export interface HarnessSpec {
  readonly spec: OperatorSpec;
  readonly inputs: ReadonlyArray<readonly LogicalType[]>;
  readonly output: readonly LogicalType[];
  readonly mode?: 'streaming' | 'batch';
  readonly timeZone?: string;
  readonly lookup?: LookupReader;
  readonly splits?: () => readonly SourceSplit[];
}

export class OperatorHarness {
  readonly changes: Change[] = [];
  readonly watermarks: number[] = [];
  readonly counters = new Map<string, number>();
  readonly #spec: HarnessSpec;
  #segments: Uint8Array[] = [];
  #heap = new Heap();
  #state = new HeapState(this.#heap);
  readonly #interruption = new AbortController();
  #operator: Operator | undefined;
  #inputs: readonly Batch[] = [];
  #now = 0;

  constructor(spec: HarnessSpec) {
    this.#spec = spec;
    this.#open();
  }

  /** The bytes that the operator's state occupies. */
  get stateBytes(): number {
    return this.#state.usedBytes;
  }

  rows(input: number, rows: readonly Change[]): void {
    for (let start = 0; start < rows.length; start += BATCH_ROWS) {
      const batch = this.#inputs[input] as Batch;
      for (const row of rows.slice(start, start + BATCH_ROWS)) this.#append(batch, row);
      this.#process(input);
    }
  }

  watermark(input: number, watermark: number): void {
    (this.#inputs[input] as Batch).mark(watermark);
    this.#process(input);
  }

  time(now: number): void {
    this.#now = now;
    this.#state.setTime(now);
    this.#operator?.processTime?.(now);
    this.#heap.release();
  }

  async drain(): Promise<void> {
    await this.#operator?.drain?.();
    this.#heap.release();
  }

  interrupt(): void {
    this.#interruption.abort();
  }

  end(): void {
    this.#inputs.forEach((_, input) => {
      this.#operator?.endInput?.(input);
    });
    if (this.#inputs.length === 0) this.#operator?.endInput?.(0);
    this.#heap.release();
  }

  /** A checkpoint, then a fresh operator in a fresh heap that is restored from it. */
  restart(): void {
    this.#operator?.prepareSnapshot?.();
    const segment = this.#state.seal();
    this.#state.acknowledge();
    if (segment) {
      const kept = segment.isBase ? [] : this.#segments;
      this.#segments = [...kept, new Uint8Array(Buffer.concat(segment.chunks))];
    }
    this.#heap = new Heap();
    this.#state = new HeapState(this.#heap);
    this.#open();
    if (this.#segments.length > 0) this.#state.restore(this.#segments, 'test');
    this.#state.setTime(this.#now);
  }

  run(steps: readonly Step[], restartEvery = 0): this {
    for (const step of steps) {
      if ('time' in step) this.time(step.time);
      else if ('watermark' in step) this.watermark(step.input ?? 0, step.watermark);
      else if (restartEvery === 0) this.rows(step.input ?? 0, step.rows);
      else
        for (let start = 0; start < step.rows.length; start += restartEvery) {
          this.rows(step.input ?? 0, step.rows.slice(start, start + restartEvery));
          this.restart();
        }
    }
    return this;
  }

  #open(): void {
    const { spec, inputs, output, mode = 'streaming', timeZone = 'UTC', lookup } = this.#spec;
    this.#inputs = inputs.map((types) => new Batch(types));
    const context: OperatorContext = {
      uid: 'operator',
      inputTypes: inputs,
      outputTypes: output,
      mode,
      output: new BatchWriter(output, (batch) => this.#collect(batch)),
      heap: this.#heap,
      state: this.#state.backend,
      evaluation: {
        timeZone,
        now: () => this.#now,
        random: () => 0.5,
        watermark: () => null,
        legacyCast: false,
      },
      now: () => this.#now,
      count: (metric, by) => {
        this.counters.set(metric, (this.counters.get(metric) ?? 0) + by);
      },
      splits: () => this.#spec.splits?.() ?? [],
      openLookup: async () => lookup as LookupReader,
      signal: this.#interruption.signal,
    };
    this.#operator = createOperator(spec, context) as Operator;
  }

  #append(batch: Batch, [sign, ...values]: Change): void {
    const kind = rowKindSigns.indexOf(sign);
    if (kind !== 0 && batch.insertOnly) {
      batch.kinds.fill(0, 0, batch.rowCount);
      batch.insertOnly = false;
    }
    batch.kinds[batch.rowCount] = kind;
    values.forEach((value, i) => {
      writeValue(batch.types[i] as LogicalType, batch.columns[i] as never, batch.rowCount, value, this.#heap);
    });
    batch.rowCount++;
  }

  #process(input: number): void {
    const batch = this.#inputs[input] as Batch;
    this.#operator?.processBatch(input, batch);
    batch.clear();
    this.#heap.release();
  }

  #collect(batch: Batch): void {
    for (let row = 0; row < batch.rowCount; row++) {
      const sign = batch.insertOnly ? '+I' : (rowKindSigns[batch.kinds[row] as number] as Sign);
      const values = batch.types.map((type, i) => readValue(type, batch.columns[i] as never, row, this.#heap));
      this.changes.push([sign, ...values]);
    }
    for (let i = 0; i < batch.markCount; i++) this.watermarks.push(batch.markValues[i] as number);
  }
}

/** The changes of the steps, which are the same with a restart after every row, after every third row, and with none. */
export function runBoth(spec: HarnessSpec, steps: readonly Step[], everyRows: readonly number[] = [1, 3]): Change[] {
  // Batch results have no order of their own.
  const inOrder = (changes: readonly Change[]) => (spec.mode === 'batch' ? lines(changes).sort() : changes);
  const straight = new OperatorHarness(spec).run(steps);
  straight.end();
  for (const every of everyRows) {
    const restarted = new OperatorHarness(spec).run(steps, every);
    restarted.end();
    expect(inOrder(restarted.changes), `with a restart after every ${every} rows`).toEqual(inOrder(straight.changes));
  }
  return straight.changes;
}

/** Changes as lines, for tests to read: `+I(1, null, a)`. */
export function lines(changes: readonly Change[]): string[] {
  return changes.map(([sign, ...values]) => `${sign}(${values.map(String).join(', ')})`);
}

/** What is left when the changes are applied to an empty bag of rows, sorted. Throws where a row leaves that is not there. */
export function fold(changes: readonly Change[]): string[] {
  const counts = new Map<string, number>();
  for (const [sign, ...values] of changes) {
    const row = values.map(String).join(', ');
    const count = (counts.get(row) ?? 0) + (sign === '+I' || sign === '+U' ? 1 : -1);
    if (count < 0) throw new Error(`(${row}) leaves and is not there`);
    counts.set(row, count);
  }
  return [...counts].flatMap(([row, count]) => Array.from({ length: count }, () => row)).sort();
}
