/**
 * The aggregate calls of one operator over one table of groups: which columns their accumulators need, and the generated code that adds
 * rows to a group, takes them back and gives results. FILTER, DISTINCT and the skipping of nulls are here; what a function computes is
 * in its part.
 */
import { assert } from '../base/error.ts';
import type { AggregateCall } from '../dataflow/operator-spec.ts';
import type { AggregateFunction, AggregateSite } from '../functions/aggregate-function.ts';
import type { Operand } from '../functions/generated-code.ts';
import { lookupAggregate } from '../functions/index.ts';
import type { KeyedTable, Slot, StateBackend } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import type { Heap } from '../types/heap.ts';
import { type LogicalType, withNullable } from '../types/logical-type.ts';
import { type AggregatePart, type AggregateScope, argumentOperands, BoxedPart, PackedPart } from './aggregate-part.ts';
import { CodeBody } from './code-body.ts';
import { type GroupPlace, GroupValues } from './distinct-values.ts';
import { ExtremumPart } from './extremum-part.ts';
import { generatedFunction } from './generated-function.ts';
import { assignBatch, recordOperand } from './lane-code.ts';
import { orderedValues } from './ordered-values.ts';
import { positionAggregate } from './position-functions.ts';

export interface AggregateSetSpec {
  readonly heap: Heap;
  readonly state: StateBackend;
  /** Types of the batches that rows come in. */
  readonly types: readonly LogicalType[];
  /** Columns of those batches that name the group. */
  readonly groupColumns: readonly number[];
  readonly calls: readonly AggregateCall[];
  /** Rows may be taken back. */
  readonly retracts: boolean;
  /** The calls stand in an OVER window. */
  readonly isOver?: boolean;
  readonly ttlMs: number;
  /** Groups are never removed. */
  readonly keepsGroups?: boolean;
}

interface BoundCall {
  readonly call: AggregateCall;
  readonly part: AggregatePart;
  readonly skipsNulls: boolean;
  /** The table of seen values of a DISTINCT call, and this call's counter in it. */
  readonly seen: { readonly values: GroupValues; readonly counter: number; readonly counters: number } | null;
}

export type RowUpdate = (B: Batch, r: number, a: number) => void;
/** Writes what a record holds into a row of a batch. */
export type EmitRecord = (a: number, to: Batch, toRow: number) => void;

/** Writes the key columns `from` … of a table's records into the first columns of batches, which have the given types. */
export function compileKeys(
  heap: Heap,
  table: KeyedTable,
  from: number,
  outputTypes: readonly LogicalType[],
): EmitRecord {
  const statements = outputTypes.map((type, i) => {
    const slot = table.layout.key[from + i] as Slot;
    return assignBatch('to', i, type, 'toRow', recordOperand(slot, withNullable(type, slot.nullByte >= 0), 'a'));
  });
  return generatedFunction(heap, 'a, to, toRow', statements.join('\n'));
}

export class AggregateSet {
  readonly slotTypes: readonly LogicalType[];
  readonly #spec: AggregateSetSpec;
  readonly #calls: readonly BoundCall[];
  readonly #tables: GroupValues[] = [];
  #table: KeyedTable | undefined;

  constructor(spec: AggregateSetSpec) {
    this.#spec = spec;
    const seen = this.#declareSeen();
    this.#calls = spec.calls.map((call, i) => this.#bindCall(call, i, seen[i] ?? null));
    this.slotTypes = this.#calls.flatMap((call) => call.part.slots);
  }

  /** True when a group also lives in tables beside its record. */
  get hasTables(): boolean {
    return this.#tables.length > 0;
  }

  /** True when groups can be added to each other: see {@link merge}. */
  get isMergeable(): boolean {
    return this.#calls.every(({ part, seen }) => part.isMergeable && seen === null);
  }

  /** The table of groups exists; the first accumulator is its value column `first`. */
  bind(table: KeyedTable, first: number): void {
    this.#table = table;
    let column = first;
    for (const { part } of this.#calls) {
      part.bind(table, column);
      column += part.slots.length;
    }
  }

