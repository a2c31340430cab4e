/** Values of settings that the planner obeys, with Flink's texts for what they cannot be. */
import { EngineError } from '../base/error.ts';
import { durationMs } from './duration-text.ts';

interface Kinds {
  readonly boolean: boolean;
  readonly duration: number;
  readonly long: number;
}

/** A Java enum and its constants. */
interface Words<W extends string> {
  readonly name: string;
  readonly words: readonly W[];
}

/** The value under a key as its kind, or as a constant of an enum. */
export function parseSetting<K extends keyof Kinds>(
  config: (key: string) => string | undefined,
  key: string,
  fallback: string,
  kind: K,
): Kinds[K];
export function parseSetting<W extends string>(
  config: (key: string) => string | undefined,
  key: string,
  fallback: W,
  words: Words<W>,
): W;
export function parseSetting(
  config: (key: string) => string | undefined,
  key: string,
  fallback: string,
  kind: keyof Kinds | Words<string>,
): unknown {
  const text = config(key) ?? fallback;
  if (kind === 'duration') return durationMs(text, key);
  if (kind === 'long') {
    if (/^[+-]?\d+$/.test(text)) return Number(text);
    throw unparsable(key, text, `For input string: "${text}"`, 'java.lang.NumberFormatException');
  }
  if (kind === 'boolean') {
    if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
    throw unparsable(
      key,
      text,
      `Unrecognized option for boolean: ${text}. Expected either true or false(case insensitive)`,
    );
  }
  const word = kind.words.find((candidate) => candidate === text.toUpperCase());
  if (word !== undefined) return word;
  throw unparsable(
    key,
    text,
    `Could not parse value for enum class ${kind.name}. Expected one of: [[${kind.words.join(', ')}]]`,
  );
}

function unparsable(key: string, text: string, why: string, causeClass = ILLEGAL): EngineError {
  const cause = new EngineError('OPTION_INVALID', why, { exceptionClass: causeClass });
  const message = `Could not parse value '${text}' for key '${key}'.`;
  return new EngineError('OPTION_INVALID', message, { exceptionClass: ILLEGAL, cause });
}

const ILLEGAL = 'java.lang.IllegalArgumentException';
