/**
 * Parsers of whole objects: generated text that walks over an object's members in any order, hands the wanted ones to their value parsers and
 * skips the rest. Names of columns never enter the text: only their bytes do, as numbers.
 */
import { BATCH_ROWS, type Batch } from '../types/batch.ts';
import { columnKind, type Lane } from '../types/column.ts';
import type { Heap } from '../types/heap.ts';
import { bytesOf, textOf } from '../types/heap-bytes.ts';
import { writeValue } from '../types/lane-value.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { daysFromCivil } from '../types/timestamp.ts';
import type { Value } from '../types/value.ts';
import { setNull, type ValueTarget, valueParser } from './generate-json-value.ts';
import type { TimestampStandard } from './java-time.ts';
import {
  afterToken,
  skipBlanks,
  skipMembers,
  skipNull,
  skipObject,
  skipString,
  skipValue,
  Unescaper,
} from './json-bytes.ts';
import { JsonScanner } from './json-scanner.ts';
import { LearnedOrder } from './learned-order.ts';
import { nextMarkText, QuoteMarks } from './quote-marks.ts';

export interface ParserColumn {
  readonly path: readonly string[];
  readonly type: LogicalType;
  /** Column of the batch. */
  readonly target: number;
}

export interface ObjectParserSpec {
  readonly columns: readonly ParserColumn[];
  readonly timestamp: TimestampStandard;
  /** Flink's token parser: when as many wanted names were met as there are, the rest of the object is not looked at. */
  readonly stopsWhenMet: boolean;
  /** Give -1 when a wanted name is absent. */
  readonly failOnMissing: boolean;
  readonly heap: Heap;
  /** Converts values that have no fast parser (nested ones, bytes), from a scanner that stands on their first token. May throw. */
  readonly convert: ReadonlyArray<(scanner: JsonScanner) => Value>;
}

/** From behind `{`: the position behind `}`, or -1 when the exact converters have to decide. */
type ParseObject = (u8: Uint8Array, position: number, end: number, row: number) => number;

/** A generated parser of the members of one object. */
export interface MemberParser {
  /** The message's marks: they must have been made before anything is parsed. */
  readonly marks: QuoteMarks;
  /** Makes the columns of a row null. */
  clear(row: number): void;
  readonly parse: ParseObject;
  /** A parser like {@link parse} that expects exactly these members in this order; null where not all wanted ones are among them. */
  inOrder(names: readonly string[]): ParseObject | null;
}

/** Lanes are taken from the batch by {@link bind}; parse calls write into the rows of the batch bound last. */
export interface ObjectParser extends MemberParser {
  bind(batch: Batch): void;
  /** Copies the columns of a row to another row. */
  copy(from: number, to: number): void;
}

interface Level {
  /** Leaves by name: index of the column. */
  readonly leaves: Map<string, number>;
  readonly nested: Map<string, Level>;
  readonly id: number;
}

/** The parser, or null where columns overlap (a field and a part of it), which only the exact converters can do. */
export function generateObjectParser(spec: ObjectParserSpec): ObjectParser | null {
  const levels: Level[] = [];
  const root = buildLevels(spec.columns, levels);
  if (!root) return null;
  const targets = spec.columns.map(
    (column, index): ValueTarget => ({ index, type: column.type, timestamp: spec.timestamp }),
  );
  const source = [
    declarations(targets),
    ...targets.map(valueParser),
    ...levels.map((level) => levelText(level, spec, targets)),
    copyFunction(targets),
    bindFunction(spec.columns, targets),
    'return { ...L0, bind, copy };',
  ].join('\n');
  const make = new Function('H', 'E', 'X', 'P', 'F', 'Q', source) as (
    heap: Heap,
    unescaper: Unescaper,
    helpers: ParserHelpers,
    powers: Float64Array,
    functions: typeof walkers,
    marks: QuoteMarks,
  ) => ObjectParser;
  const marks = new QuoteMarks(spec.heap);
  return make(spec.heap, new Unescaper(), new ParserHelpers(spec, levels, marks), POWERS, walkers, marks);
}

const walkers = { skipBlanks, skipString, skipValue, skipNull, skipMembers, afterToken, textOf, wide };
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

