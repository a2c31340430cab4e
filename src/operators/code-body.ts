/** A function's text while it is being generated: statements, local variables, constants. */
import type { Operand } from '../functions/generated-code.ts';

export class CodeBody {
  readonly statements: string[] = [];
  readonly locals: string[] = [];
  readonly constants: Record<string, unknown>;
  readonly #names: { next: number };

  /** `share`: another body of the same function, whose constants and names are used. */
  constructor(share?: CodeBody) {
    this.constants = share?.constants ?? {};
    this.#names = share ? share.#names : { next: 0 };
    if (share) this.locals = share.locals;
  }

  emit(statement: string): void {
    this.statements.push(statement);
  }

  local(): string {
    const name = this.#name('v');
    this.locals.push(name);
    return name;
  }

  constant(value: unknown): string {
    const name = this.#name('c');
    this.constants[name] = value;
    return name;
  }

  /** Copies operands into locals, so that they outlive a change of what they are read from. */
  hold(values: readonly Operand[]): Operand[] {
    return values.map((value) => {
      const lanes = value.lanes.map((lane) => this.#held(lane));
      return { ...value, lanes, isNull: value.isNull === 'false' ? 'false' : this.#held(value.isNull) };
    });
  }

  #held(text: string): string {
    const name = this.local();
    this.emit(`${name} = ${text};`);
    return name;
  }

  /** The declaration of the locals, for the head of the function. */
  get declarations(): string {
    return this.locals.length === 0 ? '' : `let ${this.locals.join(', ')};`;
  }

  get text(): string {
    return this.statements.join('\n');
  }

  #name(letter: string): string {
    return `${letter}${this.#names.next++}`;
  }
}
