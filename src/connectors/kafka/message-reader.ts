/** Messages to rows: value and key decoders, and the connector's own metadata, into one queue of batches. */
import { EngineError } from '../../base/error.ts';
import type { SourceContext } from '../../dataflow/source.ts';
import type { Decoder, DecodingFormat, RowOutput } from '../../formats/format.ts';
import type { Column, Lane } from '../../types/column.ts';
import { LaneSlots, unboxFor } from '../../types/lane-value.ts';
import { type Field, types } from '../../types/logical-type.ts';
import { RowKind } from '../../types/row-kind.ts';
import { MapValue, type Value } from '../../types/value.ts';
import { BatchQueue } from '../batch-queue.ts';
import { BoxedRowReader } from '../boxed-rows.ts';
import { locatedError } from '../located-error.ts';
import type { MessageFields } from './key-fields.ts';

/** Metadata of the connector itself; keys of the value format come after `value.`. */
export const KAFKA_METADATA: readonly Field[] = [
  { name: 'topic', type: types.string(false) },
  { name: 'partition', type: types.int(false) },
  { name: 'headers', type: types.map(types.string(), types.bytes(), false) },
  { name: 'leader-epoch', type: types.int() },
  { name: 'offset', type: types.bigint(false) },
  { name: 'timestamp', type: types.timestampLtz(3, false) },
  { name: 'timestamp-type', type: types.string(false) },
];

/** What is known of the message that is being decoded; one object, reused. */
export interface MessageMetadata {
  topic: string;
  partition: number;
  offset: number;
  timestampMs: number;
  timestampType: 'NoTimestampType' | 'CreateTime' | 'LogAppendTime';
  leaderEpoch: number | null;
  /** Read only when a column asks for it. */
  headers: () => ReadonlyArray<readonly [string, Uint8Array | null]>;
}

/** What a reader fills in before each message is decoded. */
export function emptyMetadata(topic: string): MessageMetadata {
  return {
    topic,
    partition: 0,
    offset: 0,
    timestampMs: 0,
    timestampType: 'CreateTime',
    leaderEpoch: null,
    headers: () => [],
  };
}

/** Rows after which a batch is handed on; the rest of the batch is room for the last message. */
const BATCH_FILL = 1000;

export class MessageReader {
  readonly metadata = emptyMetadata('');
  readonly queue: BatchQueue;
  readonly #value: Decoder;
  readonly #key: Decoder | null;
  readonly #keyQueue: BatchQueue | null;
  readonly #keyRows: BoxedRowReader | null;
  readonly #fills: ReadonlyArray<(row: number) => void>;
  readonly #beforeAdvance: ((row: number) => void) | null;
  readonly #isUpsert: boolean;
  /** Fills a row that is known by its key alone. */
  readonly #removedFills: ReadonlyArray<(row: number) => void>;
  #keyValues: readonly Value[] = [];
  readonly #replacing: RowOutput;

