/** Messages of an epoch (frames) as record batches (v2) that a producer can send. */
import { crc32c } from '../../base/crc32c.ts';
import { GrowingBytes, putBytes } from '../../formats/bytes-out.ts';
import { COMPRESSION_TYPES, type CompressionType, pack } from './compression.ts';
import { FRAME } from './message-frame.ts';

const HEAD_BYTES = 61;
const BATCH_BYTES_MAX = 900_000;

/** A batch whose producer fields are still to be filled in by {@link sealBatch}. */
export interface PendingBatch {
  readonly partition: number;
  readonly bytes: Buffer;
  readonly count: number;
  /** What its records are packed with. */
  readonly codec: CompressionType;
}

/** Splits frames by partition into batches below the broker's usual limit. */
export function batchesOf(frames: Uint8Array, partitionOf: (key: Uint8Array | null) => number): PendingBatch[] {
  const open = new Map<number, BatchBuilder>();
  const done: PendingBatch[] = [];
  const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength);
  for (let at = 0; at < frames.length; at += 4 + view.getUint32(at, true)) {
    const keyLength = view.getInt32(at + FRAME.keyLength, true);
    const key = keyLength < 0 ? null : frames.subarray(at + FRAME.key, at + FRAME.key + keyLength);
    const partition = partitionOf(key);
    let builder = open.get(partition);
    const frameBytes = 4 + view.getUint32(at, true);
    if (builder && builder.length + frameBytes > BATCH_BYTES_MAX) {
      done.push(builder.finish());
      builder = undefined;
    }
    if (!builder) {
      builder = new BatchBuilder(partition, Number(view.getBigInt64(at + FRAME.timestamp, true)));
      open.set(partition, builder);
    }
    builder.add(frames, view, at);
  }
  for (const builder of open.values()) done.push(builder.finish());
  return done;
}

/** One record with a key and a value, as a batch. */
export function singleRecord(partition: number, timestampMs: number, key: Uint8Array, value: Uint8Array): PendingBatch {
  const builder = new BatchBuilder(partition, timestampMs);
  builder.record(timestampMs, key, value, 0, () => {});
  return builder.finish();
}

/** The batch with its records packed, as brokers keep it. */
export async function packBatch(batch: PendingBatch, codec: CompressionType): Promise<PendingBatch> {
  if (codec === 'none') return batch;
  const packed = await pack(codec, batch.bytes.subarray(HEAD_BYTES));
  const bytes = Buffer.concat([batch.bytes.subarray(0, HEAD_BYTES), packed]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  return { ...batch, bytes, codec };
}

/** Fills in who sends the batch, and its checksum. */
export function sealBatch(
  batch: PendingBatch,
  producer: { readonly id: bigint; readonly epoch: number; readonly sequence: number; readonly transactional: boolean },
): Buffer {
  const { bytes } = batch;
  bytes.writeInt16BE((producer.transactional ? 16 : 0) | COMPRESSION_TYPES.indexOf(batch.codec), 21);
  bytes.writeBigInt64BE(producer.id, 43);
  bytes.writeInt16BE(producer.epoch, 51);
  bytes.writeInt32BE(producer.sequence, 53);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

class BatchBuilder {
  readonly #partition: number;
  readonly #firstTimestamp: number;
  #maxTimestamp: number;
  readonly #out = new GrowingBytes(1 << 16);
  readonly #record = new GrowingBytes(1 << 10);
  #count = 0;

  constructor(partition: number, firstTimestamp: number) {
    this.#partition = partition;
    this.#firstTimestamp = firstTimestamp;
    this.#maxTimestamp = firstTimestamp;
    this.#out.length = HEAD_BYTES;
  }

  get length(): number {
    return this.#out.length;
  }

  add(frames: Uint8Array, view: DataView, at: number): void {
    const timestamp = Number(view.getBigInt64(at + FRAME.timestamp, true));
    const keyLength = view.getInt32(at + FRAME.keyLength, true);
    const valueLength = view.getInt32(at + FRAME.valueLength, true);
    const key = at + FRAME.key;
    const value = key + Math.max(0, keyLength);
    this.record(
      timestamp,
      keyLength < 0 ? null : frames.subarray(key, value),
      valueLength < 0 ? null : frames.subarray(value, value + valueLength),
      view.getUint32(at + FRAME.headerCount, true),
      (count) => putHeaders(this.#record, frames, view, value + Math.max(0, valueLength), count),
    );
  }

  record(
    timestampMs: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headerCount: number,
    putHeadersOf: (count: number) => void,
  ): void {
    const record = this.#record;
    record.length = 0;
    record.reserve(1);
    record.bytes[record.length++] = 0;
    putVarint(record, timestampMs - this.#firstTimestamp);
    putVarint(record, this.#count);
    putNullable(record, key);
    putNullable(record, value);
    putVarint(record, headerCount);
    putHeadersOf(headerCount);
    putVarint(this.#out, record.length);
    putBytes(this.#out, record.bytes.subarray(0, record.length));
    this.#maxTimestamp = Math.max(this.#maxTimestamp, timestampMs);
    this.#count++;
  }

  finish(): PendingBatch {
    const bytes = Buffer.from(this.#out.take());
    bytes.fill(0, 0, HEAD_BYTES);
    bytes.writeInt32BE(bytes.length - 12, 8);
    bytes.writeInt32BE(-1, 12);
    bytes.writeInt8(2, 16);
    bytes.writeInt32BE(this.#count - 1, 23);
    bytes.writeBigInt64BE(BigInt(this.#firstTimestamp), 27);
    bytes.writeBigInt64BE(BigInt(this.#maxTimestamp), 35);
    bytes.writeInt32BE(this.#count, 57);
    return { partition: this.#partition, bytes, count: this.#count, codec: 'none' };
  }
}

function putHeaders(out: GrowingBytes, frames: Uint8Array, view: DataView, position: number, count: number): void {
  let at = position;
  for (let i = 0; i < count; i++) {
    const nameLength = view.getUint32(at, true);
    const valueLength = view.getInt32(at + 4, true);
    const value = at + 8 + nameLength;
    putVarint(out, nameLength);
    putBytes(out, frames.subarray(at + 8, value));
    putNullable(out, valueLength < 0 ? null : frames.subarray(value, value + valueLength));
    at = value + Math.max(0, valueLength);
  }
}

function putNullable(out: GrowingBytes, bytes: Uint8Array | null): void {
  putVarint(out, bytes ? bytes.length : -1);
  if (bytes) putBytes(out, bytes);
}

/** A zig-zag integer below 2^52. */
function putVarint(out: GrowingBytes, value: number): void {
  out.reserve(10);
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  while (rest > 127) {
    out.bytes[out.length++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  out.bytes[out.length++] = rest;
}
