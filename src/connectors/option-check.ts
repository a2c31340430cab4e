/** Whether options of a table are known, complete and well-formed; what is wrong is said in Flink's words. */
import { parseDuration } from '../base/duration.ts';
import { EngineError, validationError } from '../base/error.ts';
import type { OptionSpec, Options } from '../base/option.ts';

/** Options that any table may carry beside its connector's own. */
export const commonOptions: readonly OptionSpec[] = [
  { key: 'connector', type: 'string', required: true, summary: 'Which connector reads or writes the table.' },
  { key: 'property-version', type: 'int', default: '1', summary: 'Accepted and ignored.' },
  {
    key: 'scan.watermark.emit.strategy',
    type: 'enum',
    values: ['on-event', 'on-periodic'],
    default: 'on-periodic',
    summary: 'When watermarks are emitted: with every row or at intervals.',
  },
  {
    key: 'scan.watermark.alignment.group',
    type: 'string',
    example: { 'scan.watermark.alignment.group': 'shop', 'scan.watermark.alignment.max-drift': '1 min' },
    summary: 'Sources of a group wait for each other.',
  },
  {
    key: 'scan.watermark.alignment.max-drift',
    type: 'duration',
    example: { 'scan.watermark.alignment.group': 'shop', 'scan.watermark.alignment.max-drift': '1 min' },
    summary: 'How far a source of a group may run ahead.',
  },
  {
    key: 'scan.watermark.alignment.update-interval',
    type: 'duration',
    example: {
      'scan.watermark.alignment.group': 'shop',
      'scan.watermark.alignment.max-drift': '1 min',
      'scan.watermark.alignment.update-interval': '1 s',
    },
    summary: 'How often Flink compares the watermarks of a group; here they are compared before each batch.',
  },
  {
    key: 'scan.watermark.idle-timeout',
    type: 'duration',
    example: { 'scan.watermark.idle-timeout': '1 min' },
    summary: 'After how long without rows a source counts as idle.',
  },
];

const MEMORY = /^\s*(\d+)\s*(b|bytes|k|kb|kibibytes|m|mb|mebibytes|g|gb|gibibytes|t|tb|tebibytes)?\s*$/i;
const MEMORY_POWER: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4 };

/** Bytes of a memory size as typed (`128 mb`). */
function parseMemory(text: string, key: string): number {
  const match = MEMORY.exec(text);
  if (!match) throw cause(`Could not parse value '${text}' for key '${key}'.`);
  const unit = (match[2] ?? 'b').toLowerCase()[0] ?? 'b';
  return Number(match[1]) * 1024 ** (MEMORY_POWER[unit] ?? 0);
}

function cause(message: string, exceptionClass = 'java.lang.IllegalArgumentException'): EngineError {
  return new EngineError('OPTION_INVALID', message, { exceptionClass });
}

/** Throws when a required option is absent, a value is not of its type, or a key is unknown. */
export function checkOptions(
  owner: string,
  specs: readonly OptionSpec[],
  options: Options,
  uncheckedPrefixes: readonly string[],
): void {
  const missing = specs
    .filter((spec) => spec.required && givenValue(spec, options) === undefined)
    .map((spec) => spec.key);
  if (missing.length > 0)
    throw validationError(
      `One or more required options are missing.\n\nMissing required options are:\n\n${missing.sort().join('\n')}`,
    );
  checkValues(specs, options);
  checkUnknown(owner, specs, options, uncheckedPrefixes);
}

const ALIGNMENT = 'scan.watermark.alignment';

/** Throws Flink's text when only a part of a watermark alignment is there. */
export function checkAlignment(owner: string, options: Options): void {
  const given = ['group', 'max-drift', 'update-interval'].map((name) => options[`${ALIGNMENT}.${name}`]);
  const [group, maxDrift] = given;
  if (given.every((value) => value === undefined) || (group !== undefined && maxDrift !== undefined)) return;
  throw validationError(
    `Error configuring watermark for '${owner}', '${ALIGNMENT}.group' and '${ALIGNMENT}.max-drift' must be set when configuring watermark alignment`,
  );
}

