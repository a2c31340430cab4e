/** An engine over a temporary home, with tables made through the catalog and a gateway on a Unix socket. */

import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import type { TableDescriptor } from '../../src/catalog/table-descriptor.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Session } from '../../src/engine/session.ts';
import { openStandardEngine } from '../../src/engine/standard-engine.ts';
import { rowsOf } from '../../src/index.ts';
import type { LogicalType } from '../../src/types/logical-type.ts';

export interface TestHome {
  readonly home: string;
  readonly engine: Engine;
  close(): Promise<void>;
}

export async function openTestEngine(config: Record<string, string> = {}): Promise<TestHome> {
  const home = mkdtempSync(join(tmpdir(), 'engine-'));
  const engine = await openStandardEngine({ home, clock: systemClock, config });
  return {
    home,
    engine,
    async close() {
      await engine.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export function tableOf(columns: Record<string, LogicalType>, options: Record<string, string>): TableDescriptor {
  return {
    kind: 'table',
    columns: Object.entries(columns).map(([name, type]) => ({ kind: 'physical', name, type })),
    partitionKeys: [],
    options,
  };
}

export async function addTable(session: Session, name: string, table: TableDescriptor): Promise<void> {
  const catalog = await session.catalogs.getCatalog(session.catalogs.currentCatalog);
  await catalog.createObject(session.catalogs.currentDatabase, name, table, false);
}

/** Datagen of 1 … `end`, as fast as `rate` rows a second. */
export function sequence(column: string, end: number, rate = 100_000): Record<string, string> {
  return {
    connector: 'datagen',
    'rows-per-second': String(rate),
    [`fields.${column}.kind`]: 'sequence',
    [`fields.${column}.start`]: '1',
    [`fields.${column}.end`]: String(end),
  };
}

export interface Exchange {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** One HTTP exchange; a GET may have a body, as Flink's client sends it. */
export function exchange(
  where: { socketPath: string } | { port: number; host?: string },
  method: string,
  path: string,
  payload?: unknown,
  headers: Record<string, string> = {},
): Promise<Exchange> {
  const text = payload === undefined || typeof payload === 'string' ? payload : JSON.stringify(payload);
  const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const call = request({ ...where, method, path, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer), headers: response.headers });
      });
    });
    call.on('error', reject);
    call.end(text);
  });
}

/** The rows of a statement that ends, each as its values with blanks between them. */
export async function linesOf(session: Session, sql: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { values } of rowsOf(session.execute(sql))) lines.push(values.join(' '));
  return lines;
}
