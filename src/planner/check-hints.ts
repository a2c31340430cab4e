/** Query hints of a SELECT: known names, options that can be read, and tables that are there. */
import { EngineError, messageOf, validationError } from '../base/error.ts';
import type { Hint } from '../parser/ast.ts';
import { durationMs } from './duration-text.ts';

const JOIN_HINTS = new Set(['BROADCAST', 'SHUFFLE_HASH', 'SHUFFLE_MERGE', 'NEST_LOOP', 'MULTI_JOIN']);

/** Hints of a SELECT. `isNamed`: a table of FROM has the name; null where Flink looks for none. Throws Flink's words. */
export function checkHints(hints: readonly Hint[], isNamed: ((name: string) => boolean) | null): void {
  // OPTIONS belongs to a table; of a SELECT it says nothing.
  const own = hints.filter((hint) => hint.name !== 'OPTIONS');
  for (const hint of own) checkOptions(hint);
  if (isNamed) checkNames(own, isNamed);
}

/** Hints of a table: OPTIONS, and nothing else that the table could use. */
export function checkTableHints(hints: readonly Hint[]): void {
  for (const hint of hints) {
    if (hint.name !== 'OPTIONS') checkOptions(hint);
    else if (Object.keys(hint.options).length === 0)
      throw invalid(hint, 'Hint [OPTIONS] only support non empty key value options');
  }
}

function checkNames(hints: readonly Hint[], isNamed: (name: string) => boolean): void {
  for (const hint of hints) {
    const missing = tablesOf(hint).filter((name) => !isNamed(name));
    if (missing.length > 0)
      throw validationError(
        `The options of following hints cannot match the name of input tables or views: \n\`${missing.join(', ')}\` in \`${hint.name}\``,
        hint.span,
      );
  }
}

function checkOptions(hint: Hint): void {
  if (hint.name === 'LOOKUP') checkLookup(hint);
  else if (hint.name === 'STATE_TTL') checkTtl(hint);
  else if (!JOIN_HINTS.has(hint.name))
    throw invalid(hint, `Hint: ${hint.name} should be registered in the HintStrategyTable`);
  else if (hint.list.length === 0)
    throw invalid(
      hint,
      `Invalid hint: ${hint.name}${optionsText(hint)}, expecting at least one table or view specified in hint ${hint.name}.`,
    );
}

function optionsText({ options }: Hint): string {
  const pairs = Object.entries(options).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '' : `(${pairs.join(', ')})`;
}

function tablesOf(hint: Hint): readonly string[] {
  if (hint.name === 'LOOKUP') return [hint.options['table'] ?? ''];
  return hint.name === 'STATE_TTL' ? Object.keys(hint.options) : hint.list;
}

function invalid(hint: Hint, text: string): EngineError {
  return new EngineError('SQL_VALIDATION', text, { exceptionClass: 'java.lang.AssertionError', span: hint.span });
}

function checkTtl(hint: Hint): void {
  if (hint.list.length > 0)
    throw invalid(hint, 'Invalid list options in STATE_TTL hint, only support key-value options.');
  const values = Object.values(hint.options);
  if (values.length === 0)
    throw invalid(hint, 'Invalid STATE_TTL hint, expecting at least one key-value options specified.');
  for (const value of values) {
    const why = durationRefusal(value);
    if (why !== null) throw invalid(hint, `Invalid STATE_TTL hint value: ${why}`);
  }
}

type Test = (value: string) => boolean;
const isBoolean: Test = (value) => /^(true|false)$/i.test(value);
const isInteger: Test = (value) => /^[+-]?\d+$/.test(value);

const isDuration: Test = (value) => durationRefusal(value) === null;

function durationRefusal(value: string): string | null {
  try {
    durationMs(value);
    return null;
  } catch (error) {
    return messageOf(error instanceof Error && error.cause ? error.cause : error);
  }
}

const LOOKUP_OPTIONS: Readonly<Record<string, Test>> = {
  async: isBoolean,
  'output-mode': (value) => /^(ordered|allow_unordered)$/i.test(value),
  capacity: isInteger,
  timeout: isDuration,
  'retry-strategy': (value) => value.toLowerCase() === 'fixed_delay',
  'fixed-delay': isDuration,
  'max-attempts': isInteger,
  shuffle: isBoolean,
};
const RETRY_OPTIONS = ['retry-predicate', 'retry-strategy', 'fixed-delay', 'max-attempts'];

function checkLookup(hint: Hint): void {
  const { options } = hint;
  if (hint.list.length > 0) throw invalid(hint, 'Invalid list options in LOOKUP hint, only support key-value options.');
  if (options['table'] === undefined)
    throw invalid(
      hint,
      "Invalid LOOKUP hint: incomplete required option(s): [Key: 'table' , default: null (fallback keys: [])]",
    );
  for (const [key, test] of Object.entries(LOOKUP_OPTIONS)) {
    const value = options[key];
    if (value !== undefined && !test(value))
      throw invalid(hint, `Invalid LOOKUP hint options: Could not parse value '${value}' for key '${key}'.`);
  }
  const given = RETRY_OPTIONS.filter((key) => options[key] !== undefined);
  if (given.length > 0 && given.length < RETRY_OPTIONS.length)
    throw invalid(hint, 'Invalid LOOKUP hint: retry options can be both null or all not null');
  const predicate = options['retry-predicate'] ?? 'lookup_miss';
  if (predicate !== 'lookup_miss')
    throw invalid(
      hint,
      `Invalid LOOKUP hint option: unsupported retry-predicate '${predicate}', only 'lookup_miss' is supported currently`,
    );
  const attempts = options['max-attempts'] ?? '1';
  if (Number(attempts) <= 0)
    throw invalid(
      hint,
      `Invalid LOOKUP hint option: max-attempts value should be positive integer but was ${attempts}`,
    );
}
