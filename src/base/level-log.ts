/** Checks LevelDB's write-ahead logs before it reads them: it drops damaged records without a word, and the file behind them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from './crc32c.ts';

const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
const MASK_DELTA = 0xa282ead8;

/** The first damage in a folder's logs as a text; null when there is none. A record that was cut off at the end is none: its write never resolved. */
export function findLogDamage(folder: string): string | null {
  for (const name of readdirSync(folder)) {
    if (!/^\d+\.log$/.test(name)) continue;
    const at = damageIn(readFileSync(join(folder, name)));
    if (at !== null) return `${name} has a wrong checksum at byte ${at}`;
  }
  return null;
}

/** Where the first damaged record begins. */
function damageIn(bytes: Buffer): number | null {
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES);
    if (left < HEADER_BYTES) {
      at += left;
      continue;
    }
    const length = bytes.readUInt16LE(at + 4);
    const end = at + HEADER_BYTES + length;
    if (HEADER_BYTES + length > left) return isLastBlock(bytes, at) ? null : at;
    if (end > bytes.length) return null;
    const isWhole = masked(crc32c(bytes.subarray(at + 6, end))) === bytes.readUInt32LE(at);
    if (!isWhole) return bytes.subarray(at).every((byte) => byte === 0) ? null : at;
    at = end;
  }
  return null;
}

function isLastBlock(bytes: Buffer, at: number): boolean {
  return at - (at % BLOCK_BYTES) + BLOCK_BYTES >= bytes.length;
}

/** LevelDB keeps checksums rotated, so that a checksum of checksums says something. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}
