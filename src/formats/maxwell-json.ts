/** `'format' = 'maxwell-json'`: changes of MySQL as Maxwell's daemon writes them. */
import { types } from '../types/logical-type.ts';
import type { MetadataField } from './change-data.ts';
import { changeDecoding, changeEncoding } from './change-format.ts';
import { defineFormat } from './format.ts';
import { changeDataOptions, checkDecoding, checkEncoding, encodingRules } from './json-options.ts';
import { exactMergedChange, FastMergedChange, type MergedDialect } from './merged-change.ts';

const DIALECT: MergedDialect = {
  label: 'Maxwell',
  arrays: false,
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  silent: [],
};
const NO_FILTER = { database: null, table: null };

const METADATA: readonly MetadataField[] = [
  { key: 'database', type: types.string(), member: { name: 'database', type: types.string() } },
  { key: 'table', type: types.string(), member: { name: 'table', type: types.string() } },
  {
    key: 'primary-key-columns',
    type: types.array(types.string()),
    member: { name: 'primary_key_columns', type: types.array(types.string()) },
  },
  {
    key: 'ingestion-timestamp',
    type: types.timestampLtz(3),
    member: { name: 'ts', type: types.bigint() },
    convert: (seconds) => (seconds as bigint) * 1_000_000_000n,
  },
];

export const maxwellJson = defineFormat({
  name: 'maxwell-json',
  summary: 'Changes of MySQL as Maxwell writes them: one row with its former values.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'embedded', 'scan.startup.mode' = 'earliest-offset', 'format' = 'maxwell-json')",
  options: changeDataOptions,
  decoding(context) {
    checkDecoding(context);
    return changeDecoding(context, DIALECT.label, METADATA, ({ fields, rules, metadata, parser }) => ({
      exact: exactMergedChange(DIALECT, fields, NO_FILTER, metadata, rules),
      fast: parser && new FastMergedChange(DIALECT, parser, NO_FILTER, metadata),
    }));
  },
  encoding(context) {
    checkEncoding(context);
    const rules = encodingRules(context);
    const insert = { prefix: '{"data":', suffix: ',"type":"insert"}' };
    const remove = { prefix: '{"data":', suffix: ',"type":"delete"}' };
    return changeEncoding(rules, insert, remove);
  },
});