/** The value that a user gave for an option, under its key or an older one. */
export function givenValue(spec: OptionSpec, options: Options): string | undefined {
  for (const key of [spec.key, ...(spec.fallbackKeys ?? [])]) if (options[key] !== undefined) return options[key];
  return undefined;
}

function checkUnknown(
  owner: string,
  specs: readonly OptionSpec[],
  options: Options,
  uncheckedPrefixes: readonly string[],
): void {
  const wildcards = specs.filter((spec) => spec.key.includes('*') || spec.key.includes('#')).map(patternOf);
  const exact = specs.filter((spec) => !spec.key.includes('*') && !spec.key.includes('#'));
  const known = new Set(exact.flatMap((spec) => [spec.key, ...(spec.fallbackKeys ?? [])]));
  const unknown = Object.keys(options).filter(
    (key) =>
      !known.has(key) &&
      !wildcards.some((pattern) => pattern.test(key)) &&
      !uncheckedPrefixes.some((prefix) => key.startsWith(prefix)),
  );
  if (unknown.length === 0) return;
  const supported = exact.flatMap((spec) => [
    spec.key,
    ...(spec.fallbackKeys ?? []).map((key) => `${key} (deprecated)`),
  ]);
  throw validationError(
    `Unsupported options found for '${owner}'.\n\nUnsupported options:\n\n${unknown.sort().join('\n')}\n\nSupported options:\n\n${supported.sort().join('\n')}`,
  );
}

function patternOf(spec: OptionSpec): RegExp {
  const escaped = spec.key
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('#', '.+');
  return new RegExp(`^${escaped}$`);
}

/** Throws when a given value is not of its option's type. */
export function checkValues(specs: readonly OptionSpec[], options: Options): void {
  for (const spec of specs) {
    const value = givenValue(spec, options);
    if (value !== undefined) checkValue(spec, value);
  }
}

/** Throws Flink's refusal when a value is not of its option's type. */
function checkValue(spec: OptionSpec, value: string): void {
  try {
    checkType(spec, value);
  } catch (reason) {
    throw validationError(
      `Invalid value for option '${spec.key}'.`,
      undefined,
      new EngineError('OPTION_INVALID', `Could not parse value '${value}' for key '${spec.key}'.`, {
        exceptionClass: 'java.lang.IllegalArgumentException',
        cause: reason,
      }),
    );
  }
}

function checkType(spec: OptionSpec, value: string): void {
  switch (spec.type) {
    case 'boolean':
      if (!/^(true|false)$/i.test(value))
        throw cause(`Unrecognized option for boolean: ${value}. Expected either true or false(case insensitive)`);
      break;
    case 'int':
    case 'long':
      if (!isInteger(value, spec.type === 'int' ? 32 : 64))
        throw cause(`For input string: "${value}"`, 'java.lang.NumberFormatException');
      break;
    case 'double':
      if (value.trim() === '' || Number.isNaN(Number(value)))
        throw cause(`For input string: "${value}"`, 'java.lang.NumberFormatException');
      break;
    case 'duration':
      checkDuration(spec, value);
      break;
    case 'memory':
      parseMemory(value, spec.key);
      break;
    case 'enum':
      checkEnum(spec, value);
      break;
    default:
      break;
  }
}

function isInteger(text: string, bits: number): boolean {
  return (
    /^[+-]?\d+$/.test(text) && BigInt.asIntN(bits, BigInt(text.replace('+', ''))) === BigInt(text.replace('+', ''))
  );
}

function checkDuration(spec: OptionSpec, value: string): void {
  if (value.trim() === '') throw cause('argument is an empty- or whitespace-only string');
  if (!/^\s*(\d|P)/i.test(value)) throw cause('text does not start with a number', 'java.lang.NumberFormatException');
  parseDuration(value, spec.key);
}

function checkEnum(spec: OptionSpec, value: string): void {
  const wanted = value.toUpperCase();
  const matches = spec.values?.some(
    (each) => each.toUpperCase() === wanted || each.toUpperCase().replaceAll('-', '_') === wanted,
  );
  if (!matches)
    throw cause(
      `Could not parse value for enum class ${spec.javaEnum ?? spec.key}. Expected one of: [[${(spec.values ?? []).join(', ')}]]`,
    );
}
