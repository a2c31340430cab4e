/** `'format' = 'csv'`: fields by position, no header. Inserts only. */
import { changelogModes } from '../types/changelog-mode.ts';
import { textOf } from '../types/heap-bytes.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import type { Value } from '../types/value.ts';
import { checkCsvFields, checkLength, csvNode, csvValue } from './csv-convert.ts';
import { createCsvEncoder } from './csv-encode.ts';
import { type CsvRules, csvOptions, csvRules } from './csv-options.ts';
import { CSV_SOURCE, CsvScanner } from './csv-scanner.ts';
import { type Decoder, type DecoderContext, defineFormat, type RowOutput } from './format.ts';
import { contentError } from './format-error.ts';
import { type BeforeAdvance, pathIndexes, RowEmitter } from './row-emitter.ts';

export const csv = defineFormat({
  name: 'csv',
  summary: 'Values between delimiters, one row a line.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'embedded', 'scan.startup.mode' = 'earliest-offset', 'format' = 'csv')",
  options: csvOptions,
  decoding(context) {
    const rules = csvRules(context);
    const scanner = new CsvScanner(rules);
    return {
      changelogMode: changelogModes.insertOnly,
      metadata: [],
      lineDelimited: false,
      frame: (u8, start, end, last) => scanner.recordEnd(u8, start, end, last),
      createDecoder: (decoder) => new CsvDecoder(rules, decoder),
    };
  },
  encoding(context) {
    const given = csvRules(context);
    const rules = context.inFiles ? { ...given, escapeWith: -1, scientific: true } : given;
    return {
      changelogMode: changelogModes.insertOnly,
      createEncoder: (encoder) => createCsvEncoder(encoder, rules),
    };
  },
});

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const NUMBER_SIGN = 35;

class CsvDecoder implements Decoder {
  readonly #rules: CsvRules;
  readonly #context: DecoderContext;
  readonly #scanner: CsvScanner;
  readonly #emitter: RowEmitter;
  /** Which field each column comes from, and the way inside it. */
  readonly #paths: ReadonlyArray<readonly number[]>;
  readonly #needed: number;
  #line = 0;
  skipped = 0;

  constructor(rules: CsvRules, context: DecoderContext) {
    checkCsvFields(context.fields);
    this.#rules = rules;
    this.#context = context;
    this.#scanner = new CsvScanner(rules);
    this.#emitter = new RowEmitter(context);
    this.#paths = context.columns.map(({ path }) => pathIndexes(context, path ?? []));
    this.#needed = new Set(this.#paths.map((path) => path[0])).size;
  }

  decode(address: number, length: number, output: RowOutput, beforeAdvance: BeforeAdvance): number {
    if (length < 0) return 0;
    const u8 = this.#context.heap.u8;
    let end = address + length;
    if (end > address && u8[end - 1] === LINE_FEED) end--;
    if (end > address && u8[end - 1] === CARRIAGE_RETURN) end--;
    this.#scanner.line = ++this.#line;
    if (this.#rules.allowComments && (end === address || u8[address] === NUMBER_SIGN)) return 0;
    try {
      this.#scanner.split(u8, address, end);
      const values = this.#row();
      if (values) this.#emitter.emitColumns(output, RowKind.INSERT, values, beforeAdvance);
      return values ? 1 : 0;
    } catch (error) {
      if (!this.#rules.ignoreParseErrors)
        throw contentError('io', `Failed to deserialize CSV row '${textOf(u8, address, end)}'.`, error);
      this.skipped++;
      return 0;
    }
  }

  #row(): Value[] | null {
    const { fields } = this.#context;
    const texts = this.#scanner.fields;
    this.#checkSurplus();
    if (this.#rules.failOnMissing && texts.length < fields.length)
      throw contentError('csvRead', `Not enough column values: expected ${fields.length}, found ${texts.length}`);
    const count = Math.min(texts.length, fields.length);
    if (count === 0) return null;
    checkLength(this.#needed, count, this.#rules);
    return this.#paths.map((path) => {
      const index = path[0] as number;
      const text = texts[index];
      const type = fields[index]?.type as LogicalType;
      let value = text === undefined ? null : csvValue(csvNode(text, type, this.#rules), type, this.#rules);
      for (const part of path.slice(1)) value = value === null ? null : ((value as readonly Value[])[part] ?? null);
      return value;
    });
  }

  #checkSurplus(): void {
    const { fields } = this.#context;
    const texts = this.#scanner.fields;
    if (texts.length <= fields.length || this.#rules.ignoreTrailing) return;
    const surplus = texts[fields.length] as string;
    if (surplus === '' && texts.length === fields.length + 1 && this.#rules.allowTrailingComma) return;
    const source = this.#rules.allowComments ? 'UNKNOWN' : CSV_SOURCE;
    throw contentError(
      'csvRead',
      `Too many entries: expected at most ${fields.length} (value #${fields.length} (${surplus.length} chars) "${surplus}")\n at [Source: ${source}; line: ${this.#line}, column: ${(this.#scanner.starts[fields.length] as number) + 1}]`,
    );
  }
}
