/** A filter and four projections over 1,024 rows: the compiled calc against the interpreter, over boxed rows, and against closures' best case by hand. */
import { call, type Expression, inputReference, literal } from '../../src/expressions/expression.ts';
import { compileCalc } from '../../src/expressions/generate.ts';
import { interpret } from '../../src/expressions/interpret.ts';
import { lookupScalar } from '../../src/functions/index.ts';
import { BATCH_ROWS, Batch, BatchWriter } from '../../src/types/batch.ts';
import type { Column } from '../../src/types/column.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue, writeValue } from '../../src/types/lane-value.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';

const inputTypes: readonly LogicalType[] = [
  types.bigint(false),
  types.int(),
  types.decimal(10, 2, false),
  types.string(false),
  types.double(false),
];
const [id, quantity, price, status, rate] = inputTypes.map((type, i) => inputReference(i, type)) as [
  Expression,
  Expression,
  Expression,
  Expression,
  Expression,
];
const condition = call(
  'AND',
  [
    call('>', [quantity, literal(2, types.int(false))], types.boolean()),
    call('<>', [status, literal('CANCELLED', types.char(9, false))], types.boolean(false)),
  ],
  types.boolean(),
);
const projection = [
  id,
  call('+', [id, literal(7n, types.bigint(false))], types.bigint(false)),
  call('*', [price, literal(3n, types.decimal(1, 0, false))], types.decimal(11, 2, false)),
  call(
    'CASE',
    [
      call('=', [status, literal('PAID', types.char(4, false))], types.boolean(false)),
      call('*', [rate, literal(2, types.double(false))], types.double(false)),
      rate,
    ],
    types.double(false),
  ),
];

const heap = new Heap();
const batch = new Batch(inputTypes);
const texts = ['PAID', 'CANCELLED', 'NEW', 'SHIPPED'];
const rows = Array.from({ length: BATCH_ROWS }, (_, i) => [
  BigInt(i),
  i % 7 === 0 ? null : i % 9,
  BigInt(i * 101),
  texts[i % 4] as string,
  i / 3,
]);
rows.forEach((row, r) => {
  row.forEach((value, c) => {
    writeValue(inputTypes[c] as LogicalType, batch.columns[c] as Column, r, value, heap);
  });
});
batch.rowCount = BATCH_ROWS;

const evaluation = { timeZone: 'UTC', now: () => 0, random: () => 0, watermark: () => null, legacyCast: false };
const outputTypes = projection.map((expression) => expression.type);
let selected = 0;
const writer = new BatchWriter(outputTypes, (out) => {
  selected = out.rowCount;
});
const start = performance.now();
const calc = compileCalc(
  { inputTypes, condition, projection, outputTypes },
  { heap, evaluation, findFunction: lookupScalar },
);
calc(batch, writer);
writer.flush();
const firstMs = performance.now() - start;

function nanosPerRow(rounds: number, work: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < 9; i++) {
    const from = performance.now();
    for (let r = 0; r < rounds; r++) work();
    times.push(((performance.now() - from) * 1e6) / (rounds * BATCH_ROWS));
  }
  return times.sort((a, b) => a - b)[4] as number;
}

const test = interpret(condition, lookupScalar);
const columns = projection.map((expression) => interpret(expression, lookupScalar));
const compiled = nanosPerRow(2000, () => {
  calc(batch, writer);
  writer.flush();
});
const interpreted = nanosPerRow(20, () => {
  for (const row of rows) if (test(row, evaluation) === true) for (const column of columns) column(row, evaluation);
});
const boxed = nanosPerRow(20, () => {
  for (let r = 0; r < BATCH_ROWS; r++) {
    const row = inputTypes.map((type, i) => readValue(type, batch.columns[i] as Column, r, heap));
    if (test(row, evaluation) === true) for (const column of columns) column(row, evaluation);
  }
});
console.log(`${selected} of ${BATCH_ROWS} rows pass; made and first called in ${firstMs.toFixed(2)} ms`);
console.log(`compiled               ${compiled.toFixed(1)} ns/row`);
console.log(
  `interpreter, boxed rows ${interpreted.toFixed(0)} ns/row: ${(interpreted / compiled).toFixed(0)} times as slow`,
);
console.log(`interpreter, with boxing ${boxed.toFixed(0)} ns/row: ${(boxed / compiled).toFixed(0)} times as slow`);
