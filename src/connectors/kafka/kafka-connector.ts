/** `'connector' = 'kafka'`: topics of a Kafka cluster, or embedded ones in files of the home (`'properties.bootstrap.servers' = 'embedded'`). */
import { systemClock } from '../../base/clock.ts';
import { validationError } from '../../base/error.ts';
import type { TableSink } from '../../dataflow/sink.ts';
import type { TableSource } from '../../dataflow/source.ts';
import type { DecodingFormat, EncodingFormat } from '../../formats/format.ts';
import { changelogModeToString, isInsertOnly } from '../../types/changelog-mode.ts';
import { defineConnector, type TableContext } from '../connector.ts';
import { EmbeddedSink } from './embedded-sink.ts';
import { EmbeddedSource } from './embedded-source.ts';
import { KAFKA_OPTIONS, readOptions } from './kafka-options.ts';
import { KafkaSink } from './kafka-sink.ts';
import { KafkaSource } from './kafka-source.ts';
import { messageFields } from './key-fields.ts';

export const kafka = defineConnector({
  name: 'kafka',
  summary: 'Reads and writes Kafka topics; with bootstrap servers "embedded", topics in files of the home.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'embedded', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset')",
  formatKeys: ['format', 'value.format', 'key.format'],
  options: KAFKA_OPTIONS,
  discover(table, usage) {
    if (table.table.options['format'] !== undefined || table.table.options['value.format'] !== undefined) return;
    throw validationError(`Could not find required ${usage === 'sink' ? 'sink' : 'scan'} format 'value.format'.`);
  },
  source: kafkaSource,
  sink: kafkaSink,
});

const EMBEDDED = 'embedded';

function kafkaSource(table: TableContext): TableSource {
  const value = table.decodingFormat('value.format') ?? table.decodingFormat('format');
  if (!value)
    throw validationError('One or more required options are missing.\n\nMissing required options are:\n\nformat');
  const key = table.decodingFormat('key.format') ?? null;
  if (key) checkKeyFormat(table, key.changelogMode);
  checkPrimaryKey(table, value);
  const fields = messageFields(table);
  const options = readOptions(table);
  if (table.requiredOption('properties.bootstrap.servers') === EMBEDDED)
    return new EmbeddedSource(table, options, value, key);
  return new KafkaSource({ table, options, fields, value, key, changelogMode: value.changelogMode });
}

function kafkaSink(table: TableContext): TableSink {
  const value = table.encodingFormat('value.format') ?? table.encodingFormat('format');
  if (!value)
    throw validationError('One or more required options are missing.\n\nMissing required options are:\n\nformat');
  const key = table.encodingFormat('key.format') ?? null;
  if (key) checkKeyFormat(table, key.changelogMode);
  checkPrimaryKey(table, value);
  checkDelivery(table);
  if (table.requiredOption('properties.bootstrap.servers') === EMBEDDED)
    return new EmbeddedSink(table, value, key, systemClock);
  const fields = messageFields(table);
  return new KafkaSink({ table, fields, value, key, changelogMode: value.changelogMode, isUpsert: false });
}

function checkKeyFormat(table: TableContext, mode: DecodingFormat['changelogMode']): void {
  if (!isInsertOnly(mode))
    throw validationError(
      `A key format should only deal with INSERT-only records. But ${table.option('key.format')} has a changelog mode of ${changelogModeToString(mode)}.`,
    );
}

function checkPrimaryKey(table: TableContext, value: DecodingFormat | EncodingFormat): void {
  if (table.table.primaryKey === null || !isInsertOnly(value.changelogMode)) return;
  const format = table.option('value.format') ?? table.option('format');
  throw validationError(
    `The Kafka table '${table.table.path}' with '${format}' format doesn't support defining PRIMARY KEY constraint on the table, because it can't guarantee the semantic of primary key.`,
  );
}

function checkDelivery(table: TableContext): void {
  if (
    table.option('sink.delivery-guarantee') === 'exactly-once' &&
    table.option('sink.transactional-id-prefix') === undefined
  )
    throw validationError('sink.transactional-id-prefix must be specified when using DeliveryGuarantee.EXACTLY_ONCE.');
  if (table.option('sink.partitioner') === 'round-robin' && table.option('key.fields') !== undefined)
    throw validationError("Currently 'round-robin' partitioner only works when option 'key.fields' is not specified.");
}
