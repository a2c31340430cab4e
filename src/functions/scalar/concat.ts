/** Texts put together and taken apart. */
import { randomUUID } from 'node:crypto';

import { bytesOf, wellFormed } from '../../types/heap-bytes.ts';
import { inStringHashOrder } from '../../types/java-hash-order.ts';
import { javaRegex } from '../../types/java-regex.ts';
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { commonType } from '../../types/type-coercion.ts';
import { isBinary, isText } from '../../types/type-family.ts';
import { MapValue, type Value } from '../../types/value.ts';
import { PieceFinder } from '../byte-pieces.ts';
import { codeError, inferenceError, validatorError } from '../call-error.ts';
import { copyWithin, guarded } from '../code-helpers.ts';
import { mapOf } from '../compare-values.ts';
import { defineScalar, type ScalarFunction } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import { javaFormat } from '../java-format.ts';
import { anyNullable, anything, integer, text, textOrBinary, typesOf } from '../operand.ts';
import { plain, result } from '../plain-function.ts';

/** Copies the arguments behind each other into scratch room. */
function concatCode(site: CodeSite): Operand | undefined {
  if (!site.args.every((arg) => isText(arg.type))) return undefined;
  const copy = site.constant(copyWithin);
  return guarded(site, 2, ([address, length]) => {
    const sizes = site.args.map((arg) => arg.lanes[1]).join(' + ');
    let offset = '0';
    const copies = site.args.map((arg) => {
      const code = `${copy}(${site.heap}, ${address} + ${offset}, ${arg.lanes[0]}, ${arg.lanes[1]});`;
      offset = `${offset} + ${arg.lanes[1]}`;
      return code;
    });
    return `${length} = ${sizes}; ${address} = ${site.heap}.scratch(${length}); ${copies.join(' ')}`;
  });
}

function joined(a: LogicalType, b: LogicalType, nullable: boolean): LogicalType | undefined {
  if (isText(a) !== isText(b) && a.kind !== 'NULL' && b.kind !== 'NULL') return undefined;
  const length = Math.min(('length' in a ? a.length : 0) + ('length' in b ? b.length : 0), 2147483647);
  if (isBinary(a)) return types.varbinary(length, nullable);
  return a.kind === 'CHAR' && b.kind === 'CHAR' ? types.char(length, nullable) : types.varchar(length, nullable);
}

/** Non-overlapping pieces between separators; an empty separator gives the characters. */
function split(value: string, separator: string): string[] {
  if (value === '') return [];
  return separator === '' ? value.split('').map(wellFormed) : value.split(separator);
}

function trimSet(value: string, characters: string, left: boolean, right: boolean): string {
  const set = new Set(characters);
  const points = [...value];
  let start = 0;
  let end = points.length;
  while (left && start < end && set.has(points[start] as string)) start++;
  while (right && end > start && set.has(points[end - 1] as string)) end--;
  return start === 0 && end === points.length ? value : points.slice(start, end).join('');
}

function trimming(name: 'LTRIM' | 'RTRIM' | 'BTRIM', left: boolean, right: boolean): ScalarFunction {
  const flink = name === 'BTRIM';
  return plain({
    name,
    category: 'string',
    ...(flink ? { inference: 'flink' as const } : {}),
    forms: flink
      ? ['BTRIM(str <CHARACTER_STRING>)', 'BTRIM(str <CHARACTER_STRING>, trimStr <CHARACTER_STRING>)']
      : [`${name}(<CHARACTER>)`, `${name}(<CHARACTER>, <CHARACTER>)`],
    summary: `A text without the given characters (blanks) at its ${left && right ? 'ends' : left ? 'start' : 'end'}.`,
    example: `${name}(' a ')`,
    args: [text],
    optional: [text],
    returns: (args) => {
      const type = args[0]?.type;
      const size = flink || !type || !('length' in type) ? 2147483647 : type.length;
      return types.varchar(size, anyNullable(args));
    },
    eval: ([value, set]) => trimSet(value as string, (set as string | undefined) ?? ' ', left, right),
  });
}

function toMap(value: string, pairs: string, keyValue: string): Value {
  const entries: [Value, Value][] = [];
  if (value !== '')
    for (const pair of splitRegex(value, pairs)) {
      const [key = '', ...rest] = splitRegex(pair, keyValue, 2);
      entries.push([wellFormed(key), rest.length > 0 ? wellFormed(rest.join('')) : null]);
    }
  return new MapValue(inStringHashOrder(mapOf(types.string(), entries).entries, entries.length));
}

