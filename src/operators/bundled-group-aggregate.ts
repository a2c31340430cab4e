/**
 * GROUP BY with mini-batch: rows change their groups at once, and what came of a bundle of rows goes out together, as one change a group,
 * from its result before the bundle to the one after it. A bundle ends with its number of rows, after the latency, at a watermark, at a
 * barrier and with the input. The result that a group has gone out with is kept in its record.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { Bundle, GroupAggregateSpec } from '../dataflow/operator-spec.ts';
import type { Operand } from '../functions/generated-code.ts';
import { type KeyedTable, type Slot, TOUCH_FROM } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { assignSlot } from './aggregate-part.ts';
import { AggregateSet } from './aggregate-set.ts';
import { CodeBody } from './code-body.ts';
import { generatedFunction, hoistColumns } from './generated-function.ts';
import { assignBatch, recordOperand, sameValue } from './lane-code.ts';

type AddRows = (batch: Batch, start: number, end: number) => void;

/** Value columns of a group's record in front of its accumulators and its last results. */
const COUNT = 0;
/** Which part of the bundle the group was last changed in; 0: its result has gone out. */
const PART = 1;
/** 1 when the group has gone out. */
const KNOWN = 2;
const ACCUMULATORS = 3;

/** The groups that have changed since the last results went out. */
class ChangedGroups {
  /** Number of the part of the bundle that is being read, from 1. */
  part = 1;
  /** Groups changed in each part, added up over the parts: the rows that a pre-aggregation would have sent. */
  partials = 0;
  size = 0;
  records = new Uint32Array(1024);

  /** A group has been changed in this part, and in an earlier one when `isKnown`. */
  add(record: number, isKnown: boolean): void {
    this.partials++;
    if (isKnown) return;
    if (this.size === this.records.length) {
      const records = new Uint32Array(2 * this.size);
      records.set(this.records);
      this.records = records;
    }
    this.records[this.size++] = record;
  }

  clear(): void {
    this.part = 1;
    this.partials = 0;
    this.size = 0;
  }
}

export class BundledGroupAggregate implements Operator {
  readonly #spec: GroupAggregateSpec;
  readonly #bundle: Bundle;
  readonly #context: OperatorContext;
  readonly #set: AggregateSet;
  readonly #table: KeyedTable;
  readonly #changed = new ChangedGroups();
  readonly #addRows: AddRows;
  readonly #emitChanged: () => void;
  /** Holds the key of a group that goes. */
  readonly #probe: Batch;
  #rows = 0;
  #firstRowMs = 0;

