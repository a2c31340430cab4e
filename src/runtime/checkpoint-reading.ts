/** Reads what `checkpoint-store.ts` wrote, and checks it: manifests, and the data that they name. */
import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { messageOf } from '../base/error.ts';
import { bytesOf, damaged, decodeManifest, type FileRef, type Manifest, mismatch } from './completed-checkpoint.ts';

export const METADATA = '_metadata';
/** A millisecond or two. */
const CRC_BYTES = 2 << 20;
const SAFE_NAME = /^(?:shared\/)?[a-z0-9._-]+$/;

/** Reads the checkpoint or savepoint at a path as users give it: its folder or its `_metadata`. `root` is where its files lie. */
export async function readCheckpointAt(path: string): Promise<{ manifest: Manifest; root: string }> {
  const found = await stat(path).catch(() => null);
  if (!found) throw mismatch(`Cannot find checkpoint or savepoint file/directory '${path}' on file system 'file'.`);
  const folder = found.isDirectory() ? path : dirname(path);
  if (!(await stat(join(folder, METADATA)).catch(() => null)))
    throw mismatch(
      `Cannot find meta data file '_metadata' in directory '${folder}'. Please try to load the checkpoint/savepoint directly from the metadata file instead of the directory.`,
    );
  const manifest = await readManifest(folder);
  const root = manifest.kind === 'savepoint' ? folder : dirname(folder);
  await verifyFiles(manifest, root);
  return { manifest, root };
}

/** The chunks that a reference names, checked. */
export async function readRef(root: string, ref: FileRef): Promise<Uint8Array[]> {
  const bytes = await readSegment(root, ref);
  let at = 0;
  return ref.lengths.map((length) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
}

/** What a reference names as one piece, checked. A running job's loop is not held up by it. */
export async function readSegment(root: string, ref: FileRef): Promise<Uint8Array> {
  const path = join(root, ref.file);
  if (!SAFE_NAME.test(ref.file)) throw damaged(path, 'a file in it has a name that no checkpoint gives');
  const total = bytesOf(ref);
  const handle = await open(path, 'r').catch((error) => {
    throw damaged(path, messageOf(error));
  });
  try {
    const bytes = new Uint8Array(total);
    const { bytesRead } = await handle.read(bytes, 0, total, ref.offset);
    if (bytesRead !== total) throw damaged(path, 'it is shorter than its manifest says');
    if ((await patientCrc(bytes)) !== ref.crc) throw damaged(path, 'its checksum does not match');
    return bytes;
  } finally {
    await handle.close();
  }
}

async function patientCrc(bytes: Uint8Array): Promise<number> {
  let crc = 0;
  for (let at = 0; at < bytes.length; at += CRC_BYTES) {
    if (at > 0) await turn();
    crc = crc32(bytes.subarray(at, at + CRC_BYTES), crc);
  }
  return crc;
}

/** What a checkpoint's folder says of it, checked; the data files are not looked at. */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, METADATA);
  const bytes = await readFile(path).catch((error) => {
    throw damaged(path, messageOf(error));
  });
  return decodeManifest(bytes, path);
}

export async function verifyFiles(manifest: Manifest, root: string): Promise<void> {
  for (const refs of Object.values(manifest.operators)) for (const ref of refs) await readRef(root, ref);
  for (const { chain } of Object.values(manifest.sinks))
    for (const { output } of chain) if (output) await readRef(root, output);
}
