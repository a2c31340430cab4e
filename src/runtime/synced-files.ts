/** Files and names that survive a power cut, written beside the loop. The synchronous ones are in `base/durable-file.ts`. */
import { link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export async function writeSynced(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    for (let i = 0; i < chunks.length; i += 512) await writeAll(handle, chunks.slice(i, i + 512));
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: Awaited<ReturnType<typeof open>>, chunks: Uint8Array[]): Promise<void> {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const { bytesWritten } = await handle.writev(chunks);
  if (bytesWritten === total) return;
  const rest = Buffer.concat(chunks).subarray(bytesWritten);
  await handle.writeFile(rest);
}

/** Replaces a small file durably. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeSynced(`${path}.tmp`, [Buffer.from(text)]);
  await rename(`${path}.tmp`, path);
  await syncFolder(dirname(path));
}

export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function linkOrCopy(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  try {
    await link(from, to);
  } catch {
    await writeFile(to, await readFile(from), { mode: 0o600 });
    await syncFile(to);
  }
}