  constructor(spec: GroupAggregateSpec, bundle: Bundle, context: OperatorContext) {
    this.#spec = spec;
    this.#bundle = bundle;
    this.#context = context;
    const { heap, state } = context;
    const input = context.inputTypes[0] ?? [];
    this.#set = new AggregateSet({
      heap,
      state,
      types: input,
      groupColumns: spec.keys,
      calls: spec.aggregates,
      retracts: spec.inputRetracts,
      ttlMs: spec.ttlMs,
    });
    this.#table = state.table({
      name: 'bundled-groups',
      version: 1,
      key: spec.keys.map((column) => withNullable(input[column] as LogicalType, true)),
      value: [
        types.bigint(false),
        types.int(false),
        types.boolean(false),
        ...this.#set.slotTypes,
        ...spec.aggregates.map((_, call) => this.#resultType(call)),
      ],
      prefix: 0,
      ttlMs: spec.ttlMs,
    });
    this.#set.bind(this.#table, ACCUMULATORS);
    this.#probe = new Batch(input.map((type) => withNullable(type, true)));
    this.#addRows = this.#compileRows();
    this.#emitChanged = this.#compileChanges();
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => this.#add(batch, start, end),
      (watermark) => {
        if (!Number.isNaN(watermark)) this.#finish();
        output.mark(watermark);
      },
    );
    if (this.#spec.ttlMs > 0) this.#set.flush();
    output.flush();
  }

  processTime(nowMs: number): void {
    if (this.#changed.size === 0 || nowMs - this.#firstRowMs < this.#bundle.latencyMs) return;
    this.#finish();
    this.#context.output.flush();
  }

  prepareSnapshot(): void {
    this.#finish();
    this.#set.flush();
    this.#context.output.flush();
  }

  endInput(): void {
    this.#finish();
    this.#context.output.flush();
  }

  #add(batch: Batch, start: number, end: number): void {
    if (this.#changed.size === 0) this.#firstRowMs = this.#context.now();
    if (this.#table.size > TOUCH_FROM) this.#table.touch(batch, this.#spec.keys, start, end);
    for (let from = start; from < end; ) {
      const to = Math.min(end, from + this.#bundle.size - this.#rows);
      this.#addRows(batch, from, to);
      this.#rows += to - from;
      from = to;
      if (this.#rows === this.#bundle.size) this.#finishPart();
    }
  }

  /** A pre-aggregation sends a row for each of its groups; the results go out when as many of those have come as make a bundle. */
  #finishPart(): void {
    this.#rows = 0;
    if (this.#bundle.isTwoPhase && this.#changed.partials < this.#bundle.size) this.#changed.part++;
    else this.#finish();
  }

  #finish(): void {
    this.#rows = 0;
    this.#emitChanged();
    this.#changed.clear();
  }

  #compileRows(): AddRows {
    const body = new CodeBody();
    const { inputRetracts } = this.#spec;
    body.emit(
      inputRetracts
        ? `kind = insertOnly ? 0 : kinds[r];
if ((kind & 1) === 1) { a = G.find(B, K, r); if (a === 0) continue; }
else { a = G.findOrInsert(B, K, r); ${this.#dropNew(body)} }`
        : `a = G.findOrInsert(B, K, r); ${this.#dropNew(body)}`,
    );
    const part = this.#lane(PART);
    body.emit(`p = ${part}; if (p !== part) { C.add(a, p !== 0); ${part} = part; }`);
    if (inputRetracts) body.emit(`if ((kind & 1) === 0) { ${this.#lane(COUNT)} += 1n;`);
    this.#set.accumulate(body);
    if (inputRetracts) {
      body.emit(`} else { ${this.#lane(COUNT)} -= 1n;`);
      this.#set.retract(body);
      body.emit('}');
    }
    body.emit('G.markDirty(a);');
    const loop = hoistColumns(['B'], body.text);
    const text = `const insertOnly = B.insertOnly, kinds = B.kinds, part = C.part;
let a = 0, p = 0, kind = 0;
${loop.head}
${body.declarations}
for (let r = start; r < end; r++) {
${loop.text}
}`;
    return this.#generate('B, start, end', text, body);
  }

  #dropNew(body: CodeBody): string {
    return this.#set.hasMemory ? `if (G.lastInserted) ${body.constant(this.#set)}.drop(a);` : '';
  }

  /** Emits what has become of each changed group. */
  #compileChanges(): () => void {
    const body = new CodeBody();
    const spec = this.#spec;
    const [part, known] = [this.#lane(PART), this.#lane(KNOWN)];
    const keys = spec.keys.map((_, i) => {
      const slot = this.#table.layout.key[i] as Slot;
      return recordOperand(slot, withNullable(this.#outputType(i), slot.nullByte >= 0), 'a');
    });
    const before = spec.aggregates.map((_, call) => recordOperand(this.#lastSlot(call), this.#resultType(call), 'a'));
    // A record may have expired, and its room may be another group's.
    body.emit(`a = C.records[i]; if (!G.isLive(a) || ${part} === 0) continue; ${part} = 0;`);
    if (spec.inputRetracts) {
      body.emit(`if (${this.#lane(COUNT)} === 0n) { if (${known} === 1) {`);
      this.#emitRow(body, keys, before, '3');
      body.emit('} forget(a); continue; }');
    }
    const after = body.hold(this.#set.values(body));
    body.emit(`if (${known} === 0) { ${known} = 1;`);
    this.#emitRow(body, keys, after, '0');
    body.emit('} else {');
    if (spec.ttlMs === 0) {
      const same = before.map((old, call) => sameValue(old, after[call] as Operand));
      body.emit(`if (${same.join(' && ') || 'true'}) continue;`);
    }
    if (spec.emitUpdateBefore) this.#emitRow(body, keys, before, '1');
    this.#emitRow(body, keys, after, '2');
    body.emit('}');
    after.forEach((value, call) => {
      body.emit(assignSlot(body, this.#lastSlot(call), this.#lastColumn(call), this.#resultType(call), value));
    });
    body.emit('G.markDirty(a);');
    const text = `let a = 0, o = 0;\n${body.declarations}\nfor (let i = 0; i < C.size; i++) {\n${body.text}\n}`;
    return this.#generate('', text, body);
  }

  #forget(address: number): void {
    if (this.#set.hasTables) {
      this.#spec.keys.forEach((column, i) => {
        this.#table.read(address, 'key', i, this.#probe, column, 0);
      });
      this.#set.removeValues(this.#probe, 0);
    }
    this.#set.drop(address);
    this.#table.remove(address);
  }

  #emitRow(body: CodeBody, keys: readonly Operand[], values: readonly Operand[], kind: string): void {
    body.emit('o = O.rowCount;');
    [...keys, ...values].forEach((value, i) => {
      body.emit(assignBatch('O', i, this.#outputType(i), 'o', value));
    });
    body.emit(`W.advance(${kind});`);
  }

  #generate<F>(parameters: string, text: string, body: CodeBody): F {
    const { heap, output } = this.#context;
    return generatedFunction<F>(heap, parameters, text, {
      ...body.constants,
      G: this.#table,
      K: this.#spec.keys,
      C: this.#changed,
      W: output,
      O: output.batch,
      forget: (address: number) => this.#forget(address),
    });
  }

  #resultType(call: number): LogicalType {
    return withNullable(this.#spec.aggregates[call]?.type as LogicalType, true);
  }

  #lastColumn(call: number): number {
    return ACCUMULATORS + this.#set.slotTypes.length + call;
  }

  #lastSlot(call: number): Slot {
    return this.#table.layout.value[this.#lastColumn(call)] as Slot;
  }

  #outputType(i: number): LogicalType {
    return this.#context.outputTypes[i] as LogicalType;
  }

  #lane(column: number): string {
    const slot = this.#table.layout.value[column] as Slot;
    const offset = slot.lanes[0] as number;
    if (column === COUNT) return `H.i64[(a + ${offset}) >>> 3]`;
    return column === PART ? `H.i32[(a + ${offset}) >>> 2]` : `H.u8[a + ${offset}]`;
  }
}
