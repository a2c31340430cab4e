/** `'format' = 'ogg-json'`: changes of Oracle as GoldenGate writes them. */
import { changelogModes } from '../types/changelog-mode.ts';
import { types } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { ChangeDataDecoder, type MetadataField, MetadataReader, rowParser, wantedFields } from './change-data.ts';
import { type Decoder, type DecoderContext, defineFormat, type FormatContext } from './format.ts';
import { exactImagedChange, FastImagedChange, type ImagedDialect } from './imaged-change.ts';
import { parseTimestamp } from './java-time.ts';
import { createJsonEncoder } from './json-encode.ts';
import { changeDataOptions, checkDecoding, checkEncoding, decodingRules, encodingRules } from './json-options.ts';

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
  options: changeDataOptions,
  decoding(context) {
    checkDecoding(context);
    return {
      changelogMode: changelogModes.all,
      metadata: METADATA.map(({ key, type }) => ({ name: key, type })),
      lineDelimited: true,
      createDecoder: (decoder) => createDecoder(context, decoder),
    };
  },
  encoding(context) {
    checkEncoding(context);
    const rules = encodingRules(context);
    const skipped = rules.ignoreNullFields;
    const insert = { prefix: skipped ? '{"after":' : '{"before":null,"after":', suffix: ',"op_type":"I"}' };
    const remove = { prefix: '{"before":', suffix: skipped ? ',"op_type":"D"}' : ',"after":null,"op_type":"D"}' };
    return {
      changelogMode: changelogModes.all,
      createEncoder: (encoder) => createJsonEncoder(encoder, rules, [insert, remove, insert, remove]),
    };
  },
});

function createDecoder(format: FormatContext, context: DecoderContext): Decoder {
  const fields = wantedFields(context);
  const rules = { ...decodingRules(format, fields), failOnMissingField: false };
  const metadata = new MetadataReader(context, METADATA, rules);
  const parser = rowParser(context, rules);
  return new ChangeDataDecoder(
    {
      label: DIALECT.label,
      context,
      rules,
      exact: exactImagedChange(DIALECT, fields, metadata, rules),
      fast: parser && new FastImagedChange(DIALECT, parser, metadata),
    },
    metadata,
  );
}
