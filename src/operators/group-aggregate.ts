/**
 * GROUP BY. Streaming: each row changes its group's result, which goes out as +I, -U/+U or -D, row by row. Batch: results at the end of
 * the input. The loop is generated for the query's types and aggregates.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { AggregateCall, GroupAggregateSpec } from '../dataflow/operator-spec.ts';
import { areHashed } from '../dataflow/plain-aggregates.ts';
import type { Operand } from '../functions/generated-code.ts';
import { type KeyedTable, type Slot, TOUCH_FROM } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { AggregateSet } from './aggregate-set.ts';
import { BatchView } from './batch-view.ts';
import { BundledGroupAggregate } from './bundled-group-aggregate.ts';
import { CodeBody } from './code-body.ts';
import { generatedFunction, hoistColumns } from './generated-function.ts';
import { assignBatch, assignRecord, batchOperand, isBytes, recordOperand, sameValue } from './lane-code.ts';
import { SortedGroupAggregate } from './sorted-group-aggregate.ts';
import { stateSequence } from './state-sequence.ts';

/** `view` shows the columns of `batch`, and the number of each row's group. */
type Loop = (view: Batch, start: number, end: number, batch: Batch) => void;

export function createGroupAggregate(spec: GroupAggregateSpec, context: OperatorContext): Operator {
  if (context.mode === 'batch' && isSorted(spec)) return new SortedGroupAggregate(spec, context);
  if (spec.bundle && context.mode === 'streaming') return new BundledGroupAggregate(spec, spec.bundle, context);
  return new GroupAggregate(spec, context);
}

/** With accumulators of one width Flink's batch aggregation has a hash table; with others it sorts its input first. */
function isSorted({ keys, aggregates }: GroupAggregateSpec): boolean {
  return keys.length > 0 && !areHashed(aggregates);
}

/** A quotient of wide decimals takes longer than all the rest of a row. */
function isCostly(call: AggregateCall): boolean {
  return call.function === 'AVG' && call.type.kind === 'DECIMAL';
}

/** What groups with longer keys have seen of DISTINCT values is kept by a number of the group. */
function isNumbered({ keys, aggregates }: GroupAggregateSpec, input: readonly LogicalType[]): boolean {
  const isLong = keys.length > 1 || keys.some((column) => isBytes(input[column] as LogicalType));
  return isLong && aggregates.some((call) => call.distinct);
}

function resultType(spec: GroupAggregateSpec, call: number): LogicalType {
  return withNullable(spec.aggregates[call]?.type as LogicalType, true);
}

class GroupAggregate implements Operator {
  readonly #spec: GroupAggregateSpec;
  readonly #context: OperatorContext;
  readonly #set: AggregateSet;
  readonly #table: KeyedTable;
  readonly #view: BatchView;
  /** Gives a new group its number; null where groups have none. */
  readonly #number: (() => number) | null;
  readonly #loop: Loop;
  readonly #isBatch: boolean;
  /** Aggregates whose last result is kept in the record, since computing the old one again would cost more. */
  readonly #costly: readonly number[];

