/** Writes rows of joins by time: a stored left row with a stored right row, or either padded with nulls. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { Expression } from '../expressions/expression.ts';
import { compileRowTest, type RowTest } from './expression-over.ts';
import { compilePad, type PadRow } from './row-copy.ts';
import type { TimedRows } from './timed-rows.ts';

type ReadRow = (address: number, to: OperatorContext['output']['batch'], toRow: number) => void;

export class JoinedOutput {
  readonly #output: OperatorContext['output'];
  readonly #reads: readonly [ReadRow, ReadRow];
  readonly #pads: readonly [PadRow, PadRow];
  readonly #condition: RowTest | null;

  constructor(sides: readonly [TimedRows, TimedRows], condition: Expression | null, context: OperatorContext) {
    const { heap, outputTypes } = context;
    const [left, right] = sides;
    this.#output = context.output;
    this.#reads = [
      left.rows.compileRead(outputTypes, 0, left.width),
      right.rows.compileRead(outputTypes, left.width, right.width),
    ];
    this.#pads = [compilePad(heap, outputTypes, 0, left.width), compilePad(heap, outputTypes, left.width, right.width)];
    this.#condition = condition ? compileRowTest(condition, outputTypes, context) : null;
  }

  /** Emits the pair unless the condition is against it; true when it went out. */
  pair(left: number, right: number, kind: number): boolean {
    const { batch } = this.#output;
    const row = batch.rowCount;
    this.#reads[0](left, batch, row);
    this.#reads[1](right, batch, row);
    if (this.#condition && !this.#condition(batch, row)) return false;
    this.#output.advance(kind);
    return true;
  }

  /** Emits a row of side `side` with nulls for the other. */
  padded(side: 0 | 1, address: number, kind: number): void {
    const { batch } = this.#output;
    this.#reads[side](address, batch, batch.rowCount);
    (this.#pads[1 - side] as PadRow)(batch, batch.rowCount);
    this.#output.advance(kind);
  }
}
