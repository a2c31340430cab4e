/** Option specifications of the kafka connector, and a table's options read into a plan of what to do. */
import { EngineError, validationError } from '../../base/error.ts';
import type { OptionSpec } from '../../base/option.ts';
import type { TableContext } from '../connector.ts';

export const KAFKA_OPTIONS: readonly OptionSpec[] = [
  {
    key: 'topic',
    type: 'list',
    example: { topic: 'orders' },
    summary: 'Topics, separated by ;. With several, rows that are written name theirs in the metadata column topic.',
  },
  {
    key: 'topic-pattern',
    type: 'string',
    example: { 'topic-pattern': 'orders_.*' },
    summary: 'A regular expression of topics; rows that are written name theirs in the metadata column topic.',
  },
  {
    key: 'properties.bootstrap.servers',
    type: 'string',
    example: { 'properties.bootstrap.servers': 'localhost:9092' },
    required: true,
    summary: "Broker list, or 'embedded' for topics in files of the home.",
  },
  {
    key: 'properties.group.id',
    type: 'string',
    example: { 'properties.group.id': 'shop' },
    summary: 'Consumer group whose offsets are committed with each checkpoint.',
  },
  {
    key: 'properties.*',
    type: 'map',
    example: { 'properties.client.id': 'shop' },
    summary:
      'Properties of the Kafka client: security.protocol, sasl.*, ssl.*, compression.type, isolation.level, fetch.max.bytes and others.',
  },
  { key: 'format', type: 'string', example: { format: 'json' }, summary: 'Format of the messages.' },
  { key: 'value.format', type: 'string', example: { 'value.format': 'json' }, summary: 'The same as format.' },
  {
    key: 'key.format',
    type: 'string',
    example: { 'key.format': 'json', 'key.fields': 'id' },
    summary: 'Format of the keys.',
  },
  {
    key: 'key.fields',
    type: 'list',
    example: { 'key.fields': 'id', 'key.format': 'json' },
    summary: 'Columns of the key, separated by ;.',
  },
  { key: 'key.fields-prefix', type: 'string', default: '', summary: 'Prefix of the key columns in the table.' },
  {
    key: 'value.fields-include',
    type: 'enum',
    javaEnum: 'org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions$ValueFieldsStrategy',
    values: ['ALL', 'EXCEPT_KEY'],
    default: 'ALL',
    summary: 'Whether the value holds the key columns too.',
  },
  {
    key: 'scan.startup.mode',
    type: 'enum',
    example: { 'scan.startup.mode': 'latest-offset' },
    javaEnum: 'org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions$ScanStartupMode',
    values: ['earliest-offset', 'latest-offset', 'group-offsets', 'timestamp', 'specific-offsets'],
    default: 'group-offsets',
    summary: 'Where a first start begins.',
  },
  {
    key: 'scan.startup.specific-offsets',
    type: 'string',
    example: { 'scan.startup.specific-offsets': 'partition:0,offset:42', 'scan.startup.mode': 'specific-offsets' },
    summary: 'partition:0,offset:42;partition:1,offset:300',
  },
  {
    key: 'scan.startup.timestamp-millis',
    type: 'long',
    example: { 'scan.startup.timestamp-millis': '1764000000000', 'scan.startup.mode': 'timestamp' },
    summary: 'Time of mode timestamp, in ms.',
  },
  {
    key: 'scan.bounded.mode',
    type: 'enum',
    javaEnum: 'org.apache.flink.streaming.connectors.kafka.table.KafkaConnectorOptions$ScanBoundedMode',
    values: ['unbounded', 'latest-offset', 'group-offsets', 'timestamp', 'specific-offsets'],
    default: 'unbounded',
    summary: 'Where the source ends.',
  },
  {
    key: 'scan.bounded.specific-offsets',
    type: 'string',
    example: { 'scan.bounded.specific-offsets': 'partition:0,offset:42', 'scan.bounded.mode': 'specific-offsets' },
    summary: 'partition:0,offset:42;partition:1,offset:300',
  },
  {
    key: 'scan.bounded.timestamp-millis',
    type: 'long',
    example: { 'scan.bounded.timestamp-millis': '1764000000000', 'scan.bounded.mode': 'timestamp' },
    summary: 'Time of bounded mode timestamp, in ms.',
  },
  {
    key: 'scan.topic-partition-discovery.interval',
    type: 'duration',
    default: '5 min',
    summary: 'How often new partitions are looked for.',
  },
  { key: 'scan.parallelism', type: 'int', example: { 'scan.parallelism': '1' }, summary: 'Parallelism of the source.' },
  { key: 'sink.parallelism', type: 'int', example: { 'sink.parallelism': '1' }, summary: 'Parallelism of the sink.' },
  { key: 'sink.partitioner', type: 'string', default: 'default', summary: 'default, fixed or round-robin.' },
  {
    key: 'sink.delivery-guarantee',
    type: 'enum',
    javaEnum: 'org.apache.flink.connector.base.DeliveryGuarantee',
    values: ['none', 'at-least-once', 'exactly-once'],
    default: 'at-least-once',
    fallbackKeys: ['sink.semantic'],
    summary: 'Guarantee of a sink; embedded topics are always exactly-once.',
  },
  {
    key: 'sink.transactional-id-prefix',
    type: 'string',
    example: { 'sink.transactional-id-prefix': 'orders' },
    summary: 'Prefix of the transactional ids of an exactly-once sink.',
  },
  {
    key: 'sink.transaction-naming-strategy',
    type: 'string',
    default: 'DEFAULT',
    summary: 'Accepted for scripts of Flink.',
  },
];

