/**
 * BITMAP: a set of 32-bit integers as the bytes of the portable Roaring format without run containers, which are canonical. Sets are
 * taken out as ascending unsigned numbers.
 */
import { EngineError } from '../base/error.ts';

const COOKIE = 12_346;
const RUN_COOKIE = 12_347;
const ARRAY_LIMIT = 4096;
const BITSET_BYTES = 8192;
const TEXT_LIMIT = 100_000;

/** Bytes of a set; the values may be in any order and repeat. Negative integers count as unsigned. */
export function encodeBitmap(values: Iterable<number>): Uint8Array {
  const sorted = Uint32Array.from(new Set([...values].map((value) => value >>> 0))).sort();
  const containers = new Map<number, number[]>();
  for (const value of sorted) {
    const list = containers.get(value >>> 16);
    if (list) list.push(value & 0xffff);
    else containers.set(value >>> 16, [value & 0xffff]);
  }
  return writeContainers(containers);
}

function containerBytes(cardinality: number): number {
  return cardinality <= ARRAY_LIMIT ? cardinality * 2 : BITSET_BYTES;
}

function writeContainers(containers: ReadonlyMap<number, readonly number[]>): Uint8Array {
  let offset = 8 + containers.size * 8;
  let total = offset;
  for (const list of containers.values()) total += containerBytes(list.length);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, COOKIE, true);
  view.setUint32(4, containers.size, true);
  let index = 0;
  for (const [key, list] of containers) {
    view.setUint16(8 + index * 4, key, true);
    view.setUint16(10 + index * 4, list.length - 1, true);
    view.setUint32(8 + containers.size * 4 + index * 4, offset, true);
    for (let i = 0; i < list.length; i++) {
      const low = list[i] as number;
      if (list.length <= ARRAY_LIMIT) view.setUint16(offset + i * 2, low, true);
      else bytes[offset + (low >> 3)] = (bytes[offset + (low >> 3)] as number) | (1 << (low & 7));
    }
    offset += containerBytes(list.length);
    index++;
  }
  return bytes;
}

function broken(reason: string, cause?: EngineError): EngineError {
  return new EngineError('JOB_FAILED', `Failed to deserialize bitmap from bytes: ${reason}`, {
    exceptionClass: 'org.apache.flink.table.api.TableRuntimeException',
    ...(cause ? { cause } : {}),
  });
}

function wrongCookie(cookie: number): EngineError {
  const message = `I failed to find one of the right cookies. ${cookie | 0}`;
  const exceptionClass = 'org.roaringbitmap.InvalidRoaringFormat';
  return broken('unknown cookie', new EngineError('JOB_FAILED', message, { exceptionClass }));
}

/** Values of a bitmap, ascending as unsigned numbers; also reads run containers. Throws on bytes of another kind. */
export function decodeBitmap(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return Uint32Array.from(readValues(view));
  } catch (error) {
    throw error instanceof RangeError ? broken('unexpected end') : error;
  }
}

function readValues(view: DataView): number[] {
  const cookie = view.getUint32(0, true);
  const runs = (cookie & 0xffff) === RUN_COOKIE;
  if (!runs && cookie !== COOKIE) throw wrongCookie(cookie);
  const count = runs ? (cookie >>> 16) + 1 : view.getUint32(4, true);
  const flags = 4;
  const head = runs ? 4 + ((count + 7) >> 3) : 8;
  let at = head + count * 4 + (!runs || count >= 4 ? count * 4 : 0);
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    const base = view.getUint16(head + i * 4, true) * 65_536;
    const cardinality = view.getUint16(head + i * 4 + 2, true) + 1;
    const isRun = runs && ((view.getUint8(flags + (i >> 3)) >> (i & 7)) & 1) === 1;
    at = isRun ? readRuns(view, at, base, values) : readContainer(view, at, base, cardinality, values);
  }
  return values;
}

function readRuns(view: DataView, start: number, base: number, values: number[]): number {
  const count = view.getUint16(start, true);
  for (let i = 0; i < count; i++) {
    const first = view.getUint16(start + 2 + i * 4, true);
    const length = view.getUint16(start + 4 + i * 4, true);
    for (let value = first; value <= first + length; value++) values.push(base + value);
  }
  return start + 2 + count * 4;
}

function readContainer(view: DataView, start: number, base: number, cardinality: number, values: number[]): number {
  if (cardinality <= ARRAY_LIMIT) {
    for (let i = 0; i < cardinality; i++) values.push(base + view.getUint16(start + i * 2, true));
    return start + cardinality * 2;
  }
  for (let byte = 0; byte < BITSET_BYTES; byte++) {
    const bits = view.getUint8(start + byte);
    for (let bit = 0; bit < 8; bit++) if ((bits >> bit) & 1) values.push(base + byte * 8 + bit);
  }
  return start + BITSET_BYTES;
}

/** Number of values, without taking them out. */
export function bitmapCardinality(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(4, true);
  let total = 0;
  for (let i = 0; i < count; i++) total += view.getUint16(10 + i * 4, true) + 1;
  return total;
}

export type BitmapOperation = 'and' | 'or' | 'xor' | 'andnot';

/** Combines two bitmaps. */
export function combineBitmaps(operation: BitmapOperation, a: Uint8Array, b: Uint8Array): Uint8Array {
  const left = decodeBitmap(a);
  const right = decodeBitmap(b);
  const inRight = new Set(right);
  if (operation === 'and') return encodeBitmap(left.filter((value) => inRight.has(value)));
  if (operation === 'andnot') return encodeBitmap(left.filter((value) => !inRight.has(value)));
  if (operation === 'or') return encodeBitmap([...left, ...right]);
  const inLeft = new Set(left);
  return encodeBitmap([...left.filter((v) => !inRight.has(v)), ...right.filter((v) => !inLeft.has(v))]);
}

/** `{1,2,3}`, ascending as unsigned; a very long set ends in `...`. */
export function bitmapText(bytes: Uint8Array): string {
  const values = decodeBitmap(bytes);
  if (values.length <= TEXT_LIMIT) return `{${values.join(',')}}`;
  return `{${values.subarray(0, TEXT_LIMIT).join(',')},...}`;
}
