/** `'format' = 'canal-json'`: changes of MySQL as Alibaba's canal writes them. */
import { EngineError, messageOf } from '../base/error.ts';
import { types } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import type { MetadataField } from './change-data.ts';
import { changeDecoding, changeEncoding } from './change-format.ts';
import { defineFormat, type FormatContext } from './format.ts';
import { changeDataOptions, checkDecoding, checkEncoding, encodingRules } from './json-options.ts';
import { exactMergedChange, FastMergedChange, type MergedDialect, type OriginFilter } from './merged-change.ts';

const DIALECT: MergedDialect = {
  label: 'Canal',
  arrays: true,
  insert: 'INSERT',
  update: 'UPDATE',
  delete: 'DELETE',
  silent: ['CREATE'],
};

/** Epoch milliseconds to nanoseconds. */
const millis = (value: Value): Value => (value as bigint) * 1_000_000n;

const METADATA: readonly MetadataField[] = [
  { key: 'database', type: types.string(), member: { name: 'database', type: types.string() } },
  { key: 'table', type: types.string(), member: { name: 'table', type: types.string() } },
  {
    key: 'sql-type',
    type: types.map(types.string(), types.int()),
    member: { name: 'sqlType', type: types.map(types.string(), types.int()) },
  },
  {
    key: 'pk-names',
    type: types.array(types.string()),
    member: { name: 'pkNames', type: types.array(types.string()) },
  },
  {
    key: 'ingestion-timestamp',
    type: types.timestampLtz(3),
    member: { name: 'ts', type: types.bigint() },
    convert: millis,
  },
  {
    key: 'event-timestamp',
    type: types.timestampLtz(3),
    member: { name: 'es', type: types.bigint() },
    convert: millis,
  },
];

export const canalJson = defineFormat({
  name: 'canal-json',
  summary: 'Changes of MySQL as canal writes them: rows with their former values.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'embedded', 'scan.startup.mode' = 'earliest-offset', 'format' = 'canal-json')",
  options: [
    ...changeDataOptions,
    {
      key: 'database.include',
      type: 'string',
      example: { 'database.include': 'shop' },
      summary: 'Only messages whose database matches this regular expression as a whole.',
    },
    {
      key: 'table.include',
      type: 'string',
      example: { 'table.include': 'orders' },
      summary: 'Only messages whose table matches this regular expression as a whole.',
    },
  ],
  decoding(context) {
    checkDecoding(context);
    const filter = filterOf(context);
    return changeDecoding(context, DIALECT.label, METADATA, ({ fields, rules, metadata, parser }) => ({
      exact: exactMergedChange(DIALECT, fields, filter, metadata, rules),
      fast: parser && new FastMergedChange(DIALECT, parser, filter, metadata),
    }));
  },
  encoding(context) {
    checkEncoding(context);
    const rules = encodingRules(context);
    const insert = { prefix: '{"data":[', suffix: '],"type":"INSERT"}' };
    const remove = { prefix: '{"data":[', suffix: '],"type":"DELETE"}' };
    return changeEncoding(rules, insert, remove);
  },
});

function filterOf(context: FormatContext): OriginFilter {
  return { database: wholeMatch(context, 'database.include'), table: wholeMatch(context, 'table.include') };
}

function wholeMatch(context: FormatContext, key: string): RegExp | null {
  const pattern = context.option(key);
  if (pattern === undefined) return null;
  try {
    return new RegExp(`^(?:${pattern})$`, 'su');
  } catch (error) {
    throw new EngineError('OPTION_INVALID', `The regular expression of '${key}' cannot be read: ${messageOf(error)}`);
  }
}
