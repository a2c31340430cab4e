/** CRC32C. The package is native and takes 5 MB of a process, so it is loaded when the first sum is asked for. */
import { createRequire } from 'node:module';

type Crc32c = (bytes: Uint8Array) => number;

let sum: Crc32c | null = null;

/** The CRC32C of bytes, as an unsigned number. */
export function crc32c(bytes: Uint8Array): number {
  sum ??= (createRequire(import.meta.url)('@node-rs/crc32') as typeof import('@node-rs/crc32')).crc32c as Crc32c;
  return sum(bytes);
}
