/** `'connector' = 'datagen'`: made-up rows, random or in sequence, at a given rate; the same again after a restart. */
import { parseDuration } from '../../base/duration.ts';
import { validationError } from '../../base/error.ts';
import { changelogModes } from '../../types/changelog-mode.ts';
import type { Field } from '../../types/logical-type.ts';
import { defineConnector, type TableContext } from '../connector.ts';
import { DatagenReader } from './datagen-reader.ts';
import { datagenOptions } from './field-options.ts';
import { type Generator, randomGenerator, sequenceGenerator } from './generators.ts';

export const datagen = defineConnector({
  name: 'datagen',
  summary: 'Rows out of thin air, for trying things out.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING, ts TIMESTAMP(3)) WITH ('connector' = 'datagen', 'rows-per-second' = '10')",
  options: [
    { key: 'rows-per-second', type: 'long', default: '10000', summary: 'How many rows a second.' },
    {
      key: 'number-of-rows',
      type: 'long',
      example: { 'number-of-rows': '100' },
      summary: 'How many rows in all; without it the source never ends.',
    },
    {
      key: 'scan.parallelism',
      type: 'int',
      example: { 'scan.parallelism': '1' },
      summary: 'Parallelism of the source.',
    },
    {
      key: 'fields.#.kind',
      type: 'string',
      example: { 'fields.id.kind': 'random' },
      default: 'random',
      summary: '`random` or `sequence`.',
    },
    { key: 'fields.#.min', type: 'string', example: { 'fields.id.min': '1' }, summary: 'Smallest value (random).' },
    { key: 'fields.#.max', type: 'string', example: { 'fields.id.max': '9' }, summary: 'Largest value (random).' },
    {
      key: 'fields.#.max-past',
      type: 'duration',
      example: { 'fields.ts.max-past': '1 min' },
      default: '0',
      summary: 'How far before now a time may lie (random).',
    },
    {
      key: 'fields.#.length',
      type: 'int',
      example: { 'fields.name.length': '8' },
      default: '100',
      summary: 'Length of texts, bytes and collections.',
    },
    {
      key: 'fields.#.var-len',
      type: 'boolean',
      example: { 'fields.name.var-len': 'true' },
      default: 'false',
      summary: 'Lengths vary from 1 to the length.',
    },
    {
      key: 'fields.#.start',
      type: 'string',
      example: { 'fields.id.start': '1', 'fields.id.end': '9', 'fields.id.kind': 'sequence' },
      summary: 'First value (sequence).',
    },
    {
      key: 'fields.#.end',
      type: 'string',
      example: { 'fields.id.start': '1', 'fields.id.end': '9', 'fields.id.kind': 'sequence' },
      summary: 'Last value (sequence); the source ends with it.',
    },
    {
      key: 'fields.#.null-rate',
      type: 'double',
      example: { 'fields.id.null-rate': '0.1' },
      default: '0',
      summary: 'Share of nulls.',
    },
  ],
  optionsOf: datagenOptions,
  formatKeys: [],
  source(table) {
    const generators = table.physicalFields.map((field) => generatorOf(table, field));
    const limit = table.option('number-of-rows');
    return {
      changelogMode: changelogModes.insertOnly,
      bounded: limit !== undefined,
      replayable: true,
      open: async (context) =>
        new DatagenReader(context, {
          generators: context.produced.map(({ column }) => {
            const name = column.kind === 'physical' ? column.path[0] : undefined;
            const index = table.physicalFields.findIndex((field) => field.name === name);
            return {
              index,
              generator: generators[index] as Generator,
              path: column.kind === 'physical' ? column.path : [],
            };
          }),
          lengths: generators.map((generator) => generator.rows),
          rowsPerSecond: Number(table.requiredOption('rows-per-second')),
          limit: limit === undefined ? null : Number(limit),
          fields: table.physicalFields,
        }),
    };
  },
});

function generatorOf(table: TableContext, field: Field): Generator {
  const key = (name: string) => `fields.${field.name}.${name}`;
  const option = (name: string) => table.option(key(name));
  const kind = option('kind') ?? 'random';
  if (kind === 'sequence')
    return sequenceGenerator(field, sequenceBound(option, key, 'start'), sequenceBound(option, key, 'end'));
  if (kind !== 'random') throw validationError(`Unsupported generator kind: ${kind}`);
  return randomGenerator(field, {
    min: option('min'),
    max: option('max'),
    maxPastMs: parseDuration(option('max-past') ?? '0', key('max-past')),
    length: option('length'),
    varLen: option('var-len')?.toLowerCase() === 'true',
    nullRate: Number(option('null-rate') ?? '0'),
    option: (name) => option(name),
  });
}

function sequenceBound(
  option: (name: string) => string | undefined,
  key: (name: string) => string,
  name: 'start' | 'end',
): bigint {
  const text = option(name);
  if (text === undefined)
    throw validationError(`Could not find required property '${key(name)}' for sequence generator.`);
  return BigInt(text);
}