/** `String.split` by a regular expression: empty pieces at the end are dropped; at most `limit` pieces. */
function splitRegex(value: string, pattern: string, limit = 0): string[] {
  const regex = javaRegex(pattern);
  const pieces: string[] = [];
  let from = 0;
  for (const match of value.matchAll(regex)) {
    if (limit > 0 && pieces.length === limit - 1) break;
    if (match[0] === '' && (match.index === 0 || match.index === value.length)) continue;
    pieces.push(value.slice(from, match.index));
    from = match.index + match[0].length;
  }
  pieces.push(value.slice(from));
  // A text without a separator is one piece, even an empty one.
  if (limit === 0 && from > 0) while (pieces.at(-1) === '') pieces.pop();
  return pieces;
}

function splitIndex(value: string, separator: Value, index: number): string | null {
  if (index < 0) return null;
  const text = typeof separator === 'string' ? separator : String.fromCharCode(Number(separator));
  const pieces = text === '' ? [value] : value === '' ? [] : value.split(text);
  return pieces[index] ?? null;
}

/** With a literal separator the piece is a part of the text's own bytes. */
function splitIndexCode(site: CodeSite): Operand | undefined {
  const [source, , index] = site.args as [Operand, Operand, Operand];
  const separator = site.literal(1)?.value;
  if (typeof separator !== 'string' || separator === '') return undefined;
  const finder = site.constant(new PieceFinder(bytesOf(separator)));
  const found = site.local();
  const made = guarded(site, 2, ([address, length]) =>
    [
      `${found} = ${finder}.find(${site.heap}.u8, ${source.lanes.join(', ')}, Number(${index.lanes[0]})) ? 1 : 0;`,
      `${address} = ${finder}.start; ${length} = ${finder}.length;`,
    ].join(' '),
  );
  const isNull = made.isNull === 'false' ? `(${found} === 0)` : `(${made.isNull} || ${found} === 0)`;
  return { ...made, isNull };
}

/** Maps characters one by one; those without a partner vanish. */
function translate(value: string, from: string | null, to: string | null): string {
  if (from === null || from === '') return value;
  const targets = [...(to ?? '')];
  const table = new Map<string, string>();
  [...from].forEach((char, i) => {
    if (!table.has(char)) table.set(char, targets[i] ?? '');
  });
  return [...value].map((char) => table.get(char) ?? char).join('');
}

const joins: readonly ScalarFunction[] = [
  plain({
    name: '||',
    category: 'string',
    forms: ['<STRING> || <STRING>', '<EQUIVALENT_TYPE> || <EQUIVALENT_TYPE>'],
    summary: 'Two texts behind each other.',
    example: "'a' || 'b'",
    args: [textOrBinary, textOrBinary],
    returns: (args) => joined(args[0]?.type ?? types.null(), args[1]?.type ?? types.null(), anyNullable(args)),
    bind(site) {
      if (site.argTypes.some(isBinary)) throw codeError('String expression type expected.');
      return ([a, b]) => (a as string) + (b as string);
    },
    generate: concatCode,
  }),
  plain({
    name: 'CONCAT',
    category: 'string',
    forms: ['CONCAT(<CHARACTER>)'],
    summary: 'Texts behind each other; NULL when one of them is.',
    example: "CONCAT('AA', 'BB', 'CC')",
    args: [text],
    rest: text,
    returns: result.string,
    eval: (args) => args.join(''),
    generate: concatCode,
  }),
  plain({
    name: 'CONCAT_WS',
    category: 'string',
    forms: ['CONCAT_WS(<CHARACTER>)'],
    summary: 'Texts with a separator between them; NULLs are left out.',
    example: "CONCAT_WS('~', 'AA', 'BB')",
    args: [text],
    rest: text,
    returns: result.string,
    nullPropagating: false,
    eval: ([separator = null, ...values]) =>
      separator === null ? null : values.filter((value) => value !== null).join(separator as string),
  }),
];