  constructor(spec: GroupAggregateSpec, context: OperatorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#isBatch = context.mode === 'batch';
    const { heap, state } = context;
    const input = context.inputTypes[0] ?? [];
    this.#view = new BatchView(input, [types.double(false)]);
    this.#number = isNumbered(spec, input) ? stateSequence(state, 'numbers') : null;
    this.#set = new AggregateSet({
      heap,
      state,
      types: this.#view.types,
      groupColumns: this.#number ? [this.#view.column(0)] : spec.keys,
      calls: spec.aggregates,
      retracts: spec.inputRetracts,
      ttlMs: spec.ttlMs,
      keepsGroups: !spec.inputRetracts,
    });
    this.#costly = this.#isBatch ? [] : spec.aggregates.flatMap((call, i) => (isCostly(call) ? [i] : []));
    this.#table = state.table({
      name: 'groups',
      version: 1,
      key: spec.keys.map((column) => withNullable(input[column] as LogicalType, true)),
      value: [
        types.bigint(false),
        ...this.#set.slotTypes,
        ...this.#costly.map((i) => resultType(spec, i)),
        ...(this.#number ? [types.double(false)] : []),
      ],
      prefix: 0,
      ttlMs: spec.ttlMs,
    });
    this.#set.bind(this.#table, 1);
    this.#loop = this.#compileLoop();
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    const view = this.#number ? this.#view.over(batch) : batch;
    forEachStretch(
      batch,
      (start, end) => {
        if (this.#table.size > TOUCH_FROM) this.#table.touch(batch, this.#spec.keys, start, end);
        this.#loop(view, start, end, batch);
      },
      (watermark) => output.mark(watermark),
    );
    if (this.#spec.ttlMs > 0) this.#set.flush();
    output.flush();
  }

  prepareSnapshot(): void {
    this.#set.flush();
  }

  endInput(): void {
    if (!this.#isBatch) return;
    const emit = this.#compileFinal();
    if (this.#spec.keys.length === 0 && this.#table.size === 0)
      this.#table.findOrInsert(this.#context.output.batch, [], 0);
    this.#table.forEach(emit);
    this.#context.output.flush();
  }

  /** Emits a group's key and results: batch mode. */
  #compileFinal(): (address: number) => void {
    const body = new CodeBody();
    const keys = this.#spec.keys.map((_, i) => {
      const slot = this.#table.layout.key[i] as Slot;
      return recordOperand(slot, withNullable(this.#outputType(i), slot.nullByte >= 0), 'a');
    });
    this.#emitRow(body, keys, this.#set.values(body), '0');
    return this.#generate('a', body.declarations, body.text, body);
  }

  #compileLoop(): Loop {
    const body = new CodeBody();
    const { spec, count } = { spec: this.#spec, count: this.#countLane() };
    body.emit(
      spec.inputRetracts
        ? `kind = insertOnly ? 0 : kinds[r];
if ((kind & 1) === 1) { a = G.find(B, K, r); if (a === 0) continue; isFirst = false; }
else { a = G.findOrInsert(B, K, r); isFirst = G.lastInserted; }`
        : 'a = G.findOrInsert(B, K, r); isFirst = G.lastInserted;',
    );
    if (this.#set.hasMemory) body.emit(`if (isFirst) ${body.constant(this.#set)}.drop(a);`);
    if (this.#number) body.emit(this.#numberText(body, this.#number));
    const before = this.#isBatch ? [] : body.hold(this.#set.values(body, 'a', this.#lastResults()));
    this.#update(body, count);
    body.emit('G.markDirty(a);');
    if (!this.#isBatch) this.#changes(body, count, before);
    const loop = hoistColumns(['B', 'O'], body.text);
    const text = `const insertOnly = C.insertOnly, kinds = C.kinds;
let a = 0, isFirst = false, kind = 0;
${loop.head}
${body.declarations}
for (let r = start; r < end; r++) {
${loop.text}
}`;
    return this.#generate('B, start, end, C', '', text, body);
  }

  /** Shows the number of a row's group beside the row. */
  #numberText(body: CodeBody, next: () => number): string {
    const slot = this.#table.layout.value.at(-1) as Slot;
    const number = `H.f64[(a + ${slot.lanes[0]}) >>> 3]`;
    return `if (isFirst) ${number} = ${body.constant(next)}();
B.columns[${this.#view.column(0)}].lane0[r] = ${number};`;
  }

  #update(body: CodeBody, count: string): void {
    if (!this.#spec.inputRetracts) {
      this.#set.accumulate(body);
      return;
    }
    body.emit(`if ((kind & 1) === 0) { ${count} += 1n;`);
    this.#set.accumulate(body);
    body.emit(`} else { ${count} -= 1n;`);
    this.#set.retract(body);
    body.emit('}');
  }

  /** Results as the record has them. */
  #lastResults(): Map<number, Operand> {
    const results = new Map<number, Operand>();
    this.#costly.forEach((call, i) => {
      const slot = this.#table.layout.value[this.#costlyAt(i)] as Slot;
      results.set(call, recordOperand(slot, resultType(this.#spec, call), 'a'));
    });
    return results;
  }

  /** The value column of the i-th kept result. */
  #costlyAt(i: number): number {
    return 1 + this.#set.slotTypes.length + i;
  }

  /** What goes out after a row has changed its group. */
  #changes(body: CodeBody, count: string, before: readonly Operand[]): void {
    const keys = this.#spec.keys.map((column) =>
      batchOperand('B', column, this.#context.inputTypes[0]?.[column] as LogicalType, 'r'),
    );
    if (this.#spec.inputRetracts) {
      body.emit(`if (${count} === 0n) {`);
      body.emit('if (!isFirst) {');
      this.#emitRow(body, keys, before, '3');
      body.emit('}');
      if (this.#set.hasTables) body.emit(`${body.constant(this.#set)}.removeValues(B, r);`);
      if (this.#set.hasMemory) body.emit(`${body.constant(this.#set)}.drop(a);`);
      body.emit('G.remove(a); continue; }');
    }
    const after = body.hold(this.#set.values(body));
    this.#costly.forEach((call, i) => {
      const slot = this.#table.layout.value[this.#costlyAt(i)] as Slot;
      body.emit(assignRecord(slot, resultType(this.#spec, call), 'a', after[call] as Operand));
    });
    body.emit('if (isFirst) {');
    this.#emitRow(body, keys, after, '0');
    body.emit('continue; }');
    if (this.#spec.ttlMs === 0) {
      const same = before.map((old, i) => sameValue(old, after[i] as Operand));
      body.emit(`if (${same.join(' && ') || 'true'}) continue;`);
    }
    if (this.#spec.emitUpdateBefore) this.#emitRow(body, keys, before, '1');
    this.#emitRow(body, keys, after, '2');
  }

  #emitRow(body: CodeBody, keys: readonly Operand[], values: readonly Operand[], kind: string): void {
    body.emit('o = O.rowCount;');
    [...keys, ...values].forEach((value, i) => {
      body.emit(assignBatch('O', i, this.#outputType(i), 'o', value));
    });
    body.emit(`W.advance(${kind});`);
  }

  #generate<F>(parameters: string, declarations: string, text: string, body: CodeBody): F {
    const { heap, output } = this.#context;
    const constants = { ...body.constants, G: this.#table, K: this.#spec.keys, W: output, O: output.batch };
    return generatedFunction<F>(heap, parameters, `let o = 0;\n${declarations}\n${text}`, constants);
  }

  #outputType(i: number): LogicalType {
    return this.#context.outputTypes[i] as LogicalType;
  }

  #countLane(): string {
    const slot = this.#table.layout.value[0] as Slot;
    return `H.i64[(a + ${slot.lanes[0]}) >>> 3]`;
  }
}
