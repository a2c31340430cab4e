/**
 * Makes a full changelog of upserts: the last row of each key is kept, so that updates and deletes can say what they replace. With a
 * condition only rows that pass it are known to the outside.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { RowKind } from '../types/row-kind.ts';
import { compileRowTest, type RowTest } from './expression-over.ts';
import { RowBundle } from './row-bundle.ts';
import { RowState } from './row-state.ts';

type ChangelogNormalizeSpec = Extract<OperatorSpec, { kind: 'ChangelogNormalize' }>;

export function createChangelogNormalize(spec: ChangelogNormalizeSpec, context: OperatorContext): Operator {
  return new ChangelogNormalize(spec, context);
}

class ChangelogNormalize implements Operator {
  readonly #spec: ChangelogNormalizeSpec;
  readonly #context: OperatorContext;
  readonly #state: RowState;
  readonly #condition: RowTest | null;
  readonly #isBatch: boolean;
  /** Mini-batch: only the last change of a key in a bundle is looked at. */
  readonly #bundle: RowBundle | null;

  constructor(spec: ChangelogNormalizeSpec, context: OperatorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#isBatch = context.mode === 'batch';
    this.#state = new RowState(spec.keys, spec.ttlMs, context);
    this.#bundle =
      spec.bundle && !this.#isBatch ? new RowBundle(spec.bundle, spec.keys, context, this.#process.bind(this)) : null;
    this.#condition = spec.condition ? compileRowTest(spec.condition, context.inputTypes[0] ?? [], context) : null;
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) {
          const kind = batch.insertOnly ? RowKind.INSERT : (batch.kinds[row] as number);
          // An update says itself what it replaces.
          if (kind === RowKind.UPDATE_BEFORE) continue;
          if (this.#bundle === null) this.#process(batch, row, kind);
          else this.#bundle.add(batch, row, kind);
        }
      },
      (watermark) => {
        if (!Number.isNaN(watermark)) this.#bundle?.drain();
        output.mark(watermark);
      },
    );
    output.flush();
  }

  processTime(nowMs: number): void {
    this.#bundle?.passTime(nowMs);
    this.#context.output.flush();
  }

  prepareSnapshot(): void {
    this.#bundle?.drain();
    this.#context.output.flush();
  }

  endInput(): void {
    if (!this.#isBatch) {
      this.prepareSnapshot();
      return;
    }
    this.#state.rows.table.forEach((address) => {
      this.#state.emitStored(address, RowKind.INSERT);
    });
    this.#context.output.flush();
  }

  #process(batch: Batch, row: number, kind: number): void {
    if (kind === RowKind.DELETE || this.#condition?.(batch, row) === false) this.#remove(batch, row);
    else this.#put(batch, row);
  }

  #put(batch: Batch, row: number): void {
    const address = this.#state.find(batch, row);
    if (!this.#isBatch) {
      if (address === 0) this.#state.emitRow(batch, row, RowKind.INSERT);
      else {
        if (this.#spec.ttlMs === 0 && this.#state.rows.same(address, batch, row)) return;
        if (this.#spec.emitUpdateBefore) this.#state.emitStored(address, RowKind.UPDATE_BEFORE);
        this.#state.emitRow(batch, row, RowKind.UPDATE_AFTER);
      }
    }
    this.#state.put(batch, row, address);
  }

  /** The row that goes out is the stored one: a tombstone may hold the key only. */
  #remove(batch: Batch, row: number): void {
    const address = this.#state.find(batch, row);
    if (address === 0) return;
    if (!this.#isBatch) this.#state.emitStored(address, RowKind.DELETE);
    this.#state.rows.table.remove(address);
  }
}
