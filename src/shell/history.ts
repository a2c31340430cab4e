/** Statements typed before, one JSON text a line in a file that only its user can read. Secrets are masked before they are written. */
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { maskStatement } from '../base/secret.ts';

const ENTRIES_MAX = 10_000;

export class History {
  readonly #path: string;
  readonly #entries: string[];

  /** An unreadable or damaged file gives an empty history. */
  constructor(path: string) {
    this.#path = path;
    this.#entries = load(path);
    if (this.#entries.length > ENTRIES_MAX * 2) this.#shorten();
  }

  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Remembers a statement; not one that begins with a blank, and not the same twice in a row. */
  add(statement: string): void {
    if (statement.trim() === '' || statement.startsWith(' ')) return;
    const masked = maskStatement(statement);
    if (this.#entries.at(-1) === masked) return;
    this.#entries.push(masked);
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      appendFileSync(this.#path, `${JSON.stringify(masked)}\n`, { mode: 0o600 });
      chmodSync(this.#path, 0o600);
    } catch {
      // A history that cannot be written (a full disk, a read-only home) must not stop the prompt.
    }
  }

  #shorten(): void {
    this.#entries.splice(0, this.#entries.length - ENTRIES_MAX);
    try {
      writeFileSync(this.#path, this.#entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });
    } catch {
      // As above.
    }
  }
}

function load(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries: string[] = [];
  try {
    for (const line of readFileSync(path, 'utf8').split('\n')) if (line !== '') entries.push(String(JSON.parse(line)));
  } catch {
    return entries;
  }
  return entries;
}
