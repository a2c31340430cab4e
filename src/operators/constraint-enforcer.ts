/** What a sink's columns demand: NOT NULL (fail, or leave the row out) and lengths of texts and bytes (trim and pad, or fail). */

import { constraintError, nullInNotNull } from '../base/constraint-error.ts';
import type { EngineError } from '../base/error.ts';
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { readText } from '../types/heap-bytes.ts';
import { allColumns, type CopyRow, compileCopy } from './row-copy.ts';

type ConstraintEnforcerSpec = Extract<OperatorSpec, { kind: 'ConstraintEnforcer' }>;
type LengthRule = ConstraintEnforcerSpec['lengths'][number];
type Column = Batch['columns'][number];

const SPACE = 0x20;

export function createConstraintEnforcer(spec: ConstraintEnforcerSpec, context: OperatorContext): Operator {
  return new ConstraintEnforcer(spec, context);
}

class ConstraintEnforcer implements Operator {
  readonly #spec: ConstraintEnforcerSpec;
  readonly #context: OperatorContext;
  readonly #copy: CopyRow;
  readonly #lengths: readonly LengthRule[];

  constructor(spec: ConstraintEnforcerSpec, context: OperatorContext) {
    const types = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#context = context;
    this.#copy = compileCopy(context.heap, types, allColumns(types), context.outputTypes);
    this.#lengths = spec.lengthMode === 'IGNORE' ? [] : spec.lengths;
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) this.#process(batch, row);
      },
      (watermark) => output.mark(watermark),
    );
    output.flush();
  }

  #process(batch: Batch, row: number): void {
    const { output } = this.#context;
    for (const column of this.#spec.notNull) {
      if (batch.columns[column]?.nulls?.[row] !== 1) continue;
      if (this.#spec.notNullMode === 'DROP') return;
      throw nullInNotNull(this.#spec.columnNames[column] ?? '');
    }
    const to = output.batch;
    this.#copy(batch, row, to, to.rowCount);
    for (const rule of this.#lengths) {
      const column = to.columns[rule.column] as Column;
      if (column.nulls?.[to.rowCount] !== 1) this.#fit(rule, column, to.rowCount);
    }
    output.advance(batch.insertOnly ? 0 : (batch.kinds[row] as number));
  }

  #fit(rule: LengthRule, column: Column, row: number): void {
    const { heap } = this.#context;
    const address = column.lane0[row] as number;
    const bytes = (column.lane1 as Int32Array)[row] as number;
    const isText = this.#isText(rule.column);
    const length = isText ? characters(heap.u8, address, bytes) : bytes;
    if (length === rule.length || (length < rule.length && !rule.pad)) return;
    if (this.#spec.lengthMode === 'ERROR') throw this.#lengthError(rule, address, bytes, length, isText);
    if (length > rule.length) {
      (column.lane1 as Int32Array)[row] = isText ? bytesOfCharacters(heap.u8, address, rule.length) : rule.length;
      return;
    }
    const padded = heap.scratch(bytes + rule.length - length);
    heap.u8.copyWithin(padded, address, address + bytes);
    heap.u8.fill(isText ? SPACE : 0, padded + bytes, padded + bytes + rule.length - length);
    column.lane0[row] = padded;
    (column.lane1 as Int32Array)[row] = bytes + rule.length - length;
  }

  #isText(column: number): boolean {
    const kind = this.#context.inputTypes[0]?.[column]?.kind;
    return kind === 'CHAR' || kind === 'VARCHAR';
  }

  #lengthError(rule: LengthRule, address: number, bytes: number, length: number, isText: boolean): EngineError {
    const name = this.#spec.columnNames[rule.column];
    const { heap } = this.#context;
    const shown = isText ? readText(heap, address, bytes) : `${length} bytes`;
    return constraintError(
      `Column '${name}' ${length > rule.length ? 'exceeds' : 'is shorter than'} its length of ${rule.length}: ${shown}. You can set job configuration 'table.exec.sink.type-length-enforcer'='TRIM_PAD' to fit such values.`,
    );
  }
}

/** Code points of UTF-8 bytes: all bytes but continuations. */
function characters(u8: Uint8Array, address: number, length: number): number {
  let count = 0;
  for (let i = address; i < address + length; i++) if (((u8[i] as number) & 0xc0) !== 0x80) count++;
  return count;
}

/** Bytes of the first `count` code points. */
function bytesOfCharacters(u8: Uint8Array, address: number, count: number): number {
  let seen = 0;
  let at = address;
  for (;;) {
    if (((u8[at] as number) & 0xc0) !== 0x80) {
      if (seen === count) return at - address;
      seen++;
    }
    at++;
  }
}
