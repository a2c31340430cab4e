/** Regular expressions, in Java's syntax. */

import { groupCount } from '../../types/bounded-regex.ts';
import { tryJavaRegex } from '../../types/java-regex.ts';
import { type LogicalType, types } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import type { ScalarFunction } from '../function.ts';
import { integer, type OperandTest, text } from '../operand.ts';
import { type PlainFunction, plain, result } from '../plain-function.ts';

interface RegexSpec {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly returns: LogicalType;
  readonly extra?: readonly OperandTest[];
  readonly optional?: readonly OperandTest[];
  readonly forms?: readonly string[];
  readonly flink?: readonly string[];
  /** What a broken pattern gives. */
  readonly broken?: Value;
  readonly eval: (value: string, regex: RegExp, rest: readonly Value[]) => Value;
}

/** A function of a text and a pattern; a broken pattern gives NULL. */
function regexFunction(spec: RegexSpec): ScalarFunction {
  const base: PlainFunction = {
    name: spec.name,
    category: 'string',
    ...(spec.flink ? { inference: 'flink' as const, forms: spec.flink } : { forms: spec.forms ?? [] }),
    summary: spec.summary,
    example: spec.example,
    args: [text, text, ...(spec.extra ?? [])],
    ...(spec.optional ? { optional: spec.optional } : {}),
    returns: spec.returns,
    bind({ literals }) {
      const literal = literals[1]?.value;
      const known = typeof literal === 'string' ? tryJavaRegex(literal) : undefined;
      return ([value, pattern, ...rest]) => {
        const regex = known ?? tryJavaRegex(pattern as string);
        if (!regex) return spec.broken ?? null;
        regex.lastIndex = 0;
        return spec.eval(value as string, regex, rest);
      };
    },
  };
  return plain(base);
}

function groupOf(match: RegExpMatchArray | null, index: number): string | null {
  if (!match || index < 0 || index >= match.length) return null;
  return match[index] ?? null;
}

function firstMatch(value: string, regex: RegExp): RegExpExecArray | null {
  regex.lastIndex = 0;
  return regex.exec(value);
}

function extractAll(value: string, regex: RegExp, index: number): Value {
  if (index < 0 || index > groupCount(regex)) return null;
  return [...value.matchAll(regex)].map((match) => match[index] ?? null);
}

const ARRAY_OF_TEXT = types.array(types.string());

function pairForm(name: string): string {
  return `${name}(str <CHARACTER_STRING>, regex <CHARACTER_STRING>)`;
}

export const regexes: readonly ScalarFunction[] = [
  regexFunction({
    name: 'REGEXP',
    summary: 'Whether a part of a text matches a pattern.',
    example: "REGEXP('foobar', 'oo')",
    forms: ['REGEXP(<CHARACTER>, <CHARACTER>)'],
    returns: result.boolean,
    broken: false,
    eval: (value, regex) => firstMatch(value, regex) !== null,
  }),
  regexFunction({
    name: 'REGEXP_EXTRACT',
    summary: 'The first match of a pattern, or a group of it.',
    example: "REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2)",
    forms: ['REGEXP_EXTRACT(<CHARACTER>, <CHARACTER>, <INTEGER>)', 'REGEXP_EXTRACT(<CHARACTER>, <CHARACTER>)'],
    returns: types.string(),
    optional: [integer],
    eval: (value, regex, [index]) => groupOf(firstMatch(value, regex), index === undefined ? 0 : Number(index)),
  }),
  regexFunction({
    name: 'REGEXP_REPLACE',
    summary: 'A text with every match of a pattern replaced by a text as it stands.',
    example: "REGEXP_REPLACE('foobar', 'oo|ar', '')",
    forms: ['REGEXP_REPLACE(<CHARACTER>, <CHARACTER>, <CHARACTER>)'],
    returns: result.string,
    extra: [text],
    eval: (value, regex, [replacement]) => value.replace(regex, () => replacement as string),
  }),
  regexFunction({
    name: 'REGEXP_COUNT',
    summary: 'How often a pattern matches.',
    example: "REGEXP_COUNT('foobar', 'o')",
    flink: [pairForm('REGEXP_COUNT')],
    returns: types.int(),
    eval: (value, regex) => [...value.matchAll(regex)].length,
  }),
  regexFunction({
    name: 'REGEXP_EXTRACT_ALL',
    summary: 'A group (the first) of every match of a pattern.',
    example: "REGEXP_EXTRACT_ALL('a1b2', '([a-z])([0-9])', 2)",
    flink: [
      pairForm('REGEXP_EXTRACT_ALL'),
      'REGEXP_EXTRACT_ALL(str <CHARACTER_STRING>, regex <CHARACTER_STRING>, extractIndex <INTEGER_NUMERIC>)',
    ],
    optional: [integer],
    returns: ARRAY_OF_TEXT,
    eval: (value, regex, [index]) => extractAll(value, regex, index === undefined ? 1 : Number(index)),
  }),
  regexFunction({
    name: 'REGEXP_INSTR',
    summary: 'Where a pattern first matches, from 1; 0 when it does not.',
    example: "REGEXP_INSTR('foobar', 'bar')",
    flink: [pairForm('REGEXP_INSTR')],
    returns: types.int(),
    eval: (value, regex) => (firstMatch(value, regex)?.index ?? -1) + 1,
  }),
  regexFunction({
    name: 'REGEXP_SUBSTR',
    summary: 'The first match of a pattern.',
    example: "REGEXP_SUBSTR('foobar', 'o+')",
    flink: [pairForm('REGEXP_SUBSTR')],
    returns: types.string(),
    eval: (value, regex) => groupOf(firstMatch(value, regex), 0),
  }),
];
