/** Values of options as Flink reads them, and its words where it cannot. */
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/base/duration.ts';
import { EngineError, messageOf } from '../../src/base/error.ts';
import { parseMemory } from '../../src/base/option-value.ts';

/** The words of a refusal, from the outermost to the reason. */
function refusal(read: () => unknown): string[] {
  const texts: string[] = [];
  try {
    return [`no refusal, but ${read()}`];
  } catch (error) {
    for (let at: unknown = error; at instanceof EngineError; at = at.cause) texts.push(messageOf(at));
  }
  return texts;
}

describe('values of options', () => {
  it('reads memory sizes with every name of a unit', () => {
    const sizes = [
      '7',
      '7b',
      '7 bytes',
      '2k',
      '2 KB',
      '2 kibibytes',
      '3mb',
      '3 mebibytes',
      '1 g',
      '1 gibibytes',
      '1tb',
    ];
    expect(sizes.map((size) => parseMemory(size, 'k'))).toEqual([
      ...[7, 7, 7, 2048, 2048, 2048, 3 * 2 ** 20, 3 * 2 ** 20, 2 ** 30, 2 ** 30, 2 ** 40],
    ]);
  });

  it('says what is wrong with a memory size', () => {
    expect(refusal(() => parseMemory('5 kib', 'size'))).toEqual([
      "Could not parse value '5 kib' for key 'size'.",
      "Memory size unit 'kib' does not match any of the recognized units: (b | bytes) / (k | kb | kibibytes) / (m | mb | mebibytes) / (g | gb | gibibytes) / (t | tb | tebibytes)",
    ]);
    expect(refusal(() => parseMemory('x', 'size')).at(-1)).toBe('text does not start with a number');
    expect(refusal(() => parseMemory(' ', 'size')).at(-1)).toBe('argument is an empty- or whitespace-only string');
  });

  it('says what is wrong with a duration', () => {
    expect(refusal(() => parseDuration('abc', 'interval'))).toEqual([
      "Could not parse value 'abc' for key 'interval'.",
      'text does not start with a number, and is not a valid ISO-8601 duration format: abc',
    ]);
    expect(refusal(() => parseDuration('5 parsecs', 'interval')).at(-1)).toMatch(
      /^Time interval unit label 'parsecs' does not match any of the recognized units: DAYS: /,
    );
  });
});
