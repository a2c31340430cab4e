/** Record batches are compressed as a whole: what the five codecs of Kafka hold, unpacked. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { decompress } from 'lz4js';
import { uncompress } from 'snappyjs';
import { EngineError, messageOf } from '../../base/error.ts';

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEAD_BYTES = 16;

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
