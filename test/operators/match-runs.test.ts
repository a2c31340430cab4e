/** Runs of row patterns against an enumeration of all ways to assign rows to variables. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MatchSkip, PatternVariable } from '../../src/dataflow/match-pattern.ts';
import { MatchAutomaton } from '../../src/operators/match-automaton.ts';
import { type Run, rowsOf } from '../../src/operators/match-run.ts';
import { MatchRuns } from '../../src/operators/match-runs.ts';

type Table = ReadonlyArray<readonly boolean[]>;
type Assignment = readonly number[];

function variable(name: string, min: number, max: number | null, greedy: boolean): PatternVariable {
  return { name, min, max, greedy, condition: null, values: [] };
}

function isGreedy({ min, max, greedy }: PatternVariable): boolean {
  return greedy && min !== max && !(min === 0 && max === 1);
}

/** All matches that begin at a row, each as the variables of its rows, and whether one may still come at the end of the input. */
class Enumeration {
  readonly matches: Assignment[] = [];
  isOpen = false;
  readonly #variables: readonly PatternVariable[];
  readonly #table: Table;
  readonly #start: number;

  constructor(variables: readonly PatternVariable[], table: Table, start: number) {
    this.#variables = variables;
    this.#table = table;
    this.#start = start;
    this.#grow([], 0, 0);
  }

  #grow(taken: Assignment, current: number, count: number): void {
    const row = this.#start + taken.length;
    if (row === this.#table.length) {
      this.isOpen ||= taken.length > 0;
      return;
    }
    for (let next = current; next < this.#variables.length; next++) {
      if (next > current && !this.#mayLeave(next - 1, next - 1 === current ? count : 0, row)) return;
      const { max } = this.#variables[next] as PatternVariable;
      const before = next === current ? count : 0;
      if (!this.#table[row]?.[next] || (max !== null && before === max)) continue;
      const grown = [...taken, next];
      if (this.#isComplete(next, before + 1, row)) this.matches.push(grown);
      this.#grow(grown, next, before + 1);
    }
  }

  /** A row goes on to the next variable when there are enough of this one, and when this one, if greedy, would not take it. */
  #mayLeave(at: number, count: number, row: number): boolean {
    const left = this.#variables[at] as PatternVariable;
    return count >= left.min && !(isGreedy(left) && this.#table[row]?.[at]);
  }

  #isComplete(at: number, count: number, row: number): boolean {
    if (count < (this.#variables[at] as PatternVariable).min) return false;
    for (let next = at + 1; next < this.#variables.length; next++) {
      if ((this.#variables[next] as PatternVariable).min > 0) return false;
      if (!this.#mayLeave(next - 1, next - 1 === at ? count : 0, row)) return false;
    }
    return true;
  }
}

/** First rows, rows and validity of the matches that go out. */
function expected(variables: readonly PatternVariable[], table: Table, skip: MatchSkip) {
  const found: Array<{ start: number; length: number; ways: string[] }> = [];
  let from = 0;
  for (let start = 0; start < table.length; start++) {
    if (start < from) continue;
    const { matches, isOpen } = new Enumeration(variables, table, start);
    const length = Math.min(...matches.map((match) => match.length));
    if (matches.length === 0) {
      if (isOpen) break;
      continue;
    }
    found.push({ start, length, ways: matches.filter((match) => match.length === length).map(String) });
    from = skip.to === 'next-row' ? start + 1 : start + length;
  }
  return found;
}

function actual(variables: readonly PatternVariable[], table: Table, skip: MatchSkip): Run[] {
  const names = variables.map(({ name }) => name);
  const runs = MatchRuns.empty({ automaton: new MatchAutomaton(variables), names, skip, withinMs: 0 });
  const found: Run[] = [];
  table.forEach((row, number) => {
    runs.step(number, 0, {
      holds: (at) => row[at] === true,
      keep: () => {},
      emit: (match) => {
        found.push(match);
      },
    });
  });
  return found;
}

function assignmentOf(run: Run): Assignment {
  return run.begins.flatMap((_, at) => {
    const { from, to } = rowsOf(run, at, run.end);
    return Array.from({ length: Math.max(0, to - from + 1) }, () => at);
  });
}

const quantifier = fc.oneof(
  fc.constant<[number, number | null, boolean]>([1, 1, true]),
  fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constant(null), fc.boolean()),
  fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 2, max: 3 }), fc.boolean()),
  fc.constant<[number, number | null, boolean]>([0, 1, true]),
);

describe('runs of a pattern', () => {
  test('give the earliest match of each first row, in order, and skip', () => {
    const cases = fc.record({
      quantifiers: fc.array(quantifier, { minLength: 1, maxLength: 4 }),
      rows: fc.array(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), { maxLength: 9 }),
      to: fc.constantFrom<'next-row' | 'past-last-row'>('next-row', 'past-last-row'),
    });
    fc.assert(
      fc.property(cases, ({ quantifiers, rows, to }) => {
        const variables = quantifiers.map(([min, max, greedy], i) => variable('abcd'[i] as string, min, max, greedy));
        if (variables.every(({ min }) => min === 0)) return;
        const want = expected(variables, rows, { to });
        const got = actual(variables, rows, { to });
        expect(got.map(({ start, end }) => [start, end - start + 1])).toEqual(
          want.map(({ start, length }) => [start, length]),
        );
        got.forEach((run, i) => {
          expect(want[i]?.ways).toContain(String(assignmentOf(run)));
        });
      }),
      { numRuns: 3000, seed: 20 },
    );
  });
});
