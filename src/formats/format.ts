/** Bytes to changes and back. A format knows no connector: it is given messages in the heap and columns to fill. */
import type { OptionSpec } from '../base/option.ts';
import type { Batch } from '../types/batch.ts';
import type { ChangelogMode } from '../types/changelog-mode.ts';
import type { Heap } from '../types/heap.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';

export interface Format {
  readonly name: string;
  readonly summary: string;
  /** CREATE TABLE of a table that uses it, for the reference page; the tests run it. */
  readonly example: string;
  /** Keys without the format's prefix: `ignore-parse-errors`. */
  readonly options: readonly OptionSpec[];
  decoding?(context: FormatContext): DecodingFormat;
  encoding?(context: FormatContext): EncodingFormat;
}

export interface FormatContext {
  /** Option values by key without prefix; defaults filled in. */
  option(key: string): string | undefined;
  /** The table, for error texts. */
  readonly table: string;
  /** Messages are records of files. Flink writes those of csv by another writer, which knows fewer options. */
  readonly inFiles?: boolean;
}

export interface DecodingFormat {
  readonly changelogMode: ChangelogMode;
  /** Metadata that the format can give (`database`, `ingestion-timestamp` …); the connector offers them as `value.<key>`. */
  readonly metadata: readonly Field[];
  /** Messages end at a line end in files (json, csv); false: the whole file is one message (raw may differ). */
  readonly lineDelimited: boolean;
  /**
   * For formats whose records in a file do not simply end at a line end (csv with quoted line ends): the position behind the record that begins
   * at `start`, or -1 when it ends beyond `end`. `last`: nothing comes after `end`.
   */
  frame?(u8: Uint8Array, start: number, end: number, last: boolean): number;
  createDecoder(context: DecoderContext): Decoder;
}

export interface DecoderContext {
  readonly heap: Heap;
  /** All physical fields of the message in declared order (csv needs the order; json reads by name). */
  readonly fields: readonly Field[];
  /**
   * Columns to fill: a path of names into `fields`, or a metadata key; `target` is the column of the writer's batch. Other columns of the
   * batch are the caller's.
   */
  readonly columns: ReadonlyArray<{
    readonly path?: readonly string[];
    readonly metadata?: string;
    readonly type: LogicalType;
    readonly target: number;
  }>;
  readonly timeZone: string;
}

/**
 * Where decoded rows go: a `BatchWriter`, or a reader's queue of batches. `batch` may be another one after `advance` or `flush`, so take it anew
 * for each row; row `batch.rowCount` is always free.
 */
export interface RowOutput {
  readonly batch: Batch;
  /** Ends the row that was just written. */
  advance(kind: number): void;
  /** Hands on what is there, so that a whole batch of rows is free. */
  flush(): void;
}

export interface Decoder {
  /**
   * Decodes one message, `length` bytes at `address` in the heap (length -1: a null message), into rows of `output`, calling
   * `output.advance` for each after `beforeAdvance(row)`, which fills the caller's columns. Strings may refer to the message's bytes, which
   * stay until the batch has drained. Returns the number of rows. Throws `FORMAT_…` errors unless the options say to skip.
   */
  decode(address: number, length: number, output: RowOutput, beforeAdvance: ((row: number) => void) | null): number;
  /** Messages that were skipped because of `ignore-parse-errors`. */
  readonly skipped: number;
}

export interface EncodingFormat {
  readonly changelogMode: ChangelogMode;
  /** False: messages carry their own end in a file (nothing is put between them). Absent: a line end follows each. */
  readonly lineDelimited?: boolean;
  createEncoder(context: {
    readonly fields: readonly Field[];
    readonly columns: readonly number[];
    readonly heap: Heap;
    readonly timeZone: string;
  }): Encoder;
}

export interface Encoder {
  /** Appends the message of one row (with its kind). */
  encode(batch: Batch, row: number, output: ByteWriter): void;
}

/** A growing byte buffer; `bytes` is valid to `length`. */
export interface ByteWriter {
  bytes: Uint8Array;
  length: number;
  reserve(more: number): void;
}

export function defineFormat(format: Format): Format {
  return format;
}
