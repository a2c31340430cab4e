/** `'format' = 'changelog-json'`: `{"data":{…},"op":"+I"}`, the only JSON format that keeps -U and +U. */
import { changelogModes } from '../types/changelog-mode.ts';
import { bytesOf } from '../types/heap-bytes.ts';
import { type Field, types } from '../types/logical-type.ts';
import { rowKindSigns } from '../types/row-kind.ts';
import type { Value } from '../types/value.ts';
import {
  ChangeDataDecoder,
  type ExactEnvelope,
  emitRow,
  envelopeReader,
  type FastEnvelope,
  MetadataReader,
  rowParser,
  wantedFields,
} from './change-data.ts';
import { EnvelopeWalker } from './envelope-walker.ts';
import { type Decoder, type DecoderContext, defineFormat, type FormatContext, type RowOutput } from './format.ts';
import { contentError } from './format-error.ts';
import type { ObjectParser } from './generate-json-object.ts';
import { skipBlanks } from './json-bytes.ts';
import { createJsonEncoder } from './json-encode.ts';
import { changelogJsonOptions, checkDecoding, checkEncoding, decodingRules, encodingRules } from './json-options.ts';
import type { JsonRules } from './json-text.ts';
import type { BeforeAdvance } from './row-emitter.ts';

export const changelogJson = defineFormat({
  name: 'changelog-json',
  summary: 'Every change as a message of its own, with its kind: nothing is lost.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'embedded', 'scan.startup.mode' = 'earliest-offset', 'format' = 'changelog-json')",
  options: changelogJsonOptions,
  decoding(context) {
    checkDecoding(context);
    return {
      changelogMode: changelogModes.all,
      metadata: [],
      lineDelimited: true,
      createDecoder: (decoder) => createDecoder(context, decoder),
    };
  },
  encoding(context) {
    checkEncoding(context);
    const rules = encodingRules(context);
    const envelopes = rowKindSigns.map((sign) => ({ prefix: '{"data":', suffix: `,"op":"${sign}"}` }));
    return {
      changelogMode: changelogModes.all,
      createEncoder: (encoder) => createJsonEncoder(encoder, rules, envelopes),
    };
  },
});

function createDecoder(format: FormatContext, context: DecoderContext): Decoder {
  const fields = wantedFields(context);
  const rules = { ...decodingRules(format, fields), failOnMissingField: false };
  const metadata = new MetadataReader(context, [], rules);
  const parser = rowParser(context, rules);
  return new ChangeDataDecoder(
    {
      label: 'Changelog',
      context,
      rules,
      exact: exactEnvelope(fields, rules),
      fast: parser && new FastChangelog(parser, metadata),
    },
    metadata,
  );
}

function exactEnvelope(fields: readonly Field[], rules: JsonRules): ExactEnvelope {
  const read = envelopeReader(
    [
      { name: 'data', type: types.row(fields) },
      { name: 'op', type: types.string() },
    ],
    rules,
  );
  return {
    fields,
    changes(root, _metadata, _message, changes) {
      const members = read(root);
      const data = members.get('data') as readonly Value[] | null;
      const operation = members.get('op') as string | null;
      if (data === null || operation === null)
        throw contentError(
          'nullPointer',
          `The field "${data === null ? 'data' : 'op'}" of the message is missing or null.`,
        );
      const kind = rowKindSigns.indexOf(operation as '+I');
      if (kind < 0) throw contentError('unsupported', `Unsupported operation '${operation}' for row kind.`);
      changes.push({ kind, row: data });
    },
  };
}

class FastChangelog implements FastEnvelope {
  readonly #parser: ObjectParser;
  readonly #metadata: MetadataReader;
  readonly #walker: EnvelopeWalker;
  readonly #signs = rowKindSigns.map((sign) => bytesOf(`"${sign}"`));
  #row = 0;
  readonly #onData = (_id: number, u8: Uint8Array, p: number, end: number): number => {
    if (u8[p] !== 123) return -1;
    this.#parser.clear(this.#row);
    return this.#parser.parse(u8, p + 1, end, this.#row);
  };

  constructor(parser: ObjectParser, metadata: MetadataReader) {
    this.#parser = parser;
    this.#walker = new EnvelopeWalker(parser.marks, ['data', 'op'], 1);
    this.#metadata = metadata;
  }

  decode(u8: Uint8Array, start: number, end: number, output: RowOutput, before: BeforeAdvance): number {
    this.#parser.marks.mark(start, end);
    const p = skipBlanks(u8, start, end);
    if (u8[p] !== 123) return -1;
    this.#row = output.batch.rowCount;
    this.#parser.bind(output.batch);
    if (this.#walker.walk(u8, p + 1, end, this.#onData) < 0 || (this.#walker.starts[0] as number) < 0) return -1;
    for (let kind = 0; kind < 4; kind++)
      if (this.#walker.is(1, u8, this.#signs[kind] as Uint8Array)) {
        emitRow(output, kind, this.#metadata, before);
        return 1;
      }
    return -1;
  }
}
