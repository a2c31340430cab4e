/** The ends of a row's frame among the sorted rows of its partition, and the rows that sort the same as it. */
import type { OverAggregateSpec } from './over-aggregate.ts';

export interface Peers {
  readonly peersStart: number;
  readonly peersEnd: number;
  readonly groupsBefore: number;
}

export class FrameBounds {
  readonly #spec: OverAggregateSpec;
  readonly #count: number;
  /** By row: the first of its peers, one behind the last, and the number of groups of peers before. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #groups: Int32Array;
  readonly #values: ReadonlyArray<number | null>;
  #start = 0;
  #end = 0;

  constructor(
    spec: OverAggregateSpec,
    records: readonly number[],
    compare: (a: number, b: number) => number,
    orderValue: (address: number) => number | null,
  ) {
    this.#spec = spec;
    this.#count = records.length;
    this.#starts = new Int32Array(records.length);
    this.#ends = new Int32Array(records.length);
    this.#groups = new Int32Array(records.length);
    this.#gatherPeers(records, compare);
    const { unit, preceding, following } = spec.frame;
    const measures =
      unit === 'RANGE' && [preceding, following].some((bound) => typeof bound === 'number' && bound !== 0);
    const sign = spec.order[0]?.ascending === false ? -1 : 1;
    this.#values = measures ? records.map((record) => signed(orderValue(record), sign)) : [];
  }

  peers(index: number): Peers {
    return {
      peersStart: this.#starts[index] as number,
      peersEnd: this.#ends[index] as number,
      groupsBefore: this.#groups[index] as number,
    };
  }

  /** Rows [start, end) of the frame of a row. Rows must be asked for in order. */
  of(index: number): { start: number; end: number } {
    const { unit, preceding, following = 0 } = this.#spec.frame;
    if (unit === 'ROWS') {
      const start = preceding === null ? 0 : Math.min(this.#count, Math.max(0, index - preceding));
      const end = following === null ? this.#count : Math.min(this.#count, Math.max(0, index + following + 1));
      return { start, end };
    }
    return { start: this.#rangeStart(index, preceding), end: this.#rangeEnd(index, following) };
  }

  #rangeStart(index: number, preceding: number | null): number {
    if (preceding === null) return 0;
    const value = this.#values[index];
    if (preceding === 0 || value === null || value === undefined) return this.#starts[index] as number;
    while (this.#start < this.#count && isBelow(this.#values[this.#start], value - preceding)) this.#start++;
    return this.#start;
  }

  #rangeEnd(index: number, following: number | null): number {
    if (following === null) return this.#count;
    const value = this.#values[index];
    if (following === 0 || value === null || value === undefined) return this.#ends[index] as number;
    while (this.#end < this.#count && !isAbove(this.#values[this.#end], value + following)) this.#end++;
    return this.#end;
  }

  #gatherPeers(records: readonly number[], compare: (a: number, b: number) => number): void {
    let groups = 0;
    for (let start = 0; start < records.length; groups++) {
      let end = start + 1;
      while (end < records.length && compare(records[start] as number, records[end] as number) === 0) end++;
      this.#starts.fill(start, start, end);
      this.#ends.fill(end, start, end);
      this.#groups.fill(groups, start, end);
      start = end;
    }
  }
}

function signed(value: number | null, sign: number): number | null {
  return value === null ? null : value * sign;
}

function isBelow(value: number | null | undefined, limit: number): boolean {
  return value === null || value === undefined || value < limit;
}

function isAbove(value: number | null | undefined, limit: number): boolean {
  return value !== null && value !== undefined && value > limit;
}
