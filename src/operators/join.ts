/**
 * The regular join of two changing tables: both sides are kept, and each change of one is joined with what the other holds. Kinds and their
 * order are those of Flink's streaming joins. Batch: `join-batch.ts`.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch, BatchWriter } from '../types/batch.ts';
import { RowKind } from '../types/row-kind.ts';
import { BatchJoin } from './join-batch.ts';
import { compileInnerLoop } from './join-inner-loop.ts';
import { JoinMatches } from './join-matches.ts';
import { JoinSide } from './join-side.ts';
import { allColumns, type CopyRow, compileCopy, compilePad, type PadRow } from './row-copy.ts';
import { WatermarkMerge } from './watermark-merge.ts';

export type JoinSpec = Extract<OperatorSpec, { kind: 'Join' }>;
type Pair<T> = readonly [T, T];
type ReadRow = (address: number, to: Batch, toRow: number) => void;

export function createJoin(spec: JoinSpec, context: OperatorContext): Operator {
  if (context.mode === 'batch') return new BatchJoin(spec, context);
  const isOneSided = spec.joinType === 'SEMI' || spec.joinType === 'ANTI';
  const isLeftOuter = isOneSided || spec.joinType === 'LEFT' || spec.joinType === 'FULL';
  const isRightOuter = spec.joinType === 'RIGHT' || spec.joinType === 'FULL';
  const { heap, state } = context;
  const side = (name: 'left' | 'right', input: 0 | 1, insertOnly: boolean, isOuter: boolean): JoinSide =>
    new JoinSide({ name, heap, state, types: context.inputTypes[input] ?? [], spec: spec[name], insertOnly, isOuter });
  const sides: Pair<JoinSide> = [
    side('left', 0, spec.leftInsertOnly, isLeftOuter),
    side('right', 1, spec.rightInsertOnly, isRightOuter),
  ];
  return isOneSided ? new SemiJoin(spec, context, sides) : new OuterJoin(spec, context, sides);
}

/** What both families share: watermarks and partners of a row. */
abstract class JoinBase implements Operator {
  protected readonly sides: Pair<JoinSide>;
  protected readonly matches: JoinMatches;
  protected readonly output: BatchWriter;
  readonly #watermarks: WatermarkMerge;

  constructor(spec: JoinSpec, context: OperatorContext, sides: Pair<JoinSide>) {
    this.sides = sides;
    this.output = context.output;
    this.#watermarks = new WatermarkMerge(2, context.state);
    this.matches = new JoinMatches(spec, context, sides);
  }

  processBatch(input: number, batch: Batch): void {
    forEachStretch(
      batch,
      (start, end) => this.processRows(input as 0 | 1, batch, start, end),
      (watermark) => {
        const merged = this.#watermarks.advance(input, watermark);
        if (merged !== null) this.output.mark(merged);
      },
    );
    this.output.flush();
  }

  protected abstract processRows(input: 0 | 1, batch: Batch, start: number, end: number): void;
}

class OuterJoin extends JoinBase {
  readonly #copies: Pair<CopyRow>;
  readonly #reads: Pair<ReadRow>;
  readonly #pads: Pair<PadRow>;
  readonly #inner: ReturnType<typeof compileInnerLoop> | null;

