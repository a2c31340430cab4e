/** A reader of mysql-cdc over the table `shop.t` of a test's server, as a job would open it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { uninterrupted } from '../../src/base/interruption.ts';
import { createTableSource } from '../../src/connectors/table-context.ts';
import type { SourceReader } from '../../src/dataflow/source.ts';
import { Heap } from '../../src/types/heap.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';
import { rowsOf, tableOf } from '../connectors/open-table.ts';

export type CapturedColumns = Array<{ name: string; type: LogicalType; metadata?: string }>;

export interface OpenCapture {
  readonly reader: SourceReader;
  readonly heap: Heap;
  readonly notices: readonly string[];
}

export const ID_AND_NAME: CapturedColumns = [
  { name: 'id', type: types.bigint(false) },
  { name: 'name', type: types.string() },
];

export async function openCapture(
  port: number,
  {
    restored = null,
    options = {},
    columns = ID_AND_NAME,
  }: { restored?: unknown; options?: Record<string, string>; columns?: CapturedColumns } = {},
): Promise<OpenCapture> {
  const table = tableOf(
    {
      connector: 'mysql-cdc',
      hostname: '127.0.0.1',
      port: String(port),
      username: 'root',
      password: '',
      'database-name': 'shop',
      'table-name': 't',
      ...options,
    },
    columns,
  );
  const heap = new Heap();
  const notices: string[] = [];
  const reader = await createTableSource(table, { home: '/nonexistent', mode: 'streaming' }).open({
    heap,
    clock: systemClock,
    timeZone: 'UTC',
    produced: columns.map((field) => ({
      column: field.metadata ? { kind: 'metadata', key: field.metadata } : { kind: 'physical', path: [field.name] },
      field,
    })),
    restored,
    readerId: 'r',
    retainedCheckpoints: 1,
    signal: uninterrupted,
    home: '/nonexistent',
    count: () => undefined,
    notice: (text) => notices.push(text),
  });
  return { reader, heap, notices };
}

/** Reads until `count` rows have come, or the input has ended. */
export async function read(opened: OpenCapture, count: number): Promise<Value[][]> {
  const rows: Value[][] = [];
  const deadline = Date.now() + 20_000;
  while (rows.length < count) {
    if (Date.now() > deadline)
      throw new Error(
        `only ${rows.length} of ${count} rows: ${JSON.stringify(rows.slice(-3), (_k, v) => (typeof v === 'bigint' ? String(v) : v))}`,
      );
    const batch = opened.reader.poll();
    if (batch === 'end') break;
    if (batch === null) await Promise.race([opened.reader.ready(), sleep(1000)]);
    else rows.push(...rowsOf(batch, opened.heap));
    opened.heap.release();
  }
  return rows;
}
