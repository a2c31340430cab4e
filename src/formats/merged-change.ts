/** Messages of `data`, and `old` with the former values of what changed: canal (arrays of rows) and maxwell (one row). */
import { BATCH_ROWS, type Batch } from '../types/batch.ts';
import { bytesOf, textOf } from '../types/heap-bytes.ts';
import { type Field, types } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import type { Value } from '../types/value.ts';
import {
  type Change,
  type ExactEnvelope,
  emitRow,
  envelopeReader,
  type FastEnvelope,
  type MetadataReader,
} from './change-data.ts';
import { EnvelopeWalker } from './envelope-walker.ts';
import type { RowOutput } from './format.ts';
import { contentError } from './format-error.ts';
import type { ObjectParser } from './generate-json-object.ts';
import { mayNest, skipBlanks, skipNull, skipValue } from './json-bytes.ts';
import type { JsonRules } from './json-text.ts';
import { type JsonNode, textOfNode } from './json-tree.ts';
import { LearnedChange } from './learned-change.ts';
import type { BeforeAdvance } from './row-emitter.ts';

export interface MergedDialect {
  readonly label: string;
  /** `data` and `old` are arrays of rows. */
  readonly arrays: boolean;
  readonly insert: string;
  readonly update: string;
  readonly delete: string;
  /** Skipped without a word. */
  readonly silent: readonly string[];
}

/** Keeps only messages of some databases and tables. */
export interface OriginFilter {
  readonly database: RegExp | null;
  readonly table: RegExp | null;
}

const TYPE = 2;
const DATABASE = 3;
const TABLE = 4;
const FIRST_METADATA = 5;

export class FastMergedChange implements FastEnvelope {
  readonly #parser: ObjectParser;
  readonly #arrays: boolean;
  readonly #filter: OriginFilter;
  readonly #metadata: MetadataReader;
  readonly #walker: EnvelopeWalker;
  readonly #insert: Uint8Array;
  readonly #update: Uint8Array;
  readonly #delete: Uint8Array;
  readonly #silent: readonly Uint8Array[];
  /** The fast lane, where nothing of the envelope but `type` is wanted. */
  readonly #learner: LearnedChange | null;
  /** Rows a change: 2 when the last message was an update. A guess, since `type` comes behind `data`. */
  #stride = 1;
  #first = 0;
  #count = 0;
  #isMerged = false;
  readonly #onMember = (id: number, u8: Uint8Array, p: number, end: number): number =>
    id === 0 ? this.#data(u8, p, end) : this.#old(u8, p, end);

  constructor(dialect: MergedDialect, parser: ObjectParser, filter: OriginFilter, metadata: MetadataReader) {
    this.#parser = parser;
    this.#arrays = dialect.arrays;
    this.#filter = filter;
    this.#metadata = metadata;
    const members = metadata.members.map((member) => member.name);
    this.#walker = new EnvelopeWalker(parser.marks, ['data', 'old', 'type', 'database', 'table', ...members], 2);
    if (members.some((name) => name === 'database' || name === 'table'))
      this.#walker = new EnvelopeWalker(parser.marks, ['data', 'old', 'type', '', '', ...members], 2);
    this.#insert = bytesOf(`"${dialect.insert}"`);
    this.#update = bytesOf(`"${dialect.update}"`);
    this.#delete = bytesOf(`"${dialect.delete}"`);
    this.#silent = dialect.silent.map((name) => bytesOf(`"${name}"`));
    const isPlain = dialect.arrays && members.length === 0 && !filter.database && !filter.table;
    this.#learner = isPlain ? new LearnedChange(parser, metadata) : null;
  }

  decode(u8: Uint8Array, start: number, end: number, output: RowOutput, before: BeforeAdvance): number {
    this.#parser.marks.mark(start, end);
    if (this.#learner) {
      const rows = this.#learner.decode(u8, start, end, output, before);
      if (rows >= 0) return rows;
    }
    const rows = this.#decodeAnyOrder(u8, start, end, output, before);
    if (rows > 0) this.#learner?.observe(u8, start, end);
    return rows;
  }

  #decodeAnyOrder(u8: Uint8Array, start: number, end: number, output: RowOutput, before: BeforeAdvance): number {
    const p = skipBlanks(u8, start, end);
    if (u8[p] !== 123) return -1;
    for (let tries = 0; tries < 3; tries++) {
      if (output.batch.rowCount + 2 > BATCH_ROWS) output.flush();
      const stride = this.#stride;
      const behind = this.#walk(u8, p + 1, end, output.batch);
      if (behind === NO_ROOM && output.batch.rowCount > 0) output.flush();
      else if (behind < 0) return -1;
      else {
        const rows = this.#emit(u8, end, output, before);
        if (rows >= -1) return rows;
        if (this.#stride === stride) return -1;
      }
    }
    return -1;
  }

