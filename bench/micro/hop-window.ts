/** COUNT, SUM and MAX over HOP windows of a minute every 10 s by a BIGINT key, few and many of them; against a Map of objects a window. */
import type { AggregateCall } from '../../src/dataflow/operator-spec.ts';
import { createWindowAggregate } from '../../src/operators/window-aggregate.ts';
import { BATCH_ROWS, Batch } from '../../src/types/batch.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { benchContext, compare, xorshift } from './operator-bench.ts';

const BATCHES = 977;
const SIZE_MS = 60_000;
const SLIDE_MS = 10_000;
/** 1,000 rows a second of event time. */
const ROW_MS = 1;
const INPUT = [types.bigint(false), types.bigint(), types.timestamp(3)];
const CALLS: AggregateCall[] = [
  aggregate('COUNT', [], types.bigint(false)),
  aggregate('SUM', [1], types.bigint()),
  aggregate('MAX', [1], types.bigint()),
];

function aggregate(name: string, args: readonly number[], type: LogicalType): AggregateCall {
  return { function: name, args, distinct: false, filter: null, type };
}

function input(keys: number): Batch[] {
  const random = xorshift(4711);
  return Array.from({ length: BATCHES }, (_, n) => {
    const batch = new Batch(INPUT);
    const [key, value, time] = batch.columns.map((column) => column.lane0) as [
      BigInt64Array,
      BigInt64Array,
      Float64Array,
    ];
    for (let row = 0; row < BATCH_ROWS; row++) {
      key[row] = BigInt(random(keys));
      value[row] = BigInt(row);
      time[row] = (n * BATCH_ROWS + row) * ROW_MS;
    }
    batch.rowCount = BATCH_ROWS;
    batch.mark((n + 1) * BATCH_ROWS * ROW_MS - 1);
    return batch;
  });
}

function ours(batches: readonly Batch[]): void {
  const bounds = [types.timestamp(3, false), types.timestamp(3, false)];
  const { context, heap } = benchContext([INPUT], [types.bigint(false), ...CALLS.map((call) => call.type), ...bounds]);
  const operator = createWindowAggregate(
    {
      kind: 'WindowAggregate',
      window: { type: 'HOP', timeColumn: 2, sizeMs: SIZE_MS, slideMs: SLIDE_MS, offsetMs: 0, timeZone: null },
      keys: [0],
      aggregates: CALLS,
      properties: ['start', 'end'],
      inputRetracts: false,
    },
    context,
  );
  for (const batch of batches) {
    operator.processBatch(0, batch);
    heap.release();
  }
}

interface Group {
  count: bigint;
  sum: bigint;
  max: bigint;
}

function baseline(batches: readonly Batch[]): void {
  const windows = new Map<number, Map<bigint, Group>>();
  let out: unknown[] = [];
  const fire = (watermark: number): void => {
    for (const [end, groups] of windows) {
      if (end - 1 > watermark) continue;
      for (const [key, group] of groups) {
        out.push({ key, ...group, start: end - SIZE_MS, end });
        if (out.length > BATCH_ROWS) out = [];
      }
      windows.delete(end);
    }
  };
  for (const batch of batches) {
    const [keys, values, times] = batch.columns.map((column) => column.lane0) as [
      BigInt64Array,
      BigInt64Array,
      Float64Array,
    ];
    for (let row = 0; row < BATCH_ROWS; row++) {
      const [key, value, time] = [keys[row] as bigint, values[row] as bigint, times[row] as number];
      for (let start = time - (time % SLIDE_MS); start > time - SIZE_MS; start -= SLIDE_MS) {
        const groups = windows.get(start + SIZE_MS) ?? new Map<bigint, Group>();
        windows.set(start + SIZE_MS, groups);
        const group = groups.get(key) ?? { count: 0n, sum: 0n, max: value };
        groups.set(key, group);
        group.count += 1n;
        group.sum += value;
        if (value > group.max) group.max = value;
      }
    }
    fire(batch.markValues[0] as number);
  }
}

for (const keys of [100, 5_000, 200_000]) {
  const batches = input(keys);
  compare(
    `HOP 10 s / 1 min, ${keys} keys`,
    BATCHES * BATCH_ROWS,
    3,
    () => ours(batches),
    () => baseline(batches),
  );
}
