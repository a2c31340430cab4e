/** `'format' = 'json'`: one object a message (or an array of them), matched to columns by name. Inserts only. */

import { changelogModes } from '../types/changelog-mode.ts';
import { textOf } from '../types/heap-bytes.ts';
import type { Field } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { typeSummary } from '../types/type-name.ts';
import type { Value } from '../types/value.ts';
import { type Decoder, type DecoderContext, defineFormat, type FormatContext, type RowOutput } from './format.ts';
import { contentError } from './format-error.ts';
import { generateObjectParser, type ObjectParser, type ParserColumn } from './generate-json-object.ts';
import { skipBlanks } from './json-bytes.ts';
import { createJsonEncoder } from './json-encode.ts';
import { nodeConverter, rowFromNode } from './json-node-converter.ts';
import { checkDecoding, checkEncoding, decodingRules, encodingRules, isTrue, jsonOptions } from './json-options.ts';
import { JsonScanner, JsonToken } from './json-scanner.ts';
import { checkJsonType, type JsonRules } from './json-text.ts';
import { skipToken, tokenConverter } from './json-token-converter.ts';
import { readTree } from './json-tree.ts';
import { LearnedOrder } from './learned-order.ts';
import { type BeforeAdvance, RowEmitter } from './row-emitter.ts';

export const json = defineFormat({
  name: 'json',
  summary: 'JSON objects, one a message or line.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'embedded', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json')",
  options: jsonOptions,
  decoding(context) {
    checkDecoding(context);
    return {
      changelogMode: changelogModes.insertOnly,
      metadata: [],
      lineDelimited: true,
      createDecoder: (decoder) => new JsonDecoder(context, decoder),
    };
  },
  encoding(context) {
    checkEncoding(context);
    const rules = encodingRules(context);
    return {
      changelogMode: changelogModes.insertOnly,
      createEncoder: (encoder) => createJsonEncoder(encoder, rules, []),
    };
  },
});

type RowConverter = (scanner: JsonScanner) => readonly Value[];

class JsonDecoder implements Decoder {
  readonly #context: DecoderContext;
  readonly #rules: JsonRules;
  readonly #fast: ObjectParser | null;
  readonly #order: LearnedOrder | null;
  readonly #convert: RowConverter;
  readonly #emitter: RowEmitter;
  skipped = 0;

  constructor(format: FormatContext, context: DecoderContext) {
    this.#context = context;
    for (const field of context.fields) checkJsonType(field.type, typeSummary);
    this.#rules = decodingRules(format, context.fields);
    const strict = { ...this.#rules, ignoreParseErrors: false };
    const byTokens =
      format.option('decode.json-parser.enabled') === undefined || isTrue(format, 'decode.json-parser.enabled');
    const columns = parserColumns(context);
    this.#fast = generateObjectParser({
      columns,
      timestamp: this.#rules.timestamp,
      stopsWhenMet: byTokens,
      failOnMissing: this.#rules.failOnMissingField,
      heap: context.heap,
      convert: columns.map(({ type }) => {
        if (byTokens) return tokenConverter(type, strict);
        const convert = nodeConverter(type, strict);
        return (scanner) => convert(readTree(scanner));
      }),
    });
    this.#order = this.#fast && new LearnedOrder(this.#fast);
    this.#convert = byTokens ? projectTokens(columns, this.#rules) : projectTree(context, columns, this.#rules);
    this.#emitter = new RowEmitter(context);
  }

  decode(address: number, length: number, output: RowOutput, beforeAdvance: BeforeAdvance): number {
    if (length <= 0) return 0;
    const u8 = this.#context.heap.u8;
    const end = address + length;
    if (this.#fast && this.#order) {
      let p = address;
      if (u8[p] !== 123) p = skipBlanks(u8, p, end);
      if (u8[p] === 123) {
        const batch = output.batch;
        const row = batch.rowCount;
        this.#fast.bind(batch);
        this.#fast.marks.mark(address, end);
        if (this.#order.parse(u8, p + 1, end, row) >= 0) {
          beforeAdvance?.(row);
          output.advance(RowKind.INSERT);
          return 1;
        }
      }
    }
    return this.#exactly(u8, address, end, output, beforeAdvance);
  }

  #exactly(u8: Uint8Array, address: number, end: number, output: RowOutput, before: BeforeAdvance): number {
    const start = this.#emitter.count;
    const scanner = new JsonScanner(u8, address, end);
    try {
      if (scanner.next() === JsonToken.START_ARRAY) this.#array(scanner, output, before);
      else this.#object(scanner, output, before);
    } catch (error) {
      if (!this.#rules.ignoreParseErrors)
        throw contentError('io', `Failed to deserialize JSON '${textOf(u8, address, end)}'.`, error);
      this.skipped++;
    }
    return this.#emitter.count - start;
  }

  #object(scanner: JsonScanner, output: RowOutput, before: BeforeAdvance): void {
    if (scanner.token !== JsonToken.START_OBJECT)
      throw contentError('jacksonMapping', `No content to map due to end-of-input${scanner.location()}`);
    this.#emitter.emitColumns(output, RowKind.INSERT, this.#convert(scanner), before);
  }

  #array(scanner: JsonScanner, output: RowOutput, before: BeforeAdvance): void {
    while (scanner.next() !== JsonToken.END_ARRAY) {
      if (scanner.token !== JsonToken.START_OBJECT) throw contentError('illegalState', 'Illegal JSON object data...');
      this.#object(scanner, output, before);
    }
  }
}

