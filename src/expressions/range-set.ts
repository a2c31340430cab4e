/** Sets of values as sorted ranges: what comparisons of one operand with literals allow. */

export type Bound = number | bigint | string;

export interface Range {
  /** Null: without a lower end. */
  readonly lower: Bound | null;
  readonly lowerOpen: boolean;
  readonly upper: Bound | null;
  readonly upperOpen: boolean;
}

export type RangeSet = readonly Range[];

export function isPoint(range: Range): boolean {
  return range.lower !== null && range.lower === range.upper && !range.lowerOpen && !range.upperOpen;
}

export function pointSet(values: readonly Bound[]): RangeSet {
  return [...new Set(values)]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((value) => ({ lower: value, lowerOpen: false, upper: value, upperOpen: false }));
}

export function complement(set: RangeSet): RangeSet {
  const result: Range[] = [];
  let lower: Bound | null = null;
  let lowerOpen = false;
  let isOpenEnded = false;
  for (const range of set) {
    if (range.lower !== null) result.push({ lower, lowerOpen, upper: range.lower, upperOpen: !range.lowerOpen });
    lower = range.upper;
    lowerOpen = !range.upperOpen;
    isOpenEnded = range.upper === null;
  }
  if (!isOpenEnded) result.push({ lower, lowerOpen, upper: null, upperOpen: false });
  return result.filter(isNotEmpty);
}

export function intersection(a: RangeSet, b: RangeSet): RangeSet {
  const result: Range[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i] as Range, b[j] as Range];
    const low = compareLower(x, y) >= 0 ? x : y;
    const high = compareUpper(x, y) <= 0 ? x : y;
    const range = { lower: low.lower, lowerOpen: low.lowerOpen, upper: high.upper, upperOpen: high.upperOpen };
    if (isNotEmpty(range)) result.push(range);
    if (high === x) i++;
    else j++;
  }
  return result;
}

export function union(a: RangeSet, b: RangeSet): RangeSet {
  return complement(intersection(complement(a), complement(b)));
}

function isNotEmpty({ lower, lowerOpen, upper, upperOpen }: Range): boolean {
  if (lower === null || upper === null) return true;
  return lower < upper || (lower === upper && !lowerOpen && !upperOpen);
}

function compareLower(a: Range, b: Range): number {
  if (a.lower === null || b.lower === null) return (a.lower === null ? 0 : 1) - (b.lower === null ? 0 : 1);
  if (a.lower !== b.lower) return a.lower < b.lower ? -1 : 1;
  return Number(a.lowerOpen) - Number(b.lowerOpen);
}

function compareUpper(a: Range, b: Range): number {
  if (a.upper === null || b.upper === null) return (a.upper === null ? 1 : 0) - (b.upper === null ? 1 : 0);
  if (a.upper !== b.upper) return a.upper < b.upper ? -1 : 1;
  return Number(b.upperOpen) - Number(a.upperOpen);
}
