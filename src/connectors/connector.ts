/** What a connector is: option specifications, and the ends of a table that it offers. */
import type { OptionSpec, Options } from '../base/option.ts';
import type { LookupSource } from '../dataflow/lookup.ts';
import type { ConnectorTable } from '../dataflow/operator-spec.ts';
import type { TableSink } from '../dataflow/sink.ts';
import type { TableSource } from '../dataflow/source.ts';
import type { DecodingFormat, EncodingFormat } from '../formats/format.ts';
import type { Field } from '../types/logical-type.ts';

export interface Connector {
  /** The value of `'connector' = '…'`. */
  readonly name: string;
  readonly summary: string;
  /** CREATE TABLE of a table that uses it, for the reference page; the tests run it. */
  readonly example: string;
  readonly options: readonly OptionSpec[];
  /** All options of a table where they depend on its columns; in place of `options` and the common ones. */
  optionsOf?(fields: readonly Field[], options: Options): readonly OptionSpec[];
  /** Which formats it takes and under which option keys: `format`, `value.format`, `key.format`. Empty: none. */
  readonly formatKeys: readonly string[];
  /** Keys with the format's own prefix are not checked here (filesystem). */
  readonly formatOptionsUnchecked?: boolean;
  /** Runs before the options are checked: errors that come first in Flink (a missing format). */
  discover?(table: TableContext, usage: TableUsage): void;
  /** Flink's source of the name picks columns, limits rows and filters itself: EXPLAIN shows it so. */
  readonly picksColumns?: boolean;
  /** DELETE and UPDATE reach single rows, by the table's primary key. */
  readonly changesRows?: boolean;
  source?(table: TableContext): TableSource;
  sink?(table: TableContext): TableSink;
  lookup?(table: TableContext): LookupSource;
}

/** What a table is opened for. */
export type TableUsage = 'source' | 'sink' | 'lookup';

/** A table with its options resolved: defaults filled in, secrets in clear. Made by `connectors/table-context.ts`. */
export interface TableContext {
  readonly table: ConnectorTable;
  readonly physicalFields: readonly Field[];
  readonly home: string;
  readonly mode: 'streaming' | 'batch';
  /** An option's value or its default; undefined when neither is there. */
  option(key: string): string | undefined;
  requiredOption(key: string): string;
  /** All options that begin with a prefix, prefix removed: `properties.`. */
  optionsWith(prefix: string): Readonly<Record<string, string>>;
  /** The format named under `key` (`format`, `value.format` …); undefined when the option is absent. Errors when unknown, with Flink's text. */
  decodingFormat(key: string): DecodingFormat | undefined;
  encodingFormat(key: string): EncodingFormat | undefined;
}

export function defineConnector(connector: Connector): Connector {
  return connector;
}