/** Partition to offset. */
type SpecificOffsets = ReadonlyMap<number, number>;

/** A point in the topics that the user names: where reading starts, or where it ends. */
type NamedPoint =
  | { readonly kind: 'timestamp'; readonly ms: number }
  | { readonly kind: 'specific'; readonly offsets: SpecificOffsets };

type StartupMode =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'group'; readonly reset: 'earliest' | 'latest' | 'none' }
  | NamedPoint;

export type BoundedMode = { readonly kind: 'unbounded' | 'latest' | 'group' } | NamedPoint;

export interface KafkaReadOptions {
  readonly topics: readonly string[] | null;
  readonly pattern: string | null;
  readonly groupId: string | null;
  readonly startup: StartupMode;
  readonly bounded: BoundedMode;
}

/** Metadata that name the partition of a message: its number, and its topic where there may be several. */
export function splitMetadataOf({ topics }: KafkaReadOptions): readonly string[] {
  return topics?.length === 1 ? ['partition'] : ['topic', 'partition'];
}

/** Throws Flink's ValidationException texts for options that do not go together. */
export function readOptions(table: TableContext): KafkaReadOptions {
  const { topics, pattern } = topicOptions(table);
  return {
    topics,
    pattern,
    groupId: table.option('properties.group.id') ?? null,
    startup: startupMode(table, topics),
    bounded: boundedMode(table, topics),
  };
}

export function topicOptions(table: TableContext): { topics: readonly string[] | null; pattern: string | null } {
  const topic = table.option('topic');
  const pattern = table.option('topic-pattern') ?? null;
  if (topic !== undefined && pattern !== null)
    throw validationError("Option 'topic' and 'topic-pattern' shouldn't be set together.");
  if (topic === undefined && pattern === null) throw validationError("Either 'topic' or 'topic-pattern' must be set.");
  return { topics: topic?.split(';').map((name) => name.trim()) ?? null, pattern };
}

function startupMode(table: TableContext, topics: readonly string[] | null): StartupMode {
  switch (table.option('scan.startup.mode')) {
    case 'earliest-offset':
      return { kind: 'earliest' };
    case 'latest-offset':
      return { kind: 'latest' };
    case 'timestamp':
      return timestampOf(table, 'startup');
    case 'specific-offsets':
      return specificOffsetsOf(table, 'startup', topics);
    default:
      return groupStart(table);
  }
}

function groupStart(table: TableContext): StartupMode {
  if (table.option('properties.group.id') === undefined)
    throw new EngineError(
      'OPTION_VALUE',
      'Property group.id is required when using committed offset for offsets initializer',
      {
        exceptionClass: 'java.lang.NullPointerException',
      },
    );
  const reset = table.option('properties.auto.offset.reset') ?? 'none';
  if (reset !== 'earliest' && reset !== 'latest' && reset !== 'none')
    throw new EngineError(
      'OPTION_VALUE',
      `auto.offset.reset can not be set to ${reset}. Valid values: [latest,earliest,none]`,
      {
        exceptionClass: 'java.lang.IllegalArgumentException',
      },
    );
  return { kind: 'group', reset };
}

export function boundedMode(table: TableContext, topics: readonly string[] | null): BoundedMode {
  switch (table.option('scan.bounded.mode')) {
    case 'latest-offset':
      return { kind: 'latest' };
    case 'group-offsets':
      return { kind: 'group' };
    case 'timestamp':
      return timestampOf(table, 'bounded');
    case 'specific-offsets':
      return specificOffsetsOf(table, 'bounded', topics);
    default:
      return { kind: 'unbounded' };
  }
}

function timestampOf(table: TableContext, end: 'startup' | 'bounded'): NamedPoint {
  const text = needed(table, `scan.${end}.timestamp-millis`, `'timestamp' ${end} mode`);
  return { kind: 'timestamp', ms: Number(text) };
}

function specificOffsetsOf(
  table: TableContext,
  end: 'startup' | 'bounded',
  topics: readonly string[] | null,
): NamedPoint {
  const key = `scan.${end}.specific-offsets`;
  const text = needed(table, key, `'specific-offsets' ${end} mode`);
  return { kind: 'specific', offsets: parseOffsets(key, text, topics) };
}

function needed(table: TableContext, key: string, where: string): string {
  const value = table.option(key);
  if (value === undefined) throw validationError(`'${key}' is required in ${where} but missing.`);
  return value;
}

function parseOffsets(key: string, text: string, topics: readonly string[] | null): SpecificOffsets {
  if (topics?.length !== 1)
    throw validationError('Currently Kafka source only supports specific offset for single topic.');
  const offsets = new Map<number, number>();
  for (const pair of text.split(';').filter((each) => each !== '')) {
    const match = /^partition:(\d+),offset:(\d+)$/.exec(pair.trim());
    if (!match)
      throw validationError(
        `Invalid properties '${key}' should follow the format 'partition:0,offset:42;partition:1,offset:300', but is '${text}'.`,
      );
    offsets.set(Number(match[1]), Number(match[2]));
  }
  return offsets;
}
