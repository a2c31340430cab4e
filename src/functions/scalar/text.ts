/** Texts: cases, lengths, parts, padding. */
import { fitText } from '../../types/cast-bytes.ts';
import { columnKind } from '../../types/column.ts';
import type { Heap } from '../../types/heap.ts';
import { bytesOf } from '../../types/heap-bytes.ts';
import { type LogicalType, types } from '../../types/logical-type.ts';
import { isText } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { ByteReplacer } from '../byte-pieces.ts';
import { inferenceError } from '../call-error.ts';
import { guarded, lane } from '../code-helpers.ts';
import type { CallSite, EvalContext, ScalarFunction } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import { anyNullable, integer, text, textOrBinary } from '../operand.ts';
import { likeArgument, plain, result, varcharLike } from '../plain-function.ts';
import { pointCount, slicePoints, substringSql } from '../text-positions.ts';

const NULLABLE_STRING = types.string();

/** Changes ASCII letters in place of a copy; other bytes need the whole text. */
function caseCode(site: CodeSite, low: number, high: number, shift: number, whole: (text: string) => string): Operand {
  const [source] = site.args as [Operand];
  const map = site.constant((heap: Heap, address: number, length: number): number => {
    const target = heap.scratch(length);
    const u8 = heap.u8;
    for (let i = 0; i < length; i++) {
      const byte = u8[address + i] as number;
      if (byte > 127) return -1;
      u8[target + i] = byte >= low && byte <= high ? byte + shift : byte;
    }
    return target;
  });
  const slow = site.constant((heap: Heap, address: number, length: number): readonly [number, number] => {
    const bytes = bytesOf(whole(Buffer.from(heap.u8.slice(address, address + length)).toString('utf8')));
    const target = heap.scratch(bytes.length);
    heap.u8.set(bytes, target);
    return [target, bytes.length];
  });
  const pair = site.local();
  return guarded(site, 2, ([address, length]) => {
    const from = source.lanes.join(', ');
    return `${address} = ${map}(${site.heap}, ${from}); ${length} = ${source.lanes[1]}; if (${address} < 0) { ${pair} = ${slow}(${site.heap}, ${from}); ${address} = ${pair}[0]; ${length} = ${pair}[1]; }`;
  });
}

function lengthCode(site: CodeSite): Operand {
  const count = site.constant((u8: Uint8Array, address: number, length: number): number => {
    let points = 0;
    for (let i = address; i < address + length; i++) if (((u8[i] as number) & 0xc0) !== 0x80) points++;
    return points;
  });
  return guarded(site, 1, ([target]) => `${target} = ${count}(${site.heap}.u8, ${site.args[0]?.lanes.join(', ')});`);
}

/** Byte range of SQL's substring, as offset and length packed in one number; -1 for null. */
function substringRange(u8: Uint8Array, address: number, size: number, position: number, length: number): number {
  if (length < 0) return -1;
  let count = 0;
  for (let i = address; i < address + size; i++) if (((u8[i] as number) & 0xc0) !== 0x80) count++;
  let start = position > 0 ? position - 1 : 0;
  if (position < 0) start = count + position;
  if (start < 0 || start >= count) return 0;
  const end = Math.min(start + length, count);
  if (count === size) return start * 4294967296 + (end - start);
  let point = -1;
  let from = size;
  let to = size;
  for (let i = 0; i < size; i++) {
    if (((u8[address + i] as number) & 0xc0) === 0x80) continue;
    point++;
    if (point === start) from = i;
    if (point === end) {
      to = i;
      break;
    }
  }
  return from * 4294967296 + (to - from);
}

function substringCode(site: CodeSite): Operand | undefined {
  const [source, position, length] = site.args as [Operand, Operand, Operand?];
  if (columnKind(position.type) === 'i64' || (length && columnKind(length.type) === 'i64')) return undefined;
  const range = site.constant(substringRange);
  const packed = site.local();
  const size = length ? lane(length) : '2147483647';
  const made = guarded(site, 2, ([address, bytes]) =>
    [
      `${packed} = ${range}(${site.heap}.u8, ${source.lanes.join(', ')}, ${lane(position)}, ${size});`,
      `${address} = ${source.lanes[0]} + Math.floor(${packed} / 4294967296);`,
      `${bytes} = ${packed} % 4294967296;`,
    ].join(' '),
  );
  const isNull = made.isNull === 'false' ? `(${packed} < 0)` : `(${made.isNull} || ${packed} < 0)`;
  return { ...made, isNull };
}

function substring(name: string): ScalarFunction {
  return plain({
    name,
    category: 'string',
    forms: [`${name}(<CHARACTER>, <INTEGER>)`, `${name}(<CHARACTER>, <INTEGER>, <INTEGER>)`],
    summary: 'The part of a text from a position (from 1, negative from the end), with a length or to the end.',
    example: `${name}('Flink', 2, 3)`,
    args: [text, integer],
    optional: [integer],
    returns: varcharLike(0, true),
    eval: ([value, position, length]) =>
      substringSql(value as string, Number(position), length === undefined ? 2147483647 : Number(length)),
    generate: substringCode,
  });
}

