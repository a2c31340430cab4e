/** The shelf of formats. */
import type { Format } from './format.ts';
import { json } from './json.ts';

export const formats: readonly Format[] = [json];

/** The format of a name, or undefined. */
export function findFormat(name: string): Format | undefined {
  return formats.find((format) => format.name === name);
}