  constructor(spec: JoinSpec, context: OperatorContext, sides: Pair<JoinSide>) {
    super(spec, context, sides);
    const { heap, outputTypes } = context;
    const [left, right] = [context.inputTypes[0] ?? [], context.inputTypes[1] ?? []];
    const at = left.length;
    this.#copies = [
      compileCopy(heap, left, allColumns(left), outputTypes),
      compileCopy(heap, right, allColumns(right), outputTypes, at),
    ];
    this.#reads = [
      sides[0].rows.compileRead(outputTypes, 0, at),
      sides[1].rows.compileRead(outputTypes, at, right.length),
    ];
    this.#pads = [compilePad(heap, outputTypes, 0, at), compilePad(heap, outputTypes, at, right.length)];
    const isPlain = spec.joinType === 'INNER' && spec.condition === null;
    this.#inner = isPlain ? compileInnerLoop(spec, context, sides) : null;
  }

  protected processRows(input: 0 | 1, batch: Batch, start: number, end: number): void {
    const me = this.sides[input];
    const view = me.view(batch);
    if (this.#inner) {
      this.#inner[input](batch, view, start, end);
      return;
    }
    me.prepare(view, start, end);
    const { insertOnly, kinds } = batch;
    for (let row = start; row < end; row++) {
      const kind = insertOnly ? RowKind.INSERT : (kinds[row] as number);
      const isKeyed = this.matches.find(input, view, row);
      if ((kind & 1) === 0) this.#add(input, view, row, kind, isKeyed);
      else this.#retract(input, view, row, kind, isKeyed);
    }
  }

  #add(input: 0 | 1, view: Batch, row: number, kind: number, isKeyed: boolean): void {
    const me = this.sides[input];
    const isOtherOuter = this.sides[1 - input]?.isOuter;
    const { total } = this.matches;
    if (total === 0 && me.isOuter) this.#emitPadded(input, view, row, RowKind.INSERT);
    if (total > 0 && isOtherOuter) this.#changePartners(input, 1, RowKind.DELETE);
    if (total > 0) this.#emitPairs(input, view, row, me.isOuter || isOtherOuter ? RowKind.INSERT : kind);
    if (isKeyed) me.add(view, row, total);
  }

  #retract(input: 0 | 1, view: Batch, row: number, kind: number, isKeyed: boolean): void {
    const me = this.sides[input];
    const isOtherOuter = this.sides[1 - input]?.isOuter;
    if (isKeyed) me.retract(view, row);
    if (this.matches.total === 0) {
      if (me.isOuter) this.#emitPadded(input, view, row, RowKind.DELETE);
      return;
    }
    this.#emitPairs(input, view, row, me.isOuter ? RowKind.DELETE : kind);
    if (isOtherOuter) this.#changePartners(input, -1, RowKind.INSERT);
  }

  /** Counts partners of the matched rows of the other side; a padded row comes or goes with the only one. */
  #changePartners(input: 0 | 1, change: 1 | -1, kind: number): void {
    const other = this.sides[1 - input] as JoinSide;
    const { addresses, length } = this.matches;
    const only = change === 1 ? 0 : 1;
    for (let i = 0; i < length; i++) {
      const address = addresses[i] as number;
      const partners = other.partners(address);
      if (partners === only)
        for (let n = other.count(address); n > 0; n--) this.#emitStored((1 - input) as 0 | 1, address, kind);
      other.setPartners(address, partners + change);
    }
  }

  #emitPairs(input: 0 | 1, view: Batch, row: number, kind: number): void {
    const other = this.sides[1 - input] as JoinSide;
    const { addresses, length } = this.matches;
    const { batch } = this.output;
    for (let i = 0; i < length; i++) {
      const address = addresses[i] as number;
      for (let n = other.count(address); n > 0; n--) {
        this.#copies[input](view, row, batch, batch.rowCount);
        (this.#reads[1 - input] as ReadRow)(address, batch, batch.rowCount);
        this.output.advance(kind);
      }
    }
  }

  #emitPadded(input: 0 | 1, view: Batch, row: number, kind: number): void {
    const { batch } = this.output;
    this.#copies[input](view, row, batch, batch.rowCount);
    (this.#pads[1 - input] as PadRow)(batch, batch.rowCount);
    this.output.advance(kind);
  }

  #emitStored(side: 0 | 1, address: number, kind: number): void {
    const { batch } = this.output;
    this.#reads[side](address, batch, batch.rowCount);
    (this.#pads[1 - side] as PadRow)(batch, batch.rowCount);
    this.output.advance(kind);
  }
}

class SemiJoin extends JoinBase {
  readonly #isAnti: boolean;
  readonly #copy: CopyRow;
  readonly #read: ReadRow;

  constructor(spec: JoinSpec, context: OperatorContext, sides: Pair<JoinSide>) {
    super(spec, context, sides);
    const left = context.inputTypes[0] ?? [];
    this.#isAnti = spec.joinType === 'ANTI';
    this.#copy = compileCopy(context.heap, left, allColumns(left), context.outputTypes);
    this.#read = sides[0].rows.compileRead(context.outputTypes, 0, left.length);
  }

  protected processRows(input: 0 | 1, batch: Batch, start: number, end: number): void {
    const view = this.sides[input].view(batch);
    this.sides[input].prepare(view, start, end);
    const { insertOnly, kinds } = batch;
    for (let row = start; row < end; row++) {
      const kind = insertOnly ? RowKind.INSERT : (kinds[row] as number);
      const isKeyed = this.matches.find(input, view, row);
      if (input === 0) this.#left(view, row, kind, isKeyed);
      else if (isKeyed) this.#right(view, row, kind);
    }
  }

  #left(view: Batch, row: number, kind: number, isKeyed: boolean): void {
    const { total } = this.matches;
    const [left] = this.sides;
    if ((total === 0) === this.#isAnti) {
      const { batch } = this.output;
      this.#copy(view, row, batch, batch.rowCount);
      this.output.advance(kind);
    }
    if (!isKeyed) return;
    if ((kind & 1) === 0) left.add(view, row, total);
    else left.retract(view, row);
  }

  #right(view: Batch, row: number, kind: number): void {
    const [left, right] = this.sides;
    const isAdd = (kind & 1) === 0;
    if (isAdd) right.add(view, row, 0);
    else right.retract(view, row);
    const { addresses, length } = this.matches;
    const only = isAdd ? 0 : 1;
    const leftKind = this.#isAnti ? (isAdd ? RowKind.DELETE : RowKind.INSERT) : kind;
    for (let i = 0; i < length; i++) {
      const address = addresses[i] as number;
      const partners = left.partners(address);
      if (partners === only) this.#emitStored(address, leftKind);
      left.setPartners(address, partners + (isAdd ? 1 : -1));
    }
  }

  #emitStored(address: number, kind: number): void {
    const { batch } = this.output;
    for (let n = this.sides[0].count(address); n > 0; n--) {
      this.#read(address, batch, batch.rowCount);
      this.output.advance(kind);
    }
  }
}
