/** `'format' = 'maxwell-json'`: changes of MySQL as Maxwell's daemon writes them. */
import { changelogModes } from '../types/changelog-mode.ts';
import { types } from '../types/logical-type.ts';
import { ChangeDataDecoder, type MetadataField, MetadataReader, rowParser, wantedFields } from './change-data.ts';
import { type Decoder, type DecoderContext, defineFormat, type FormatContext } from './format.ts';
import { createJsonEncoder } from './json-encode.ts';
import { changeDataOptions, checkDecoding, checkEncoding, decodingRules, encodingRules } from './json-options.ts';
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
    const insert = { prefix: '{"data":', suffix: ',"type":"insert"}' };
    const remove = { prefix: '{"data":', suffix: ',"type":"delete"}' };
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
      exact: exactMergedChange(DIALECT, fields, NO_FILTER, metadata, rules),
      fast: parser && new FastMergedChange(DIALECT, parser, NO_FILTER, metadata),
    },
    metadata,
  );
}
