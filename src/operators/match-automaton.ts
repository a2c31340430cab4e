/**
 * The automaton of a row pattern, in the shape of Flink's CEP: a state takes a row or hands it on to the next variable's state. A greedy
 * variable forbids the states behind it to look at a row that it would take itself.
 */
import type { PatternVariable } from '../dataflow/match-pattern.ts';

/** The state in which a match is complete. */
export const FINAL = -1;

/** No other state takes over. */
const NOWHERE = -2;

interface State {
  /** The variable that takes rows here. */
  readonly variable: number;
  /** The state behind a row that was taken. */
  take: number;
  /** The state that a row is handed on to. */
  readonly proceed: number;
  /** Variables whose conditions must not hold, else nothing happens here. */
  readonly unless: number[];
}

/** A way on from a state. Ways are tried in order; where `unless` is against one, those behind it are closed too. */
export interface Way {
  readonly unless: readonly number[];
  /** The variable that takes the row. */
  readonly variable: number;
  /** The state behind it. */
  readonly next: number;
}

export class MatchAutomaton {
  readonly start: number;
  /** By state. */
  readonly ways: ReadonlyArray<readonly Way[]>;
  /** By state: a match is complete without another row unless one of these variables holds; null: it is not. */
  readonly endsUnless: ReadonlyArray<readonly number[] | null>;
  readonly #states: State[] = [];

  constructor(variables: readonly PatternVariable[]) {
    this.start = variables.reduceRight((next, _, variable) => this.#add(variables, variable, next), FINAL);
    this.ways = this.#states.map((_, state) => this.#waysFrom(state));
    this.endsUnless = this.#states.map((_, state) => this.#endFrom(state));
  }

  /** The states of a variable in front of the state `next`; the first of them. */
  #add(variables: readonly PatternVariable[], variable: number, next: number): number {
    const { min, max, greedy } = variables[variable] as PatternVariable;
    const isOptional = min === 0;
    const least = Math.max(min, 1);
    let last = next;
    if (max === null) {
      const loop = this.#push(variable, NOWHERE, next);
      this.#state(loop).take = loop;
      last = loop;
    } else for (let i = least; i < max; i++) last = this.#push(variable, last, next);
    for (let i = 1; i < least; i++) last = this.#push(variable, last, NOWHERE);
    if (greedy && max !== min && !(isOptional && max === 1) && next !== FINAL) this.#state(next).unless.push(variable);
    return this.#push(variable, last, isOptional ? next : NOWHERE);
  }

  #waysFrom(state: number): Way[] {
    const ways: Way[] = [];
    for (let at = state; at >= 0; ) {
      const { unless, variable, take, proceed } = this.#state(at);
      ways.push({ unless, variable, next: take });
      at = proceed;
    }
    return ways;
  }

  #endFrom(state: number): readonly number[] | null {
    const unless: number[] = [];
    for (let at = state; at !== FINAL; ) {
      if (at === NOWHERE) return null;
      const { proceed, unless: here } = this.#state(at);
      unless.push(...here);
      at = proceed;
    }
    return unless;
  }

  #push(variable: number, take: number, proceed: number): number {
    return this.#states.push({ variable, take, proceed, unless: [] }) - 1;
  }

  #state(state: number): State {
    return this.#states[state] as State;
  }
}
