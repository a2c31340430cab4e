/** The ends of a resolved table, opened once, with the connector's checks and Flink's texts. */
import { connectors } from '../connectors/index.ts';
import { createTableSink, createTableSource } from '../connectors/table-context.ts';
import type { TableSink } from '../dataflow/sink.ts';
import type { TableSource } from '../dataflow/source.ts';
import type { ResolvedTable } from './resolved-table.ts';

const sources = new WeakMap<ResolvedTable, TableSource>();
const sinks = new WeakMap<ResolvedTable, TableSink>();

export function sourceOf(table: ResolvedTable): TableSource {
  const known = sources.get(table);
  if (known !== undefined) return known;
  const { context } = table;
  const own = isOnShelf(table) ? undefined : table.connector.source?.(context);
  const source = own ?? createTableSource(context.table, { home: context.home, mode: context.mode });
  sources.set(table, source);
  return source;
}

/** Whether a source of changes may give one twice. */
export function changesMayRepeat({ config }: { config(key: string): string | undefined }): boolean {
  return config('table.exec.source.cdc-events-duplicate') === 'true';
}

export function sinkOf(table: ResolvedTable): TableSink {
  const known = sinks.get(table);
  if (known !== undefined) return known;
  const { context } = table;
  const own = isOnShelf(table) ? undefined : table.connector.sink?.(context);
  const sink = own ?? createTableSink(context.table, { home: context.home, mode: context.mode });
  sinks.set(table, sink);
  return sink;
}

/** False for a connector that an embedder brings along. */
function isOnShelf(table: ResolvedTable): boolean {
  return connectors.includes(table.connector);
}