function parserColumns(context: DecoderContext): ParserColumn[] {
  return context.columns.map(({ path, type, target }) => ({ path: path ?? [], type, target }));
}

interface Branch {
  readonly leaves: Map<string, number[]>;
  readonly branches: Map<string, Branch>;
}

/** Rows by tokens. Plain columns report the field that fails; projected parts of rows report the reason itself: both are Flink's. */
function projectTokens(columns: readonly ParserColumn[], rules: JsonRules): RowConverter {
  const nested = columns.some((column) => column.path.length > 1);
  const converters = columns.map((column) => tokenConverter(column.type, rules));
  const root: Branch = { leaves: new Map(), branches: new Map() };
  for (const [index, column] of columns.entries()) addColumn(root, column.path, index);
  const walk = (scanner: JsonScanner, branch: Branch, row: Value[]): void => {
    const names = new Set([...branch.leaves.keys(), ...branch.branches.keys()]);
    let met = 0;
    scanner.next();
    while (scanner.token !== JsonToken.END_OBJECT) {
      const wanted = met < names.size;
      const name = scanner.text;
      if (wanted) scanner.next();
      if (!wanted || !names.has(name)) {
        skipToken(scanner);
        continue;
      }
      member(scanner, branch, name, row);
      scanner.next();
      met++;
    }
    if (met < names.size && rules.failOnMissingField)
      throw contentError('flinkJsonParse', `Some field is missing in the ${nested ? 'Json' : 'JSON'} data.`);
  };
  const member = (scanner: JsonScanner, branch: Branch, name: string, row: Value[]): void => {
    const inner = branch.branches.get(name);
    if (inner) {
      if (scanner.token === JsonToken.NULL) return;
      if (scanner.token !== JsonToken.START_OBJECT) throw contentError('illegalState', 'Illegal Json Data...');
      walk(scanner, inner, row);
      return;
    }
    const indexes = branch.leaves.get(name) ?? [];
    const first = indexes[0] as number;
    try {
      const value = (converters[first] as (scanner: JsonScanner) => Value)(scanner);
      for (const index of indexes) row[index] = value;
    } catch (error) {
      if (nested) throw error;
      throw contentError('flinkJsonParse', `Fail to deserialize at field: ${name}.`);
    }
  };
  return (scanner) => {
    const row = new Array<Value>(columns.length).fill(null);
    walk(scanner, root, row);
    return row;
  };
}

function addColumn(root: Branch, path: readonly string[], index: number): void {
  let at = root;
  for (const name of path.slice(0, -1)) {
    const next: Branch = at.branches.get(name) ?? { leaves: new Map(), branches: new Map() };
    at.branches.set(name, next);
    at = next;
  }
  const last = path[path.length - 1] ?? '';
  at.leaves.set(last, [...(at.leaves.get(last) ?? []), index]);
}

/** Rows through a tree: only whole top-level fields are projected. */
function projectTree(context: DecoderContext, columns: readonly ParserColumn[], rules: JsonRules): RowConverter {
  const names = [...new Set(columns.map((column) => column.path[0] ?? ''))];
  const fields = names.map((name) => context.fields.find((field) => field.name === name) as Field);
  const convert = rowFromNode(fields, rules);
  return (scanner) => {
    const row = convert(readTree(scanner)) as readonly Value[];
    return columns.map((column) => valueAt(row[names.indexOf(column.path[0] ?? '')] ?? null, column.path, fields));
  };
}

function valueAt(value: Value, path: readonly string[], fields: readonly Field[]): Value {
  let at = value;
  let type = fields.find((field) => field.name === path[0])?.type;
  for (const name of path.slice(1)) {
    if (at === null || type?.kind !== 'ROW') return null;
    const index = type.fields.findIndex((field) => field.name === name);
    at = (at as readonly Value[])[index] ?? null;
    type = type.fields[index]?.type;
  }
  return at;
}