function buildLevels(columns: readonly ParserColumn[], levels: Level[]): Level | null {
  const level = (): Level => {
    const made = { leaves: new Map<string, number>(), nested: new Map<string, Level>(), id: levels.length };
    levels.push(made);
    return made;
  };
  const root = level();
  for (const [index, column] of columns.entries()) {
    let at = root;
    for (const [depth, name] of column.path.entries()) {
      const last = depth === column.path.length - 1;
      if (at.leaves.has(name) || (last && at.nested.has(name))) return null;
      if (last) at.leaves.set(name, index);
      else {
        const next: Level = at.nested.get(name) ?? level();
        at.nested.set(name, next);
        at = next;
      }
    }
  }
  return root;
}

function declarations(targets: readonly ValueTarget[]): string {
  const names = targets.flatMap(({ index }) => [`A${index}`, `B${index}`, `N${index}`, `W${index}`]);
  return `'use strict';\nconst { skipBlanks, skipString, skipValue, skipNull, skipMembers, afterToken, textOf, wide } = F;\n${names.length > 0 ? `let ${names.join(', ')};` : ''}`;
}

function bindFunction(columns: readonly ParserColumn[], targets: readonly ValueTarget[]): string {
  const lines = targets.map(({ index }) => {
    const lane = `c[${(columns[index] as ParserColumn).target}]`;
    return `A${index} = ${lane}.lane0; B${index} = ${lane}.lane1; N${index} = ${lane}.nulls; W${index} = X.halves(${lane});`;
  });
  return `let bound = null;\nfunction bind(batch) { if (batch === bound) return; bound = batch; const c = batch.columns; X.attach(batch); ${lines.join('\n')} }`;
}

function copyFunction(targets: readonly ValueTarget[]): string {
  const lines = targets.map(({ index, type }) => {
    const second = ['bytes', 'nanos', 'i128'].includes(columnKind(type)) ? `B${index}[to] = B${index}[from];` : '';
    return `A${index}[to] = A${index}[from]; ${second} ${type.nullable ? `N${index}[to] = N${index}[from];` : ''}`;
  });
  return `function copy(from, to) { ${lines.join('\n')} }`;
}

/**
 * A level's functions: `o<id>` takes members in any order, `c<id>` makes its columns null. `L<id>` holds both, and `l<id>`, of an inner level,
 * expects the order that it has seen.
 */
function levelText(level: Level, spec: ObjectParserSpec, targets: readonly ValueTarget[]): string {
  const { id } = level;
  const nulls = [...level.leaves.values()].map((index) => setNull(targets[index] as ValueTarget));
  const inner = [...level.nested.values()].map((nested) => `c${nested.id}(r);`);
  return `${objectFunction(level, spec)}
function c${id}(r) { ${[...nulls, ...inner].join(' ')} }
const L${id} = { marks: Q, clear: c${id}, parse: o${id}, inOrder: (names) => X.inOrder(names, ${id}, [${memberParsers(level)}]) };
const l${id} = X.learned(L${id});
function n${id}(u8, p, end, r) {
  if (u8[p] === 123) return l${id}.parse(u8, p + 1, end, r);
  c${id}(r);
  return skipNull(u8, p, end);
}`;
}

/** Parsers of the values of the wanted members, in the order of {@link wantedNames}. */
function memberParsers(level: Level): string {
  const leaves = [...level.leaves.values()].map((index) => `v${index}`);
  return [...leaves, ...[...level.nested.values()].map(({ id }) => `n${id}`)].join(', ');
}

function wantedNames(level: Level): string[] {
  return [...level.leaves.keys(), ...level.nested.keys()];
}

const NEXT_MEMBER = `
    if (p < 0 || p >= end) return -1;
    c = u8[p];
    if (c <= 32) { p = skipBlanks(u8, p, end); c = u8[p]; }
    if (c === 125) { p++; break; }
    if (c !== 44) return -1;
    c = u8[++p];
    if (c <= 32) { p = skipBlanks(u8, p, end); c = u8[p]; }`;

function objectFunction(level: Level, spec: ObjectParserSpec): string {
  const arity = level.leaves.size + level.nested.size;
  const stop = spec.stopsWhenMet
    ? `if (met === ${arity}) { p = skipMembers(Q, u8, p, end); if (p < 0) return -1; break; }`
    : '';
  return `function o${level.id}(u8, p, end, r) {
  const M = Q.words, D = Q.base;
  let met = 0;
  let i, w, q;
  let c = u8[p];
  if (c <= 32) { p = skipBlanks(u8, p, end); c = u8[p]; }
  if (c === 125) { ${spec.failOnMissing && arity > 0 ? 'return -1;' : 'return p < end ? p + 1 : -1;'} }
  for (;;) {
    ${stop}
    if (c !== 34) return -1;
    const k = p + 1;
    ${nextMarkText('k', 'q')}
    if (q >= end || u8[q] === 92) return -1;
    p = q + 1;
    if (u8[p] !== 58) { p = skipBlanks(u8, p, end); if (u8[p] !== 58) return -1; }
    c = u8[++p];
    if (c <= 32) { p = skipBlanks(u8, p, end); c = u8[p]; }
    member: {
      switch (q - k) {
${memberCases(level)}
      }
      p = c === 34 ? skipString(Q, u8, p + 1, end) : skipValue(Q, u8, p, end);
    }
    ${NEXT_MEMBER}
  }
  ${spec.failOnMissing ? `if (met < ${arity}) return -1;` : ''}
  return p;
}
`;
}

