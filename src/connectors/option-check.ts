/** Whether options of a table are known, complete and well-formed; what is wrong is said in Flink's words. */
import { parseDuration } from '../base/duration.ts';
import { validationError } from '../base/error.ts';
import type { OptionSpec, Options } from '../base/option.ts';
import { isBoolean, notBoolean, notNumber, notOneOf, parseMemory, unparsable } from '../base/option-value.ts';

const ALIGNMENT = 'scan.watermark.alignment';
const ALIGNED = { [`${ALIGNMENT}.group`]: 'shop', [`${ALIGNMENT}.max-drift`]: '1 min' };

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
    key: `${ALIGNMENT}.group`,
    type: 'string',
    example: ALIGNED,
    summary: 'Sources of a group wait for each other.',
  },
  {
    key: `${ALIGNMENT}.max-drift`,
    type: 'duration',
    example: ALIGNED,
    summary: 'How far a source of a group may run ahead.',
  },
  {
    key: `${ALIGNMENT}.update-interval`,
    type: 'duration',
    example: { ...ALIGNED, [`${ALIGNMENT}.update-interval`]: '1 s' },
    summary: 'How often Flink compares the watermarks of a group; here they are compared before each batch.',
  },
  {
    key: 'scan.watermark.idle-timeout',
    type: 'duration',
    example: { 'scan.watermark.idle-timeout': '1 min' },
    summary: 'After how long without rows a source counts as idle.',
  },
];

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
  } catch (cause) {
    throw validationError(`Invalid value for option '${spec.key}'.`, undefined, cause);
  }
}

function checkType(spec: OptionSpec, value: string): void {
  switch (spec.type) {
    case 'boolean':
      if (!isBoolean(value)) throw unparsable(value, spec.key, notBoolean(value));
      break;
    case 'int':
    case 'long':
      if (!isInteger(value, spec.type === 'int' ? 32 : 64)) throw unparsable(value, spec.key, notNumber(value));
      break;
    case 'double':
      if (value.trim() === '' || Number.isNaN(Number(value))) throw unparsable(value, spec.key, notNumber(value));
      break;
    case 'duration':
      parseDuration(value, spec.key);
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

function checkEnum(spec: OptionSpec, value: string): void {
  const wanted = value.toUpperCase();
  const matches = spec.values?.some(
    (each) => each.toUpperCase() === wanted || each.toUpperCase().replaceAll('-', '_') === wanted,
  );
  if (!matches) throw unparsable(value, spec.key, notOneOf(spec.javaEnum ?? spec.key, spec.values ?? []));
}
