/** Kafka's binary protocol: requests written, responses read. The versions used here need no flexible fields. */
import { EngineError } from '../../base/error.ts';
import { textOf } from '../../types/heap-bytes.ts';

/** Keys and versions of the requests that are sent: all known to brokers from 2.1 to 4.x. */
export const api = {
  produce: { key: 0, version: 7 },
  fetch: { key: 1, version: 11 },
  listOffsets: { key: 2, version: 5 },
  metadata: { key: 3, version: 8 },
  offsetCommit: { key: 8, version: 7 },
  offsetFetch: { key: 9, version: 5 },
  findCoordinator: { key: 10, version: 2 },
  saslHandshake: { key: 17, version: 1 },
  apiVersions: { key: 18, version: 0 },
  createTopics: { key: 19, version: 4 },
  initProducerId: { key: 22, version: 1 },
  addPartitionsToTxn: { key: 24, version: 1 },
  endTxn: { key: 26, version: 1 },
  describeConfigs: { key: 32, version: 2 },
  saslAuthenticate: { key: 36, version: 1 },
} as const;

export type Api = (typeof api)[keyof typeof api];

export class WireWriter {
  #bytes = Buffer.allocUnsafe(512);
  length = 0;

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.length + more));
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
  }
  i8(value: number): this {
    this.#reserve(1);
    this.length = this.#bytes.writeInt8(value, this.length);
    return this;
  }
  i16(value: number): this {
    this.#reserve(2);
    this.length = this.#bytes.writeInt16BE(value, this.length);
    return this;
  }
  i32(value: number): this {
    this.#reserve(4);
    this.length = this.#bytes.writeInt32BE(value, this.length);
    return this;
  }
  i64(value: number | bigint): this {
    this.#reserve(8);
    this.length = this.#bytes.writeBigInt64BE(BigInt(value), this.length);
    return this;
  }
  string(value: string | null): this {
    if (value === null) return this.i16(-1);
    const size = Buffer.byteLength(value);
    this.i16(size);
    this.#reserve(size);
    this.length += this.#bytes.write(value, this.length, 'utf8');
    return this;
  }
  /** Length (i32), then the bytes. */
  bytes(value: Uint8Array): this {
    this.i32(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.length);
    this.length += value.length;
    return this;
  }
  /** A count (i32), then each item. */
  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.i32(items.length);
    for (const item of items) write(item);
    return this;
  }
  result(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }
}

export class WireReader {
  readonly #bytes: Buffer;
  position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  i8(): number {
    return this.#bytes.readInt8(this.#step(1));
  }
  i16(): number {
    return this.#bytes.readInt16BE(this.#step(2));
  }
  i32(): number {
    return this.#bytes.readInt32BE(this.#step(4));
  }
  /** Offsets and times: exact below 2^53. */
  i64(): number {
    return Number(this.#bytes.readBigInt64BE(this.#step(8)));
  }
  big(): bigint {
    return this.#bytes.readBigInt64BE(this.#step(8));
  }
  string(): string | null {
    const size = this.i16();
    if (size < 0) return null;
    const start = this.#step(size);
    return textOf(this.#bytes, start, start + size);
  }
  bytes(): Buffer | null {
    const size = this.i32();
    if (size < 0) return null;
    const start = this.#step(size);
    return this.#bytes.subarray(start, start + size);
  }
  array<T>(read: () => T): T[] {
    const count = this.i32();
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read());
    return items;
  }
  #step(size: number): number {
    const start = this.position;
    if (start + size > this.#bytes.length)
      throw new EngineError('CONNECTOR_KAFKA_PROTOCOL', 'A response of the Kafka broker is shorter than it says.', {
        exceptionClass: 'org.apache.kafka.common.protocol.types.SchemaException',
        retryable: true,
      });
    this.position += size;
    return start;
  }
}