  constructor(context: SourceContext, fields: MessageFields, value: DecodingFormat, key: DecodingFormat | null) {
    const produced = context.produced;
    this.queue = new BatchQueue(produced.map(({ field }) => field.type));
    const valueColumns = [];
    const fills: Array<(row: number) => void> = [];
    for (const [target, { column, field }] of produced.entries()) {
      if (column.kind === 'metadata') {
        const own = this.#ownMetadata(context, column.key, target, field);
        if (own) fills.push(own);
        else valueColumns.push({ metadata: column.key.replace(/^value\./, ''), type: field.type, target });
      } else if (fields.value.some((each) => each.name === column.path[0]))
        valueColumns.push({ path: column.path, type: field.type, target });
      else fills.push(this.#keyFill(context, fields, column.path, target, field));
    }
    const { heap, timeZone } = context;
    this.#value = value.createDecoder({ heap, timeZone, fields: fields.value, columns: valueColumns });
    this.#fills = fills;
    this.#isUpsert = fields.isUpsert ?? false;
    this.#removedFills = this.#isUpsert ? this.#removalFills(context, fields) : [];
    this.#replacing = this.#isUpsert ? new ReplacingOutput(this.queue) : this.queue;
    this.#beforeAdvance = fills.length === 0 ? null : (row) => this.#fillRow(row);
    const needsKey =
      key !== null &&
      (fields.isUpsert ||
        produced.some(
          ({ column }) => column.kind === 'physical' && !fields.value.some((each) => each.name === column.path[0]),
        ));
    const keyTypes = fields.key.map((field) => field.type);
    this.#keyQueue = needsKey ? new BatchQueue(keyTypes) : null;
    this.#keyRows = needsKey ? new BoxedRowReader(keyTypes, heap) : null;
    this.#key = needsKey
      ? key.createDecoder({
          heap,
          timeZone,
          fields: fields.key,
          columns: fields.key.map((field, target) => ({ path: [field.name], type: field.type, target })),
        })
      : null;
  }

  /** True when enough rows wait for a batch to be handed on. */
  get isFull(): boolean {
    return this.queue.readyCount > 0 || this.queue.batch.rowCount >= BATCH_FILL;
  }

  /** Decodes the message that `metadata` describes; lengths of -1 mean null. */
  decode(keyAddress: number, keyLength: number, valueAddress: number, valueLength: number): void {
    try {
      if (this.#key) this.#decodeKey(keyAddress, keyLength);
      if (this.#isUpsert && valueLength < 0) this.#remove();
      else this.#value.decode(valueAddress, valueLength, this.#replacing, this.#beforeAdvance);
    } catch (error) {
      const { topic, partition, offset } = this.metadata;
      throw locatedError(error, `topic '${topic}', partition ${partition}, offset ${offset}`);
    }
  }

  #remove(): void {
    const { batch } = this.queue;
    for (const fill of this.#removedFills) fill(batch.rowCount);
    this.queue.advance(RowKind.DELETE);
  }

  #removalFills(context: SourceContext, fields: MessageFields): Array<(row: number) => void> {
    return context.produced.map(({ column, field }, target) => {
      if (column.kind === 'metadata')
        return this.#ownMetadata(context, column.key, target, field) ?? this.#fill(context, target, field, () => null);
      const isKey = fields.columnNames.includes(column.path[0] ?? '');
      return isKey
        ? this.#keyFill(context, fields, column.path, target, field)
        : this.#fill(context, target, field, () => null);
    });
  }

  #decodeKey(address: number, length: number): void {
    const queue = this.#keyQueue as BatchQueue;
    this.#keyValues = [];
    if (length < 0) return;
    this.#key?.decode(address, length, queue, null);
    queue.flush();
    const batch = queue.take();
    if (batch && batch.rowCount > 0) this.#keyValues = (this.#keyRows as BoxedRowReader).row(batch, 0);
    queue.take();
  }

  #fillRow(row: number): void {
    for (const fill of this.#fills) fill(row);
  }

  #keyFill(
    context: SourceContext,
    fields: MessageFields,
    path: readonly string[],
    target: number,
    field: Field,
  ): (row: number) => void {
    const at = fields.columnNames.indexOf(path[0] ?? '');
    if (at < 0 || path.length > 1) throw new EngineError('INTERNAL', `no key column ${path.join('.')}`);
    return this.#fill(context, target, field, () => this.#keyValues[at] ?? null);
  }

  #ownMetadata(context: SourceContext, key: string, target: number, field: Field): ((row: number) => void) | null {
    const read = METADATA_VALUES[key];
    return read ? this.#fill(context, target, field, () => read(this.metadata)) : null;
  }

  #fill(context: SourceContext, target: number, field: Field, read: () => Value): (row: number) => void {
    const unbox = unboxFor(field.type);
    const slots = new LaneSlots();
    return (row) => {
      const column = this.queue.batch.columns[target] as Column;
      const value = read();
      if (column.nulls) column.nulls[row] = value === null ? 1 : 0;
      if (value === null) return;
      unbox(context.heap, value, slots);
      (column.lane0 as Lane & { [row: number]: number | bigint })[row] = slots.a;
      if (column.lane1) (column.lane1 as Lane & { [row: number]: number | bigint })[row] = slots.b;
    };
  }
}

/** Every row that comes replaces the one before. */
class ReplacingOutput implements RowOutput {
  readonly #queue: BatchQueue;
  constructor(queue: BatchQueue) {
    this.#queue = queue;
  }
  get batch(): RowOutput['batch'] {
    return this.#queue.batch;
  }
  advance(): void {
    this.#queue.advance(RowKind.UPDATE_AFTER);
  }
  flush(): void {
    this.#queue.flush();
  }
}

const METADATA_VALUES: Readonly<Record<string, (metadata: MessageMetadata) => Value>> = {
  topic: (m) => m.topic,
  partition: (m) => m.partition,
  offset: (m) => BigInt(m.offset),
  timestamp: (m) => BigInt(m.timestampMs) * 1_000_000n,
  'timestamp-type': (m) => m.timestampType,
  'leader-epoch': (m) => m.leaderEpoch,
  headers: (m) => new MapValue([...new Map(m.headers())]),
};
