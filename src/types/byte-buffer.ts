/** Little-endian bytes, written into a buffer that grows, and read again. */
import { textOf } from './heap-bytes.ts';

export class ByteWriter {
  #bytes = Buffer.allocUnsafe(128);
  length = 0;

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = value;
  }
  i16(value: number): void {
    this.#reserve(2);
    this.length = this.#bytes.writeInt16LE(value, this.length);
  }
  i32(value: number): void {
    this.#reserve(4);
    this.length = this.#bytes.writeInt32LE(value | 0, this.length);
  }
  i64(value: bigint): void {
    this.#reserve(8);
    this.length = this.#bytes.writeBigInt64LE(BigInt.asIntN(64, value), this.length);
  }
  f32(value: number): void {
    this.#reserve(4);
    this.length = this.#bytes.writeFloatLE(value, this.length);
  }
  f64(value: number): void {
    this.#reserve(8);
    this.length = this.#bytes.writeDoubleLE(value, this.length);
  }
  /** Length (i32), then UTF-8. */
  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.i32(size);
    this.#reserve(size);
    this.#bytes.write(value, this.length, size, 'utf8');
    this.length += size;
  }
  /** Length (i32), then the bytes. */
  bytes(value: Uint8Array): void {
    this.i32(value.length);
    this.raw(value);
  }
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.length);
    this.length += value.length;
  }
  /** Leaves `count` zero bytes and returns where they begin. */
  zeros(count: number): number {
    this.#reserve(count);
    const start = this.length;
    this.#bytes.fill(0, start, start + count);
    this.length += count;
    return start;
  }
  setBit(start: number, bit: number): void {
    const at = start + (bit >> 3);
    this.#bytes[at] = (this.#bytes[at] as number) | (1 << (bit & 7));
  }
  /** A copy of what was written. */
  result(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.length));
  }
  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.length + count));
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }
  u8(): number {
    return this.#bytes[this.position++] as number;
  }
  i16(): number {
    this.position += 2;
    return this.#view.getInt16(this.position - 2, true);
  }
  i32(): number {
    this.position += 4;
    return this.#view.getInt32(this.position - 4, true);
  }
  i64(): bigint {
    this.position += 8;
    return this.#view.getBigInt64(this.position - 8, true);
  }
  f32(): number {
    this.position += 4;
    return this.#view.getFloat32(this.position - 4, true);
  }
  f64(): number {
    this.position += 8;
    return this.#view.getFloat64(this.position - 8, true);
  }
  text(): string {
    const start = this.position + 4;
    const end = start + this.i32();
    this.position = end;
    return textOf(this.#bytes, start, end);
  }
  bytes(): Uint8Array {
    const start = this.position + 4;
    const end = start + this.i32();
    this.position = end;
    return this.#bytes.slice(start, end);
  }
  bit(start: number, bit: number): boolean {
    return (((this.#bytes[start + (bit >> 3)] as number) >> (bit & 7)) & 1) === 1;
  }
}