const pieces: readonly ScalarFunction[] = [
  plain({
    name: 'SPLIT',
    category: 'string',
    inference: 'flink',
    forms: ['SPLIT(str <CHARACTER_STRING>, delimiter <CHARACTER_STRING>)'],
    summary: 'The pieces of a text between separators.',
    example: "SPLIT('a,b', ',')",
    args: [text, text],
    returns: types.array(types.string(), false),
    eval: ([value, separator]) => split(value as string, separator as string),
  }),
  plain({
    name: 'SPLIT_INDEX',
    category: 'string',
    forms: ['SPLIT_INDEX(<CHARACTER>, <INTEGER>, <INTEGER>)', 'SPLIT_INDEX(<CHARACTER>, <CHARACTER>, <INTEGER>)'],
    summary: 'One of the pieces of a text between separators, counted from 0.',
    example: "SPLIT_INDEX('a,b', ',', 1)",
    args: [text, (type) => text(type) || integer(type), integer],
    returns: types.string(),
    eval: ([value, separator, index]) => splitIndex(value as string, separator as Value, Number(index)),
    generate: splitIndexCode,
  }),
  plain({
    name: 'STR_TO_MAP',
    category: 'string',
    forms: ['STR_TO_MAP(<CHARACTER>)', 'STR_TO_MAP(<CHARACTER>, <CHARACTER>, <CHARACTER>)'],
    summary: 'Keys and values out of a text; the separators are regular expressions.',
    example: "STR_TO_MAP('a=1,b=2')",
    args: [text],
    optional: [text, text],
    returns(args) {
      if (args.length === 2)
        throw validatorError("Invalid number of arguments to function 'STR_TO_MAP'. Was expecting 1 arguments");
      return types.map(types.string(), types.string());
    },
    eval: ([value, pairs, keyValue]) =>
      toMap(value as string, (pairs as string | undefined) ?? ',', (keyValue as string | undefined) ?? '='),
  }),
  plain({
    name: 'TRANSLATE',
    aliases: ['TRANSLATE3'],
    category: 'string',
    inference: 'flink',
    forms: ['TRANSLATE3(expr <CHARACTER_STRING>, fromStr <CHARACTER_STRING>, toStr <CHARACTER_STRING>)'],
    summary: 'A text with single characters replaced by others.',
    example: "TRANSLATE('hello', 'el', 'ip')",
    args: [text, text, text],
    returns: (args) => types.string(args[0]?.type.nullable ?? true),
    nullPropagating: false,
    eval: ([value = null, from = null, to = null]) =>
      value === null ? null : translate(value as string, from as string | null, to as string | null),
  }),
  trimming('LTRIM', true, false),
  trimming('RTRIM', false, true),
  trimming('BTRIM', true, true),
  plain({
    name: 'TRIM',
    category: 'string',
    forms: ['TRIM([BOTH|LEADING|TRAILING] <ANY> FROM <STRING>)'],
    summary: 'A text without the given characters (blanks) at its ends.',
    example: "TRIM(BOTH 'x' FROM 'xax')",
    args: [text, text, text],
    returns: (args) => {
      const type = args[2]?.type;
      return types.varchar(type && 'length' in type ? type.length : 2147483647, anyNullable(args));
    },
    eval: ([side, set, value]) => trimSet(value as string, set as string, side !== 'TRAILING', side !== 'LEADING'),
  }),
];

const printf = plain({
  name: 'PRINTF',
  category: 'string',
  inference: 'flink',
  forms: ['PRINTF(format <CHARACTER_STRING>, obj...)'],
  summary: "Values in a text, by a format of Java's Formatter; NULL when the format does not suit.",
  example: "PRINTF('%d %s', 1, 'a')",
  args: [text],
  rest: anything,
  returns: types.string(),
  nullPropagating: false,
  eval: ([format = null, ...values], _context, site) =>
    format === null ? null : javaFormat(format as string, values, site.argTypes.slice(1)),
});

const uuid = plain({
  name: 'UUID',
  category: 'string',
  forms: ['UUID()'],
  summary: 'A random identifier.',
  example: 'UUID()',
  args: [],
  returns: types.char(36, false),
  deterministic: false,
  eval: () => randomUUID(),
});

const elt = defineScalar({
  name: 'ELT',
  category: 'string',
  inference: 'flink',
  signatures: ['ELT(index <INTEGER_NUMERIC>, expr...)'],
  summary: 'The n-th of several values, from 1; NULL when there is none.',
  example: "ELT(2, 'a', 'b')",
  minArgs: 2,
  maxArgs: Number.MAX_SAFE_INTEGER,
  nullPropagating: false,
  inferType(args) {
    const [index, ...values] = typesOf(args) as [LogicalType, ...LogicalType[]];
    const literal = args[0]?.literal?.value;
    if (!integer(index)) throw inferenceError('ELT', args, 'Index can only be an INTEGER NUMERIC type.');
    if (literal !== undefined && literal !== null && Number(literal) < 0)
      throw inferenceError('ELT', args, `Index must be an integer starting from '0', but was '${literal}'.`);
    const common = commonType(values);
    if (!common || !values.every((type) => isText(type) || isBinary(type) || type.kind === 'NULL'))
      throw inferenceError('ELT', args, 'Could not infer arguments in range: [1, null].');
    return withNullable(common, true);
  },
  bind:
    () =>
    ([index = null, ...values]) => {
      if (index === null) return null;
      return values[Number(index) - 1] ?? null;
    },
});

export const concats: readonly ScalarFunction[] = [...joins, ...pieces, elt, printf, uuid];
