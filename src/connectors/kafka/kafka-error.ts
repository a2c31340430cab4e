/** Error codes of Kafka brokers: their names, and whether trying again may help. */
import { EngineError } from '../../base/error.ts';

interface CodeMeaning {
  readonly name: string;
  readonly retryable?: boolean;
  /** The cluster's metadata is out of date. */
  readonly stale?: boolean;
}

const CODES: Readonly<Record<number, CodeMeaning>> = {
  [-1]: { name: 'UnknownServerException', retryable: true },
  1: { name: 'OffsetOutOfRangeException' },
  2: { name: 'CorruptRecordException', retryable: true },
  3: { name: 'UnknownTopicOrPartitionException', stale: true, retryable: true },
  5: { name: 'LeaderNotAvailableException', stale: true, retryable: true },
  6: { name: 'NotLeaderOrFollowerException', stale: true, retryable: true },
  7: { name: 'TimeoutException', retryable: true },
  8: { name: 'BrokerNotAvailableException', stale: true, retryable: true },
  9: { name: 'ReplicaNotAvailableException', stale: true, retryable: true },
  10: { name: 'RecordTooLargeException' },
  13: { name: 'NetworkException', retryable: true },
  14: { name: 'CoordinatorLoadInProgressException', retryable: true },
  15: { name: 'CoordinatorNotAvailableException', retryable: true },
  16: { name: 'NotCoordinatorException', retryable: true },
  17: { name: 'InvalidTopicException' },
  19: { name: 'NotEnoughReplicasException', retryable: true },
  20: { name: 'NotEnoughReplicasAfterAppendException', retryable: true },
  29: { name: 'TopicAuthorizationException' },
  30: { name: 'GroupAuthorizationException' },
  35: { name: 'UnsupportedVersionException' },
  36: { name: 'TopicExistsException' },
  45: { name: 'OutOfOrderSequenceException' },
  46: { name: 'DuplicateSequenceException' },
  47: { name: 'InvalidProducerEpochException' },
  48: { name: 'InvalidTxnStateException' },
  49: { name: 'InvalidPidMappingException' },
  50: { name: 'InvalidTxnTimeoutException' },
  51: { name: 'ConcurrentTransactionsException', retryable: true },
  53: { name: 'TransactionalIdAuthorizationException' },
  56: { name: 'KafkaStorageException', stale: true, retryable: true },
  58: { name: 'SaslAuthenticationException' },
  74: { name: 'FencedLeaderEpochException', stale: true, retryable: true },
  75: { name: 'UnknownLeaderEpochException', stale: true, retryable: true },
  78: { name: 'OffsetNotAvailableException', retryable: true },
  90: { name: 'ProducerFencedException' },
};

export const OFFSET_OUT_OF_RANGE = 1;
export const CONCURRENT_TRANSACTIONS = 51;
export const TOPIC_EXISTS = 36;

export function isStaleMetadata(code: number): boolean {
  return CODES[code]?.stale ?? false;
}

export function isRetryableCode(code: number): boolean {
  return CODES[code]?.retryable ?? false;
}

/** The producer behind this epoch has been replaced by a newer one. */
function isFenced(code: number): boolean {
  return code === 47 || code === 90;
}

/** An error of the broker, told with what was being done. */
export function kafkaError(code: number, doing: string): EngineError {
  const meaning = CODES[code];
  const name = meaning?.name ?? 'KafkaException';
  if (isFenced(code))
    return new EngineError(
      'JOB_FENCED',
      `${doing}: a newer run of this job writes the topic; this run stops (${name}).`,
      {
        exceptionClass: `org.apache.kafka.common.errors.${name}`,
      },
    );
  return new EngineError('CONNECTOR_KAFKA', `${doing}: ${name} (error code ${code}).`, {
    exceptionClass: `org.apache.kafka.common.errors.${name}`,
    retryable: meaning?.retryable ?? false,
  });
}

/** The broker could not be reached, or hung up. */
export function networkError(message: string, cause?: unknown): EngineError {
  return new EngineError('CONNECTOR_KAFKA_NETWORK', message, {
    exceptionClass: 'org.apache.kafka.common.errors.NetworkException',
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
