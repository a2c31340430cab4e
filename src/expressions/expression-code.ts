/**
 * Emits code for expressions into a builder: operands in, operands out.
 *
 * Every operand that leaves here is simple (a variable, a constant, an array element), so that a function may repeat it; its lanes hold
 * values of the right JavaScript kind even where it is null.
 */
import { EngineError } from '../base/error.ts';
import type { ScalarFunction } from '../functions/function.ts';
import type { CodeSite, Operand } from '../functions/generated-code.ts';
import { type LaneKind, lanesOf } from '../types/column.ts';
import { LaneSlots, unboxFor } from '../types/lane-value.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { emitBoxedCall } from './boxed-call.ts';
import { type CodeBuilder, zeroOf } from './code-builder.ts';
import type { CompileContext } from './compile-context.ts';
import type { CallExpression, Expression } from './expression.ts';
import type { ExpressionTable } from './expression-table.ts';
import { interpret, isLazyForm } from './interpret.ts';
import { emitLazyForm } from './lazy-forms.ts';
import { literalBytes } from './literal-bytes.ts';
import { withoutSugar, withPackedList } from './sugar.ts';

/** The operand of an input column at the current row. */
export type InputOperand = (index: number, type: LogicalType) => Operand;

const SIMPLE = /^(?:false|-?[\w$.]+n?|[\w$]+\[[\w$]+\])$/;

export class ExpressionCode {
  readonly builder: CodeBuilder;
  readonly context: CompileContext;
  readonly #table: ExpressionTable;
  readonly #input: InputOperand;
  /** Shared values computed so far, by number; inner maps are those of blocks that may not run. */
  readonly #computed: Array<Map<number, Operand>> = [new Map()];

  constructor(builder: CodeBuilder, table: ExpressionTable, input: InputOperand, context: CompileContext) {
    this.builder = builder;
    this.context = context;
    this.#table = table;
    this.#input = input;
  }

