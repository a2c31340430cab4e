/** Fetched record batches (v2) in the heap: checked, unpacked, without control records and what was aborted. */
import { crc32c } from '../../base/crc32c.ts';
import type { Heap } from '../../types/heap.ts';
import { damaged, unpack } from './compression.ts';

/** Records of one batch, in the heap. */
export interface RecordRun {
  readonly address: number;
  readonly end: number;
  readonly count: number;
  readonly baseOffset: number;
  readonly firstTimestamp: number;
  /** The time of all its records when the broker sets it, else null. */
  readonly appendTime: number | null;
  readonly hasNoTime: boolean;
  readonly leaderEpoch: number;
}

/** Room in the heap that unpacked runs lie in. */
interface HeapRegion {
  readonly address: number;
  readonly bytes: number;
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface RecordSet {
  readonly runs: readonly RecordRun[];
  readonly regions: readonly HeapRegion[];
}

const HEAD_BYTES = 61;
const LENGTH_AT = 8;
const OVERHEAD_BYTES = 12;
const CRC_FROM = 21;

/** Where the whole batches of fetched bytes end, and the offset behind them (-1: there is none). What follows is the start of another one. */
export function wholeBatches(records: Buffer): { bytes: number; nextOffset: number } {
  let nextOffset = -1;
  let bytes = 0;
  while (bytes + HEAD_BYTES <= records.length) {
    const size = records.readInt32BE(bytes + LENGTH_AT) + OVERHEAD_BYTES;
    if (bytes + size > records.length) break;
    nextOffset = Number(records.readBigInt64BE(bytes)) + records.readInt32BE(bytes + 23) + 1;
    bytes += size;
  }
  return { bytes, nextOffset };
}

/** `records` lie in the heap. Throws when a batch is damaged. `where` names the partition in errors. */
export function readRecordSet(
  heap: Heap,
  records: Buffer,
  aborted: readonly AbortedTransaction[],
  where: string,
): RecordSet {
  const runs: RecordRun[] = [];
  const regions: HeapRegion[] = [];
  const filter = new AbortedFilter(aborted);
  for (let at = 0; at + HEAD_BYTES <= records.length; ) {
    const size = records.readInt32BE(at + LENGTH_AT) + OVERHEAD_BYTES;
    if (at + size > records.length) break;
    const batch = records.subarray(at, at + size);
    checkBatch(batch, where);
    const attributes = batch.readInt16BE(21);
    if (!filter.hides(batch, attributes)) {
      runs.push(runOf(heap, batch, attributes, regions));
    }
    at += size;
  }
  return { runs, regions };
}

function copyIn(heap: Heap, bytes: Uint8Array, regions: HeapRegion[]): number {
  const address = heap.allocate(bytes.length);
  heap.u8.set(bytes, address);
  regions.push({ address, bytes: bytes.length });
  return address;
}

function checkBatch(batch: Buffer, where: string): void {
  const magic = batch.readInt8(16);
  if (magic !== 2) throw damaged(`${where}: records of message format ${magic} are not supported (needed: 2).`);
  if (crc32c(batch.subarray(CRC_FROM)) !== batch.readUInt32BE(17))
    throw damaged(`${where}: the checksum of the batch at offset ${batch.readBigInt64BE(0)} does not match.`);
}

function runOf(heap: Heap, batch: Buffer, attributes: number, regions: HeapRegion[]): RecordRun {
  const firstTimestamp = Number(batch.readBigInt64BE(27));
  const byBroker = (attributes & 8) !== 0;
  const common = {
    count: batch.readInt32BE(57),
    baseOffset: Number(batch.readBigInt64BE(0)),
    firstTimestamp,
    appendTime: byBroker ? Number(batch.readBigInt64BE(35)) : null,
    hasNoTime: firstTimestamp < 0,
    leaderEpoch: batch.readInt32BE(12),
  };
  const codec = attributes & 7;
  if (codec === 0) return { ...common, address: batch.byteOffset + HEAD_BYTES, end: batch.byteOffset + batch.length };
  const unpacked = unpack(codec, Buffer.from(batch.subarray(HEAD_BYTES)));
  const address = copyIn(heap, unpacked, regions);
  return { ...common, address, end: address + unpacked.length };
}

/** Hides control batches, and batches of transactions that were aborted. */
class AbortedFilter {
  readonly #waiting: AbortedTransaction[];
  readonly #producers = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  hides(batch: Buffer, attributes: number): boolean {
    const lastOffset = Number(batch.readBigInt64BE(0)) + batch.readInt32BE(23);
    for (let next = this.#waiting[0]; next && next.firstOffset <= lastOffset; next = this.#waiting[0]) {
      this.#producers.add(next.producerId);
      this.#waiting.shift();
    }
    const producer = batch.readBigInt64BE(43);
    if ((attributes & 32) !== 0) {
      this.#producers.delete(producer);
      return true;
    }
    return (attributes & 16) !== 0 && this.#producers.has(producer);
  }
}
