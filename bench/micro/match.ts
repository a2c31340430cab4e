/** MATCH_RECOGNIZE `A B+ C` by a BIGINT key, rising values with LAST and SUM, by event time; against the same by hand over a Map of objects. */

import type { MatchValue } from '../../src/dataflow/match-pattern.ts';
import type { MatchSpec } from '../../src/dataflow/operator-spec.ts';
import { call, type Expression, inputReference, literal } from '../../src/expressions/expression.ts';
import { createMatch } from '../../src/operators/match.ts';
import { BATCH_ROWS, Batch } from '../../src/types/batch.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { benchContext, compare, xorshift } from './operator-bench.ts';

const BATCHES = 200;
const ROUNDS = 3;
const INT = types.int(false);
const INPUT = [types.bigint(false), INT, types.timestamp(3)];
const OUTPUT = [types.bigint(false), types.int(), types.int()];

function value(variable: string, navigation: 'LAST' | 'PREV', offset = 0): MatchValue {
  return { kind: 'column', variable, navigation, offset, column: 1, type: INT };
}

function test(name: string, a: Expression, b: Expression): Expression {
  return call(name, [a, b], types.boolean());
}

const sum: MatchValue = {
  kind: 'aggregate',
  variable: 'B',
  function: 'SUM',
  args: [inputReference(1, INT)],
  type: types.int(),
};
const [own, other] = [inputReference(0, INT), inputReference(1, INT)];

const SPEC: MatchSpec = {
  kind: 'Match',
  partition: [0],
  order: [{ column: 2, ascending: true, nullsFirst: true }],
  isEventTime: true,
  variables: [
    {
      name: 'A',
      min: 1,
      max: 1,
      greedy: true,
      condition: test('<', own, literal(300, INT)),
      values: [value('A', 'PREV')],
    },
    {
      name: 'B',
      min: 1,
      max: null,
      greedy: true,
      condition: test('>', own, other),
      values: [value('B', 'PREV'), value('A', 'LAST')],
    },
    {
      name: 'C',
      min: 1,
      max: 1,
      greedy: true,
      condition: test('<', own, other),
      values: [value('C', 'PREV'), value('A', 'LAST')],
    },
  ],
  skip: { to: 'past-last-row' },
  withinMs: 0,
  measures: [inputReference(0, types.int()), inputReference(1, types.int())],
  values: [value('C', 'LAST'), sum],
};

interface Row {
  readonly key: bigint;
  readonly value: number;
}

function input(keys: number): { batches: Batch[]; rows: Row[] } {
  const batches: Batch[] = [];
  const rows: Row[] = [];
  const random = xorshift(4711);
  for (let n = 0; n < BATCHES; n++) {
    const batch = new Batch(INPUT as readonly LogicalType[]);
    const [key, number, time] = batch.columns.map((column) => column.lane0) as [
      BigInt64Array,
      Int32Array,
      Float64Array,
    ];
    for (let row = 0; row < BATCH_ROWS; row++) {
      const made = { key: BigInt(random(keys)), value: random(1000) };
      rows.push(made);
      key[row] = made.key;
      number[row] = made.value;
      time[row] = n * BATCH_ROWS + row;
    }
    batch.rowCount = BATCH_ROWS;
    batch.mark((n + 1) * BATCH_ROWS);
    batches.push(batch);
  }
  return { batches, rows };
}

function ours(batches: readonly Batch[]): void {
  const { context, heap, seen } = benchContext([INPUT], OUTPUT);
  const operator = createMatch(SPEC, context);
  for (const batch of batches) {
    operator.processBatch(0, batch);
    heap.release();
  }
  if (seen.rows === 0) throw new Error('nothing was found');
}

interface Open {
  readonly first: number;
  bs: number[];
}

function byHand(rows: readonly Row[]): void {
  const open = new Map<bigint, Open[]>();
  let found = 0;
  for (const { key, value } of rows) {
    const next: Open[] = [];
    let isFound = false;
    for (const run of open.get(key) ?? []) {
      if (value > run.first) next.push({ first: run.first, bs: [...run.bs, value] });
      else if (value < run.first && run.bs.length > 0) isFound = true;
    }
    if (isFound) found++;
    else if (value < 300) next.push({ first: value, bs: [] });
    open.set(key, isFound ? [] : next);
  }
  if (found === 0) throw new Error('nothing was found');
}

for (const keys of [100, 10_000]) {
  const { batches, rows } = input(keys);
  compare(
    `${keys} keys`,
    rows.length,
    ROUNDS,
    () => ours(batches),
    () => byHand(rows),
  );
}
