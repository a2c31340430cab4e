/** Opens tables as the runtime would, and reads them to the end. */

import { type Clock, systemClock } from '../../src/base/clock.ts';
import { uninterrupted } from '../../src/base/interruption.ts';
import { createTableSink, createTableSource } from '../../src/connectors/table-context.ts';
import type { ConnectorTable } from '../../src/dataflow/operator-spec.ts';
import type { SinkContext, TableSink } from '../../src/dataflow/sink.ts';
import type { SourceReader, TableSource } from '../../src/dataflow/source.ts';
import { Batch } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue, writeValue } from '../../src/types/lane-value.ts';
import type { LogicalType } from '../../src/types/logical-type.ts';
import { rowKindSigns } from '../../src/types/row-kind.ts';
import type { Value } from '../../src/types/value.ts';

export function tableOf(
  options: Readonly<Record<string, string>>,
  columns: ReadonlyArray<{ name: string; type: LogicalType; metadata?: string }>,
  more: Partial<ConnectorTable> = {},
): ConnectorTable {
  return {
    path: 'default_catalog.default_database.t',
    connector: options['connector'] ?? '',
    options,
    columns,
    primaryKey: null,
    partitionKeys: [],
    ...more,
  };
}

export interface OpenedSource {
  readonly source: TableSource;
  readonly reader: SourceReader;
  readonly heap: Heap;
  readonly types: readonly LogicalType[];
}

export async function openSource(
  table: ConnectorTable,
  home: string,
  settings: { restored?: unknown; clock?: Clock; produced?: readonly string[] } = {},
): Promise<OpenedSource> {
  const source = createTableSource(table, { home, mode: 'streaming' });
  const heap = new Heap();
  const columns = settings.produced
    ? settings.produced.map((name) => table.columns.find((column) => column.name === name) as (typeof table.columns)[0])
    : table.columns;
  const reader = await source.open({
    heap,
    clock: settings.clock ?? systemClock,
    timeZone: 'UTC',
    produced: columns.map((column) => ({
      column: column.metadata ? { kind: 'metadata', key: column.metadata } : { kind: 'physical', path: [column.name] },
      field: column,
    })),
    restored: settings.restored ?? null,
    readerId: 'test/source',
    retainedCheckpoints: 1,
    signal: uninterrupted,
    home,
    count() {},
    notice() {},
  });
  return { source, reader, heap, types: columns.map((column) => column.type) };
}

export function rowsOf(batch: Batch, heap: Heap): Value[][] {
  return Array.from({ length: batch.rowCount }, (_, row) => [
    rowKindSigns[(batch.insertOnly ? 0 : batch.kinds[row]) as 0],
    ...batch.types.map((type, i) => readValue(type, batch.columns[i] as never, row, heap)),
  ]);
}

/** Polls until the end, or until nothing has come for a while. */
export async function readAll(opened: OpenedSource, most = Number.POSITIVE_INFINITY): Promise<Value[][]> {
  const rows: Value[][] = [];
  while (rows.length < most) {
    const batch = opened.reader.poll();
    if (batch === 'end') break;
    if (batch === null) await opened.reader.ready();
    else rows.push(...rowsOf(batch, opened.heap));
    opened.heap.release();
  }
  return rows;
}

export interface OpenedSink {
  readonly sink: TableSink;
  readonly context: SinkContext;
  readonly printed: string[];
}

export function openSink(
  table: ConnectorTable,
  home: string,
  lineage = 'L1',
  mode: 'streaming' | 'batch' = 'streaming',
): OpenedSink {
  const printed: string[] = [];
  const context: SinkContext = {
    heap: new Heap(),
    inputTypes: table.columns.map((column) => column.type),
    targetColumns: table.columns.map((_, index) => index),
    timeZone: 'UTC',
    home,
    lineage,
    sink: 'sink-1',
    isFirstStart: true,
    signal: uninterrupted,
    notice() {},
    print: (line) => printed.push(line),
  };
  return { sink: createTableSink(table, { home, mode }), context, printed };
}

/** A batch of boxed rows, kind first. */
export function batchOf(types: readonly LogicalType[], rows: ReadonlyArray<readonly Value[]>, heap: Heap): Batch {
  const batch = new Batch(types);
  for (const [row, [kind, ...values]] of rows.entries()) {
    batch.kinds[row] = rowKindSigns.indexOf(kind as '+I');
    if (kind !== '+I') batch.insertOnly = false;
    for (const [i, type] of types.entries()) writeValue(type, batch.columns[i] as never, row, values[i] ?? null, heap);
  }
  batch.rowCount = rows.length;
  return batch;
}

export async function* chunks(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}
