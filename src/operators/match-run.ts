/** One partial or complete match: where it began, and where each of its variables did. */

/** A variable that has no row yet. */
export const ABSENT = -1;

export interface Run {
  /** `FINAL`: a match. */
  readonly state: number;
  /** Number of its first row; Infinity before there is one. */
  readonly start: number;
  /** Time of its first row, in ms. */
  readonly startTime: number;
  /** Number of a match's last row. A partial match has all rows up to the last one. */
  readonly end: number;
  /** Number of each variable's first row, or -1. */
  readonly begins: readonly number[];
}

/** Rows [from, to]: empty when `to` is below `from`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** The rows of a variable in a run whose last row is `end`. */
export function rowsOf(run: Run, variable: number, end: number): RowRange {
  const from = run.begins[variable] ?? ABSENT;
  if (from === ABSENT) return { from: 0, to: -1 };
  for (let next = variable + 1; next < run.begins.length; next++) {
    const begin = run.begins[next] as number;
    if (begin !== ABSENT) return { from, to: begin - 1 };
  }
  return { from, to: end };
}