function memberCases(level: Level): string {
  const byLength = new Map<number, string[]>();
  const add = (name: string, action: string) => {
    const bytes = bytesOf(name);
    const test = [...bytes].map((byte, i) => `u8[k + ${i}] === ${byte}`).join(' && ') || 'true';
    const list = byLength.get(bytes.length) ?? [];
    list.push(`if (${test}) { ${action} met++; break member; }`);
    byLength.set(bytes.length, list);
  };
  for (const [name, index] of level.leaves) add(name, `p = v${index}(u8, p, end, r);`);
  for (const [name, nested] of level.nested)
    add(name, `p = c === 123 ? l${nested.id}.parse(u8, p + 1, end, r) : skipNull(u8, p, end);`);
  return [...byLength]
    .map(([length, tests]) => `        case ${length}: ${tests.join('\n          ')} break;`)
    .join('\n');
}

/** An integer of 16 to 19 digits. */
function wide(u8: Uint8Array, start: number, digits: number, negative: boolean): bigint {
  let high = 0;
  let low = 0;
  const middle = start + digits - 9;
  for (let i = start; i < middle; i++) high = high * 10 + ((u8[i] as number) - 48);
  for (let i = middle; i < start + digits; i++) low = low * 10 + ((u8[i] as number) - 48);
  const value = BigInt(high) * 1_000_000_000n + BigInt(low);
  return negative ? -value : value;
}

function inOrderStep(name: Uint8Array, parser: number, member: number, isLast: boolean): string {
  const size = name.length;
  const at = (offset: number, byte: number) => `u8[p + ${offset}] !== ${byte}`;
  const ends = [at(size + 1, 34), at(size + 2, 58)];
  const isName =
    parser >= 0
      ? `if (${[at(0, 34), ...[...name].map((byte, i) => at(i + 1, byte)), ...ends].join(' || ')}) return -1;`
      : `if (${at(0, 34)}) return -1; k = p + 1; ${nextMarkText('k', 'q')} if (q !== k + ${size} || ${ends.join(' || ')}) return -1;`;
  const value =
    parser >= 0
      ? `p = v${parser}(u8, p + ${size + 3}, end, r); if (p < 0 || p >= end) return -1;`
      : `p += ${size + 3}; c = u8[p];
  if (c === 34) { p++; ${nextMarkText('p', 'q')} if (q >= end) return -1; if (u8[q] === 34) p = q + 1; else { p = skipString(Q, u8, q, end); if (p < 0) return -1; } }
  else if (c === 110 && u8[p + 1] === 117 && u8[p + 2] === 108 && u8[p + 3] === 108) p += 4;
  else if (c === 123) { p = S[${member}].parse(u8, p + 1, end, r); if (p < 0 || p >= end) return -1; }
  else { p = skipValue(Q, u8, p, end); if (p < 0 || p >= end) return -1; }`;
  return `  ${isName}\n  ${value}\n  if (u8[p] !== ${isLast ? 125 : 44}) return -1; p++;`;
}

const NO_DATE = -2147483648;

/** What generated parsers call out to. */
class ParserHelpers {
  readonly #spec: ObjectParserSpec;
  readonly #levels: readonly Level[];
  readonly #marks: QuoteMarks;
  #batch: Batch | null = null;
  readonly #double = new Float64Array(1);
  readonly #halves = new Int32Array(this.#double.buffer);
  #lastDate = -1;
  #lastDays = NO_DATE;

  constructor(spec: ObjectParserSpec, levels: readonly Level[], marks: QuoteMarks) {
    this.#spec = spec;
    this.#levels = levels;
    this.#marks = marks;
  }

  learned(parser: MemberParser): LearnedOrder {
    return new LearnedOrder(parser);
  }

