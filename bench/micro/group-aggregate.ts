/** COUNT, SUM of BIGINT, SUM and AVG of DECIMAL by a BIGINT key, -U/+U for each row, over few and many groups; against a Map of objects. */
import type { AggregateCall } from '../../src/dataflow/operator-spec.ts';
import { createGroupAggregate } from '../../src/operators/group-aggregate.ts';
import { BATCH_ROWS, Batch } from '../../src/types/batch.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { benchContext, compare, xorshift } from './operator-bench.ts';

const ROWS = 1_000_000;
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

function ours(groups: number, calls: readonly AggregateCall[]): void {
  const { context, heap } = benchContext([INPUT], [types.bigint(false), ...calls.map((call) => call.type)]);
  const operator = createGroupAggregate(
    {
      kind: 'GroupAggregate',
      keys: [0],
      aggregates: calls,
      inputRetracts: false,
      emitUpdateBefore: true,
      ttlMs: 0,
    },
    context,
  );
  const batch = new Batch(INPUT);
  const [keys, values, amounts] = batch.columns.map((column) => column.lane0) as [
    BigInt64Array,
    BigInt64Array,
    BigInt64Array,
  ];
  const random = xorshift(4711);
  for (let done = 0; done < ROWS; done += BATCH_ROWS) {
    for (let row = 0; row < BATCH_ROWS; row++) {
      keys[row] = BigInt(random(groups));
      values[row] = BigInt(row);
      amounts[row] = BigInt(row * 7);
    }
    batch.rowCount = BATCH_ROWS;
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
function baseline(groups: number): void {
  const table = new Map<bigint, Group>();
  const random = xorshift(4711);
  let out: unknown[] = [];
  const result = (key: bigint, group: Group) => ({
    key,
    count: group.count,
    sum: group.sum,
    amount: group.amount,
    average: (group.amount * 10_000n) / group.count,
  });
  for (let i = 0; i < ROWS; i++) {
    const row = { key: BigInt(random(groups)), value: BigInt(i % BATCH_ROWS), amount: BigInt((i % BATCH_ROWS) * 7) };
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

for (const groups of [1000, 300_000])
  compare(
    `${groups} groups, COUNT SUM SUM AVG`,
    ROWS,
    5,
    () => ours(groups, CALLS),
    () => baseline(groups),
  );
