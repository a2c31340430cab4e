/** Inner join on BIGINT keys: 400,000 rows a side, alternately, one or two partners each; against two Maps of lists of objects. */
import { createJoin } from '../../src/operators/join.ts';
import { BATCH_ROWS, Batch } from '../../src/types/batch.ts';
import { types } from '../../src/types/logical-type.ts';
import { benchContext, compare, xorshift } from './operator-bench.ts';

const ROWS = 400_000;
const KEYS = 300_000;
const SIDE = [types.bigint(false), types.bigint(false), types.timestamp(3, false)];

function ours(): void {
  const { context, heap } = benchContext([SIDE, SIDE], [...SIDE, ...SIDE]);
  const side = { keys: [0], uniqueKey: null, ttlMs: 0 };
  const join = createJoin(
    {
      kind: 'Join',
      joinType: 'INNER',
      left: side,
      right: side,
      filterNulls: [true],
      condition: null,
      leftInsertOnly: true,
      rightInsertOnly: true,
    },
    context,
  );
  const batch = new Batch(SIDE);
  const [keys, values, times] = batch.columns.map((column) => column.lane0) as [
    BigInt64Array,
    BigInt64Array,
    Float64Array,
  ];
  const random = xorshift(4711);
  for (let done = 0; done < ROWS; done += BATCH_ROWS)
    for (const input of [0, 1]) {
      for (let row = 0; row < BATCH_ROWS; row++) {
        keys[row] = BigInt(random(KEYS));
        values[row] = BigInt(row);
        times[row] = done;
      }
      batch.rowCount = BATCH_ROWS;
      join.processBatch(input, batch);
      heap.release();
    }
}

interface Row {
  readonly key: bigint;
  readonly value: bigint;
  readonly time: number;
}

function baseline(): void {
  const sides = [new Map<bigint, Row[]>(), new Map<bigint, Row[]>()];
  const random = xorshift(4711);
  let out: unknown[] = [];
  for (let done = 0; done < ROWS; done += BATCH_ROWS)
    for (const input of [0, 1]) {
      const mine = sides[input] as Map<bigint, Row[]>;
      const others = sides[1 - input] as Map<bigint, Row[]>;
      for (let row = 0; row < BATCH_ROWS; row++) {
        const fresh: Row = { key: BigInt(random(KEYS)), value: BigInt(row), time: done };
        const list = mine.get(fresh.key);
        if (list) list.push(fresh);
        else mine.set(fresh.key, [fresh]);
        for (const other of others.get(fresh.key) ?? [])
          out.push({ kind: '+I', left: input === 0 ? fresh : other, right: input === 0 ? other : fresh });
        if (out.length > BATCH_ROWS) out = [];
      }
    }
}

compare('inner join, BIGINT keys', 2 * ROWS, 5, ours, baseline);