  #walk(u8: Uint8Array, p: number, end: number, batch: Batch): number {
    this.#parser.bind(batch);
    this.#first = batch.rowCount;
    this.#count = 0;
    this.#isMerged = false;
    this.#noRoom = false;
    const behind = this.#walker.walk(u8, p, end, this.#onMember);
    return behind < 0 && this.#noRoom ? NO_ROOM : behind;
  }

  #noRoom = false;

  /** Emits what was parsed; -1: the exact way, -2: parse again with the other stride. */
  #emit(u8: Uint8Array, end: number, output: RowOutput, before: BeforeAdvance): number {
    const walker = this.#walker;
    if (!this.#passes(u8)) return this.#hasOrigin() ? 0 : -1;
    if (!this.#metadata.readSpans(walker, FIRST_METADATA, u8)) return -1;
    if (walker.is(TYPE, u8, this.#update)) {
      if (this.#stride !== 2) return this.#again(2);
      if (!this.#isMerged && !this.#mergeLate(u8, end)) return -1;
      for (let i = 0; i < this.#count; i++) {
        emitRow(output, RowKind.UPDATE_BEFORE, this.#metadata, before);
        emitRow(output, RowKind.UPDATE_AFTER, this.#metadata, before);
      }
      return this.#count * 2;
    }
    // Flink converts `old` in any case; where it should not be, the exact way says what is wrong with it.
    if ((walker.starts[1] as number) >= 0 && u8[walker.starts[1] as number] !== 110) return -1;
    const isInsert = walker.is(TYPE, u8, this.#insert);
    if (isInsert || walker.is(TYPE, u8, this.#delete)) {
      if ((walker.starts[0] as number) < 0 || u8[walker.starts[0] as number] === 110) return -1;
      if (this.#stride !== 1) return this.#again(1);
      const kind = isInsert ? RowKind.INSERT : RowKind.DELETE;
      for (let i = 0; i < this.#count; i++) emitRow(output, kind, this.#metadata, before);
      return this.#count;
    }
    return this.#silent.some((name) => walker.is(TYPE, u8, name)) ? 0 : -1;
  }

  #again(stride: number): number {
    this.#stride = stride;
    return -2;
  }

  #hasOrigin(): boolean {
    const { starts } = this.#walker;
    const { database, table } = this.#filter;
    return (!database || (starts[DATABASE] as number) >= 0) && (!table || (starts[TABLE] as number) >= 0);
  }

  #passes(u8: Uint8Array): boolean {
    const { database, table } = this.#filter;
    return (!database || this.#matches(database, DATABASE, u8)) && (!table || this.#matches(table, TABLE, u8));
  }

  #matches(pattern: RegExp, id: number, u8: Uint8Array): boolean {
    const start = this.#walker.starts[id] as number;
    if (start < 0 || u8[start] !== 34) return false;
    return pattern.test(textOf(u8, start + 1, (this.#walker.ends[id] as number) - 1));
  }

  /** Rows of `data`: with stride 2 the new images, each behind the place of its old one. */
  #data(u8: Uint8Array, p: number, end: number): number {
    this.#count = 0;
    if (u8[p] === 110) return skipNull(u8, p, end);
    if (!this.#arrays) return this.#dataRow(u8, p, end);
    return this.#elements(u8, p, end, (at) => this.#dataRow(u8, at, end));
  }

  #dataRow(u8: Uint8Array, p: number, end: number): number {
    const row = this.#first + this.#count * this.#stride + this.#stride - 1;
    if (row >= BATCH_ROWS) {
      this.#noRoom = true;
      return -1;
    }
    if (u8[p] !== 123) return -1;
    this.#parser.clear(row);
    this.#count++;
    return this.#parser.parse(u8, p + 1, end, row);
  }

  #old(u8: Uint8Array, p: number, end: number): number {
    if (u8[p] === 110) return skipNull(u8, p, end);
    if (this.#stride !== 2 || this.#count === 0) return skipValue(this.#parser.marks, u8, p, end);
    return this.#merge(u8, p, end);
  }

  /** Old images: the new one, with the members of `old` on top. */
  #merge(u8: Uint8Array, p: number, end: number): number {
    let index = 0;
    // The names of all rows count for each, and so do those of objects inside: that is for the exact way.
    if (this.#count > 1) return -1;
    const oldRow = (at: number): number => {
      if (u8[at] !== 123 || index >= this.#count) return -1;
      const row = this.#first + index * 2;
      index++;
      this.#parser.copy(row + 1, row);
      const next = this.#parser.parse(u8, at + 1, end, row);
      return next >= 0 && mayNest(u8, at + 1, next) ? -1 : next;
    };
    const behind = this.#arrays ? this.#elements(u8, p, end, oldRow) : oldRow(p);
    if (behind < 0 || index !== this.#count) return -1;
    this.#isMerged = true;
    return behind;
  }

  /** `old` came before `data`. */
  #mergeLate(u8: Uint8Array, end: number): boolean {
    const start = this.#walker.starts[1] as number;
    return start >= 0 && u8[start] !== 110 && this.#count > 0 && this.#merge(u8, start, end) >= 0;
  }

  #elements(u8: Uint8Array, position: number, end: number, element: (p: number) => number): number {
    if (u8[position] !== 91) return -1;
    let p = skipBlanks(u8, position + 1, end);
    if (u8[p] === 93) return p + 1;
    for (;;) {
      p = element(p);
      if (p < 0 || p >= end) return -1;
      if ((u8[p] as number) <= 32) p = skipBlanks(u8, p, end);
      if (u8[p] === 93) return p + 1;
      if (u8[p] !== 44) return -1;
      p = skipBlanks(u8, p + 1, end);
    }
  }
}

const NO_ROOM = -3;

/** The exact way through a tree. */
export function exactMergedChange(
  dialect: MergedDialect,
  fields: readonly Field[],
  filter: OriginFilter,
  metadata: MetadataReader,
  rules: JsonRules,
): ExactEnvelope {
  const row = types.row(fields);
  const part = dialect.arrays ? types.array(row) : row;
  const envelope: Field[] = [
    { name: 'data', type: part },
    { name: 'old', type: part },
    { name: 'type', type: types.string() },
    ...metadata.members.filter((member) => !['data', 'old', 'type'].includes(member.name)),
  ];
  const read = envelopeReader(envelope, rules);
  return {
    fields,
    changes(root, into, message, changes) {
      if (!originPasses(root, filter)) return;
      const members = read(root);
      into.read(members);
      const type = members.get('type') as string | null;
      if (type === null) throw contentError('nullPointer', 'The field "type" of the message is missing or null.');
      if (dialect.silent.includes(type)) return;
      if (type === dialect.insert || type === dialect.delete) {
        const kind = type === dialect.insert ? RowKind.INSERT : RowKind.DELETE;
        for (const each of rowsIn(members, 'data', dialect)) changes.push({ kind, row: each });
      } else if (type === dialect.update) addUpdates(root, members, fields, dialect, changes);
      else if (!rules.ignoreParseErrors)
        throw contentError('io', `Unknown "type" value "${type}". The ${dialect.label} JSON message is '${message()}'`);
    },
  };
}

function originPasses(root: JsonNode, filter: OriginFilter): boolean {
  for (const [name, pattern] of [
    ['database', filter.database],
    ['table', filter.table],
  ] as const) {
    if (!pattern) continue;
    const node = root.kind === 'object' ? root.entries.get(name) : undefined;
    if (!node) throw contentError('nullPointer', `The field "${name}" of the message is missing.`);
    if (!pattern.test(textOfNode(node, false))) return false;
  }
  return true;
}

function rowsIn(members: ReadonlyMap<string, Value>, name: string, dialect: MergedDialect): Array<readonly Value[]> {
  const value = members.get(name) ?? null;
  if (value === null) throw contentError('nullPointer', `The field "${name}" of the message is missing or null.`);
  const rows = dialect.arrays ? (value as readonly Value[]) : [value];
  return rows.map((row) => {
    if (row === null) throw contentError('nullPointer', `The field "${name}" of the message contains null.`);
    return row as readonly Value[];
  });
}

/**
 * A column that is absent in `old` did not change; one that is null there was null. Absent is what no row of `old` names at any depth, as
 * Flink looks for it: the old image of one row is null where another row's names a column.
 */
function addUpdates(
  root: JsonNode,
  members: ReadonlyMap<string, Value>,
  fields: readonly Field[],
  dialect: MergedDialect,
  changes: Change[],
): void {
  const after = rowsIn(members, 'data', dialect);
  const old = rowsIn(members, 'old', dialect);
  const named = new Set<string>();
  const oldNode = root.kind === 'object' ? root.entries.get('old') : undefined;
  if (oldNode) addNames(oldNode, named);
  for (const [i, row] of after.entries()) {
    const former = old[i];
    if (!former) throw contentError('arrayIndex', `Index ${i} out of bounds for length ${old.length}`);
    const before = fields.map((field, f) => {
      const value = former[f] ?? null;
      return value === null && !named.has(field.name) ? (row[f] ?? null) : value;
    });
    changes.push({ kind: RowKind.UPDATE_BEFORE, row: before }, { kind: RowKind.UPDATE_AFTER, row });
  }
}

function addNames(node: JsonNode, names: Set<string>): void {
  if (node.kind === 'array') for (const element of node.elements) addNames(element, names);
  if (node.kind !== 'object') return;
  for (const [name, value] of node.entries) {
    names.add(name);
    addNames(value, names);
  }
}
