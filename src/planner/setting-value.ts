/** Values of settings that the planner obeys, with Flink's texts for what they cannot be. */
import { isBoolean, notBoolean, notNumber, notOneOf, unparsable } from '../base/option-value.ts';
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
    throw unparsable(text, key, notNumber(text));
  }
  if (kind === 'boolean') {
    if (isBoolean(text)) return text.toLowerCase() === 'true';
    throw unparsable(text, key, notBoolean(text));
  }
  const word = kind.words.find((candidate) => candidate === text.toUpperCase());
  if (word !== undefined) return word;
  throw unparsable(text, key, notOneOf(kind.name, kind.words));
}

const RUNTIME_MODES = {
  name: 'org.apache.flink.api.common.RuntimeExecutionMode',
  words: ['STREAMING', 'BATCH', 'AUTOMATIC'],
} as const;

/** Throws Flink's texts when the setting is none of its values. */
export function runtimeMode({ config }: { config(key: string): string | undefined }): 'streaming' | 'batch' {
  return parseSetting(config, 'execution.runtime-mode', 'STREAMING', RUNTIME_MODES) === 'BATCH' ? 'batch' : 'streaming';
}
