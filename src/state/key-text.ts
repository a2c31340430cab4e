/**
 * Text of generated code that takes keys as 32-bit words, from batches and from records. Every NaN is the same key, and a negative zero of a
 * time is a zero; the sign of a DOUBLE's zero counts, as in Flink.
 */
import type { ColumnKind } from '../types/column.ts';
import type { Slot } from './state.ts';

const WORDS: Record<ColumnKind, number> = {
  boolean: 1,
  i8: 1,
  i16: 1,
  i32: 1,
  f32: 1,
  i64: 2,
  f64: 2,
  millis: 2,
  nanos: 3,
  i128: 4,
  bytes: 2,
};

/** Words of a value: two for bytes, their address and length. */
export function wordCount(kind: ColumnKind): number {
  return WORDS[kind];
}

/** The words of a batch's column, a variable, at `row`. */
export function batchWords(kind: ColumnKind, column: string): readonly string[] {
  const wide = (lane: 0 | 1) => [`${column}.words${lane}[2 * row]`, `${column}.words${lane}[2 * row + 1]`];
  switch (kind) {
    case 'boolean':
    case 'i8':
    case 'i16':
    case 'i32':
      return [`${column}.lane0[row]`];
    case 'f32':
      return [`${column}.words0[row]`];
    case 'i64':
    case 'f64':
    case 'millis':
      return wide(0);
    case 'nanos':
      return [...wide(0), `${column}.lane1[row]`];
    case 'i128':
      return [...wide(0), ...wide(1)];
    case 'bytes':
      return [`${column}.lane0[row]`, `${column}.lane1[row]`];
  }
}

/** The words of a record's column: `a` is its address, `r` that in words, `x` and `b` the heap's words and bytes. */
export function recordWords(slot: Slot): readonly string[] {
  const [first, second] = slot.lanes as [number, number?];
  const wide = (offset: number) => [`x[r + ${offset >> 2}]`, `x[r + ${(offset >> 2) + 1}]`];
  switch (slot.kind) {
    case 'boolean':
      return [`b[(a >>> 0) + ${first}]`];
    case 'i8':
      return [`H.i8[(a >>> 0) + ${first}]`];
    case 'i16':
      return [`H.i16[(a + ${first}) >>> 1]`];
    case 'i32':
    case 'f32':
      return [`x[r + ${first >> 2}]`];
    case 'i64':
    case 'f64':
    case 'millis':
      return wide(first);
    case 'nanos':
    case 'bytes':
      return slot.kind === 'bytes'
        ? [`x[r + ${first >> 2}]`, `x[r + ${(second as number) >> 2}]`]
        : [...wide(first), `x[r + ${(second as number) >> 2}]`];
    case 'i128':
      return [...wide(first), ...wide(second as number)];
  }
}

/** Statements that put words into variables, in the one form that is compared. */
export function assignWords(kind: ColumnKind, names: readonly string[], words: readonly string[]): string {
  const [w0, w1] = names;
  const assign = names.map((name, i) => `${name} = ${words[i]};`).join(' ');
  switch (kind) {
    case 'f32':
      return `${assign} if ((${w0} & 0x7fffffff) > 0x7f800000) ${w0} = 0x7fc00000;`;
    case 'f64':
      return `${assign} if ((${w1} & 0x7ff00000) === 0x7ff00000 && ((${w1} & 0xfffff) | ${w0}) !== 0) { ${w0} = 0; ${w1} = 0x7ff80000; }`;
    case 'millis':
    case 'nanos':
      return `${assign} if (${w1} === -2147483648 && ${w0} === 0) ${w1} = 0;`;
    default:
      return assign;
  }
}
