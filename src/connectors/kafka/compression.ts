/** Record batches are compressed as a whole: packing and unpacking by Kafka's codecs. */
import { promisify } from 'node:util';
import { gunzipSync, gzip, zstdCompress, zstdDecompressSync } from 'node:zlib';
import { decompress, compress as lz4 } from 'lz4js';
import { compress as snappy, uncompress } from 'snappyjs';
import { EngineError, messageOf } from '../../base/error.ts';

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEAD_BYTES = 16;
/** Version 1, readable since version 1. */
const XERIAL_VERSIONS = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1]);
/** Of a frame whose blocks of up to 4 MB do not lean on each other, which Java's clients demand; its last byte is a checksum. */
const LZ4_DESCRIPTOR = Buffer.from([0x60, 0x70, 0x73]);
const LZ4_MAGIC_BYTES = 4;

/** `compression.type` by the number that a batch carries. */
export const COMPRESSION_TYPES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type CompressionType = (typeof COMPRESSION_TYPES)[number];

const gzipped = promisify(gzip);
const zstandard = promisify(zstdCompress);

/** Packs the records of a batch, which are at most one block of lz4. */
export async function pack(codec: Exclude<CompressionType, 'none'>, bytes: Buffer): Promise<Uint8Array> {
  switch (codec) {
    case 'gzip':
      return await gzipped(bytes);
    case 'zstd':
      return await zstandard(bytes);
    case 'snappy':
      return xerial(snappy(bytes));
    case 'lz4':
      return independent(lz4(bytes));
  }
}

function xerial(block: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeInt32BE(block.length);
  return Buffer.concat([XERIAL, XERIAL_VERSIONS, length, block]);
}

/** The library writes one block a frame here, and does not say that it stands for itself. */
function independent(frame: Uint8Array): Uint8Array {
  frame.set(LZ4_DESCRIPTOR, LZ4_MAGIC_BYTES);
  return frame;
}

/** Unpacks bytes by a batch's codec number: 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
export function unpack(codec: number, bytes: Buffer): Uint8Array {
  try {
    switch (codec) {
      case 1:
        return gunzipSync(bytes);
      case 2:
        return unsnappy(bytes);
      case 3:
        return decompress(bytes);
      case 4:
        return zstdDecompressSync(bytes);
      default:
        break;
    }
  } catch (error) {
    throw damaged(`The compressed records cannot be unpacked: ${messageOf(error)}`);
  }
  throw damaged(`The records are compressed by an unknown codec (${codec}).`);
}

/** Java's clients write snappy in blocks behind a head of their own. */
function unsnappy(bytes: Buffer): Uint8Array {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return uncompress(bytes);
  const blocks: Uint8Array[] = [];
  for (let at = XERIAL_HEAD_BYTES; at < bytes.length; ) {
    const size = bytes.readInt32BE(at);
    blocks.push(uncompress(bytes.subarray(at + 4, at + 4 + size)));
    at += 4 + size;
  }
  return Buffer.concat(blocks);
}

export function damaged(message: string): EngineError {
  return new EngineError('CONNECTOR_KAFKA_RECORDS', message, {
    exceptionClass: 'org.apache.kafka.common.errors.CorruptRecordException',
    retryable: true,
  });
}
