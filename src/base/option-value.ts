/** What the values of options and settings may be, and Flink's words where they are not. */
import { EngineError } from './error.ts';

/** A value that is not of its key's type; `why` is the reason behind it. */
export function unparsable(text: string, key: string, why?: EngineError): EngineError {
  return optionError(`Could not parse value '${text}' for key '${key}'.`, why);
}

/** Of class IllegalArgumentException. */
export function optionError(message: string, cause?: EngineError): EngineError {
  return new EngineError('OPTION_INVALID', message, {
    exceptionClass: 'java.lang.IllegalArgumentException',
    ...(cause ? { cause } : {}),
  });
}

export function isBoolean(text: string): boolean {
  return /^(true|false)$/i.test(text);
}

export function notBoolean(text: string): EngineError {
  return optionError(`Unrecognized option for boolean: ${text}. Expected either true or false(case insensitive)`);
}

/** A text that is no number of the wanted kind. */
export function notNumber(text: string): EngineError {
  return numberError(`For input string: "${text}"`);
}

/** Of class NumberFormatException. */
export function numberError(message: string): EngineError {
  return new EngineError('OPTION_INVALID', message, { exceptionClass: 'java.lang.NumberFormatException' });
}

/** A text that is no constant of a Java enum. */
export function notOneOf(javaEnum: string, words: readonly string[]): EngineError {
  return optionError(`Could not parse value for enum class ${javaEnum}. Expected one of: [[${words.join(', ')}]]`);
}

const MEMORY_UNITS: ReadonlyArray<readonly string[]> = [
  ['b', 'bytes'],
  ['k', 'kb', 'kibibytes'],
  ['m', 'mb', 'mebibytes'],
  ['g', 'gb', 'gibibytes'],
  ['t', 'tb', 'tebibytes'],
];

/** Bytes of a memory size as typed: `128 mb`, `2g`; a bare number is bytes. Throws `OPTION_INVALID` with the key's name. */
export function parseMemory(text: string, key: string): number {
  const [, digits = '', rest = ''] = /^(\d*)\s*(.*)$/s.exec(text.trim()) ?? [];
  const unit = rest.toLowerCase();
  const power = unit === '' ? 0 : MEMORY_UNITS.findIndex((names) => names.includes(unit));
  if (digits !== '' && power >= 0) return Number(digits) * 1024 ** power;
  if (text.trim() === '') throw unparsable(text, key, optionError('argument is an empty- or whitespace-only string'));
  if (digits === '') throw unparsable(text, key, numberError('text does not start with a number'));
  const units = MEMORY_UNITS.map((names) => `(${names.join(' | ')})`).join(' / ');
  throw unparsable(
    text,
    key,
    optionError(`Memory size unit '${unit}' does not match any of the recognized units: ${units}`),
  );
}
