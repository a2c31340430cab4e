/** A file of JSON lines read and decoded into columns, against `readline`-free JSON.parse of the same lines: 6 of 8 fields wanted. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uninterrupted } from '../../src/base/interruption.ts';
import { createTableSource } from '../../src/connectors/table-context.ts';
import { Heap } from '../../src/types/heap.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';

const LINES = 200_000;
const ROUNDS = 3;
const COLUMNS: Readonly<Record<string, LogicalType>> = {
  auction: types.bigint(),
  bidder: types.bigint(),
  price: types.bigint(),
  channel: types.string(),
  url: types.string(),
  dateTime: types.timestamp(3),
};

function line(i: number): string {
  return JSON.stringify({
    auction: 1000 + (i % 5000),
    bidder: 2000 + (i % 900),
    price: (i * 7919) % 1_000_000,
    channel: `channel-${i % 40}`,
    url: `https://www.nexmark.com/item.htm?query=${i % 3000}`,
    dateTime: new Date(1_700_000_000_000 + i * 10).toISOString().replace('T', ' ').slice(0, 23),
    extra: 'x'.repeat(60),
    number: i / 8,
  });
}

const folder = mkdtempSync(join(tmpdir(), 'bench-json-'));
const path = join(folder, 'bids.json');
writeFileSync(path, Array.from({ length: LINES }, (_, i) => line(i)).join('\n'));
const bytes = readFileSync(path).length;

async function throughSource(): Promise<number> {
  const columns = Object.entries(COLUMNS).map(([name, type]) => ({ name, type }));
  const source = createTableSource(
    {
      path: 'bench',
      connector: 'filesystem',
      options: { connector: 'filesystem', path, format: 'json' },
      columns,
      primaryKey: null,
      partitionKeys: [],
    },
    { home: folder, mode: 'batch' },
  );
  const heap = new Heap();
  const reader = await source.open({
    heap,
    clock: { now: () => Date.now(), after: () => () => {} },
    timeZone: 'UTC',
    produced: columns.map((field) => ({ column: { kind: 'physical', path: [field.name] }, field })),
    restored: null,
    readerId: 'bench',
    retainedCheckpoints: 1,
    signal: uninterrupted,
    home: folder,
    count() {},
    notice() {},
  });
  let rows = 0;
  for (let batch = reader.poll(); batch !== 'end'; batch = reader.poll()) {
    rows += batch?.rowCount ?? 0;
    heap.release();
  }
  await reader.close();
  return rows;
}

try {
  for (let round = 0; round < ROUNDS; round++) {
    let start = performance.now();
    for (const text of readFileSync(path, 'utf8').split('\n')) JSON.parse(text);
    const parse = performance.now() - start;
    start = performance.now();
    const rows = await throughSource();
    const columns = performance.now() - start;
    console.log(
      `${rows} lines of ${Math.round(bytes / LINES)} B: JSON.parse ${(LINES / parse / 1000).toFixed(2)} M/s, columns ${(rows / columns / 1000).toFixed(2)} M/s (${(parse / columns).toFixed(1)} ×, ${(bytes / columns / 1e6).toFixed(2)} GB/s)`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
