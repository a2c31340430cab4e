/** The secrets of a home: graphs and registries hold references (`secret:<id>`), the values lie in one file that only its owner can read. */
import { createHash, randomBytes } from 'node:crypto';
import { fsyncSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, syncFolder, withFile, writeFully } from '../base/durable-file.ts';
import { EngineError, messageOf } from '../base/error.ts';

const PREFIX = 'secret:';

interface SecretData {
  readonly salt: string;
  readonly secrets: Record<string, string>;
}

export class SecretFile {
  readonly #path: string;
  #data: SecretData;

  constructor(home: string) {
    this.#path = secretPath(home);
    this.#data = read(this.#path) ?? { salt: randomBytes(16).toString('hex'), secrets: {} };
  }

  /** Keeps a secret and gives its id; the same secret gives the same id. */
  put(secret: string): string {
    const id = createHash('sha256').update(this.#data.salt).update(secret).digest('hex').slice(0, 24);
    if (this.#data.secrets[id] === secret) return id;
    this.#data = { ...this.#data, secrets: { ...this.#data.secrets, [id]: secret } };
    write(this.#path, this.#data);
    return id;
  }
}

/** Gives the clear text of references, reading the home's file anew each time: jobs outlive it. */
export function secretResolver(home: string): (reference: string) => string {
  return (reference) => {
    const id = reference.startsWith(PREFIX) ? reference.slice(PREFIX.length) : reference;
    const secret = read(secretPath(home))?.secrets[id];
    if (secret !== undefined) return secret;
    throw new EngineError(
      'JOB_SECRET',
      `A secret of the job is not in ${secretPath(home)} any more. Submit the statement again.`,
    );
  };
}

function secretPath(home: string): string {
  return join(home, '.engine', 'secrets.json');
}

function read(path: string): SecretData | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SecretData;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new EngineError(
      'JOB_SECRET',
      `The file of secrets ${path} cannot be read (${messageOf(error)}). Bring it back from a copy; or move it away, and create the tables with passwords anew.`,
      { cause: error },
    );
  }
}

function write(path: string, data: SecretData): void {
  makeFolder(dirname(path), 0o700);
  const write = (file: number): void => {
    writeFully(file, Buffer.from(JSON.stringify(data)));
    fsyncSync(file);
  };
  withFile(`${path}.tmp`, 'w', write, 0o600);
  renameSync(`${path}.tmp`, path);
  syncFolder(dirname(path));
}
