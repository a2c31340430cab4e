/** Which files a path stands for, and what their folders say about partitions. */
import { readdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { EngineError } from '../../base/error.ts';

export interface FoundFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** Partition keys and values as the folders name them, unescaped. */
  readonly partition: ReadonlyMap<string, string>;
}

/** Files at or below a path in order of their names; hidden ones (`.`, `_`) are not seen. Throws when the path does not exist. */
export function listFiles(path: string, partitionKeys: readonly string[], pattern: RegExp | null): FoundFile[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat)
    throw new EngineError(
      'CONNECTOR_FILE_NOT_FOUND',
      `File ${path} does not exist or the user running Flink ('${userInfo().username}') has insufficient permissions to access it.`,
      {
        exceptionClass: 'java.io.FileNotFoundException',
      },
    );
  const found: FoundFile[] = [];
  if (!stat.isDirectory()) found.push(describe(path, stat, new Map()));
  else walk(path, new Map(), new Set(partitionKeys), found);
  return pattern ? found.filter((file) => pattern.test(file.path)) : found;
}

function walk(
  folder: string,
  partition: ReadonlyMap<string, string>,
  keys: ReadonlySet<string>,
  found: FoundFile[],
): void {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name.startsWith('_')) continue;
    const path = join(folder, entry.name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) continue;
    if (stat.isDirectory()) walk(path, withPartition(entry.name, partition, keys), keys, found);
    else found.push(describe(path, stat, partition));
  }
}

function withPartition(
  name: string,
  partition: ReadonlyMap<string, string>,
  keys: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const at = name.indexOf('=');
  const key = at < 0 ? '' : unescapePart(name.slice(0, at));
  return keys.has(key) ? new Map([...partition, [key, unescapePart(name.slice(at + 1))]]) : partition;
}

function describe(
  path: string,
  stat: { size: number; mtimeMs: number },
  partition: ReadonlyMap<string, string>,
): FoundFile {
  return { path, name: basename(path), size: stat.size, modifiedMs: Math.floor(stat.mtimeMs), partition };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these cannot stand in a folder's name.
const ESCAPED = /[\u0000-\u001f"#%'*/:=?\\\u007f{}[\]^]/g;

/** A partition's key or value as part of a folder's name. */
export function escapePart(text: string): string {
  return text.replace(ESCAPED, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

function unescapePart(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
