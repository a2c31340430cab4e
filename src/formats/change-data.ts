/** What the change-data formats share: the exact way through a tree, metadata, and the fast way in front of it. */
import { EngineError } from '../base/error.ts';
import { textOf } from '../types/heap-bytes.ts';
import { writeValue } from '../types/lane-value.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import type { EnvelopeWalker } from './envelope-walker.ts';
import type { Decoder, DecoderContext, RowOutput } from './format.ts';
import { contentError } from './format-error.ts';
import { generateObjectParser, type ObjectParser } from './generate-json-object.ts';
import { nodeConverter, rowFromNode } from './json-node-converter.ts';
import { JsonScanner } from './json-scanner.ts';
import type { JsonRules } from './json-text.ts';
import { type JsonNode, readTree } from './json-tree.ts';
import { type BeforeAdvance, RowEmitter } from './row-emitter.ts';

/** Metadata that a format can give: the member of the message it is read from, and how. */
export interface MetadataField {
  readonly key: string;
  readonly type: LogicalType;
  /** Member of the envelope, and the type that it is read as. */
  readonly member: Field;
  convert?(value: Value): Value;
}

/** One change: its kind and the values of the wanted fields. */
export interface Change {
  readonly kind: number;
  readonly row: readonly Value[];
}

/** A row of the envelope, or a reason to skip the message. */
export interface ExactEnvelope {
  /** The wanted fields of rows. */
  readonly fields: readonly Field[];
  /** Finds the changes; what was added before it throws is emitted when errors are ignored. */
  changes(root: JsonNode, metadata: MetadataReader, message: () => string, into: Change[]): void;
}

/** The fast way: rows written, or -1 when the exact way has to decide. */
export interface FastEnvelope {
  decode(u8: Uint8Array, start: number, end: number, output: RowOutput, before: BeforeAdvance): number;
}

export interface ChangeDataPlan {
  /** `Canal` in `Corrupt Canal JSON message`. */
  readonly label: string;
  readonly context: DecoderContext;
  readonly rules: JsonRules;
  readonly exact: ExactEnvelope;
  readonly fast: FastEnvelope | null;
}

export class ChangeDataDecoder implements Decoder {
  readonly #plan: ChangeDataPlan;
  readonly #emitter: RowEmitter;
  readonly #metadata: MetadataReader;
  skipped = 0;

  constructor(plan: ChangeDataPlan, metadata: MetadataReader) {
    this.#plan = plan;
    this.#metadata = metadata;
    this.#emitter = new RowEmitter({ ...plan.context, fields: plan.exact.fields });
  }

  decode(address: number, length: number, output: RowOutput, beforeAdvance: BeforeAdvance): number {
    if (length <= 0) return 0;
    const u8 = this.#plan.context.heap.u8;
    const end = address + length;
    const rows = this.#plan.fast ? this.#plan.fast.decode(u8, address, end, output, beforeAdvance) : -1;
    return rows >= 0 ? rows : this.#exactly(u8, address, end, output, beforeAdvance);
  }

  #exactly(u8: Uint8Array, start: number, end: number, output: RowOutput, before: BeforeAdvance): number {
    const changes: Change[] = [];
    const message = () => textOf(u8, start, end);
    this.#metadata.clear();
    try {
      const scanner = new JsonScanner(u8, start, end);
      scanner.next();
      this.#plan.exact.changes(readTree(scanner), this.#metadata, message, changes);
    } catch (error) {
      if (!this.#plan.rules.ignoreParseErrors)
        throw contentError('io', `Corrupt ${this.#plan.label} JSON message '${message()}'.`, error);
      this.skipped++;
    }
    for (const change of changes) this.#emitter.emit(output, change.kind, change.row, before, this.#metadata.values);
    return changes.length;
  }
}

