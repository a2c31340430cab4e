/**
 * The partial matches of one partition. Rows of a match follow each other without a gap, and its variables come in the pattern's order, so
 * that a run is where it began and where each variable did. Matches go out in the order of their first rows: one is held back as long as a
 * run that began before it may still become a match.
 */
import { EngineError } from '../base/error.ts';
import type { MatchSkip } from '../dataflow/match-pattern.ts';
import { runtimeError } from '../functions/call-error.ts';
import { FINAL, type MatchAutomaton, type Way } from './match-automaton.ts';
import { ABSENT, type Run, rowsOf } from './match-run.ts';
import { RunQueue } from './run-queue.ts';

/** Partial matches and held back ones of a partition. Each row must be shown to all of them. */
const RUNS_MAX = 100_000;

/** What runs ask and say about the row that they are shown. */
export interface MatchListener {
  /** True where a variable's condition holds for the row, as a run sees it. */
  holds(variable: number, run: Run): boolean;
  /** A run takes the row: called once. */
  keep(): void;
  /** A match may go out. */
  emit(match: Run): void;
}

/** What a pattern is, besides its conditions. */
export interface MatchRules {
  readonly automaton: MatchAutomaton;
  readonly names: readonly string[];
  readonly skip: MatchSkip;
  readonly withinMs: number;
}

export class MatchRuns {
  readonly partial = new RunQueue();
  readonly complete = new RunQueue();
  readonly #rules: MatchRules;
  /** Matches that the current row completes. */
  readonly #found = new RunQueue();
  /** Partial matches behind the current row. */
  readonly #next = new RunQueue();

  constructor(rules: MatchRules) {
    this.#rules = rules;
  }

  /** A partition that has seen no row yet. */
  static empty(rules: MatchRules): MatchRuns {
    const runs = new MatchRuns(rules);
    const begins = rules.names.map(() => ABSENT);
    runs.partial.add({ state: rules.automaton.start, start: Number.POSITIVE_INFINITY, startTime: 0, end: -1, begins });
    return runs;
  }

  /** True when nothing has begun. */
  get isIdle(): boolean {
    return this.partial.size === 1 && this.complete.size === 0;
  }

  /** Number of the first row that is still needed; Infinity when none is. */
  get firstRow(): number {
    const partial = this.partial.peek()?.start ?? Number.POSITIVE_INFINITY;
    return Math.min(partial, this.complete.peek()?.start ?? Number.POSITIVE_INFINITY);
  }

  /** Shows all runs the row `row` of the time `time`. */
  step(row: number, time: number, listener: MatchListener): void {
    const { ways } = this.#rules.automaton;
    let isTaken = false;
    for (const run of this.partial.items) {
      const here = ways[run.state] as readonly Way[];
      for (let i = 0; i < here.length; i++) {
        const { unless, variable, next } = here[i] as Way;
        if (anyHolds(unless, run, listener)) break;
        if (!listener.holds(variable, run)) continue;
        if (!isTaken) listener.keep();
        isTaken = true;
        this.#grow(run, variable, next, row, time, listener);
      }
      if (run.start === Number.POSITIVE_INFINITY) this.#next.add(run);
    }
    this.partial.takeFrom(this.#next);
    if (this.#found.size > 0) {
      for (const match of this.#found.items) this.complete.add(match);
      this.#found.clear();
    }
    this.#release(listener);
    if (this.partial.size + this.complete.size > RUNS_MAX) throw tooManyRuns();
  }

  /** A run with one more row. */
  #grow(run: Run, variable: number, state: number, row: number, time: number, listener: MatchListener): void {
    const isStart = run.start === Number.POSITIVE_INFINITY;
    const isFirst = run.begins[variable] === ABSENT;
    const grown: Run =
      state === run.state && !isFirst && !isStart
        ? run
        : {
            state,
            start: isStart ? row : run.start,
            startTime: isStart ? time : run.startTime,
            end: row,
            begins: isFirst ? withBegin(run.begins, variable, row) : run.begins,
          };
    if (state === FINAL) {
      this.#found.add(grown);
      return;
    }
    this.#next.add(grown);
    const endsUnless = this.#rules.automaton.endsUnless[state] ?? null;
    if (endsUnless !== null && !anyHolds(endsUnless, run, listener))
      this.#found.add({ ...grown, state: FINAL, end: row });
  }

  /** Drops runs for which it is too late, and gives out matches that waited for them. */
  advance(time: number, listener: MatchListener): void {
    const { withinMs } = this.#rules;
    if (withinMs <= 0) return;
    const isOver = (run: Run): boolean => run.start !== Number.POSITIVE_INFINITY && time - run.startTime >= withinMs;
    if (this.partial.items.some(isOver)) {
      for (const run of this.partial.items) if (!isOver(run)) this.#next.add(run);
      this.partial.takeFrom(this.#next);
    }
    this.#release(listener);
  }

  #release(listener: MatchListener): void {
    for (;;) {
      const match = this.complete.peek();
      if (match === undefined || match.start > (this.partial.peek()?.start ?? Number.POSITIVE_INFINITY)) return;
      this.complete.poll();
      const first = this.#firstAfter(match);
      this.partial.removeBelow(first);
      this.complete.removeBelow(first);
      listener.emit(match);
    }
  }

  /** Number of the first row at which a match behind this one may begin. */
  #firstAfter(match: Run): number {
    const { skip, names } = this.#rules;
    if (skip.to === 'next-row') return match.start + 1;
    if (skip.to === 'past-last-row') return match.end + 1;
    const rows = rowsOf(match, names.indexOf(skip.variable ?? ''), match.end);
    if (rows.to < rows.from) throw new NoRowToSkipTo(skip.variable ?? '', match);
    const row = skip.to === 'first' ? rows.from : rows.to;
    if (row === match.start) throw skipError('Could not skip to first element of a match.');
    return row;
  }
}

function anyHolds(variables: readonly number[], run: Run, listener: MatchListener): boolean {
  for (const variable of variables) if (listener.holds(variable, run)) return true;
  return false;
}

function withBegin(begins: readonly number[], variable: number, row: number): readonly number[] {
  return begins.map((begin, i) => (i === variable ? row : begin));
}

/** AFTER MATCH SKIP names a variable that has no row in the match. */
export class NoRowToSkipTo extends Error {
  readonly variable: string;
  readonly match: Run;

  constructor(variable: string, match: Run) {
    super(`Could not skip to ${variable}.`);
    this.variable = variable;
    this.match = match;
  }
}

export function skipError(message: string): EngineError {
  return runtimeError(message, 'org.apache.flink.util.FlinkRuntimeException');
}

function tooManyRuns(): EngineError {
  return new EngineError(
    'JOB_STATE',
    `MATCH_RECOGNIZE follows more than ${RUNS_MAX.toLocaleString('en')} partial matches in one partition. Bound the pattern with WITHIN, with quantifiers like {1,10}, or with conditions that fewer rows fulfil, or use AFTER MATCH SKIP PAST LAST ROW.`,
    { exceptionClass: 'org.apache.flink.util.FlinkRuntimeException' },
  );
}
