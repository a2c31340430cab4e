/**
 * The join of two bounded inputs: both are kept, and when they have ended one side's rows, in order of arrival, look for their partners among
 * the other's. Which side that is, and in what order partners come, follows Flink's hash join; without an equality, its nested loop.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { Batch } from '../types/batch.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import type { JoinSpec } from './join.ts';
import { JoinMatches } from './join-matches.ts';
import { JoinSide } from './join-side.ts';
import { compilePad, type PadRow } from './row-copy.ts';

type Pair<T> = readonly [T, T];
type ReadRow = (address: number, to: Batch, toRow: number) => void;

export class BatchJoin implements Operator {
  readonly #spec: JoinSpec;
  readonly #context: OperatorContext;
  readonly #sides: Pair<JoinSide>;
  readonly #matches: JoinMatches;
  readonly #reads: Pair<ReadRow>;
  readonly #pads: Pair<PadRow>;
  /** The side whose rows look for partners. */
  readonly #probe: 0 | 1;
  #endedInputs = 0;

  constructor(spec: JoinSpec, context: OperatorContext) {
    const { heap, state, outputTypes } = context;
    const side = (name: 'left' | 'right', input: 0 | 1): JoinSide => {
      const types = context.inputTypes[input] ?? [];
      const kept = { ...spec[name], uniqueKey: null, ttlMs: 0 };
      return new JoinSide({ name, heap, state, types, spec: kept, insertOnly: true, isOuter: false });
    };
    this.#spec = spec;
    this.#context = context;
    this.#sides = [side('left', 0), side('right', 1)];
    this.#matches = new JoinMatches(spec, context, this.#sides);
    const [left, right] = this.#sides;
    const rightWidth = outputTypes.length - left.width;
    this.#reads = [
      left.rows.compileRead(outputTypes, 0, left.width),
      right.rows.compileRead(outputTypes, left.width, rightWidth),
    ];
    this.#pads = [compilePad(heap, outputTypes, 0, left.width), compilePad(heap, outputTypes, left.width, rightWidth)];
    const isHashed = spec.left.keys.length > 0;
    const probesRight =
      spec.joinType === 'RIGHT' || (isHashed && (spec.joinType === 'INNER' || spec.joinType === 'FULL'));
    this.#probe = probesRight ? 1 : 0;
  }

  processBatch(input: number, batch: Batch): void {
    const side = this.#sides[input] as JoinSide;
    const view = side.view(batch);
    side.prepare(view, 0, batch.rowCount);
    for (let row = 0; row < batch.rowCount; row++) side.add(view, row, 0);
  }

  endInput(): void {
    this.#endedInputs++;
    if (this.#endedInputs < 2) return;
    const { joinType } = this.#spec;
    const side = this.#sides[this.#probe];
    const types: readonly LogicalType[] = this.#context.inputTypes[this.#probe] ?? [];
    const row = new Batch(types);
    const read = side.rows.compileRead(types, 0, side.width);
    const matched = joinType === 'FULL' ? new Set<number>() : null;
    for (const address of side.inOrder()) {
      read(address, row, 0);
      this.#matches.find(this.#probe, side.view(row), 0);
      this.#give(address, matched);
    }
    if (matched)
      for (const address of (this.#sides[1 - this.#probe] as JoinSide).inOrder())
        if (!matched.has(address)) this.#emit((1 - this.#probe) as 0 | 1, address, 0);
    this.#context.output.flush();
  }

  /** What goes out for a row of the probing side and the partners that were found. */
  #give(address: number, matched: Set<number> | null): void {
    const { joinType } = this.#spec;
    const { addresses, length } = this.#matches;
    if (joinType === 'SEMI' || joinType === 'ANTI') {
      if (length > 0 === (joinType === 'SEMI')) this.#emit(0, address, 0);
      return;
    }
    // A hash table gives the newest of equal keys first, a nested loop the oldest.
    const isHashed = this.#spec.left.keys.length > 0;
    for (let i = 0; i < length; i++) {
      const partner = addresses[isHashed ? length - 1 - i : i] as number;
      this.#emit(this.#probe, address, partner);
      matched?.add(partner);
    }
    if (length === 0 && joinType !== 'INNER') this.#emit(this.#probe, address, 0);
  }

  /** Emits a row of a side with a record of the other; 0 stands for none. */
  #emit(side: 0 | 1, address: number, partner: number): void {
    const { output } = this.#context;
    const { batch } = output;
    const other = 1 - side;
    this.#reads[side](address, batch, batch.rowCount);
    if (partner === 0) (this.#pads[other] as PadRow)(batch, batch.rowCount);
    else (this.#reads[other] as ReadRow)(partner, batch, batch.rowCount);
    output.advance(RowKind.INSERT);
  }
}