function length(name: string, aliases?: readonly string[]): ScalarFunction {
  return plain({
    name,
    ...(aliases ? { aliases } : {}),
    category: 'string',
    forms: [`${name}(<CHARACTER>)`],
    summary: 'The number of characters of a text.',
    example: `${name}('Flink')`,
    args: [text],
    returns: result.int,
    eval: ([value]) => pointCount(value as string),
    generate: lengthCode,
  });
}

/** Calcite's: only ASCII letters and digits make words. */
function initCap(value: string): string {
  let start = true;
  let out = '';
  for (const char of value) {
    const letter = /[a-zA-Z]/.test(char);
    out += letter ? (start ? char.toUpperCase() : char.toLowerCase()) : char;
    start = !letter && !/[0-9]/.test(char);
  }
  return out;
}

function pad(value: string, size: number, filler: string, left: boolean): string | null {
  if (size < 0 || filler === '') return null;
  if (value.length >= size) return value.slice(0, size);
  const missing = size - value.length;
  const added = filler.repeat(Math.ceil(missing / filler.length)).slice(0, missing);
  return left ? added + value : value + added;
}

function padding(name: 'LPAD' | 'RPAD', side: string): ScalarFunction {
  return plain({
    name,
    category: 'string',
    forms: [`${name}(<CHARACTER>, <INTEGER>, <CHARACTER>)`],
    summary: `A text filled up on the ${side} to a number of characters, or cut to it.`,
    example: `${name}('hi', 4, '?')`,
    args: [text, integer, text],
    returns: result.string,
    eval: ([value, size, filler]) => pad(value as string, Number(size), filler as string, name === 'LPAD'),
  });
}

function replaceRange(value: string, piece: string, start: number, count: number): string {
  if (start < 1 || start > value.length) return value;
  return value.slice(0, start - 1) + piece + (count > 0 ? value.slice(start - 1 + count) : '');
}

function sum(lengths: readonly (number | undefined)[]): number {
  return Math.min(
    lengths.reduce<number>((total, size) => total + (size ?? 0), 0),
    2147483647,
  );
}

function lengthOf(type: { readonly kind: string } | undefined): number | undefined {
  return type && 'length' in type ? (type.length as number) : undefined;
}

const startsOrEnds = (name: string, bytes: (value: Uint8Array, part: Uint8Array) => boolean): ScalarFunction =>
  plain({
    name,
    category: 'string',
    inference: 'flink',
    forms: [
      `${name}(expr <CHARACTER_STRING>, ${name === 'STARTSWITH' ? 'startExpr' : 'endExpr'} <CHARACTER_STRING>)`,
      `${name}(expr <BINARY_STRING>, ${name === 'STARTSWITH' ? 'startExpr' : 'endExpr'} <BINARY_STRING>)`,
    ],
    summary: `Whether a value ${name === 'STARTSWITH' ? 'starts' : 'ends'} with another.`,
    example: `${name}('Flink', 'F')`,
    args: [textOrBinary, textOrBinary],
    returns: (args) => {
      const [a, b] = args.map((arg) => arg.type) as [LogicalType, LogicalType];
      const alike = a.kind === 'NULL' || b.kind === 'NULL' || isText(a) === isText(b);
      if (!alike) throw inferenceError(name, args);
      return types.boolean(anyNullable(args));
    },
    eval: ([value, part]) => bytes(bytesIn(value as Value), bytesIn(part as Value)),
  });

function bytesIn(value: Value): Uint8Array {
  return typeof value === 'string' ? bytesOf(value) : (value as Uint8Array);
}

function equalAt(value: Uint8Array, part: Uint8Array, at: number): boolean {
  return (
    at >= 0 && at + part.length <= value.length && Buffer.compare(value.subarray(at, at + part.length), part) === 0
  );
}

/** A literal keeps to the length of its type, where a letter becomes two. */
function recased(text: string, context: EvalContext, site: CallSite): string {
  const { type } = site;
  return site.literals[0] && type.kind === 'CHAR'
    ? fitText(text, { kind: 'VARCHAR', length: type.length }, context)
    : text;
}

