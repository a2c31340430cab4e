/** A table's `properties.*` as settings of the client. What the client cannot do is refused here, not ignored. */
import { EngineError } from '../../base/error.ts';
import type { TableContext } from '../connector.ts';
import type { BrokerAddress, ClientSettings } from './broker-connection.ts';
import { securitySettings } from './client-security.ts';
import { COMPRESSION_TYPES, type CompressionType } from './compression.ts';

/** Kafka's own default is a quarter: then a job that decodes quickly waits for the next response most of the time. */
const PARTITION_BYTES_MAX = 4 << 20;

export interface ClusterSettings extends ClientSettings {
  readonly bootstrap: readonly BrokerAddress[];
  /** Reads skip what aborted transactions wrote, and stop before open ones. */
  readonly readCommitted: boolean;
  readonly fetchBytesMax: number;
  readonly partitionBytesMax: number;
  readonly transactionTimeoutMs: number;
  /** Of what sinks write. */
  readonly compression: CompressionType;
}

export function clusterSettings(table: TableContext): ClusterSettings {
  const given = table.optionsWith('properties.');
  const number = (key: string, standard: number) => (given[key] === undefined ? standard : Number(given[key]));
  return {
    bootstrap: addresses(table.requiredOption('properties.bootstrap.servers')),
    clientId: given['client.id'] ?? 'millrace',
    connectTimeoutMs: number('socket.connection.setup.timeout.ms', 10_000),
    requestTimeoutMs: number('request.timeout.ms', 30_000),
    ...securitySettings(given),
    readCommitted: (given['isolation.level'] ?? 'read_committed') !== 'read_uncommitted',
    fetchBytesMax: number('fetch.max.bytes', 16 << 20),
    partitionBytesMax: number('max.partition.fetch.bytes', PARTITION_BYTES_MAX),
    transactionTimeoutMs: number('transaction.timeout.ms', 600_000),
    compression: compressionType(given['compression.type'] ?? 'none'),
  };
}

function addresses(text: string): BrokerAddress[] {
  return text.split(',').map((each) => {
    const match = /^\s*(?:[A-Za-z_]+:\/\/)?\[?([^\]\s]+?)\]?:(\d+)\s*$/.exec(each);
    if (!match)
      throw new EngineError('OPTION_INVALID', `Invalid url in bootstrap.servers: ${each.trim()}`, {
        exceptionClass: 'org.apache.kafka.common.config.ConfigException',
      });
    return { host: match[1] as string, port: Number(match[2]) };
  });
}

function compressionType(text: string): CompressionType {
  const type = COMPRESSION_TYPES.find((known) => known === text);
  if (!type)
    throw new EngineError(
      'OPTION_INVALID',
      `Invalid value ${text} for configuration compression.type: String must be one of: ${COMPRESSION_TYPES.join(', ')}`,
      { exceptionClass: 'org.apache.kafka.common.config.ConfigException' },
    );
  return type;
}
