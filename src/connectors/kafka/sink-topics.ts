/** The topics that a sink writes: one, or those of a list or a pattern, which each row names in its `topic` column. */
import { EngineError } from '../../base/error.ts';
import type { Field } from '../../types/logical-type.ts';
import type { TableContext } from '../connector.ts';
import { nameMatcher } from '../name-matcher.ts';
import { topicOptions } from './kafka-options.ts';
import { KAFKA_METADATA } from './message-reader.ts';

const TOPIC_HEAD_BYTES = 2;

export class SinkTopics {
  /** The only topic; null where the rows choose. */
  readonly single: string | null;
  /** Null for a pattern. */
  readonly list: readonly string[] | null;
  readonly #pattern: string | null;
  readonly #known = new Set<string>();

  constructor(table: TableContext) {
    const { topics, pattern } = topicOptions(table);
    this.list = topics;
    this.single = topics?.length === 1 ? (topics[0] as string) : null;
    this.#pattern = pattern;
  }

  /** Metadata columns that a table may write. */
  get metadata(): readonly Field[] {
    const keys = this.single === null ? ['topic', 'headers', 'timestamp'] : ['headers', 'timestamp'];
    return KAFKA_METADATA.filter(({ name }) => keys.includes(name));
  }

  /** The topic of a row that names one. Throws Flink's texts for one that the table does not have. */
  checked(topic: string | null): string {
    if (topic === null) throw invalid('Expected a single topic but no topic is set.');
    if (this.#known.has(topic)) return topic;
    if (this.list && !this.list.includes(topic))
      throw invalid(`Expected topic to be in: [${this.list.join(', ')}] but was: ${topic}`);
    if (this.#pattern !== null && !nameMatcher(this.#pattern).test(topic))
      throw invalid(`Expected topic to match: ${this.#pattern} but was: ${topic}`);
    this.#known.add(topic);
    return topic;
  }
}

/** A chunk of a sink with many topics begins with the name of its own (length, u16, little-endian). */
export function withTopic(topic: string, chunk: Uint8Array): Uint8Array {
  const name = Buffer.from(topic, 'utf8');
  const head = Buffer.alloc(TOPIC_HEAD_BYTES);
  head.writeUInt16LE(name.length);
  return Buffer.concat([head, name, chunk]);
}

export function cutTopic(chunk: Uint8Array): { topic: string; rest: Uint8Array } {
  const end = TOPIC_HEAD_BYTES + ((chunk[0] as number) | ((chunk[1] as number) << 8));
  return { topic: Buffer.from(chunk.subarray(TOPIC_HEAD_BYTES, end)).toString('utf8'), rest: chunk.subarray(end) };
}

function invalid(expected: string): EngineError {
  return new EngineError('CONNECTOR_TOPIC', `The topic of the sink record is not valid. ${expected}`, {
    exceptionClass: 'java.lang.IllegalArgumentException',
  });
}