  /** An Int32 view of the lane that holds 64-bit integers, if there is one. */
  halves(column: { lane0: Lane; lane1: Lane | null }): Int32Array | null {
    const lane = column.lane1 instanceof BigUint64Array ? column.lane1 : column.lane0;
    if (!(lane instanceof BigInt64Array || lane instanceof BigUint64Array)) return null;
    return new Int32Array(lane.buffer, lane.byteOffset, BATCH_ROWS * 2);
  }

  /** Generates a parser of members in a fixed order: wanted names are compared, others only stepped over by their length. */
  inOrder(names: readonly string[], id: number, parsers: readonly ParseObject[]): ParseObject | null {
    const wanted = wantedNames(this.#levels[id] as Level);
    if (wanted.some((name) => !names.includes(name))) return null;
    return this.#inOrder(names, wanted, parsers);
  }

  #inOrder(names: readonly string[], wanted: readonly string[], parsers: readonly ParseObject[]): ParseObject {
    const steps = names.map((name, i) => inOrderStep(bytesOf(name), wanted.indexOf(name), i, i === names.length - 1));
    const parameters = parsers.map((_, i) => `v${i}`);
    const source = `'use strict'; return function (u8, p, end, r) { const M = Q.words, D = Q.base; let c = 0, i, w, k, q;\n${steps.join('\n')}\nreturn p; };`;
    const make = new Function(...parameters, 'Q', 'S', 'skipString', 'skipValue', source) as (
      ...values: unknown[]
    ) => ParseObject;
    const skippers = names.map(() => this.#skipper());
    return make(...parsers, this.#marks, skippers, skipString, skipValue);
  }

  /** Steps over objects of which nothing is wanted. */
  #skipper(): LearnedOrder {
    const marks = this.#marks;
    return new LearnedOrder({
      marks,
      clear: () => {},
      parse: (u8, position, end) => skipObject(marks, u8, position, end),
      inOrder: (names) => this.#inOrder(names, [], []),
    });
  }

  attach(batch: Batch): void {
    this.#batch = batch;
  }

  /** A value without a parser of its own, through the exact converter. */
  boxed(index: number, u8: Uint8Array, p: number, end: number, row: number): number {
    const behind = skipValue(this.#marks, u8, p, end);
    const column = this.#spec.columns[index] as ParserColumn;
    if (behind < 0 || !this.#batch) return -1;
    const scanner = new JsonScanner(u8, p, behind);
    try {
      scanner.next();
      const value = (this.#spec.convert[index] as (scanner: JsonScanner) => Value)(scanner);
      const lane = this.#batch.columns[column.target];
      if (!lane) return -1;
      writeValue(column.type, lane, row, value, this.#spec.heap);
      return behind;
    } catch {
      return -1;
    }
  }

  /** Two digits, or -1. */
  two(u8: Uint8Array, at: number): number {
    const a = (u8[at] as number) - 48;
    const b = (u8[at + 1] as number) - 48;
    return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -1;
  }

  /** Days since the epoch of `yyyy-MM-dd`, or {@link NO_DATE} when the days are for the exact converter to judge. */
  days(u8: Uint8Array, at: number): number {
    const century = this.two(u8, at);
    const year = this.two(u8, at + 2);
    const month = this.two(u8, at + 5);
    const day = this.two(u8, at + 8);
    if (century < 0 || year < 0 || u8[at + 4] !== 45 || u8[at + 7] !== 45) return NO_DATE;
    if (month < 1 || month > 12 || day < 1 || day > 28) return this.#lateDay(century * 100 + year, month, day);
    const key = (century * 100 + year) * 10_000 + month * 100 + day;
    if (key === this.#lastDate) return this.#lastDays;
    this.#lastDate = key;
    this.#lastDays = daysFromCivil(century * 100 + year, month, day);
    return this.#lastDays;
  }

  #lateDay(year: number, month: number, day: number): number {
    if (month < 1 || month > 12 || day < 29 || day > 31 || (month === 2 && day > 29)) return NO_DATE;
    const days = daysFromCivil(year, month, day);
    const next = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
    return days < next ? days : NO_DATE;
  }

  /** Whether rounding this double to a float may differ from rounding the text: it lies in the middle, or beyond the normal floats. */
  doubtful(double: number): boolean {
    const magnitude = Math.abs(double);
    if (magnitude !== 0 && magnitude < 1.2e-38) return true;
    this.#double[0] = double;
    return ((this.#halves[0] as number) & 0x1fffffff) === 0x10000000;
  }
}
