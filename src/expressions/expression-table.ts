/** Gives equal sub-expressions one number and counts their uses, so that each is computed once a row. */
import { encodeJson } from '../base/json.ts';
import { typeToString } from '../types/logical-type.ts';
import { MapValue, type Value } from '../types/value.ts';
import type { FindFunction } from './compile-context.ts';
import type { Expression } from './expression.ts';

export class ExpressionTable {
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<Expression, number>();
  readonly #uses: number[] = [];
  readonly #isDeterministic: boolean[] = [];
  readonly #findFunction: FindFunction;

  constructor(roots: readonly Expression[], findFunction: FindFunction) {
    this.#findFunction = findFunction;
    for (const root of roots) this.#use(root);
  }

  number(expression: Expression): number {
    const known = this.#known.get(expression);
    if (known !== undefined) return known;
    const text = this.#text(expression);
    const existing = this.#numbers.get(text);
    const number = existing ?? this.#uses.length;
    if (existing === undefined) {
      this.#numbers.set(text, number);
      this.#uses.push(0);
      this.#isDeterministic.push(this.#determinism(expression));
    }
    this.#known.set(expression, number);
    return number;
  }

  /** A deterministic call that occurs more than once. */
  isShared(expression: Expression): boolean {
    const number = this.number(expression);
    return (
      expression.kind === 'call' && (this.#uses[number] as number) > 1 && (this.#isDeterministic[number] as boolean)
    );
  }

  /** A call over literals alone that is the same at all times; one without arguments may be a clock. */
  isConstant(expression: Expression): boolean {
    if (expression.kind !== 'call' || expression.args.length === 0) return false;
    if (!this.#isDeterministic[this.number(expression)]) return false;
    return expression.args.every((arg) => arg.kind === 'literal' || this.isConstant(arg));
  }

  #use(expression: Expression): void {
    const number = this.number(expression);
    const uses = (this.#uses[number] as number) + 1;
    this.#uses[number] = uses;
    // The parts of a shared expression are used by its one computation.
    if (expression.kind === 'call' && uses === 1) for (const arg of expression.args) this.#use(arg);
  }

  #text(expression: Expression): string {
    if (expression.kind === 'input') return `$${expression.index}`;
    const type = typeToString(expression.type);
    if (expression.kind === 'literal') return `${encodeJson(plain(expression.value))}:${type}`;
    return `${expression.function}(${expression.args.map((arg) => this.number(arg)).join()}):${type}`;
  }

  #determinism(expression: Expression): boolean {
    if (expression.kind !== 'call') return true;
    if (this.#findFunction(expression.function)?.deterministic === false) return false;
    return expression.args.every((arg) => this.#isDeterministic[this.number(arg)]);
  }
}

function plain(value: Value): unknown {
  if (value instanceof MapValue) return { map: value.entries.map((entry) => entry.map(plain)) };
  return Array.isArray(value) ? value.map(plain) : value;
}
