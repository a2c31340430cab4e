/** Options of csv, checked and resolved to what reading and writing need. */
import { EngineError } from '../base/error.ts';
import type { OptionSpec } from '../base/option.ts';
import type { FormatContext } from './format.ts';
import { isTrue } from './json-options.ts';

export const csvOptions: readonly OptionSpec[] = [
  {
    key: 'field-delimiter',
    type: 'string',
    default: ',',
    summary: 'The character between fields; `\\t` and the like are understood.',
  },
  { key: 'disable-quote-character', type: 'boolean', default: 'false', summary: 'Nothing is quoted.' },
  {
    key: 'quote-character',
    type: 'string',
    example: { 'quote-character': "'" },
    summary: 'The character around fields that need it; `"` when absent.',
  },
  { key: 'allow-comments', type: 'boolean', default: 'false', summary: 'Lines that begin with `#` are skipped.' },
  {
    key: 'ignore-parse-errors',
    type: 'boolean',
    default: 'false',
    summary: 'Bad fields become NULL, bad rows are skipped.',
  },
  {
    key: 'array-element-delimiter',
    type: 'string',
    default: ';',
    summary: 'What separates elements of arrays and parts of rows.',
  },
  {
    key: 'escape-character',
    type: 'string',
    example: { 'escape-character': '\\' },
    summary: 'The character that takes the meaning from the next one.',
  },
  {
    key: 'null-literal',
    type: 'string',
    example: { 'null-literal': 'n/a' },
    summary: 'The text that stands for NULL, both ways.',
  },
  {
    key: 'write-bigdecimal-in-scientific-notation',
    type: 'boolean',
    default: 'true',
    summary: 'Decimals are written as `1E+5` where that is their shortest form.',
  },
  { key: 'trim-spaces', type: 'boolean', default: 'false', summary: 'Blanks around fields are dropped.' },
  {
    key: 'ignore-trailing-unmappable',
    type: 'boolean',
    default: 'false',
    summary: 'Fields beyond the last column are ignored.',
  },
  {
    key: 'allow-trailing-comma',
    type: 'boolean',
    default: 'true',
    summary: 'An empty field beyond the last column is allowed.',
  },
  {
    key: 'fail-on-missing-columns',
    type: 'boolean',
    default: 'false',
    summary: 'Rows with too few fields are errors in any case.',
  },
  { key: 'empty-string-as-null', type: 'boolean', default: 'false', summary: 'Empty fields are NULL.' },
];

export interface CsvRules {
  /** Bytes of ASCII characters; -1: none. */
  readonly delimiter: number;
  readonly quote: number;
  readonly escapeWith: number;
  readonly elementDelimiter: string;
  readonly nullLiteral: string | null;
  readonly allowComments: boolean;
  readonly ignoreParseErrors: boolean;
  readonly scientific: boolean;
  readonly trimSpaces: boolean;
  readonly ignoreTrailing: boolean;
  readonly allowTrailingComma: boolean;
  readonly failOnMissing: boolean;
  readonly emptyAsNull: boolean;
}

export function csvRules(context: FormatContext): CsvRules {
  const disabled = isTrue(context, 'disable-quote-character');
  if (disabled && context.option('quote-character') !== undefined)
    throw new EngineError(
      'OPTION_INVALID',
      'Format cannot define a quote character and disabled quote character at the same time.',
    );
  return {
    delimiter: character(context, 'field-delimiter') ?? 44,
    quote: disabled ? -1 : (character(context, 'quote-character') ?? 34),
    escapeWith: character(context, 'escape-character') ?? -1,
    elementDelimiter: context.option('array-element-delimiter') ?? ';',
    nullLiteral: context.option('null-literal') ?? null,
    allowComments: isTrue(context, 'allow-comments'),
    ignoreParseErrors: isTrue(context, 'ignore-parse-errors'),
    scientific: isTrue(context, 'write-bigdecimal-in-scientific-notation'),
    trimSpaces: isTrue(context, 'trim-spaces'),
    ignoreTrailing: isTrue(context, 'ignore-trailing-unmappable'),
    allowTrailingComma: isTrue(context, 'allow-trailing-comma'),
    failOnMissing: isTrue(context, 'fail-on-missing-columns'),
    emptyAsNull: isTrue(context, 'empty-string-as-null'),
  };
}

/** The single character of an option, Java escapes resolved. */
function character(context: FormatContext, key: string): number | undefined {
  const given = context.option(key);
  if (given === undefined) return undefined;
  const text = key === 'field-delimiter' ? unescapeJava(given) : given;
  if (text.length !== 1)
    throw new EngineError(
      'OPTION_INVALID',
      `Option 'csv.${key}' must be a string with single character, but was: ${given}`,
    );
  return text.charCodeAt(0);
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f' };

function unescapeJava(text: string): string {
  return text
    .replace(/\\u+([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\([0-7]{1,3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\\(.)/gs, (_, c: string) => ESCAPES[c] ?? c);
}
