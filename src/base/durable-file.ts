/** Files whose content and names survive a power cut, written synchronously. Descriptors do not outlive their use. */
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Opens a file for the time of `work`. */
export function withFile<T>(path: string, flags: string, work: (descriptor: number) => T, mode?: number): T {
  const descriptor = openSync(path, flags, mode);
  try {
    return work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes all bytes from a position of the file on. */
export function writeFully(descriptor: number, bytes: Uint8Array, position = 0): void {
  for (let written = 0; written < bytes.length; )
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
}

/** Makes new names in a folder durable. */
export function syncFolder(folder: string): void {
  withFile(folder, 'r', fsyncSync);
}

/** Makes a folder, and those above it, durably. */
export function makeFolder(folder: string, mode?: number): void {
  const first = mkdirSync(folder, { recursive: true, mode });
  if (first === undefined) return;
  for (let at = dirname(resolve(folder)); at.length >= dirname(first).length; at = dirname(at)) {
    syncFolder(at);
    if (at === dirname(at)) return;
  }
}
