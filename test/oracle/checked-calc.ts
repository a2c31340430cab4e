/** The Calc operator, beside which the interpreter computes each row once more and complains about what is different. */
import type { Operator, OperatorContext } from '../../src/dataflow/operator.ts';
import type { Expression } from '../../src/expressions/expression.ts';
import { interpret } from '../../src/expressions/interpret.ts';
import { printExpression } from '../../src/expressions/print-expression.ts';
import { lookupScalar } from '../../src/functions/index.ts';
import { type CalcSpec, createCalc } from '../../src/operators/calc.ts';
import { type Batch, BatchWriter } from '../../src/types/batch.ts';
import { Column } from '../../src/types/column.ts';
import type { Heap } from '../../src/types/heap.ts';
import { readValue, writeValue } from '../../src/types/lane-value.ts';
import { type LogicalType, withNullable } from '../../src/types/logical-type.ts';
import { rowKindSigns } from '../../src/types/row-kind.ts';
import type { Value } from '../../src/types/value.ts';
import { rowText } from './value-text.ts';

/** Two ways to one result that gave two. */
export class Difference extends Error {}

export function checkedCalc(spec: CalcSpec, context: OperatorContext): Operator {
  const { heap, evaluation, outputTypes, output } = context;
  const condition = spec.condition && interpret(spec.condition, lookupScalar);
  const projection = spec.projection?.map((expression) => interpret(expression, lookupScalar));
  let got: string[] = [];
  /** Rows and watermarks to go on, once they have been compared. */
  let passed: Array<Change | number> = [];
  const watched = new BatchWriter(outputTypes, (batch) => {
    const changes = changesOf(batch, heap);
    got.push(...changes.map(([kind, row]) => `${rowKindSigns[kind]} ${rowText(row)}`));
    let mark = 0;
    for (let row = 0; row <= changes.length; row++) {
      for (; mark < batch.markCount && batch.markRows[mark] === row; mark++)
        passed.push(batch.markValues[mark] as number);
      if (row < changes.length) passed.push(changes[row] as Change);
    }
  });
  const calc = createCalc(spec, { ...context, output: watched });
  return {
    processBatch(input, batch) {
      got = [];
      passed = [];
      const rows = changesOf(batch, heap);
      const failure = thrownBy(() => calc.processBatch(input, batch));
      const wanted: string[] = [];
      const wantedFailure = thrownBy(() => {
        for (const [kind, row] of rows) {
          if (condition && condition(row, evaluation) !== true) continue;
          const values = projection ? projection.map((evaluate) => evaluate(row, evaluation)) : row;
          wanted.push(`${rowKindSigns[kind]} ${rowText(values.map(stored))}`);
        }
      });
      compare(spec, failure?.message ?? got, wantedFailure?.message ?? wanted, rows);
      if (failure) throw failure;
      pass();
    },
  };

  /** As it comes out of a column: numbers as their lanes hold them. */
  function stored(value: Value, index: number): Value {
    const type = withNullable(outputTypes[index] as LogicalType, true);
    const column = new Column(type, 1);
    writeValue(type, column, 0, value, heap);
    return readValue(type, column, 0, heap);
  }

  function pass(): void {
    for (const item of passed)
      if (typeof item === 'number') output.mark(item);
      else {
        item[1].forEach((value, i) => {
          const column = output.batch.columns[i] as Column;
          writeValue(outputTypes[i] as LogicalType, column, output.batch.rowCount, value, heap);
        });
        output.advance(item[0]);
      }
    output.flush();
  }
}

type Change = readonly [number, Value[]];

function changesOf(batch: Batch, heap: Heap): Change[] {
  return Array.from({ length: batch.rowCount }, (_, row) => [
    batch.insertOnly ? 0 : (batch.kinds[row] as number),
    batch.types.map((type, i) => readValue(type, batch.columns[i] as Column, row, heap)),
  ]);
}

function thrownBy(action: () => void): Error | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof Difference) throw error;
    return error as Error;
  }
}

function compare(
  spec: CalcSpec,
  got: string | readonly string[],
  wanted: string | readonly string[],
  rows: readonly Change[],
): void {
  // Which of several failures comes first is open: columns are computed in either order.
  if (typeof got === 'string' && typeof wanted === 'string') return;
  if (String(got) === String(wanted)) return;
  // The check of NOT NULL columns is the code's own.
  if (typeof got === 'string' && got.includes('is NOT NULL, however')) return;
  const at = typeof got === 'string' || typeof wanted === 'string' ? 0 : got.findIndex((row, i) => row !== wanted[i]);
  const expressions = [...(spec.condition ? [spec.condition] : []), ...(spec.projection ?? [])].map(textOf);
  throw new Difference(
    `code and interpreter: ${expressions.join(', ')}\n  code: ${show(got, at)}\n  interpreter: ${show(wanted, at)}\n  of ${rows.length} rows: ${rows
      .slice(0, 5)
      .map(([, row]) => rowText(row))
      .join('; ')}`,
  );
}

function show(result: string | readonly string[], at: number): string {
  return typeof result === 'string' ? `fails: ${result}` : `${result[Math.max(at, 0)]} (${result.length} rows)`;
}

function textOf(expression: Expression): string {
  return printExpression(expression, { style: 'logical' });
}