  /** Statements that add row `r` of `B` to record `a`. */
  accumulate(body: CodeBody): void {
    for (const call of this.#calls) this.#update(body, call, false);
  }

  /** Statements that take row `r` of `B` back from record `a`. */
  retract(body: CodeBody): void {
    for (const call of this.#calls) this.#update(body, call, true);
  }

  /** Results for the record named `address`, one an aggregate; `known` ones are not computed. Valid until the record changes. */
  values(body: CodeBody, address = 'a', known: ReadonlyMap<number, Operand> = new Map()): Operand[] {
    return this.#calls.map(({ part }, i) => known.get(i) ?? part.value(body, address));
  }

  /** Statements that add the record named `other` to `a`. */
  merge(body: CodeBody, other: string): void {
    for (const { part } of this.#calls) part.merge(body, other);
  }

  /** `accumulate` or `retract` as a function. */
  compileUpdate(kind: 'accumulate' | 'retract'): RowUpdate {
    return this.#compile('B, r, a', (body) => this[kind](body));
  }

  /** {@link merge} as a function: adds record `b` to `a`. */
  compileMerge(): (a: number, b: number) => void {
    return this.#compile('a, b', (body) => this.merge(body, 'b'));
  }

  /** A function that writes the results of record `a` into columns `at` … of a batch of `toTypes`. */
  compileEmit(toTypes: readonly LogicalType[], at: number): EmitRecord {
    return this.#compile('a, to, toRow', (body) => {
      this.values(body).forEach((value, i) => {
        body.emit(assignBatch('to', at + i, toTypes[at + i] as LogicalType, 'toRow', value));
      });
    });
  }

  /** Forgets what is remembered of a record that was born or goes. */
  drop(address: number): void {
    for (const { part } of this.#calls) part.drop?.(address);
  }

  /** True when {@link drop} and {@link flush} do something. */
  get hasMemory(): boolean {
    return this.#calls.some(({ part }) => part.drop !== undefined);
  }

  /** Writes accumulators that only live in memory into their records. */
  flush(): void {
    for (const { part } of this.#calls) part.flush?.();
  }

  /** Removes what tables beside the group's hold for the group of a row. */
  removeValues(batch: Batch, row: number): void {
    for (const values of this.#tables) values.removeGroup(batch, row, this.#spec.heap);
  }

  /** Removes a group: its record, and what tables beside it hold. `probe` takes the group's key. */
  remove(address: number, probe: Batch): void {
    const table = this.#table as KeyedTable;
    if (this.hasTables) {
      this.#spec.groupColumns.forEach((column, i) => {
        table.read(address, 'key', i, probe, column, 0);
      });
      this.removeValues(probe, 0);
    }
    this.drop(address);
    table.remove(address);
  }

  #compile<F>(parameters: string, fill: (body: CodeBody) => void): F {
    const body = new CodeBody();
    fill(body);
    const constants = { ...body.constants, G: this.#table };
    return generatedFunction<F>(this.#spec.heap, parameters, `${body.declarations}\n${body.text}`, constants);
  }

  #update(body: CodeBody, bound: BoundCall, isRetraction: boolean): void {
    if (isRetraction && !this.#retracts(bound.call)) return;
    const guards = this.#guards(bound);
    if (guards) body.emit(`if (${guards}) {`);
    if (bound.seen) this.#seen(body, bound.seen, isRetraction, () => this.#apply(body, bound, isRetraction));
    else this.#apply(body, bound, isRetraction);
    if (guards) body.emit('}');
  }

  #retracts(call: AggregateCall): boolean {
    return this.#spec.retracts && call.ignoresRetractions !== true;
  }

  #apply(body: CodeBody, { part }: BoundCall, isRetraction: boolean): void {
    if (isRetraction) part.retract(body);
    else part.accumulate(body);
  }

  #guards({ call, skipsNulls }: BoundCall): string {
    const guards: string[] = [];
    if (call.filter !== null) {
      const column = `B.columns[${call.filter}]`;
      guards.push(`${column}.lane0[r] === 1`);
      if (this.#spec.types[call.filter]?.nullable) guards.push(`!${column}.nulls[r]`);
    }
    if (skipsNulls)
      for (const argument of argumentOperands(this.#spec, call))
        if (argument.isNull !== 'false') guards.push(`!${argument.isNull}`);
    return guards.join(' && ');
  }

  /** Counts a value, and runs `change` when it comes into the group or leaves it. */
  #seen(body: CodeBody, seen: NonNullable<BoundCall['seen']>, isRetraction: boolean, change: () => void): void {
    const table = body.constant(seen.values.table);
    const columns = body.constant(seen.values.columns);
    const entry = body.local();
    const lane = (i: number) =>
      `H.i32[(${entry} + ${(seen.values.table.layout.value[i] as Slot).lanes[0] as number}) >>> 2]`;
    const mine = lane(seen.counter);
    body.emit(`${entry} = ${table}.findOrInsert(B, ${columns}, r);`);
    if (!this.#spec.retracts) {
      body.emit(`if (${mine} === 0) { ${mine} = 1; ${table}.markDirty(${entry});`);
      change();
      body.emit('}');
      return;
    }
    body.emit(`${mine} += ${isRetraction ? -1 : 1}; ${table}.markDirty(${entry});`);
    body.emit(`if (${mine} === ${isRetraction ? 0 : 1}) {`);
    change();
    body.emit('}');
    const allZero = Array.from({ length: seen.counters }, (_, i) => `${lane(i)} === 0`).join(' && ');
    body.emit(`if (${allZero}) ${table}.remove(${entry});`);
  }

  /** One table for all DISTINCT calls over the same arguments. */
  #declareSeen(): Array<BoundCall['seen']> {
    const { calls } = this.#spec;
    const byArguments = new Map<string, number[]>();
    calls.forEach((call, i) => {
      if (!call.distinct) return;
      const key = call.args.join();
      byArguments.set(key, [...(byArguments.get(key) ?? []), i]);
    });
    const seen: Array<BoundCall['seen']> = calls.map(() => null);
    for (const members of byArguments.values()) {
      const args = calls[members[0] as number]?.args ?? [];
      const values = this.#declare(`distinct-${args.join('-')}`, args, members.length);
      members.forEach((member, counter) => {
        seen[member] = { values, counter, counters: members.length };
      });
    }
    return seen;
  }

  #declare(name: string, columns: readonly number[], counters: number): GroupValues {
    const place: GroupPlace = this.#spec;
    const values = new GroupValues(place, name, columns, counters);
    this.#tables.push(values);
    return values;
  }

