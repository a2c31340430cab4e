/** COUNT, SUM of BIGINT, SUM and AVG of DECIMAL by a BIGINT key, -U/+U for each row or each bundle of mini-batch, over few and many groups; against a Map of objects. */
import type { AggregateCall, Bundle } from '../../src/dataflow/operator-spec.ts';
import { createGroupAggregate } from '../../src/operators/group-aggregate.ts';
import { BATCH_ROWS, Batch } from '../../src/types/batch.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { benchContext, compare, xorshift } from './operator-bench.ts';

const BATCHES = 400;
const ROUNDS = 3;
const INPUT = [types.bigint(false), types.bigint(), types.decimal(10, 2)];
const CALLS: AggregateCall[] = [
  aggregate('COUNT', [], types.bigint(false)),
  aggregate('SUM', [1], types.bigint()),
  aggregate('SUM', [2], types.decimal(38, 2)),
  aggregate('AVG', [2], types.decimal(38, 6)),
];

function aggregate(name: string, args: readonly number[], type: LogicalType): AggregateCall {
  return { function: name, args, distinct: false, filter: null, type };
}

interface Row {
  readonly key: bigint;
  readonly value: bigint;
  readonly amount: bigint;
}

/** The same rows in both forms, made before the clock starts. */
function input(groups: number): { batches: Batch[]; rows: Row[] } {
  const batches: Batch[] = [];
  const rows: Row[] = [];
  const random = xorshift(4711);
  for (let n = 0; n < BATCHES; n++) {
    const batch = new Batch(INPUT);
    const lanes = batch.columns.map((column) => column.lane0) as [BigInt64Array, BigInt64Array, BigInt64Array];
    for (let row = 0; row < BATCH_ROWS; row++) {
      const made = { key: BigInt(random(groups)), value: BigInt(row), amount: BigInt(row * 7) };
      rows.push(made);
      lanes[0][row] = made.key;
      lanes[1][row] = made.value;
      lanes[2][row] = made.amount;
    }
    batch.rowCount = BATCH_ROWS;
    batches.push(batch);
  }
  return { batches, rows };
}

const BUNDLE: Bundle = { size: 5000, latencyMs: 1000, isTwoPhase: true };

function ours(batches: readonly Batch[], calls: readonly AggregateCall[], bundle?: Bundle): void {
  const { context, heap } = benchContext([INPUT], [types.bigint(false), ...calls.map((call) => call.type)]);
  const operator = createGroupAggregate(
    {
      kind: 'GroupAggregate',
      keys: [0],
      aggregates: calls,
      inputRetracts: false,
      emitUpdateBefore: true,
      ttlMs: 0,
      ...(bundle ? { bundle } : {}),
    },
    context,
  );
  for (let done = 0; done < ROUNDS; done++)
    for (const batch of batches) {
      operator.processBatch(0, batch);
      heap.release();
    }
}

interface Group {
  count: bigint;
  sum: bigint;
  amount: bigint;
}

/** DECIMAL as unscaled bigint, as a careful program without lanes would have it. */
function baseline(rows: readonly Row[]): void {
  const table = new Map<bigint, Group>();
  let out: unknown[] = [];
  const result = (key: bigint, group: Group) => ({
    key,
    count: group.count,
    sum: group.sum,
    amount: group.amount,
    average: (group.amount * 10_000n) / group.count,
  });
  for (let done = 0; done < ROUNDS; done++)
    for (const row of rows) {
      let group = table.get(row.key);
      if (group) out.push({ kind: '-U', row: result(row.key, group) });
      else {
        group = { count: 0n, sum: 0n, amount: 0n };
        table.set(row.key, group);
      }
      group.count += 1n;
      group.sum = BigInt.asIntN(64, group.sum + row.value);
      group.amount += row.amount;
      out.push({ kind: '+U', row: result(row.key, group) });
      if (out.length > BATCH_ROWS) out = [];
    }
}

for (const groups of [1000, 300_000]) {
  const { batches, rows } = input(groups);
  const count = ROUNDS * rows.length;
  compare(
    `${groups} groups, COUNT SUM SUM AVG`,
    count,
    5,
    () => ours(batches, CALLS),
    () => baseline(rows),
  );
  compare(
    `${groups} groups, COUNT SUM`,
    count,
    5,
    () => ours(batches, CALLS.slice(0, 2)),
    () => baseline(rows),
  );
  compare(
    `${groups} groups, COUNT SUM, bundles of ${BUNDLE.size}`,
    count,
    5,
    () => ours(batches, CALLS.slice(0, 2), BUNDLE),
    () => baseline(rows),
  );
}
