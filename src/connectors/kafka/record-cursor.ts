/** Steps through the records of fetched partitions and hands each message, where it lies in the heap, to its decoders. */
import type { Heap } from '../../types/heap.ts';
import { readBytes, readText } from '../../types/heap-bytes.ts';
import type { FetchedRecords } from './fetcher.ts';
import type { MessageMetadata } from './message-reader.ts';
import { type RecordRun, type RecordSet, readRecordSet } from './record-set.ts';

/** Who takes messages: the decoders of a table, or whoever looks for something in a topic. */
export interface MessageTarget {
  readonly metadata: MessageMetadata;
  readonly isFull: boolean;
  decode(keyAddress: number, keyLength: number, valueAddress: number, valueLength: number): void;
}

const NO_SET: RecordSet = { runs: [], regions: [] };

export class RecordCursor {
  readonly #heap: Heap;
  #fetched: FetchedRecords | null = null;
  #set: RecordSet = NO_SET;
  #run = 0;
  #record = 0;
  #at = 0;
  /** Where the last variable-length integer ended. */
  #behind = 0;
  /** Where the headers of the newest message are. */
  #headersAt = 0;
  readonly #headers = () => this.#readHeaders();

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  get isOpen(): boolean {
    return this.#fetched !== null;
  }

  open(fetched: FetchedRecords): void {
    this.#fetched = fetched;
    this.#set = readRecordSet(
      this.#heap,
      fetched.records,
      fetched.aborted,
      `Topic '${fetched.topic}', partition ${fetched.partition}`,
    );
    this.#begin(0);
  }

  #begin(run: number): void {
    this.#run = run;
    this.#record = 0;
    this.#at = this.#set.runs[run]?.address ?? 0;
  }

  /**
   * Decodes records in [from, stop) until the reader is full or the records are over; the offset to go on from. At the end of the fetched
   * records that is the offset behind them, control records included.
   */
  read(reader: MessageTarget, from: number, stop: number): number {
    const fetched = this.#fetched as FetchedRecords;
    const { metadata } = reader;
    metadata.topic = fetched.topic;
    metadata.partition = fetched.partition;
    metadata.headers = this.#headers;
    let next = from;
    while (!reader.isFull) {
      const run = this.#set.runs[this.#run];
      if (!run || next >= stop) {
        this.#close();
        return Math.max(next, Math.min(fetched.nextOffset, stop));
      }
      if (this.#record === run.count) this.#begin(this.#run + 1);
      else next = this.#step(reader, run, next, stop);
    }
    return next;
  }

  #step(reader: MessageTarget, run: RecordRun, from: number, stop: number): number {
    const u8 = this.#heap.u8;
    const length = this.#varint(u8, this.#at);
    const start = this.#behind;
    const timeDelta = this.#varlong(u8, start + 1);
    const offset = run.baseOffset + this.#varint(u8, this.#behind);
    this.#at = start + length;
    this.#record++;
    if (offset < from) return from;
    if (offset >= stop) return stop;
    const keyLength = this.#varint(u8, this.#behind);
    const key = this.#behind;
    const valueLength = this.#varint(u8, key + Math.max(keyLength, 0));
    const value = this.#behind;
    const { metadata } = reader;
    metadata.offset = offset;
    metadata.timestampMs = run.appendTime ?? run.firstTimestamp + timeDelta;
    metadata.timestampType = run.hasNoTime
      ? 'NoTimestampType'
      : run.appendTime === null
        ? 'CreateTime'
        : 'LogAppendTime';
    metadata.leaderEpoch = run.leaderEpoch < 0 ? null : run.leaderEpoch;
    this.#headersAt = value + Math.max(valueLength, 0);
    reader.decode(key, keyLength, value, valueLength);
    return offset + 1;
  }

  #readHeaders(): Array<readonly [string, Uint8Array | null]> {
    const u8 = this.#heap.u8;
    const count = this.#varint(u8, this.#headersAt);
    const found: Array<readonly [string, Uint8Array | null]> = [];
    for (let i = 0; i < count; i++) {
      const nameLength = this.#varint(u8, this.#behind);
      const name = this.#behind;
      const length = this.#varint(u8, name + nameLength);
      const value = this.#behind;
      found.push([readText(this.#heap, name, nameLength), length < 0 ? null : readBytes(this.#heap, value, length)]);
      this.#behind = value + Math.max(length, 0);
    }
    return found;
  }

  /** A zig-zag integer of at most 32 bits. */
  #varint(u8: Uint8Array, position: number): number {
    let at = position;
    let byte = u8[at++] as number;
    let value = byte & 127;
    for (let shift = 7; byte > 127 && shift < 32; shift += 7) {
      byte = u8[at++] as number;
      value |= (byte & 127) << shift;
    }
    this.#behind = at;
    return (value >>> 1) ^ -(value & 1);
  }

  /** A zig-zag integer below 2^53. */
  #varlong(u8: Uint8Array, position: number): number {
    let at = position;
    let byte = u8[at++] as number;
    let value = byte & 127;
    for (let factor = 128; byte > 127; factor *= 128) {
      byte = u8[at++] as number;
      value += (byte & 127) * factor;
    }
    this.#behind = at;
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #close(): void {
    for (const { address, bytes } of this.#set.regions) this.#heap.free(address, bytes);
    this.#fetched?.release();
    this.#fetched = null;
    this.#set = NO_SET;
  }

  /** Gives back what is still held. */
  dispose(): void {
    if (this.#fetched) this.#close();
  }
}