const cases: readonly ScalarFunction[] = [
  plain({
    name: 'UPPER',
    category: 'string',
    forms: ['UPPER(<CHARACTER>)'],
    summary: 'A text in upper case.',
    example: "UPPER('flink')",
    args: [text],
    returns: likeArgument(0),
    eval: ([value], context, site) => recased((value as string).toUpperCase(), context, site),
    generate: (site) => caseCode(site, 97, 122, -32, (whole) => whole.toUpperCase()),
  }),
  plain({
    name: 'LOWER',
    category: 'string',
    forms: ['LOWER(<CHARACTER>)'],
    summary: 'A text in lower case.',
    example: "LOWER('FLINK')",
    args: [text],
    returns: likeArgument(0),
    eval: ([value], context, site) => recased((value as string).toLowerCase(), context, site),
    generate: (site) => caseCode(site, 65, 90, 32, (whole) => whole.toLowerCase()),
  }),
  plain({
    name: 'INITCAP',
    category: 'string',
    forms: ['INITCAP(<CHARACTER>)'],
    summary: 'A text with the first letter of each word in upper case and the others in lower case.',
    example: "INITCAP('hello world')",
    args: [text],
    returns: likeArgument(0),
    eval: ([value]) => initCap(value as string),
  }),
  plain({
    name: 'REVERSE',
    category: 'string',
    forms: ['REVERSE(<CHARACTER>)'],
    summary: 'A text from its end to its start.',
    example: "REVERSE('abc')",
    args: [text],
    returns: NULLABLE_STRING,
    eval: ([value]) => [...(value as string)].reverse().join(''),
  }),
  length('CHAR_LENGTH'),
  length('CHARACTER_LENGTH'),
];

/** A literal is sought among the bytes of the text. */
function replaceCode(site: CodeSite): Operand | undefined {
  const wanted = site.literal(1)?.value;
  const [source, , by] = site.args as [Operand, Operand, Operand];
  if (typeof wanted !== 'string' || wanted === '' || !site.args.every((arg) => isText(arg.type))) return undefined;
  const replacer = site.constant(new ByteReplacer(bytesOf(wanted)));
  return guarded(site, 2, ([address, length]) =>
    [
      `${replacer}.replace(${site.heap}, ${[...source.lanes, ...by.lanes].join(', ')});`,
      `${address} = ${replacer}.address; ${length} = ${replacer}.length;`,
    ].join(' '),
  );
}

const parts: readonly ScalarFunction[] = [
  substring('SUBSTRING'),
  substring('SUBSTR'),
  plain({
    name: 'LEFT',
    category: 'string',
    forms: ['LEFT(<CHARACTER>, <INTEGER>)'],
    summary: 'The first characters of a text.',
    example: "LEFT('Flink', 2)",
    args: [text, integer],
    returns: varcharLike(0, true),
    eval: ([value, count]) => slicePoints(value as string, 0, Math.max(Number(count), 0)),
  }),
  plain({
    name: 'RIGHT',
    category: 'string',
    forms: ['RIGHT(<CHARACTER>, <INTEGER>)'],
    summary: 'The last characters of a text.',
    example: "RIGHT('Flink', 2)",
    args: [text, integer],
    returns: varcharLike(0, true),
    eval: ([value, count]) => {
      const size = pointCount(value as string);
      return slicePoints(value as string, Math.max(size - Math.max(Number(count), 0), 0), size);
    },
  }),
  padding('LPAD', 'left'),
  padding('RPAD', 'right'),
  plain({
    name: 'REPEAT',
    category: 'string',
    forms: ['REPEAT(<CHARACTER>, <INTEGER>)'],
    summary: 'A text several times in a row.',
    example: "REPEAT('ab', 3)",
    args: [text, integer],
    returns: result.string,
    eval: ([value, count]) => (value as string).repeat(Math.max(Number(count), 0)),
  }),
  plain({
    name: 'REPLACE',
    category: 'string',
    forms: ['REPLACE(<CHARACTER>, <CHARACTER>, <CHARACTER>)'],
    summary: 'A text with every occurrence of another replaced.',
    example: "REPLACE('hello world', 'world', 'flink')",
    args: [text, text, text],
    returns: result.string,
    eval: ([value, from, to]) => (value as string).replaceAll(from as string, () => to as string),
    generate: replaceCode,
  }),
  plain({
    name: 'OVERLAY',
    category: 'string',
    forms: [
      'OVERLAY(<STRING> PLACING <STRING> FROM <INTEGER>)',
      'OVERLAY(<STRING> PLACING <STRING> FROM <INTEGER> FOR <INTEGER>)',
    ],
    summary: 'A text with a part of it replaced by another.',
    example: "OVERLAY('xxxxxtest' PLACING 'xxxx' FROM 6)",
    args: [text, text, integer],
    optional: [integer],
    returns: (args) => types.varchar(sum(args.slice(0, 2).map((arg) => lengthOf(arg.type))), anyNullable(args)),
    eval: ([value, piece, start, count]) =>
      replaceRange(
        value as string,
        piece as string,
        Number(start),
        count === undefined ? (piece as string).length : Number(count),
      ),
  }),
  startsOrEnds('STARTSWITH', (value, part) => equalAt(value, part, 0)),
  startsOrEnds('ENDSWITH', (value, part) => equalAt(value, part, value.length - part.length)),
];

export const texts: readonly ScalarFunction[] = [...cases, ...parts];
