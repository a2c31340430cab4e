/** What the operator benchmarks share: a context for one operator, rows by the million, medians. */
import { uninterrupted } from '../../src/base/interruption.ts';
import type { OperatorContext } from '../../src/dataflow/operator.ts';
import { HeapState } from '../../src/state/heap-state.ts';
import { type Batch, BatchWriter } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import type { LogicalType } from '../../src/types/logical-type.ts';

export interface BenchContext {
  readonly context: OperatorContext;
  readonly heap: Heap;
  /** Rows that came out. */
  readonly seen: { rows: number; check: bigint };
}

export function benchContext(
  inputTypes: ReadonlyArray<readonly LogicalType[]>,
  outputTypes: readonly LogicalType[],
): BenchContext {
  const heap = new Heap();
  const seen = { rows: 0, check: 0n };
  const output = new BatchWriter(outputTypes, (batch: Batch) => {
    seen.rows += batch.rowCount;
    seen.check += batch.columns[0]?.lane0[0] as bigint;
  });
  const context: OperatorContext = {
    uid: 'bench',
    inputTypes,
    outputTypes,
    mode: 'streaming',
    output,
    heap,
    state: new HeapState(heap).backend,
    evaluation: { timeZone: 'UTC', now: () => 0, random: () => 0, watermark: () => null, legacyCast: false },
    now: () => 0,
    count: () => undefined,
    splits: () => [],
    openLookup: () => Promise.reject(new Error('no look-ups here')),
    signal: uninterrupted,
  };
  return { context, heap, seen };
}

export function xorshift(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

/** Runs both alternately, and prints medians in ns a row and their ratio. */
export function compare(name: string, rows: number, rounds: number, ours: () => void, baseline: () => void): void {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++)
    [ours, baseline].forEach((run, i) => {
      const start = performance.now();
      run();
      (times[i] as number[]).push(((performance.now() - start) * 1e6) / rows);
    });
  const [mine, theirs] = times.map((list) => list.toSorted((a, b) => a - b)[list.length >> 1] as number) as [
    number,
    number,
  ];
  console.log(
    `${name}: ${mine.toFixed(0)} ns a row, Map of objects ${theirs.toFixed(0)} ns: ${(theirs / mine).toFixed(1)}×`,
  );
}
