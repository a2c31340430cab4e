/**
 * MIN and MAX over input that is taken back: the extremum in the group's record, every value with its count in a table. When the
 * extremum's last row goes, the group's values are looked through for the next one.
 */
import type { AggregateCall } from '../dataflow/operator-spec.ts';
import type { Operand } from '../functions/generated-code.ts';
import type { KeyedTable, Slot } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import { type LogicalType, withNullable } from '../types/logical-type.ts';
import { type AggregatePart, type AggregateScope, argumentOperands, assignSlot } from './aggregate-part.ts';
import { CodeBody } from './code-body.ts';
import type { GroupValues } from './distinct-values.ts';
import { generatedFunction } from './generated-function.ts';
import { compareValues, recordOperand, sameValue } from './lane-code.ts';

type Rescan = (G: KeyedTable, T: KeyedTable, B: Batch, C: readonly number[], r: number, a: number) => void;

export class ExtremumPart implements AggregatePart {
  readonly slots: readonly LogicalType[];
  readonly isMergeable = false;
  readonly #scope: AggregateScope;
  readonly #call: AggregateCall;
  readonly #values: GroupValues;
  readonly #type: LogicalType;
  #table: KeyedTable | undefined;
  #column = 0;

  constructor(scope: AggregateScope, call: AggregateCall, values: GroupValues) {
    this.#scope = scope;
    this.#call = call;
    this.#values = values;
    this.#type = withNullable(scope.types[call.args[0] as number] as LogicalType, true);
    this.slots = [this.#type];
  }

  bind(table: KeyedTable, first: number): void {
    this.#table = table;
    this.#column = first;
  }

  accumulate(body: CodeBody): void {
    const { entry, count, table } = this.#probe(body, '+ 1');
    const [argument] = argumentOperands(this.#scope, this.#call) as [Operand];
    const order = body.local();
    const current = this.value(body, 'a');
    body.emit(`if (${count} === 0) ${table}.remove(${entry});`);
    body.emit('else {');
    body.emit(`if (${current.isNull}) ${order} = -1; else { ${this.#compare(argument, current, order)} }`);
    body.emit(`if (${order} < 0) { ${this.#assign(body, { ...argument, isNull: 'false' })} }`);
    body.emit('}');
  }

  retract(body: CodeBody): void {
    const { entry, count, table } = this.#probe(body, '- 1');
    const [argument] = argumentOperands(this.#scope, this.#call) as [Operand];
    const current = this.value(body, 'a');
    body.emit(`if (${count} === 0) {`);
    body.emit(`${table}.remove(${entry});`);
    const columns = body.constant(this.#values.columns);
    const rescan = body.constant(this.#compileRescan());
    body.emit(`if (${sameValue(argument, current)}) ${rescan}(G, ${table}, B, ${columns}, r, a);`);
    body.emit('}');
  }

  value(_body: CodeBody, address: string): Operand {
    return recordOperand(this.#slot(), this.#type, address);
  }

  merge(): void {
    throw new Error('an extremum of retracting input cannot be merged');
  }

  #probe(body: CodeBody, change: string): { entry: string; count: string; table: string } {
    const table = body.constant(this.#values.table);
    const columns = body.constant(this.#values.columns);
    const entry = body.local();
    const count = body.local();
    const offset = (this.#values.table.layout.value[0] as Slot).lanes[0] as number;
    body.emit(`${entry} = ${table}.findOrInsert(B, ${columns}, r);`);
    body.emit(`${count} = H.i32[(${entry} + ${offset}) >>> 2] ${change};`);
    body.emit(`H.i32[(${entry} + ${offset}) >>> 2] = ${count}; ${table}.markDirty(${entry});`);
    return { entry, count, table };
  }

  #compare(a: Operand, b: Operand, result: string): string {
    return compareValues(
      { ...a, isNull: 'false' },
      { ...b, isNull: 'false' },
      this.#call.function === 'MIN',
      true,
      result,
    );
  }

  #assign(body: CodeBody, value: Operand): string {
    return assignSlot(body, this.#slot(), this.#column, this.#type, value);
  }

  #slot(): Slot {
    return this.#table?.layout.value[this.#column] as Slot;
  }

  /** Looks through the group's values and puts the best one that is there into the record, or null. */
  #compileRescan(): Rescan {
    const { table, columns } = this.#values;
    const slot = table.layout.key[columns.length - 1] as Slot;
    const count = (table.layout.value[0] as Slot).lanes[0] as number;
    const key = (address: string): Operand => recordOperand(slot, this.#type, address);
    const body = new CodeBody();
    const assign = this.#assign(body, { ...key('best'), isNull: 'false' });
    const consider = `if (H.i32[(e + ${count}) >>> 2] <= 0) continue;
if (best !== 0) { ${this.#compare(key('e'), key('best'), 'o')} if (o >= 0) continue; }
best = e;`;
    const loop =
      table.spec.prefix === 0
        ? 'for (const e of V.all())'
        : `for (let e = T.chain(B, C, r); e !== 0; e = H.u32[(e + ${table.layout.next}) >>> 2])`;
    const text = `${body.declarations}
let best = 0, o = 0;
${loop} { ${consider} }
if (best === 0) { H.u8[a + ${this.#slot().nullByte}] = 1; return; }
${assign}`;
    return generatedFunction<Rescan>(this.#scope.heap, 'G, T, B, C, r, a', text, { V: this.#values });
  }
}
