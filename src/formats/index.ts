/** The shelf of formats. */
import { canalJson } from './canal-json.ts';
import { changelogJson } from './changelog-json.ts';
import { csv } from './csv.ts';
import { debeziumJson } from './debezium-json.ts';
import type { Format } from './format.ts';
import { json } from './json.ts';
import { maxwellJson } from './maxwell-json.ts';
import { oggJson } from './ogg-json.ts';
import { raw } from './raw.ts';

export const formats: readonly Format[] = [
  canalJson,
  changelogJson,
  csv,
  debeziumJson,
  json,
  maxwellJson,
  oggJson,
  raw,
];

/** The format of a name, or undefined. */
export function findFormat(name: string): Format | undefined {
  return formats.find((format) => format.name === name);
}
