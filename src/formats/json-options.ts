/** Options that the formats of the JSON family share, and their checks, in Flink's words. */
import { EngineError } from '../base/error.ts';
import type { OptionSpec } from '../base/option.ts';
import type { Field } from '../types/logical-type.ts';
import { types } from '../types/logical-type.ts';
import type { FormatContext } from './format.ts';
import type { TimestampStandard } from './java-time.ts';
import { hasDecimal, type JsonRules } from './json-text.ts';

const ignoreParseErrors: OptionSpec = {
  key: 'ignore-parse-errors',
  type: 'boolean',
  default: 'false',
  summary:
    'Fields that cannot be read become NULL and messages that cannot be read are skipped, instead of failing the job.',
};

const timestampStandard: OptionSpec = {
  key: 'timestamp-format.standard',
  type: 'string',
  default: 'SQL',
  summary: 'How timestamps are written: `SQL` (`2020-12-30 12:13:14.123`) or `ISO-8601` (with a `T`).',
};

const encodingOptions: readonly OptionSpec[] = [
  {
    key: 'map-null-key.mode',
    type: 'string',
    default: 'FAIL',
    summary: 'What happens to null keys of a map when it is written: `FAIL`, `DROP` or `LITERAL`.',
  },
  {
    key: 'map-null-key.literal',
    type: 'string',
    default: 'null',
    summary: "The key that stands for null when 'map-null-key.mode' is `LITERAL`.",
  },
  {
    key: 'encode.decimal-as-plain-number',
    type: 'boolean',
    default: 'false',
    summary: 'Decimals are written as plain numbers, never in scientific notation.',
  },
  {
    key: 'encode.ignore-null-fields',
    type: 'boolean',
    default: 'false',
    summary: 'Fields that are null are left out when a row is written.',
  },
];

/** Of json itself. */
export const jsonOptions: readonly OptionSpec[] = [
  {
    key: 'fail-on-missing-field',
    type: 'boolean',
    default: 'false',
    summary: 'A declared field that is absent from a message fails the job.',
  },
  ignoreParseErrors,
  timestampStandard,
  ...encodingOptions,
  {
    key: 'decode.json-parser.enabled',
    type: 'boolean',
    default: 'true',
    summary: 'Read by tokens (true) or through a tree (false); they differ in small ways, as in Flink.',
  },
];

/** Of canal-json, debezium-json, maxwell-json and ogg-json. */
export const changeDataOptions: readonly OptionSpec[] = [ignoreParseErrors, timestampStandard, ...encodingOptions];

/** Of changelog-json. */
export const changelogJsonOptions: readonly OptionSpec[] = [ignoreParseErrors, timestampStandard];

export function isTrue(context: FormatContext, key: string): boolean {
  return context.option(key)?.trim().toLowerCase() === 'true';
}

/** The rules of reading. `fields`: everything that is read. */
export function decodingRules(context: FormatContext, fields: readonly Field[]): JsonRules {
  return {
    failOnMissingField: isTrue(context, 'fail-on-missing-field'),
    ignoreParseErrors: isTrue(context, 'ignore-parse-errors'),
    timestamp: standardOf(context),
    exactFloats: hasDecimal(types.row(fields)),
  };
}

type MapNullKeyMode = 'FAIL' | 'DROP' | 'LITERAL';

export interface JsonEncodingRules {
  readonly timestamp: TimestampStandard;
  readonly mapNullKey: MapNullKeyMode;
  readonly nullKeyLiteral: string;
  readonly plainDecimals: boolean;
  readonly ignoreNullFields: boolean;
}

/** The rules of writing. */
export function encodingRules(context: FormatContext): JsonEncodingRules {
  return {
    timestamp: standardOf(context),
    mapNullKey: (context.option('map-null-key.mode') ?? 'FAIL').toUpperCase() as MapNullKeyMode,
    nullKeyLiteral: context.option('map-null-key.literal') ?? 'null',
    plainDecimals: isTrue(context, 'encode.decimal-as-plain-number'),
    ignoreNullFields: isTrue(context, 'encode.ignore-null-fields'),
  };
}

function standardOf(context: FormatContext): TimestampStandard {
  return context.option('timestamp-format.standard') === 'ISO-8601' ? 'ISO-8601' : 'SQL';
}

/** Checks before reading. */
export function checkDecoding(context: FormatContext): void {
  if (isTrue(context, 'fail-on-missing-field') && isTrue(context, 'ignore-parse-errors'))
    throw invalid("fail-on-missing-field and ignore-parse-errors shouldn't both be true.");
  checkTimestampStandard(context);
}

/** Checks before writing. */
export function checkEncoding(context: FormatContext): void {
  const mode = context.option('map-null-key.mode') ?? 'FAIL';
  if (!['FAIL', 'DROP', 'LITERAL'].includes(mode.toUpperCase()))
    throw invalid(
      `Unsupported value '${mode}' for option map-null-key.mode. Supported values are [LITERAL, FAIL, DROP].`,
    );
  checkTimestampStandard(context);
}

function checkTimestampStandard(context: FormatContext): void {
  const standard = context.option('timestamp-format.standard') ?? 'SQL';
  if (standard !== 'SQL' && standard !== 'ISO-8601')
    throw invalid(
      `Unsupported value '${standard}' for timestamp-format.standard. Supported values are [SQL, ISO-8601].`,
    );
}

function invalid(message: string): EngineError {
  return new EngineError('OPTION_INVALID', message);
}
