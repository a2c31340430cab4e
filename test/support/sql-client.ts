/** `bin/sql-client.sh` as a user runs it: the generated bundle, not the sources. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '../../bin/sql-client.sh');

export interface ClientResult {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export async function sqlClient(home: string, args: readonly string[]): Promise<ClientResult> {
  const child = spawn(PROGRAM, ['embedded', '--home', home, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output, errors };
}
