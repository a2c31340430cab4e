/** One partition of an embedded topic as it is read: chunks of its file in the heap, message by message, up to the visible end. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Heap } from '../../types/heap.ts';
import { FRAME } from './message-frame.ts';
import type { MessageReader } from './message-reader.ts';
import type { TopicLog } from './topic-log.ts';

const CHUNK_BYTES = 1 << 20;
const decoder = new TextDecoder();

export interface PartitionPosition {
  readonly offset: number;
  readonly bytes: number;
}

export class EmbeddedPartition {
  readonly log: TopicLog;
  readonly partition: number;
  readonly #heap: Heap;
  readonly #descriptor: number;
  /** Of the next message. */
  #offset: number;
  #bytes: number;
  /** Exclusive end of a bounded read, in offsets. */
  readonly #stopOffset: number;
  #buffer = 0;
  #bufferBytes = 0;
  /** Unread bytes of the buffer. */
  #at = 0;
  #end = 0;

  constructor(heap: Heap, log: TopicLog, partition: number, start: PartitionPosition, stopOffset: number) {
    this.#heap = heap;
    this.log = log;
    this.partition = partition;
    this.#offset = start.offset;
    this.#bytes = start.bytes;
    this.#stopOffset = stopOffset;
    this.#descriptor = openSync(log.partitionPath(partition), 'r');
  }

  get position(): PartitionPosition {
    return { offset: this.#offset, bytes: this.#bytes };
  }

  /** The exclusive end of a bounded read, or null. */
  get stopOffset(): number | null {
    return Number.isFinite(this.#stopOffset) ? this.#stopOffset : null;
  }

  get isOver(): boolean {
    return this.#offset >= this.#stopOffset;
  }

  /** Decodes messages until the reader is full or nothing more is visible. A new chunk overwrites the old: all rows must have drained. */
  read(reader: MessageReader): void {
    while (!reader.isFull && !this.isOver) {
      if (this.#at + 4 > this.#end || !this.#isWhole()) {
        if (reader.queue.batch.rowCount > 0 || !this.#fill()) return;
        continue;
      }
      this.#readOne(reader);
    }
  }

  #isWhole(): boolean {
    return this.#at + 4 + this.#length(this.#at) <= this.#end;
  }

  #length(at: number): number {
    return this.#heap.view.getUint32(at, true);
  }

  #readOne(reader: MessageReader): void {
    const at = this.#at;
    const { view } = this.#heap;
    const keyLength = view.getInt32(at + FRAME.keyLength, true);
    const valueLength = view.getInt32(at + FRAME.valueLength, true);
    const headerCount = view.getUint32(at + FRAME.headerCount, true);
    const key = at + FRAME.key;
    const value = key + Math.max(0, keyLength);
    const { metadata } = reader;
    metadata.topic = this.log.name;
    metadata.partition = this.partition;
    metadata.offset = this.#offset;
    metadata.timestampMs =
      view.getInt32(at + FRAME.timestamp + 4, true) * 2 ** 32 + view.getUint32(at + FRAME.timestamp, true);
    metadata.headers =
      headerCount === 0 ? NO_HEADERS : () => readHeaders(this.#heap, value + Math.max(0, valueLength), headerCount);
    reader.decode(key, keyLength, value, valueLength);
    const frame = 4 + view.getUint32(at, true);
    this.#at += frame;
    this.#bytes += frame;
    this.#offset++;
  }

  /** Reads on from the file. False when nothing more is visible. */
  #fill(): boolean {
    const visible = this.log.ends()[this.partition]?.bytes ?? 0;
    const missing = visible - this.#bytes;
    if (missing <= 0) return false;
    const needed = this.#end - this.#at >= 4 ? 4 + this.#length(this.#at) : 0;
    const size = Math.max(CHUNK_BYTES, needed);
    if (size > this.#bufferBytes) {
      if (this.#bufferBytes > 0) this.#heap.free(this.#buffer, this.#bufferBytes);
      this.#buffer = this.#heap.allocate(size);
      this.#bufferBytes = size;
    }
    const length = Math.min(missing, this.#bufferBytes);
    const read = readSync(this.#descriptor, this.#heap.u8, this.#buffer, length, this.#bytes);
    this.#at = this.#buffer;
    this.#end = this.#buffer + read;
    return read > 0;
  }

  close(): void {
    closeSync(this.#descriptor);
    if (this.#bufferBytes > 0) this.#heap.free(this.#buffer, this.#bufferBytes);
  }
}

const NO_HEADERS = (): ReadonlyArray<readonly [string, Uint8Array | null]> => [];

function readHeaders(heap: Heap, from: number, count: number): Array<[string, Uint8Array | null]> {
  const headers: Array<[string, Uint8Array | null]> = [];
  let at = from;
  for (let i = 0; i < count; i++) {
    const view = new DataView(heap.memory.buffer, at, 8);
    const nameLength = view.getUint32(0, true);
    const valueLength = view.getInt32(4, true);
    const name = decoder.decode(heap.u8.slice(at + 8, at + 8 + nameLength));
    const start = at + 8 + nameLength;
    headers.push([name, valueLength < 0 ? null : heap.u8.slice(start, start + valueLength)]);
    at = start + Math.max(0, valueLength);
  }
  return headers;
}

/** Where an offset lies, or the first message at or after a time; the end when there is none. Walks the file frame by frame. */
export function findPosition(
  log: TopicLog,
  partition: number,
  isFound: (offset: number, timestampMs: number) => boolean,
): PartitionPosition {
  const end = log.ends()[partition] ?? { bytes: 0, offset: 0 };
  const descriptor = openSync(log.partitionPath(partition), 'r');
  const head = Buffer.alloc(FRAME.key);
  try {
    let bytes = 0;
    for (let offset = 0; offset < end.offset; offset++) {
      readSync(descriptor, head, 0, FRAME.key, bytes);
      if (isFound(offset, Number(head.readBigInt64LE(FRAME.timestamp)))) return { offset, bytes };
      bytes += 4 + head.readUInt32LE(0);
    }
    return end;
  } finally {
    closeSync(descriptor);
  }
}
