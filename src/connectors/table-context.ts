/**
 * Tables of a JobGraph opened as sources, sinks or look-ups: the connector is found by name, its options are checked, formats are looked up,
 * and whatever goes wrong is wrapped as Flink wraps it, with the table's options in the text and secrets masked.
 */
import { EngineError, messageOf, validationError } from '../base/error.ts';
import type { OptionSpec, Options } from '../base/option.ts';
import { maskSecrets } from '../base/secret.ts';
import type { LookupSource } from '../dataflow/lookup.ts';
import type { ConnectorTable } from '../dataflow/operator-spec.ts';
import type { TableSink } from '../dataflow/sink.ts';
import type { TableSource } from '../dataflow/source.ts';
import type { DecodingFormat, EncodingFormat, Format, FormatContext } from '../formats/format.ts';
import { findFormat, formats } from '../formats/index.ts';
import type { Field } from '../types/logical-type.ts';
import type { Connector, TableContext, TableUsage } from './connector.ts';
import { connectors, findConnector } from './index.ts';
import { checkAlignment, checkOptions, checkValues, commonOptions, givenValue } from './option-check.ts';

export interface TableEnvironment {
  readonly home: string;
  readonly mode: 'streaming' | 'batch';
  /** The clear text of a reference `secret:<id>` in an option. Absent: references stay as they are. */
  resolveSecret?(reference: string): string;
}

export function createTableSource(table: ConnectorTable, environment: TableEnvironment): TableSource {
  return opened(table, environment, 'source', (connector, context) => connector.source?.(context));
}

export function createTableSink(table: ConnectorTable, environment: TableEnvironment): TableSink {
  return opened(table, environment, 'sink', (connector, context) => connector.sink?.(context));
}

export function createLookupSource(table: ConnectorTable, environment: TableEnvironment): LookupSource {
  return opened(table, environment, 'lookup', (connector, context) => connector.lookup?.(context));
}

/** The connector of a table and the table with its options checked for a use, as the planner holds them; nothing is opened. */
export function resolveConnector(
  table: ConnectorTable,
  environment: TableEnvironment,
  usage: TableUsage,
): { connector: Connector; context: TableContext } {
  return wrapped(table, usage, () => checked(table, environment, usage));
}

function checked(
  table: ConnectorTable,
  environment: TableEnvironment,
  usage: TableUsage,
): { connector: Connector; context: TableContext } {
  const connector = discover(table);
  checkUsage(connector, usage);
  const context = new OpenedTable(table, connector, environment);
  connector.discover?.(context, usage);
  context.check();
  return { connector, context };
}

function opened<T>(
  table: ConnectorTable,
  environment: TableEnvironment,
  usage: TableUsage,
  open: (connector: Connector, context: TableContext) => T | undefined,
): T {
  return wrapped(table, usage, () => {
    const { connector, context } = checked(table, environment, usage);
    const end = open(connector, context);
    if (end === undefined) throw new EngineError('INTERNAL', `connector '${connector.name}' gave no ${usage}`);
    return end;
  });
}

function wrapped<T>(table: ConnectorTable, usage: TableUsage, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof EngineError && error.code === 'INTERNAL') throw error;
    throw validationError(wrapperText(table, usage), undefined, error);
  }
}

function wrapperText(table: ConnectorTable, usage: TableUsage): string {
  const verb = usage === 'sink' ? 'a sink for writing' : 'a source for reading';
  return `Unable to create ${verb} table '${table.path}'.\n\nTable options are:\n\n${printOptions(table.options)}`;
}

/** `'key'='value'` lines, sorted, secrets masked. */
function printOptions(options: Options): string {
  return Object.entries(maskSecrets(options))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `'${key}'='${value}'`)
    .join('\n');
}

/** The connector that a table names. */
function discover(table: ConnectorTable): Connector {
  const name = table.connector || table.options['connector'];
  if (!name)
    throw validationError("Table options do not contain an option key 'connector' for discovering a connector.");
  const connector = findConnector(name);
  if (connector) return connector;
  throw validationError(
    `Cannot discover a connector using option: 'connector'='${name}'`,
    undefined,
    notFound(
      name,
      'org.apache.flink.table.factories.DynamicTableFactory',
      connectors.map((each) => each.name),
    ),
  );
}

function notFound(name: string, factory: string, available: readonly string[]): EngineError {
  return validationError(
    `Could not find any factory for identifier '${name}' that implements '${factory}' in the classpath.\n\nAvailable factory identifiers are:\n\n${[...available].sort().join('\n')}`,
  );
}

function checkUsage(connector: Connector, usage: TableUsage): void {
  const canRead = connector.source !== undefined || connector.lookup !== undefined;
  if (usage === 'sink' ? connector.sink : usage === 'lookup' ? connector.lookup : connector.source) return;
  throw validationError(
    usage === 'sink' || canRead
      ? `Connector '${connector.name}' can only be used as a source. It cannot be used as a sink.`
      : `Connector '${connector.name}' can only be used as a sink. It cannot be used as a source.`,
  );
}

