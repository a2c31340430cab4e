/** The text of one generated function while it grows: statements, local variables, constants. Values enter by name only. */
import type { LaneKind } from '../types/column.ts';
import type { Heap } from '../types/heap.ts';

/** What a lane holds where nothing was assigned: generated code may compute with it, and must not fail. */
export function zeroOf(lane: LaneKind): string {
  return lane === 'i64' || lane === 'u64' ? '0n' : '0';
}

export class CodeBuilder {
  #statements: string[] = [];
  #count = 0;
  readonly #locals: string[] = [];
  readonly #prologue = new Set<string>();
  readonly #constants: unknown[] = [];
  readonly #bigints: bigint[] = [];

  /** Statements emitted so far, those in blocks included: what the size of a function is judged by. */
  get statementCount(): number {
    return this.#count;
  }

  emit(statement: string): void {
    this.#statements.push(statement);
    this.#count++;
  }

  /** Runs `write` and returns what it emitted instead of keeping it. */
  block(write: () => void): string {
    const outer = this.#statements;
    this.#statements = [];
    write();
    const text = this.#statements.join('\n');
    this.#statements = outer;
    return text;
  }

  /** A variable of the row loop's body; with a lane kind it begins with that lane's zero. */
  local(lane?: LaneKind): string {
    const name = `v${this.#locals.length}`;
    this.#locals.push(lane ? `${name} = ${zeroOf(lane)}` : name);
    return name;
  }

  /** Lets a variable that was made without a lane begin with that lane's zero. */
  startWith(name: string, lane: LaneKind): void {
    const index = this.#locals.indexOf(name);
    if (index >= 0) this.#locals[index] = `${name} = ${zeroOf(lane)}`;
  }

  constant(value: unknown): string {
    this.#constants.push(value);
    return `c${this.#constants.length - 1}`;
  }

  /** A 64-bit integer as an array element: that is read without an object, unlike a variable of an outer function. */
  bigint(value: bigint): string {
    this.#bigints.push(value);
    return `KI[${this.#bigints.length - 1}]`;
  }

  /** A statement at the function's head, once a call. */
  prologue(statement: string): void {
    this.#prologue.add(statement);
  }

  get head(): string {
    return [...this.#prologue].join('\n');
  }

  /** Declarations and statements: the body of the row loop. */
  get body(): string {
    const locals = this.#locals.length === 0 ? '' : `let ${this.#locals.join(', ')};\n`;
    return locals + this.#statements.join('\n');
  }

  /** Compiles `text`, the whole function's expression, over the heap `H` and the constants. */
  build<F>(heap: Heap, text: string): F {
    const names = this.#constants.map((_, i) => `c${i}`);
    const create = new Function('H', 'KI', ...names, `'use strict'; return ${text};`);
    return create(heap, BigInt64Array.from(this.#bigints), ...this.#constants) as F;
  }
}
