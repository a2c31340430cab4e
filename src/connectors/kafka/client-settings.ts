/** A table's `properties.*` as settings of the client. What the client cannot do is refused here, not ignored. */
import { EngineError } from '../../base/error.ts';
import type { TableContext } from '../connector.ts';
import type { BrokerAddress, ClientSettings } from './broker-connection.ts';

export interface ClusterSettings extends ClientSettings {
  readonly bootstrap: readonly BrokerAddress[];
  /** Reads skip what aborted transactions wrote, and stop before open ones. */
  readonly readCommitted: boolean;
  readonly fetchBytesMax: number;
  readonly partitionBytesMax: number;
  readonly transactionTimeoutMs: number;
}

export function clusterSettings(table: TableContext): ClusterSettings {
  const given = table.optionsWith('properties.');
  const number = (key: string, standard: number) => (given[key] === undefined ? standard : Number(given[key]));
  const protocol = (given['security.protocol'] ?? 'PLAINTEXT').toUpperCase();
  if (!['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'].includes(protocol))
    throw unsupported('security.protocol', protocol);
  return {
    bootstrap: addresses(table.requiredOption('properties.bootstrap.servers')),
    clientId: given['client.id'] ?? 'millrace',
    connectTimeoutMs: number('socket.connection.setup.timeout.ms', 10_000),
    requestTimeoutMs: number('request.timeout.ms', 30_000),
    tls: protocol.endsWith('SSL'),
    sasl: protocol.startsWith('SASL') ? plainCredentials(given) : null,
    readCommitted: (given['isolation.level'] ?? 'read_committed') !== 'read_uncommitted',
    fetchBytesMax: number('fetch.max.bytes', 16 << 20),
    partitionBytesMax: number('max.partition.fetch.bytes', 1 << 20),
    transactionTimeoutMs: number('transaction.timeout.ms', 600_000),
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

function plainCredentials(given: Readonly<Record<string, string>>): { username: string; password: string } {
  const mechanism = given['sasl.mechanism'] ?? 'PLAIN';
  if (mechanism !== 'PLAIN') throw unsupported('sasl.mechanism', mechanism);
  const config = given['sasl.jaas.config'] ?? '';
  const username = /username\s*=\s*"([^"]*)"/.exec(config)?.[1];
  const password = /password\s*=\s*"([^"]*)"/.exec(config)?.[1];
  if (username === undefined || password === undefined)
    throw new EngineError(
      'OPTION_INVALID',
      '\'properties.sasl.jaas.config\' must hold username="…" and password="…" for SASL mechanism PLAIN.',
    );
  return { username, password };
}

function unsupported(key: string, value: string): EngineError {
  return new EngineError(
    'OPTION_UNSUPPORTED',
    `'properties.${key}' = '${value}' is not supported. Supported: security.protocol PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL with sasl.mechanism PLAIN.`,
  );
}