class OpenedTable implements TableContext {
  readonly table: ConnectorTable;
  readonly physicalFields: readonly Field[];
  readonly home: string;
  readonly mode: 'streaming' | 'batch';
  readonly #connector: Connector;
  readonly #environment: TableEnvironment;
  readonly #specs: ReadonlyMap<string, OptionSpec>;

  constructor(table: ConnectorTable, connector: Connector, environment: TableEnvironment) {
    this.table = table;
    this.#connector = connector;
    this.#environment = environment;
    this.home = environment.home;
    this.mode = environment.mode;
    this.physicalFields = table.columns
      .filter((column) => column.metadata === undefined)
      .map(({ name, type }) => ({ name, type }));
    this.#specs = new Map([...commonOptions, ...connector.options].map((spec) => [spec.key, spec]));
  }

  option(key: string): string | undefined {
    const spec = this.#specs.get(key);
    const given = spec ? givenValue(spec, this.table.options) : this.table.options[key];
    return given === undefined ? spec?.default : this.#clear(given);
  }

  requiredOption(key: string): string {
    const value = this.option(key);
    if (value === undefined)
      throw validationError(`One or more required options are missing.\n\nMissing required options are:\n\n${key}`);
    return value;
  }

  optionsWith(prefix: string): Readonly<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const [key, value] of Object.entries(this.table.options))
      if (key.startsWith(prefix)) found[key.slice(prefix.length)] = this.#clear(value);
    return found;
  }

  decodingFormat(key: string): DecodingFormat | undefined {
    const format = this.#format(key, 'org.apache.flink.table.factories.DeserializationFormatFactory', 'decoding');
    return format && this.#made(format, key, 'scan', () => format.decoding?.(this.#formatContext(format, key)));
  }

  encodingFormat(key: string): EncodingFormat | undefined {
    const format = this.#format(key, 'org.apache.flink.table.factories.SerializationFormatFactory', 'encoding');
    return format && this.#made(format, key, 'sink', () => format.encoding?.(this.#formatContext(format, key)));
  }

  /** Checks all options of the table. */
  check(): void {
    const specs = [...(this.#connector.optionsOf?.(this.physicalFields, this.table.options) ?? this.#specs.values())];
    const unchecked: string[] = [];
    for (const key of this.#connector.formatKeys) {
      const name = this.table.options[key];
      const format = name === undefined ? undefined : findFormat(name);
      if (name === undefined || !format) continue;
      const prefix = formatPrefix(key, name);
      if (this.#connector.formatOptionsUnchecked) unchecked.push(prefix);
      else specs.push(...format.options.map((spec) => ({ ...spec, key: prefix + spec.key })));
    }
    checkOptions(this.#connector.name, specs, this.table.options, unchecked);
    checkAlignment(this.#connector.name, this.table.options);
  }

  #format(key: string, factory: string, ability: 'decoding' | 'encoding'): Format | undefined {
    const name = this.table.options[key];
    if (name === undefined) return undefined;
    const format = findFormat(name);
    if (format?.[ability]) return format;
    throw notFound(
      name,
      factory,
      formats.filter((each) => each[ability]).map((each) => each.name),
    );
  }

  #made<T>(format: Format, key: string, kind: 'scan' | 'sink', make: () => T | undefined): T | undefined {
    try {
      const prefix = formatPrefix(key, format.name);
      checkValues(
        format.options.map((spec) => ({ ...spec, key: prefix + spec.key })),
        this.table.options,
      );
      return make();
    } catch (error) {
      throw validationError(
        `Error creating ${kind} format '${format.name}' in option space '${formatPrefix(key, format.name)}'.`,
        undefined,
        error,
      );
    }
  }

  #formatContext(format: Format, key: string): FormatContext {
    const prefix = formatPrefix(key, format.name);
    const { table } = this;
    return {
      table: table.path,
      inFiles: this.#connector.formatOptionsUnchecked ?? false,
      option: (name) => {
        const given = table.options[prefix + name];
        if (given !== undefined) return this.#clear(given);
        return format.options.find((spec) => spec.key === name)?.default;
      },
    };
  }

  #clear(value: string): string {
    if (!value.startsWith('secret:') || !this.#environment.resolveSecret) return value;
    try {
      return this.#environment.resolveSecret(value);
    } catch (error) {
      throw new EngineError(
        'OPTION_SECRET',
        `A secret of table '${this.table.path}' is not there: ${messageOf(error)}`,
      );
    }
  }
}

/** `json.` for `format`, `value.json.` for `value.format`. */
function formatPrefix(key: string, name: string): string {
  return key === 'format' ? `${name}.` : `${key.slice(0, -'format'.length)}${name}.`;
}