  compile(expression: Expression): Operand {
    switch (expression.kind) {
      case 'input':
        return this.simple(this.#input(expression.index, expression.type));
      case 'literal':
        return this.literal(expression.value, expression.type);
      case 'call':
        return this.#call(expression);
    }
  }

  /** What `write` emits, as the text of a block that may not run: nothing computed in it is known outside. */
  branch(write: () => void): string {
    this.#computed.push(new Map());
    const text = this.builder.block(write);
    this.#computed.pop();
    return text;
  }

  literal(value: Value, type: LogicalType): Operand {
    const lanes = lanesOf(type);
    if (value === null) return { type, lanes: lanes.map(zeroOf), isNull: '1' };
    if (lanes[0] === 'u32') return this.#bytesLiteral(value, type);
    const slots = new LaneSlots();
    unboxFor(type)(this.context.heap, value, slots);
    const values = [slots.a, slots.b];
    return { type, lanes: lanes.map((lane, i) => this.#number(lane, values[i] as number | bigint)), isNull: 'false' };
  }

  /** The same value in variables, unless it is simple already. */
  simple(operand: Operand): Operand {
    const kinds = lanesOf(operand.type);
    const lanes = operand.lanes.map((text, i) => this.#simpleText(text, kinds[i] as LaneKind));
    return { type: operand.type, lanes, isNull: this.#simpleText(operand.isNull, 'u8') };
  }

  /** Fresh variables for a value of a type: its lanes, and its null when it may be one. */
  variables(type: LogicalType, canBeNull: boolean): Operand {
    const lanes = lanesOf(type).map((lane) => this.builder.local(lane));
    return { type, lanes, isNull: canBeNull ? this.builder.local('u8') : 'false' };
  }

  /** Emits the assignment of a value to {@link variables} of the same kind of lanes. */
  assign(target: Operand, value: Operand): void {
    const copy = target.lanes.map((lane, i) => `${lane} = ${value.lanes[i]};`).join(' ');
    if (target.isNull === 'false') this.builder.emit(copy);
    else if (value.isNull === 'false') this.builder.emit(`${copy} ${target.isNull} = 0;`);
    else this.builder.emit(`${copy} ${target.isNull} = ${value.isNull} ? 1 : 0;`);
  }

  #simpleText(text: string, lane: LaneKind): string {
    if (SIMPLE.test(text)) return text;
    const name = this.builder.local(lane);
    this.builder.emit(`${name} = ${text};`);
    return name;
  }

  #number(lane: LaneKind, value: number | bigint): string {
    if (lane === 'i64') return this.builder.bigint(value as bigint);
    if (lane === 'u64') return this.builder.constant(value);
    const name = this.builder.constant(Number(value));
    this.builder.prologue(`const k${name} = ${name};`);
    return `k${name}`;
  }

  #bytesLiteral(value: Value, type: LogicalType): Operand {
    const { address, length } = literalBytes(this.context.heap, type, value);
    return { type, lanes: [this.#number('u32', address), this.#number('i32', length)], isNull: 'false' };
  }

  #call(expression: CallExpression): Operand {
    const isShared = this.#table.isShared(expression);
    const number = this.#table.number(expression);
    if (isShared) for (const known of this.#computed) if (known.has(number)) return known.get(number) as Operand;
    const operand = this.simple(this.#computeCall(withPackedList(withoutSugar(expression))));
    if (isShared) this.#computed.at(-1)?.set(number, operand);
    return operand;
  }

  /** The value of a constant call as a literal; where computing it fails, each row fails as the interpreter would. */
  #constant(expression: CallExpression): Operand | undefined {
    try {
      const value = interpret(expression, this.context.findFunction)([], this.context.evaluation);
      return this.literal(value, expression.type);
    } catch {
      return undefined;
    }
  }

  #computeCall(expression: CallExpression): Operand {
    const isConstant = this.#table.isConstant(expression);
    const constant = isConstant ? this.#constant(expression) : undefined;
    if (constant) return constant;
    if (isLazyForm(expression.function)) return emitLazyForm(this, expression);
    const fn = this.context.findFunction(expression.function);
    if (!fn) throw new EngineError('INTERNAL', `there is no function ${expression.function}`);
    const args = expression.args.map((arg) => this.compile(arg));
    const nulls = fn.nullPropagating === false ? [] : args.map((arg) => arg.isNull).filter((text) => text !== 'false');
    if (nulls.includes('1')) return this.literal(null, expression.type);
    const generated = isConstant ? undefined : this.#generated(fn, expression, args, nulls);
    return generated ?? emitBoxedCall(this, fn, expression, args, nulls);
  }

  /** Statements run only for rows where no argument is null, if the function wants it so. */
  #generated(
    fn: ScalarFunction,
    expression: CallExpression,
    args: readonly Operand[],
    nulls: readonly string[],
  ): Operand | undefined {
    if (!fn.generate) return undefined;
    const { generate } = fn;
    const seen = fn.nullPropagating === false ? args : args.map((arg) => ({ ...arg, isNull: 'false' }));
    let result: Operand | undefined;
    const statements = this.builder.block(() => {
      result = generate(this.#site(expression, seen));
    });
    const operand = result as Operand | undefined;
    if (!operand) return undefined;
    const value = this.#withZeros({ ...operand, type: expression.type });
    if (nulls.length === 0) {
      if (statements !== '') this.builder.emit(statements);
      return value;
    }
    if (statements === '') return { ...value, isNull: anyOf([...nulls, value.isNull]) };
    const target = this.variables(expression.type, true);
    const assigned = this.builder.block(() => this.assign(target, value));
    this.builder.emit(`if (${anyOf(nulls)}) ${target.isNull} = 1;\nelse {\n${statements}\n${assigned}\n}`);
    return target;
  }

  /** Lanes that hold something of the right kind where the function left them alone since its result is null. */
  #withZeros(operand: Operand): Operand {
    const { lanes, isNull, type } = operand;
    const kinds = lanesOf(type);
    const safe = lanes.map((text, i) => {
      const kind = kinds[i] as LaneKind;
      if (isNull === 'false' || SIMPLE.test(text)) {
        this.builder.startWith(text, kind);
        return text;
      }
      return zeroOf(kind) === '0n' ? `(${isNull}) ? 0n : ${text}` : text;
    });
    return { type, lanes: safe, isNull };
  }

  #site(expression: CallExpression, args: readonly Operand[]): CodeSite {
    const { builder } = this;
    return {
      type: expression.type,
      args,
      evaluation: this.context.evaluation,
      literal: (index) => {
        const arg = expression.args[index];
        return arg?.kind === 'literal' ? arg : undefined;
      },
      constant: (value) => (isLong(value) ? builder.bigint(value) : builder.constant(value)),
      local: () => builder.local(),
      emit: (statement) => builder.emit(statement),
      heap: 'H',
    };
  }
}

function isLong(value: unknown): value is bigint {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
}

/** An expression that is truthy when one of the texts is; `false` when none can be. */
export function anyOf(texts: readonly string[]): string {
  const distinct = [...new Set(texts.filter((text) => text !== 'false'))];
  return distinct.length === 0
    ? 'false'
    : distinct.map((text) => (SIMPLE.test(text) ? text : `(${text})`)).join(' || ');
}
