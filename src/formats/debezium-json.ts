/** `'format' = 'debezium-json'`: changes with whole images, as Debezium writes them, with or without their schema. */
import { EngineError } from '../base/error.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import type { MapValue, Value } from '../types/value.ts';
import type { MetadataField } from './change-data.ts';
import { changeDecoding, changeEncoding } from './change-format.ts';
import { defineFormat } from './format.ts';
import { exactImagedChange, FastImagedChange, type ImagedDialect } from './imaged-change.ts';
import { changeDataOptions, checkDecoding, checkEncoding, encodingRules, isTrue } from './json-options.ts';

const DIALECT: ImagedDialect = {
  label: 'Debezium',
  operation: 'op',
  insert: ['c', 'r'],
  update: 'u',
  delete: 'd',
  wrapped: false,
  postgres: 'Debezium Postgres Connector',
};

const SOURCE: LogicalType = types.map(types.string(), types.string());
const ofSource = (
  key: string,
  type: LogicalType,
  property: string,
  convert?: (text: string) => Value,
): MetadataField => ({
  key,
  type,
  member: { name: 'source', type: SOURCE },
  convert: (value) => {
    const text = (value as MapValue).entries.find(([name]) => name === property)?.[1] ?? null;
    return text === null || !convert ? text : convert(text as string);
  },
});
const millis = (value: bigint): Value => value * 1_000_000n;

const METADATA: readonly MetadataField[] = [
  { key: 'schema', type: types.string(), member: { name: 'schema', type: types.string() } },
  {
    key: 'ingestion-timestamp',
    type: types.timestampLtz(3),
    member: { name: 'ts_ms', type: types.bigint() },
    convert: (value) => millis(value as bigint),
  },
  ofSource('source.timestamp', types.timestampLtz(3), 'ts_ms', (text) => millis(BigInt(text))),
  ofSource('source.database', types.string(), 'db'),
  ofSource('source.schema', types.string(), 'schema'),
  ofSource('source.table', types.string(), 'table'),
  { key: 'source.properties', type: SOURCE, member: { name: 'source', type: SOURCE } },
];

export const debeziumJson = defineFormat({
  name: 'debezium-json',
  summary: 'Changes with whole images before and after, as Debezium writes them.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'embedded', 'scan.startup.mode' = 'earliest-offset', 'format' = 'debezium-json')",
  options: [
    ...changeDataOptions,
    {
      key: 'schema-include',
      type: 'boolean',
      default: 'false',
      summary: 'Messages carry their schema: the change is inside `payload`.',
    },
  ],
  decoding(context) {
    checkDecoding(context);
    const dialect = { ...DIALECT, wrapped: isTrue(context, 'schema-include') };
    return changeDecoding(context, DIALECT.label, METADATA, ({ fields, rules, metadata, parser }) => {
      // The schema lies outside of the payload: only the exact way looks there.
      const simple = !metadata.wanted.some((field) => field.key === 'schema');
      return {
        exact: exactImagedChange(dialect, fields, metadata, rules),
        fast: parser && simple ? new FastImagedChange(dialect, parser, metadata) : null,
      };
    });
  },
  encoding(context) {
    checkEncoding(context);
    if (isTrue(context, 'schema-include'))
      throw new EngineError(
        'OPTION_INVALID',
        "Debezium JSON serialization doesn't support 'debezium-json.schema-include' option been set to true.",
      );
    const rules = encodingRules(context);
    const skipped = rules.ignoreNullFields;
    const insert = { prefix: skipped ? '{"after":' : '{"before":null,"after":', suffix: ',"op":"c"}' };
    const remove = { prefix: '{"before":', suffix: skipped ? ',"op":"d"}' : ',"after":null,"op":"d"}' };
    return changeEncoding(rules, insert, remove);
  },
});
