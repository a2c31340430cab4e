/** Packed accumulators give what boxed ones give; the record is a plain array here. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bindAggregate } from '../../src/functions/bind-call.ts';
import type { Operand } from '../../src/functions/generated-code.ts';
import type { PackedAggregate, PackedSite } from '../../src/functions/packed-aggregate.ts';
import { columnKind, lanesOf } from '../../src/types/column.ts';
import { Heap } from '../../src/types/heap.ts';
import { boxFor, LaneSlots, unboxFor } from '../../src/types/lane-value.ts';
import { type LogicalType, types, withNullable } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';

type Lane = number | bigint;

/** Compiles the four parts of a packed aggregate over `R[slot] = {a, b, isNull}` and the argument `A`. */
class Machine {
  readonly #constants: unknown[] = [];
  readonly #packed: PackedAggregate;
  readonly #heap: Heap;

  constructor(packed: PackedAggregate, heap: Heap) {
    this.#packed = packed;
    this.#heap = heap;
  }

  fresh(): { a: Lane; b: Lane; isNull: boolean }[] {
    return this.#packed.slots.map((type) => {
      const [first, second] = lanesOf(type);
      const zero = (kind: string | undefined) => (kind?.endsWith('64') && kind !== 'f64' ? 0n : 0);
      return { a: zero(first), b: zero(second), isNull: type.nullable };
    });
  }

  compile(
    body: (site: PackedSite) => Operand | undefined,
  ): (record: unknown, argument: unknown, other: unknown) => unknown {
    const lines: string[] = [];
    const locals: string[] = [];
    const result = body({
      slot: (i) => operandOf(this.#packed.slots[i] as LogicalType, `R[${i}]`),
      assign: (i, value) => {
        const lanes = value.lanes.map((_lane, n) => `R[${i}].${'ab'[n]} = _${n};`).join(' ');
        const reads = value.lanes.map((lane, n) => `const _${n} = ${lane};`).join(' ');
        lines.push(`{ ${reads} ${lanes} R[${i}].isNull = ${value.isNull}; }`);
      },
      constant: (value) => `C[${this.#constants.push(value) - 1}]`,
      local: () => `l${locals.push('') - 1}`,
      emit: (statement) => lines.push(statement),
    });
    const declared = locals.map((_, i) => `let l${i};`).join('');
    const end = result ? `return ${result.isNull} ? null : [${result.lanes.join(', ')}];` : '';
    const code = new Function('C', 'H', 'R', 'A', 'O', `${declared}\n${lines.join('\n')}\n${end}`);
    return (record, argument, other) => code(this.#constants, this.#heap, record, argument, other);
  }
}

function operandOf(type: LogicalType, name: string): Operand {
  return {
    type,
    lanes: lanesOf(type).map((_, i) => `${name}.${'ab'[i]}`),
    isNull: type.nullable ? `${name}.isNull` : 'false',
  };
}

const values: Record<string, fc.Arbitrary<Value>> = {
  i8: fc.integer({ min: -128, max: 127 }),
  i16: fc.integer({ min: -32768, max: 32767 }),
  i32: fc.integer(),
  i64: fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
  i128: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
  f32: fc.integer({ min: -1000, max: 1000 }),
  f64: fc.integer({ min: -1000, max: 1000 }),
  millis: fc.integer().map((ms) => BigInt(ms) * 1_000_000n),
  nanos: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  bytes: fc.string({ unit: 'grapheme', maxLength: 5 }),
};

const numeric = [
  types.tinyint(),
  types.smallint(),
  types.int(),
  types.bigint(),
  types.float(),
  types.double(),
  types.decimal(10, 2),
  types.decimal(30, 4),
];
const ordered = [...numeric, types.string(), types.timestamp(3), types.timestamp(6), types.date()];
const cases = [
  ...['COUNT', 'SUM', '$SUM0', 'AVG'].flatMap((name) => numeric.map((type) => [name, type] as const)),
  ...['MIN', 'MAX', 'FIRST_VALUE', 'LAST_VALUE'].flatMap((name) => ordered.map((type) => [name, type] as const)),
];

it.each(cases)('%s of %j', (name, argType) => {
  const { fn, type } = bindAggregate(name, [{ type: argType }]);
  const site = { type, argTypes: [argType], literals: [], retracts: false };
  const packed = fn.packed?.(site);
  if (!packed) return expect.unreachable(`${name} is not packed`);
  const boxed = fn.bind(site);
  const heap = new Heap();
  const machine = new Machine(packed, heap);
  const argument = operandOf(withNullable(argType, false), 'A');
  const add = machine.compile((code) => void packed.accumulate(code, [argument]));
  const merge = machine.compile(
    (code) =>
      void packed.merge?.(
        code,
        packed.slots.map((slot, i) => operandOf(slot, `O[${i}]`)),
      ),
  );
  const read = machine.compile((code) => packed.value(code));
  const unbox = unboxFor(argType);
  const box = boxFor(type);
  const value = (record: unknown) => {
    const lanes = read(record, null, null) as Lane[] | null;
    return lanes && box(heap, lanes[0] as Lane, lanes[1] ?? 0);
  };
  const list = fc.array(values[columnKind(argType)] as fc.Arbitrary<Value>, { maxLength: 6 });
  fc.assert(
    fc.property(list, list, (first, second) => {
      const fill = (items: readonly Value[]) => {
        const record = machine.fresh();
        for (const item of items) {
          const slots = new LaneSlots();
          unbox(heap, item, slots);
          add(record, { ...slots, isNull: false }, null);
        }
        return record;
      };
      const boxedOf = (items: readonly Value[]) =>
        items.reduce<Value>((held, item) => boxed.accumulate(held, [item]), boxed.create());
      const record = fill(first);
      expect(value(record)).toEqual(boxed.value(boxedOf(first)));
      if (!packed.merge) return;
      merge(record, null, fill(second));
      expect(value(record)).toEqual(boxed.value(boxed.merge(boxedOf(first), boxedOf(second))));
    }),
    { numRuns: 30 },
  );
});