/** Metadata of one message: read once, written into each of its rows. */
export class MetadataReader {
  readonly values = new Map<string, Value>();
  readonly wanted: readonly MetadataField[];
  readonly #context: DecoderContext;
  readonly #rules: JsonRules;
  readonly #targets: ReadonlyArray<{ readonly key: string; readonly type: LogicalType; readonly target: number }>;

  constructor(context: DecoderContext, all: readonly MetadataField[], rules: JsonRules) {
    this.#context = context;
    this.#rules = rules;
    this.#targets = context.columns.flatMap(({ metadata, type, target }) =>
      metadata === undefined ? [] : [{ key: metadata, type, target }],
    );
    this.wanted = all.filter((field) => this.#targets.some((target) => target.key === field.key));
  }

  /** Members of the envelope that metadata needs, each once. */
  get members(): readonly Field[] {
    const seen = new Map(this.wanted.map((field) => [field.member.name, field.member]));
    return [...seen.values()];
  }

  clear(): void {
    this.values.clear();
  }

  /** Takes the values of the wanted members, given by name. */
  read(members: ReadonlyMap<string, Value>): void {
    for (const field of this.wanted) {
      const value = members.get(field.member.name) ?? null;
      this.values.set(field.key, value === null || !field.convert ? value : field.convert(value));
    }
  }

  /** Reads the members from where a walker found them. False when that did not go smoothly. */
  readSpans(walker: EnvelopeWalker, firstId: number, u8: Uint8Array): boolean {
    if (this.wanted.length === 0) return true;
    const members = new Map<string, Value>();
    try {
      for (const [i, member] of this.members.entries()) {
        const start = walker.starts[firstId + i] as number;
        if (start < 0) continue;
        const scanner = new JsonScanner(u8, start, walker.ends[firstId + i] as number);
        scanner.next();
        members.set(member.name, nodeConverter(member.type, this.#rules)(readTree(scanner)));
      }
      this.read(members);
    } catch (error) {
      if (error instanceof EngineError) return false;
      throw error;
    }
    return true;
  }

  /** Writes the values into the current row of the output. */
  write(output: RowOutput): void {
    if (this.#targets.length === 0) return;
    const { batch } = output;
    for (const { key, type, target } of this.#targets) {
      const column = batch.columns[target];
      if (column) writeValue(type, column, batch.rowCount, this.values.get(key) ?? null, this.#context.heap);
    }
  }
}

/** The top-level fields that columns need, in declared order. */
export function wantedFields(context: DecoderContext): readonly Field[] {
  const names = new Set(context.columns.flatMap(({ path }) => (path?.[0] === undefined ? [] : [path[0]])));
  return context.fields.filter((field) => names.has(field.name));
}

/** A parser of row objects into the context's columns. */
export function rowParser(context: DecoderContext, rules: JsonRules): ObjectParser | null {
  const columns = context.columns.flatMap(({ path, type, target }) => (path ? [{ path, type, target }] : []));
  return generateObjectParser({
    columns,
    timestamp: rules.timestamp,
    stopsWhenMet: false,
    failOnMissing: false,
    heap: context.heap,
    convert: columns.map(({ type }) => {
      const convert = nodeConverter(type, { ...rules, ignoreParseErrors: false });
      return (scanner) => convert(readTree(scanner));
    }),
  });
}

/** Reads members of an envelope by Flink's rules for rows. */
export function envelopeReader(
  fields: readonly Field[],
  rules: JsonRules,
): (node: JsonNode) => ReadonlyMap<string, Value> {
  const convert = rowFromNode(fields, rules);
  return (node) => {
    const row = convert(node) as readonly Value[];
    return new Map(fields.map((field, index) => [field.name, row[index] ?? null]));
  };
}

/** Emits the row that was written at the output's current row. */
export function emitRow(output: RowOutput, kind: number, metadata: MetadataReader, before: BeforeAdvance): void {
  metadata.write(output);
  before?.(output.batch.rowCount);
  output.advance(kind);
}
