/** Decodes canal messages of one row by a learned layout, and learns a new one when the old fits no more. */
import { BATCH_ROWS } from '../types/batch.ts';
import { bytesOf } from '../types/heap-bytes.ts';
import { RowKind } from '../types/row-kind.ts';
import { emitRow, type MetadataReader } from './change-data.ts';
import { rangeIs } from './envelope-walker.ts';
import type { RowOutput } from './format.ts';
import type { ObjectParser } from './generate-json-object.ts';
import { mayNest } from './json-bytes.ts';
import { type CanalLayout, LAYOUT_OLD, LAYOUT_START, LAYOUT_TYPE, learnLayout, partFits } from './learned-layout.ts';
import type { BeforeAdvance } from './row-emitter.ts';

/** Messages in a row that miss before a new layout is learned. */
const MISSES_MAX = 4;
/** After so many layouts the messages are too different: learning is given up. */
const LAYOUTS_MAX = 64;
/** Layouts that fit this often were worth it. */
const WORTH = 256;

const UPDATE = bytesOf('UPDATE"}');
const INSERT = bytesOf('INSERT"}');
const DELETE = bytesOf('DELETE"}');

export class LearnedChange {
  readonly #parser: ObjectParser;
  readonly #metadata: MetadataReader;
  #layout: CanalLayout | null = null;
  #row: ReturnType<ObjectParser['inOrder']> = null;
  #names = '';
  #misses = MISSES_MAX;
  #hits = 0;
  #layouts = 0;

  constructor(parser: ObjectParser, metadata: MetadataReader) {
    this.#parser = parser;
    this.#metadata = metadata;
  }

  /** A message that only the other way could decode: perhaps the new model. */
  observe(u8: Uint8Array, start: number, end: number): void {
    if (++this.#misses < MISSES_MAX || this.#layouts >= LAYOUTS_MAX) return;
    const layout = learnLayout(this.#parser.marks, u8, start, end);
    if (!layout) return;
    if (this.#hits >= WORTH) this.#layouts = 0;
    this.#layouts++;
    this.#hits = 0;
    this.#misses = 0;
    this.#layout = layout;
    const names = JSON.stringify(layout.names);
    if (names === this.#names) return;
    this.#names = names;
    this.#row = this.#parser.inOrder(layout.names);
  }

  /** Rows, or -1 when the message is of another form. */
  decode(u8: Uint8Array, start: number, end: number, output: RowOutput, before: BeforeAdvance): number {
    const layout = this.#layout;
    const parseRow = this.#row;
    if (!layout || !parseRow) return -1;
    const kind = kindAt(u8, end);
    if (kind < 0 || !rangeIs(u8, start, start + LAYOUT_START.length, LAYOUT_START)) return -1;
    if (output.batch.rowCount + 2 > BATCH_ROWS) output.flush();
    const { batch } = output;
    const first = batch.rowCount;
    const row = kind === RowKind.UPDATE_AFTER ? first + 1 : first;
    this.#parser.bind(batch);
    let p = parseRow(u8, start + LAYOUT_START.length, end, row);
    if (p < 0 || u8[p] !== 93) return -1;
    p++;
    if (!partFits(u8, p, layout.toOld, layout.toOldHead, LAYOUT_OLD)) return -1;
    p = this.#old(u8, p + layout.toOld, end, kind, first);
    if (p < 0 || !partFits(u8, p, layout.toType, layout.toTypeHead, LAYOUT_TYPE)) return -1;
    if (p + layout.toType + UPDATE.length !== end) return -1;
    this.#hits++;
    if (this.#misses > 0) this.#misses = 0;
    return this.#emit(kind, output, before);
  }

  /** The old image of an update is written at `first`; behind the value of `old`, or -1. */
  #old(u8: Uint8Array, p: number, end: number, kind: number, first: number): number {
    if (kind !== RowKind.UPDATE_AFTER) return u8[p] === 110 && u8[p + 3] === 108 ? p + 4 : -1;
    if (u8[p] !== 91 || u8[p + 1] !== 123) return -1;
    this.#parser.copy(first + 1, first);
    const behind = this.#parser.parse(u8, p + 2, end, first);
    return behind >= 0 && u8[behind] === 93 && !mayNest(u8, p + 2, behind) ? behind + 1 : -1;
  }

  #emit(kind: number, output: RowOutput, before: BeforeAdvance): number {
    if (kind !== RowKind.UPDATE_AFTER) {
      emitRow(output, kind, this.#metadata, before);
      return 1;
    }
    emitRow(output, RowKind.UPDATE_BEFORE, this.#metadata, before);
    emitRow(output, RowKind.UPDATE_AFTER, this.#metadata, before);
    return 2;
  }
}

/** The kind that a message's end names, or -1. */
function kindAt(u8: Uint8Array, end: number): number {
  const start = end - UPDATE.length;
  switch (u8[start]) {
    case 85:
      return rangeIs(u8, start, end, UPDATE) ? RowKind.UPDATE_AFTER : -1;
    case 73:
      return rangeIs(u8, start, end, INSERT) ? RowKind.INSERT : -1;
    case 68:
      return rangeIs(u8, start, end, DELETE) ? RowKind.DELETE : -1;
    default:
      return -1;
  }
}
