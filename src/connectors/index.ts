/** The shelf of connectors. */
import { blackhole } from './blackhole/blackhole-connector.ts';
import type { Connector } from './connector.ts';
import { datagen } from './datagen/datagen-connector.ts';
import { filesystem } from './filesystem/filesystem-connector.ts';
import { jdbc } from './jdbc/jdbc-connector.ts';
import { kafka } from './kafka/kafka-connector.ts';
import { upsertKafka } from './kafka/upsert-kafka-connector.ts';
import { mysqlCdc } from './mysql-cdc/mysql-cdc-connector.ts';
import { print } from './print/print-connector.ts';

export const connectors: readonly Connector[] = [
  blackhole,
  datagen,
  filesystem,
  jdbc,
  kafka,
  mysqlCdc,
  print,
  upsertKafka,
];

/** The connector of a name, or undefined. */
export function findConnector(name: string): Connector | undefined {
  return connectors.find((connector) => connector.name === name);
}
