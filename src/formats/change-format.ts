/** What the change-data formats share around envelopes of their own: what they tell of themselves, and what their decoders are made of. */
import { changelogModes } from '../types/changelog-mode.ts';
import type { Field } from '../types/logical-type.ts';
import {
  ChangeDataDecoder,
  type ExactEnvelope,
  type FastEnvelope,
  type MetadataField,
  MetadataReader,
  rowParser,
  wantedFields,
} from './change-data.ts';
import type { DecodingFormat, EncodingFormat, FormatContext } from './format.ts';
import type { ObjectParser } from './generate-json-object.ts';
import { createJsonEncoder, type Envelope } from './json-encode.ts';
import type { JsonEncodingRules } from './json-options.ts';
import { decodingRules } from './json-options.ts';
import type { JsonRules } from './json-text.ts';

/** What an envelope is built from. */
export interface ChangeParts {
  readonly fields: readonly Field[];
  readonly rules: JsonRules;
  readonly metadata: MetadataReader;
  /** Null: rows of these types have no generated parser. */
  readonly parser: ObjectParser | null;
}

export interface ChangeEnvelopes {
  readonly exact: ExactEnvelope;
  readonly fast: FastEnvelope | null;
}

/** `label`: as in `Corrupt Canal JSON message`. */
export function changeDecoding(
  format: FormatContext,
  label: string,
  metadataFields: readonly MetadataField[],
  envelopes: (parts: ChangeParts) => ChangeEnvelopes,
): DecodingFormat {
  return {
    changelogMode: changelogModes.all,
    metadata: metadataFields.map(({ key, type }) => ({ name: key, type })),
    lineDelimited: true,
    createDecoder(context) {
      const fields = wantedFields(context);
      const rules = { ...decodingRules(format, fields), failOnMissingField: false };
      const metadata = new MetadataReader(context, metadataFields, rules);
      const parts = { fields, rules, metadata, parser: rowParser(context, rules) };
      return new ChangeDataDecoder({ label, context, rules, ...envelopes(parts) }, metadata);
    },
  };
}

/** Updates are written as a removal and an insertion. */
export function changeEncoding(rules: JsonEncodingRules, insert: Envelope, remove: Envelope): EncodingFormat {
  return {
    changelogMode: changelogModes.all,
    createEncoder: (encoder) => createJsonEncoder(encoder, rules, [insert, remove, insert, remove]),
  };
}
