/**
 * One aggregate call of an operator, as generated code: where its accumulator lies, and the statements that add a row, take it back and
 * give the result. In that code `B` is the batch, `r` its row, `a` the address of the group's record and `G` the group's table.
 */
import type { AggregateCall } from '../dataflow/operator-spec.ts';
import type { AggregateFunction, AggregateSite } from '../functions/aggregate-function.ts';
import type { Operand } from '../functions/generated-code.ts';
import type { PackedAggregate, PackedSite } from '../functions/packed-aggregate.ts';
import type { KeyedTable, Slot } from '../state/state.ts';
import { lanesOf } from '../types/column.ts';
import type { Heap } from '../types/heap.ts';
import { type LogicalType, withNullable } from '../types/logical-type.ts';
import { BoxedAccumulators, storedType } from './boxed-accumulators.ts';
import type { CodeBody } from './code-body.ts';
import { assignRecord, batchOperand, isBytes, recordOperand } from './lane-code.ts';

export interface AggregatePart {
  /** Value columns of the group's record. */
  readonly slots: readonly LogicalType[];
  /** Called once, when the group's table exists; `first` is the value column of the first slot. */
  bind(table: KeyedTable, first: number): void;
  accumulate(body: CodeBody): void;
  retract(body: CodeBody): void;
  /** The result for the record named `address`. */
  value(body: CodeBody, address: string): Operand;
  /** True when {@link merge} gives what the rows would have given in any order. */
  readonly isMergeable: boolean;
  /** Adds the record named `other` to `a`. */
  merge(body: CodeBody, other: string): void;
  /** Writes what only lives in memory into the records. */
  flush?(): void;
  /** Forgets what is remembered of a record that was born or goes. */
  drop?(address: number): void;
}

/** What all parts of an operator share. */
export interface AggregateScope {
  readonly heap: Heap;
  /** Types of the batch `B`. */
  readonly types: readonly LogicalType[];
}

/** A function with an accumulator in lanes. */
export class PackedPart implements AggregatePart {
  readonly slots: readonly LogicalType[];
  readonly isMergeable: boolean;
  readonly #packed: PackedAggregate;
  readonly #args: readonly Operand[];
  #table: KeyedTable | undefined;
  #first = 0;

  constructor(scope: AggregateScope, call: AggregateCall, packed: PackedAggregate) {
    this.slots = packed.slots;
    this.isMergeable = packed.merge !== undefined;
    this.#packed = packed;
    this.#args = argumentOperands(scope, call);
  }

  bind(table: KeyedTable, first: number): void {
    this.#table = table;
    this.#first = first;
  }

  accumulate(body: CodeBody): void {
    this.#packed.accumulate(this.#site(body, 'a'), this.#args);
  }

  retract(body: CodeBody): void {
    this.#packed.retract?.(this.#site(body, 'a'), this.#args);
  }

  value(body: CodeBody, address: string): Operand {
    return this.#packed.value(this.#site(body, address));
  }

  merge(body: CodeBody, other: string): void {
    const from = this.#site(body, other);
    this.#packed.merge?.(
      this.#site(body, 'a'),
      this.slots.map((_, i) => from.slot(i)),
    );
  }

  #site(body: CodeBody, address: string): PackedSite {
    return {
      slot: (i) => recordOperand(this.#slot(i), this.slots[i] as LogicalType, address),
      assign: (i, value) => this.#assign(body, i, value),
      constant: (value) => body.constant(value),
      local: () => body.local(),
      emit: (statement) => body.emit(statement),
    };
  }

  #slot(i: number): Slot {
    return this.#table?.layout.value[this.#first + i] as Slot;
  }

  #assign(body: CodeBody, i: number, value: { readonly lanes: readonly string[]; readonly isNull: string }): void {
    const type = this.slots[i] as LogicalType;
    body.emit(assignSlot(body, this.#slot(i), this.#first + i, type, { type, ...value }));
  }
}

/** The statement that assigns a slot of record `a`. All lanes are read before one is written. */
export function assignSlot(body: CodeBody, slot: Slot, column: number, type: LogicalType, value: Operand): string {
  if (isBytes(type)) {
    const set = `G.setBytes(a, ${column}, ${value.lanes[0]}, ${value.lanes[1]});`;
    if (slot.nullByte < 0) return set;
    if (value.isNull === 'false') return `${set} H.u8[a + ${slot.nullByte}] = 0;`;
    return `if (${value.isNull}) H.u8[a + ${slot.nullByte}] = 1; else { ${set} H.u8[a + ${slot.nullByte}] = 0; }`;
  }
  if (value.lanes.length === 1) return assignRecord(slot, type, 'a', value);
  const held = value.lanes.map(() => body.local());
  const reads = held.map((name, i) => `${name} = ${value.lanes[i]};`).join(' ');
  return `${reads} ${assignRecord(slot, type, 'a', { ...value, lanes: held })}`;
}

/** A function over boxed values. */
export class BoxedPart implements AggregatePart {
  readonly slots: readonly LogicalType[];
  /** Some of them depend on the order of their rows. */
  readonly isMergeable = false;
  readonly #scope: AggregateScope;
  readonly #call: AggregateCall;
  readonly #bound: ReturnType<AggregateFunction['bind']>;
  #accumulators: BoxedAccumulators | undefined;

  constructor(scope: AggregateScope, call: AggregateCall, fn: AggregateFunction, site: AggregateSite) {
    this.#scope = scope;
    this.#call = call;
    this.#bound = fn.bind(site);
    this.slots = [storedType(this.#bound.accumulatorType)];
  }

  bind(table: KeyedTable, first: number): void {
    const { heap } = this.#scope;
    const { args, type } = this.#call;
    const argTypes = args.map((column) => this.#scope.types[column] as LogicalType);
    this.#accumulators = new BoxedAccumulators(heap, table, first, this.#bound, args, { args: argTypes, result: type });
  }

  accumulate(body: CodeBody): void {
    body.emit(`${body.constant(this.#accumulators)}.accumulate(a, B, r);`);
  }

  retract(body: CodeBody): void {
    body.emit(`${body.constant(this.#accumulators)}.retract(a, B, r);`);
  }

  value(body: CodeBody, address: string): Operand {
    const accumulators = body.constant(this.#accumulators);
    const isNull = body.local();
    const lanes = lanesOf(this.#call.type).map(() => body.local());
    body.emit(`${isNull} = ${accumulators}.result(${address});`);
    const source = ['a', 'b'];
    lanes.forEach((lane, i) => {
      body.emit(`${lane} = ${accumulators}.lanes.${source[i]};`);
    });
    return { type: withNullable(this.#call.type, true), lanes, isNull };
  }

  merge(): void {
    throw new Error('accumulators in memory are not merged');
  }

  flush(): void {
    this.#accumulators?.flush();
  }

  drop(address: number): void {
    this.#accumulators?.drop(address);
  }
}

export function argumentOperands(scope: AggregateScope, call: AggregateCall): Operand[] {
  return call.args.map((column) => batchOperand('B', column, scope.types[column] as LogicalType, 'r'));
}
