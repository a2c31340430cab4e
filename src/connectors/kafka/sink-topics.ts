/** The topics that a sink writes: one, or those of a list or a pattern, which each row names in its `topic` column. */
import { EngineError } from '../../base/error.ts';
import { textOf } from '../../types/heap-bytes.ts';
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
  /** Topics that rows have named, by the length of their names' bytes. */
  readonly #known = new Map<number, Array<{ readonly name: string; readonly bytes: Uint8Array }>>();

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

  /** The topic that a row's text in the heap names; one string a topic. Throws Flink's texts for one that the table does not have. */
  named(u8: Uint8Array, address: number, length: number): string {
    const known = this.#known.get(length) ?? [];
    for (const { name, bytes } of known) if (isAt(u8, address, bytes)) return name;
    const bytes = u8.slice(address, address + length);
    const name = this.#checked(textOf(bytes));
    this.#known.set(length, [...known, { name, bytes }]);
    return name;
  }

  /** For a row that names none. */
  unnamed(): never {
    throw invalid('Expected a single topic but no topic is set.');
  }

  #checked(topic: string): string {
    if (this.list && !this.list.includes(topic))
      throw invalid(`Expected topic to be in: [${this.list.join(', ')}] but was: ${topic}`);
    if (this.#pattern !== null && !nameMatcher(this.#pattern).test(topic))
      throw invalid(`Expected topic to match: ${this.#pattern} but was: ${topic}`);
    return topic;
  }
}

function isAt(u8: Uint8Array, address: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (u8[address + i] !== bytes[i]) return false;
  return true;
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
