/** What is to become one data file of a checkpoint. */
import { crc32 } from 'node:zlib';
import type { FileRef } from './completed-checkpoint.ts';

/** Collects chunks of one checkpoint's data file and says where each lies. */
export class DataFile {
  readonly name: string;
  readonly chunks: Uint8Array[] = [];
  bytes = 0;

  constructor(name: string) {
    this.name = name;
  }

  add(chunks: readonly Uint8Array[]): FileRef {
    const offset = this.bytes;
    let crc = 0;
    for (const chunk of chunks) {
      crc = crc32(chunk, crc);
      this.chunks.push(chunk);
      this.bytes += chunk.length;
    }
    return { file: this.name, offset, lengths: chunks.map((chunk) => chunk.length), crc };
  }
}
