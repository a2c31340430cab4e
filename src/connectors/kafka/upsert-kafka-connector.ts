/** `'connector' = 'upsert-kafka'`: a topic as a table by primary key; a message replaces its key's row, a message without value removes it. */
import { systemClock } from '../../base/clock.ts';
import { parseDuration } from '../../base/duration.ts';
import { validationError } from '../../base/error.ts';
import type { TableSink } from '../../dataflow/sink.ts';
import type { TableSource } from '../../dataflow/source.ts';
import { type ChangelogMode, isInsertOnly } from '../../types/changelog-mode.ts';
import { defineConnector, type TableContext, type TableUsage } from '../connector.ts';
import { EmbeddedSink } from './embedded-sink.ts';
import { EmbeddedSource } from './embedded-source.ts';
import { boundedMode, KAFKA_OPTIONS, topicOptions } from './kafka-options.ts';
import { KafkaSink } from './kafka-sink.ts';
import { KafkaSource } from './kafka-source.ts';
import { type MessageFields, upsertFields } from './key-fields.ts';

const EMBEDDED = 'embedded';
const ABSENT = ['format', 'key.fields', 'properties.group.id', 'sink.partitioner'];

/** A removed row is known by its key alone. */
const SOURCE_MODE: ChangelogMode = { updateBefore: false, updateAfter: true, delete: true, deleteByKey: true };
const SINK_MODE: ChangelogMode = { updateBefore: false, updateAfter: true, delete: true };

export const upsertKafka = defineConnector({
  name: 'upsert-kafka',
  summary: 'A Kafka topic as a table by primary key: the newest message of a key is its row.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'embedded', 'key.format' = 'json', 'value.format' = 'json')",
  formatKeys: ['value.format', 'key.format'],
  options: [
    ...KAFKA_OPTIONS.filter(({ key }) => !ABSENT.includes(key) && !key.startsWith('scan.startup.')).map((spec) =>
      spec.key === 'key.format' || spec.key === 'value.format'
        ? { ...spec, example: { [spec.key]: 'json' }, required: true }
        : spec,
    ),
    {
      key: 'sink.buffer-flush.max-rows',
      type: 'int',
      default: '0',
      summary: 'Accepted: messages are gathered by checkpoint in any case.',
    },
    {
      key: 'sink.buffer-flush.interval',
      type: 'duration',
      default: '0 s',
      summary: 'Accepted: messages are gathered by checkpoint in any case.',
    },
  ],
  discover(table, usage) {
    const kind = usage === 'sink' ? 'sink' : 'scan';
    for (const key of ['key.format', 'value.format'])
      if (table.table.options[key] === undefined)
        throw validationError(`Could not find required ${kind} format '${key}'.`);
  },
  source(table): TableSource {
    const fields = checked(table, 'source');
    const value = table.decodingFormat('value.format');
    const key = table.decodingFormat('key.format');
    if (!value || !key) throw validationError("Could not find required scan format 'value.format'.");
    const { topics, pattern } = topicOptions(table);
    const options = {
      topics,
      pattern,
      groupId: null,
      startup: { kind: 'earliest' },
      bounded: boundedMode(table, topics),
    } as const;
    if (table.requiredOption('properties.bootstrap.servers') === EMBEDDED)
      return new EmbeddedSource(table, options, value, key, { fields, changelogMode: SOURCE_MODE });
    return new KafkaSource({ table, options, fields, value, key, changelogMode: SOURCE_MODE });
  },
  sink(table): TableSink {
    const fields = checked(table, 'sink');
    const value = table.encodingFormat('value.format');
    const key = table.encodingFormat('key.format');
    if (!value || !key) throw validationError("Could not find required sink format 'value.format'.");
    checkBuffer(table);
    if (table.requiredOption('properties.bootstrap.servers') === EMBEDDED)
      return new EmbeddedSink(table, value, key, systemClock, { fields, changelogMode: SINK_MODE });
    if (
      table.option('sink.delivery-guarantee') === 'exactly-once' &&
      table.option('sink.transactional-id-prefix') === undefined
    )
      throw validationError(
        'sink.transactional-id-prefix must be specified when using DeliveryGuarantee.EXACTLY_ONCE.',
      );
    return new KafkaSink({ table, fields, value, key, changelogMode: SINK_MODE, isUpsert: true });
  },
});

function checked(table: TableContext, usage: TableUsage): MessageFields {
  for (const name of ['key', 'value'] as const) {
    const format = usage === 'sink' ? table.encodingFormat(`${name}.format`) : table.decodingFormat(`${name}.format`);
    if (format && !isInsertOnly(format.changelogMode))
      throw validationError(
        `'upsert-kafka' connector doesn't support '${table.option(`${name}.format`)}' as ${name} format, because '${table.option(`${name}.format`)}' is not in insert-only mode.`,
      );
  }
  if (table.table.primaryKey === null)
    throw validationError(
      "'upsert-kafka' tables require to define a PRIMARY KEY constraint. The PRIMARY KEY specifies which columns should be read from or write to the Kafka message key. The PRIMARY KEY also defines records in the 'upsert-kafka' table should update or delete on which keys.",
    );
  return upsertFields(table, table.table.primaryKey);
}

function checkBuffer(table: TableContext): void {
  const rows = Number(table.option('sink.buffer-flush.max-rows') ?? 0) > 0;
  const interval = parseDuration(table.option('sink.buffer-flush.interval') ?? '0') > 0;
  if (rows !== interval)
    throw validationError(
      "'sink.buffer-flush.max-rows' and 'sink.buffer-flush.interval' must be set to be greater than zero together to enable sink buffer flushing.",
    );
}