  #bindCall(call: AggregateCall, index: number, seen: BoundCall['seen']): BoundCall {
    const fn = lookupAggregate(call.function) ?? positionAggregate(call.function);
    assert(fn, `no aggregate function ${call.function}`);
    const argTypes = call.args.map((column) => this.#spec.types[column] as LogicalType);
    const site: AggregateSite = {
      type: call.type,
      argTypes,
      literals: argTypes.map((_, i) => call.literals?.[i] ?? undefined),
      retracts: this.#retracts(call),
      isOver: this.#spec.isOver === true,
    };
    return { call, part: this.#partOf(call, index, fn, site), skipsNulls: fn.skipsNulls && call.args.length > 0, seen };
  }

  #partOf(call: AggregateCall, index: number, fn: AggregateFunction, site: AggregateSite): AggregatePart {
    const scope: AggregateScope = this.#spec;
    if (this.#retracts(call)) {
      const name = fn.name;
      if (name === 'MIN' || name === 'MAX')
        return new ExtremumPart(scope, { ...call, function: name }, this.#declare(`values-${index}`, call.args, 1));
      if (name === 'FIRST_VALUE' || name === 'LAST_VALUE') {
        const which = name === 'FIRST_VALUE' ? 'first' : 'last';
        return new BoxedPart(
          scope,
          call,
          { ...fn, bind: () => orderedValues(site.argTypes[0] as LogicalType, which) },
          site,
        );
      }
    }
    const packed = fn.packed?.(site);
    if (packed && (!this.#retracts(call) || packed.retract)) return new PackedPart(scope, call, packed);
    return new BoxedPart(scope, call, fn, site);
  }
}
