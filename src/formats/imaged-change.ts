/** Messages of whole images `before` and `after`: debezium (its payload may be wrapped) and ogg. */
import { BATCH_ROWS, type Batch } from '../types/batch.ts';
import { bytesOf } from '../types/heap-bytes.ts';
import { type Field, types } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import type { Value } from '../types/value.ts';
import { type ExactEnvelope, emitRow, envelopeReader, type FastEnvelope, type MetadataReader } from './change-data.ts';
import { EnvelopeWalker } from './envelope-walker.ts';
import type { RowOutput } from './format.ts';
import { contentError } from './format-error.ts';
import type { ObjectParser } from './generate-json-object.ts';
import { skipBlanks, skipNull } from './json-bytes.ts';
import type { JsonRules } from './json-text.ts';
import type { JsonNode } from './json-tree.ts';
import type { BeforeAdvance } from './row-emitter.ts';

export interface ImagedDialect {
  readonly label: string;
  /** The member that says what happened. */
  readonly operation: string;
  readonly insert: readonly string[];
  readonly update: string;
  readonly delete: string;
  /** The images are inside `payload`. */
  readonly wrapped: boolean;
  /** `Debezium Postgres Connector` in the hint about missing old images. */
  readonly postgres: string;
}

const OPERATION = 2;
const FIRST_METADATA = 3;

export class FastImagedChange implements FastEnvelope {
  readonly #parser: ObjectParser;
  readonly #metadata: MetadataReader;
  readonly #outer: EnvelopeWalker | null;
  readonly #walker: EnvelopeWalker;
  readonly #inserts: readonly Uint8Array[];
  readonly #update: Uint8Array;
  readonly #delete: Uint8Array;
  #first = 0;
  #hasBefore = false;
  /** Row of the new image, or -1. */
  #after = -1;
  readonly #onImage = (id: number, u8: Uint8Array, p: number, end: number): number => {
    if (u8[p] === 110) return skipNull(u8, p, end);
    if (u8[p] !== 123) return -1;
    const row = id === 0 ? this.#first : this.#first + 1;
    if (id === 0) this.#hasBefore = true;
    else this.#after = row;
    this.#parser.clear(row);
    return this.#parser.parse(u8, p + 1, end, row);
  };
  readonly #onPayload = (_id: number, u8: Uint8Array, p: number, end: number): number =>
    u8[p] === 123 ? this.#walker.walk(u8, p + 1, end, this.#onImage) : -1;

  constructor(dialect: ImagedDialect, parser: ObjectParser, metadata: MetadataReader) {
    this.#parser = parser;
    this.#metadata = metadata;
    const members = metadata.members.map((member) => member.name);
    this.#walker = new EnvelopeWalker(parser.marks, ['before', 'after', dialect.operation, ...members], 2);
    this.#outer = dialect.wrapped ? new EnvelopeWalker(parser.marks, ['payload'], 1) : null;
    this.#inserts = dialect.insert.map((name) => bytesOf(`"${name}"`));
    this.#update = bytesOf(`"${dialect.update}"`);
    this.#delete = bytesOf(`"${dialect.delete}"`);
  }

  decode(u8: Uint8Array, start: number, end: number, output: RowOutput, before: BeforeAdvance): number {
    this.#parser.marks.mark(start, end);
    const p = skipBlanks(u8, start, end);
    if (u8[p] !== 123) return -1;
    if (output.batch.rowCount + 2 > BATCH_ROWS) output.flush();
    if (this.#walk(u8, p + 1, end, output.batch) < 0) return -1;
    if (!this.#metadata.readSpans(this.#walker, FIRST_METADATA, u8)) return -1;
    return this.#emit(u8, output, before);
  }

  #walk(u8: Uint8Array, p: number, end: number, batch: Batch): number {
    this.#parser.bind(batch);
    this.#first = batch.rowCount;
    this.#hasBefore = false;
    this.#after = -1;
    this.#walker.starts.fill(-1);
    if (this.#outer) return this.#outer.walk(u8, p, end, this.#onPayload);
    return this.#walker.walk(u8, p, end, this.#onImage);
  }

  #emit(u8: Uint8Array, output: RowOutput, before: BeforeAdvance): number {
    const walker = this.#walker;
    if (walker.is(OPERATION, u8, this.#update)) {
      if (!this.#hasBefore || this.#after < 0) return -1;
      emitRow(output, RowKind.UPDATE_BEFORE, this.#metadata, before);
      emitRow(output, RowKind.UPDATE_AFTER, this.#metadata, before);
      return 2;
    }
    if (walker.is(OPERATION, u8, this.#delete)) {
      if (!this.#hasBefore) return -1;
      emitRow(output, RowKind.DELETE, this.#metadata, before);
      return 1;
    }
    if (this.#after < 0 || !this.#inserts.some((name) => walker.is(OPERATION, u8, name))) return -1;
    this.#parser.copy(this.#after, this.#first);
    emitRow(output, RowKind.INSERT, this.#metadata, before);
    return 1;
  }
}

/** The exact way through a tree. */
export function exactImagedChange(
  dialect: ImagedDialect,
  fields: readonly Field[],
  metadata: MetadataReader,
  rules: JsonRules,
): ExactEnvelope {
  const row = types.row(fields);
  const payload: Field[] = [
    { name: 'before', type: row },
    { name: 'after', type: row },
    { name: dialect.operation, type: types.string() },
  ];
  for (const member of metadata.members) if (!payload.some((field) => field.name === member.name)) payload.push(member);
  const read = envelopeReader(payload, rules);
  return {
    fields,
    changes(root, into, message, changes) {
      const members = read(payloadOf(root, dialect));
      into.read(members);
      const operation = members.get(dialect.operation) as string | null;
      if (operation === null)
        throw contentError('nullPointer', `The field "${dialect.operation}" of the message is missing or null.`);
      const image = (name: 'before' | 'after') => (members.get(name) ?? null) as readonly Value[] | null;
      if (dialect.insert.includes(operation))
        changes.push({ kind: RowKind.INSERT, row: imageIn(image('after'), 'after') });
      else if (operation === dialect.update) {
        const before = formerIn(image('before'), 'UPDATE', dialect);
        const after = imageIn(image('after'), 'after');
        changes.push({ kind: RowKind.UPDATE_BEFORE, row: before }, { kind: RowKind.UPDATE_AFTER, row: after });
      } else if (operation === dialect.delete)
        changes.push({ kind: RowKind.DELETE, row: formerIn(image('before'), 'DELETE', dialect) });
      else if (!rules.ignoreParseErrors)
        throw contentError(
          'io',
          `Unknown "${dialect.operation}" value "${operation}". The ${dialect.label} JSON message is '${message()}'`,
        );
    },
  };
}

function payloadOf(root: JsonNode, dialect: ImagedDialect): JsonNode {
  if (!dialect.wrapped) return root;
  const payload = root.kind === 'object' ? root.entries.get('payload') : undefined;
  if (!payload || payload.kind === 'null')
    throw contentError('nullPointer', 'The field "payload" of the message is missing or null.');
  return payload;
}

function imageIn(image: readonly Value[] | null, name: string): readonly Value[] {
  if (image) return image;
  throw contentError('nullPointer', `The field "${name}" of the message is missing or null.`);
}

function formerIn(image: readonly Value[] | null, kind: string, dialect: ImagedDialect): readonly Value[] {
  if (image) return image;
  throw contentError(
    'illegalState',
    `The "before" field of ${kind} message is null, if you are using ${dialect.postgres}, please check the Postgres table has been set REPLICA IDENTITY to FULL level.`,
  );
}
