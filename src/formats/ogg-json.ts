/** `'format' = 'ogg-json'`: changes of Oracle as GoldenGate writes them. */
import { types } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import type { MetadataField } from './change-data.ts';
import { changeDecoding, changeEncoding } from './change-format.ts';
import { defineFormat } from './format.ts';
import { exactImagedChange, FastImagedChange, type ImagedDialect } from './imaged-change.ts';
import { parseTimestamp } from './java-time.ts';
import { changeDataOptions, checkDecoding, checkEncoding, encodingRules } from './json-options.ts';

const DIALECT: ImagedDialect = {
  label: 'Ogg',
  operation: 'op_type',
  insert: ['I'],
  update: 'U',
  delete: 'D',
  wrapped: false,
  postgres: 'Ogg Postgres Connector',
};

const time = (value: Value): Value => {
  const text = value as string;
  return parseTimestamp(text, text.includes('T') ? 'ISO-8601' : 'SQL', false);
};

const METADATA: readonly MetadataField[] = [
  { key: 'table', type: types.string(), member: { name: 'table', type: types.string() } },
  {
    key: 'primary-keys',
    type: types.array(types.string()),
    member: { name: 'primary_keys', type: types.array(types.string()) },
  },
  {
    key: 'ingestion-timestamp',
    type: types.timestampLtz(6),
    member: { name: 'current_ts', type: types.string() },
    convert: time,
  },
  {
    key: 'event-timestamp',
    type: types.timestampLtz(6),
    member: { name: 'op_ts', type: types.string() },
    convert: time,
  },
];

export const oggJson = defineFormat({
  name: 'ogg-json',
  summary: 'Changes with whole images before and after, as Oracle GoldenGate writes them.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'embedded', 'scan.startup.mode' = 'earliest-offset', 'format' = 'ogg-json')",
  options: changeDataOptions,
  decoding(context) {
    checkDecoding(context);
    return changeDecoding(context, DIALECT.label, METADATA, ({ fields, rules, metadata, parser }) => ({
      exact: exactImagedChange(DIALECT, fields, metadata, rules),
      fast: parser && new FastImagedChange(DIALECT, parser, metadata),
    }));
  },
  encoding(context) {
    checkEncoding(context);
    const rules = encodingRules(context);
    const skipped = rules.ignoreNullFields;
    const insert = { prefix: skipped ? '{"after":' : '{"before":null,"after":', suffix: ',"op_type":"I"}' };
    const remove = { prefix: '{"before":', suffix: skipped ? ',"op_type":"D"}' : ',"after":null,"op_type":"D"}' };
    return changeEncoding(rules, insert, remove);
  },
});
