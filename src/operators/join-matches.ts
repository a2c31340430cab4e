/** The partners of one row of a join: records of the other side with the same key for which the rest of the condition is true. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { Expression } from '../expressions/expression.ts';
import { compilePredicate } from '../expressions/generate.ts';
import type { Batch } from '../types/batch.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { compileContext } from './expression-over.ts';
import type { JoinSpec } from './join.ts';
import type { JoinSide } from './join-side.ts';

type Pair<T> = readonly [T, T];
/** Tests a row of one side with a record of the other. */
type PairTest = (view: Batch, row: number, address: number) => boolean;

export class JoinMatches {
  /** Records of the other side, as {@link find} left them: the first {@link length}. */
  addresses = new Uint32Array(64);
  length = 0;
  /** Rows that the records stand for. */
  total = 0;
  readonly #sides: Pair<JoinSide>;
  readonly #nullKeys: Pair<readonly number[]>;
  readonly #tests: Pair<PairTest> | null;

  constructor(spec: JoinSpec, context: OperatorContext, sides: Pair<JoinSide>) {
    this.#sides = sides;
    const [left, right] = [context.inputTypes[0] ?? [], context.inputTypes[1] ?? []];
    this.#nullKeys = [nullKeysOf(spec.left.keys, left, spec), nullKeysOf(spec.right.keys, right, spec)];
    this.#tests = spec.condition ? compileTests(spec.condition, context, sides) : null;
  }

  /** Finds the partners of a row of side `input`; false when a null in its key keeps it from ever having one. */
  find(input: 0 | 1, view: Batch, row: number): boolean {
    this.length = 0;
    this.total = 0;
    for (const column of this.#nullKeys[input]) if (view.columns[column]?.nulls?.[row] === 1) return false;
    const other = this.#sides[1 - input] as JoinSide;
    const test = this.#tests?.[input];
    let address = other.chain(view, this.#sides[input].joinKeys, row);
    for (; address !== 0; address = other.next(address))
      if (!test || test(view, row, address)) this.#push(address, other.count(address));
    return true;
  }

  #push(address: number, count: number): void {
    if (this.length === this.addresses.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.addresses);
      this.addresses = larger;
    }
    this.addresses[this.length++] = address;
    this.total += count;
  }
}

function compileTests(condition: Expression, context: OperatorContext, sides: Pair<JoinSide>): Pair<PairTest> {
  const types = context.inputTypes as Pair<readonly LogicalType[]>;
  const record = (side: 0 | 1) => ({
    types: sides[side].rows.storedTypes.slice(0, types[side].length),
    record: sides[side].rows.slots,
  });
  const compile = compileContext(context);
  const rightStored = compilePredicate(condition, { types: types[0] }, record(1), compile);
  const leftStored = compilePredicate(condition, record(0), { types: types[1] }, compile);
  return [
    (view, row, address) => rightStored(view, row, null, address),
    (view, row, address) => leftStored(null, address, view, row),
  ];
}

function nullKeysOf(keys: readonly number[], types: readonly LogicalType[], spec: JoinSpec): number[] {
  return keys.filter((column, i) => spec.filterNulls[i] !== false && types[column]?.nullable);
}
