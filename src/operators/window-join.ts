/**
 * Joins rows of equal windows once their window is over, so that nothing is ever taken back. Rows of windows that are over are dropped and
 * counted.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { compilePredicate, type Predicate } from '../expressions/generate.ts';
import type { Batch } from '../types/batch.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { compileContext } from './expression-over.ts';
import { compilePad, type PadRow } from './row-copy.ts';
import { TimedRows } from './timed-rows.ts';
import { TimerHeap } from './timer-heap.ts';
import { WatermarkMerge } from './watermark-merge.ts';
import { WindowCutter } from './window-cutter.ts';

type WindowJoinSpec = Extract<OperatorSpec, { kind: 'WindowJoin' }>;
type ReadRow = (address: number, to: Batch, toRow: number) => void;

export function createWindowJoin(spec: WindowJoinSpec, context: OperatorContext): Operator {
  return new WindowJoin(spec, context);
}

class WindowJoin implements Operator {
  readonly #spec: WindowJoinSpec;
  readonly #context: OperatorContext;
  readonly #cutter: WindowCutter;
  readonly #sides: readonly [TimedRows, TimedRows];
  readonly #nullKeys: readonly [readonly number[], readonly number[]];
  readonly #condition: Predicate | null;
  readonly #reads: readonly [ReadRow, ReadRow];
  readonly #pads: readonly [PadRow, PadRow];
  readonly #watermarks: WatermarkMerge;
  /** Ends of windows that are open, each once. */
  readonly #ends = new TimerHeap();
  readonly #known = new Set<number>();
  /** Records by window. */
  readonly #rows: readonly [Map<number, number[]>, Map<number, number[]>] = [new Map(), new Map()];
  #isRestored = false;
  #endedInputs = 0;

  constructor(spec: WindowJoinSpec, context: OperatorContext) {
    this.#spec = spec;
    this.#context = context;
    const { heap, inputTypes, outputTypes } = context;
    const window = { type: 'TUMBLE', timeColumn: null, sizeMs: 1, slideMs: 1, offsetMs: 0 } as const;
    this.#cutter = new WindowCutter({ ...window, timeZone: spec.timeZone });
    const side = (input: 0 | 1, end: number, keys: readonly number[]): TimedRows => {
      const name = input === 0 ? 'left' : 'right';
      return new TimedRows({ name, input, keys: [end, ...keys], timeColumn: end, isVersioned: false }, context);
    };
    this.#sides = [side(0, spec.leftEnd, spec.leftKeys), side(1, spec.rightEnd, spec.rightKeys)];
    const [left, right] = this.#sides;
    this.#nullKeys = [nullKeys(spec.leftKeys, inputTypes[0], spec), nullKeys(spec.rightKeys, inputTypes[1], spec)];
    const record = ({ rows, width }: TimedRows) => ({ types: rows.storedTypes.slice(0, width), record: rows.slots });
    this.#condition = spec.condition
      ? compilePredicate(spec.condition, record(left), record(right), compileContext(context))
      : null;
    const isOneSided = spec.joinType === 'SEMI' || spec.joinType === 'ANTI';
    const rightWidth = isOneSided ? 0 : right.width;
    this.#reads = [
      left.rows.compileRead(outputTypes, 0, left.width),
      right.rows.compileRead(outputTypes, left.width, rightWidth),
    ];
    this.#pads = [compilePad(heap, outputTypes, 0, left.width), compilePad(heap, outputTypes, left.width, rightWidth)];
    this.#watermarks = new WatermarkMerge(2, context.state);
  }

  processBatch(input: number, batch: Batch): void {
    this.#restore();
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        const view = (this.#sides[input] as TimedRows).view(batch);
        for (let row = start; row < end; row++) this.#add(input as 0 | 1, view, row);
      },
      (watermark) => {
        const merged = this.#watermarks.advance(input, watermark);
        if (merged === null) return;
        this.#fire(merged);
        output.mark(merged);
      },
    );
    output.flush();
  }

  endInput(): void {
    this.#endedInputs++;
    if (this.#context.mode !== 'batch' || this.#endedInputs < 2) return;
    this.#restore();
    this.#fire(Number.POSITIVE_INFINITY);
    this.#context.output.flush();
  }

  #add(input: 0 | 1, view: Batch, row: number): void {
    const side = this.#sides[input];
    const end = side.timeOf(view, row);
    if (this.#context.mode === 'streaming' && this.#cutter.dueAt(end) <= this.#watermarks.current) {
      this.#context.count('numLateRecordsDropped', 1);
      return;
    }
    // The flag says that the row may have partners.
    const isKeyed = !this.#nullKeys[input].some((column) => view.columns[column]?.nulls?.[row] === 1);
    this.#remember(input, end, side.add(view, row, RowKind.INSERT, isKeyed));
  }

  #remember(input: 0 | 1, end: number, address: number): void {
    const rows = this.#rows[input].get(end);
    if (rows) rows.push(address);
    else this.#rows[input].set(end, [address]);
    if (this.#known.has(end)) return;
    this.#known.add(end);
    this.#ends.push(end, 0);
  }

  #fire(watermark: number): void {
    while (this.#cutter.dueAt(this.#ends.earliest) <= watermark) {
      const end = this.#ends.earliest;
      this.#ends.pop();
      this.#known.delete(end);
      this.#joinWindow(this.#rows[0].get(end) ?? [], this.#rows[1].get(end) ?? []);
      for (const input of [0, 1] as const) {
        for (const address of this.#rows[input].get(end) ?? []) this.#sides[input].remove(address);
        this.#rows[input].delete(end);
      }
    }
  }

  #joinWindow(lefts: readonly number[], rights: readonly number[]): void {
    const { joinType } = this.#spec;
    const matched = new Set<number>();
    for (const left of lefts) {
      const partners = this.#partners(left);
      if (joinType === 'SEMI' || joinType === 'ANTI') {
        if (partners.length > 0 === (joinType === 'SEMI')) this.#emit(left, 0);
        continue;
      }
      for (const right of partners) {
        this.#emit(left, right);
        matched.add(right);
      }
      if (partners.length === 0 && (joinType === 'LEFT' || joinType === 'FULL')) this.#emit(left, 0);
    }
    if (joinType !== 'RIGHT' && joinType !== 'FULL') return;
    for (const right of rights) if (!matched.has(right)) this.#emit(0, right);
  }

  #partners(left: number): number[] {
    const [lefts, rights] = this.#sides;
    if (!lefts.flag(left)) return [];
    return rights
      .partnersOf(lefts, left)
      .filter((right) => rights.flag(right) && (this.#condition?.(null, left, null, right) ?? true));
  }

  /** Emits a pair; 0 stands for no row. */
  #emit(left: number, right: number): void {
    const { output } = this.#context;
    const { batch } = output;
    [left, right].forEach((address, side) => {
      if (address === 0) (this.#pads[side] as PadRow)(batch, batch.rowCount);
      else (this.#reads[side] as ReadRow)(address, batch, batch.rowCount);
    });
    output.advance(RowKind.INSERT);
  }

  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    for (const input of [0, 1] as const)
      for (const address of this.#sides[input].all()) this.#remember(input, this.#sides[input].time(address), address);
  }
}

function nullKeys(keys: readonly number[], types: readonly LogicalType[] = [], spec: WindowJoinSpec): number[] {
  return keys.filter((column, i) => spec.filterNulls[i] !== false && types[column]?.nullable);
}
