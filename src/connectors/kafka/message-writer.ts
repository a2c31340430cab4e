/** Rows to messages: value and key encoders, timestamps and headers from metadata columns, and the partition of each. */
import type { SinkContext } from '../../dataflow/sink.ts';
import { GrowingBytes } from '../../formats/bytes-out.ts';
import type { Encoder, EncodingFormat } from '../../formats/format.ts';
import type { Batch } from '../../types/batch.ts';
import { bytesOf } from '../../types/heap-bytes.ts';
import { readValue } from '../../types/lane-value.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { MapValue, Value } from '../../types/value.ts';
import type { TableContext } from '../connector.ts';
import type { MessageFields } from './key-fields.ts';
import type { MessageHeader } from './message-frame.ts';
import { murmur2Partition } from './partitioner.ts';
import type { SinkTopics } from './sink-topics.ts';

/** Chooses a partition from a key (null: no key). */
export type Partitioner = (key: Uint8Array | null) => number;

/** `sink.partitioner`: Kafka's own (hash of the key, one partition for null keys), fixed, or round-robin. */
export function createPartitioner(kind: string, partitions: number): Partitioner {
  if (kind === 'round-robin') {
    let next = 0;
    return () => next++ % partitions;
  }
  if (kind === 'fixed') return () => 0;
  return (key) => (key === null ? 0 : murmur2Partition(key, partitions));
}

export class MessageWriter {
  readonly #heap: SinkContext['heap'];
  readonly #value: Encoder;
  readonly #key: Encoder | null;
  readonly #keyBytes = new GrowingBytes(256);
  readonly #timestamp: MetadataColumn | null;
  readonly #headers: MetadataColumn | null;
  readonly #topic: MetadataColumn | null;
  readonly #topics: SinkTopics;

  constructor(
    topics: SinkTopics,
    table: TableContext,
    context: SinkContext,
    fields: MessageFields,
    value: EncodingFormat,
    key: EncodingFormat | null,
  ) {
    const inputOf = inputColumns(table, context);
    const { heap, timeZone } = context;
    this.#heap = heap;
    this.#value = value.createEncoder({
      fields: fields.value,
      columns: fields.valueIndexes.map(inputOf),
      heap,
      timeZone,
    });
    this.#key =
      key?.createEncoder({ fields: fields.key, columns: fields.keyIndexes.map(inputOf), heap, timeZone }) ?? null;
    this.#timestamp = metadataColumn(table, context, 'timestamp');
    this.#headers = metadataColumn(table, context, 'headers');
    this.#topic = metadataColumn(table, context, 'topic');
    this.#topics = topics;
  }

  /** The key of a row, or null. Valid until the next call. */
  key(batch: Batch, row: number): Uint8Array | null {
    if (!this.#key) return null;
    this.#keyBytes.length = 0;
    this.#key.encode(batch, row, this.#keyBytes);
    return this.#keyBytes.bytes.subarray(0, this.#keyBytes.length);
  }

  value(batch: Batch, row: number, output: GrowingBytes): void {
    this.#value.encode(batch, row, output);
  }

  /** The topic that the row goes to. */
  topic(batch: Batch, row: number): string {
    const { single } = this.#topics;
    if (single !== null) return single;
    const names = this.#topic && batch.columns[this.#topic.column];
    if (!names || names.nulls?.[row] === 1) return this.#topics.unnamed();
    return this.#topics.named(this.#heap.u8, names.lane0[row] as number, names.lane1?.[row] as number);
  }

  /** The message's own time in ms, or null where the table has no `timestamp` column. */
  timestampMs(batch: Batch, row: number): number | null {
    const value = this.#timestamp && read(batch, row, this.#timestamp, this.#heap);
    return value === null || value === undefined ? null : Number((value as bigint) / 1_000_000n);
  }

  headers(batch: Batch, row: number): readonly MessageHeader[] {
    const value = this.#headers && read(batch, row, this.#headers, this.#heap);
    if (!value) return [];
    return (value as MapValue).entries.map(([name, content]) => ({
      name: bytesOf(String(name)),
      value: content as Uint8Array | null,
    }));
  }
}

interface MetadataColumn {
  readonly column: number;
  readonly type: LogicalType;
}

function read(batch: Batch, row: number, { column, type }: MetadataColumn, heap: SinkContext['heap']): Value {
  const from = batch.columns[column];
  return from ? readValue(type, from, row, heap) : null;
}

/** Physical field index to the column of the input, or -1 for columns that a partial insert leaves out. */
function inputColumns(table: TableContext, context: SinkContext): (physical: number) => number {
  const physical = table.table.columns.flatMap((column, i) => (column.metadata === undefined ? [i] : []));
  return (index) => context.targetColumns.indexOf(physical[index] as number);
}

function metadataColumn(table: TableContext, context: SinkContext, key: string): MetadataColumn | null {
  const index = table.table.columns.findIndex((column) => column.metadata === key && column.virtual !== true);
  const column = context.targetColumns.indexOf(index);
  const type = context.inputTypes[column];
  return index < 0 || column < 0 || !type ? null : { column, type };
}
