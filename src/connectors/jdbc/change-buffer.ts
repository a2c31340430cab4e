/** An epoch's rows for a table with a key, folded: the last operation of each key, never a cancelled pair (rule 4). And their bytes. */

import type { Batch } from '../../types/batch.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import { types } from '../../types/logical-type.ts';
import { decodeValue, encodeValue } from '../../types/nested-codec.ts';
import { isRetraction } from '../../types/row-kind.ts';
import type { Value } from '../../types/value.ts';
import type { BoxedRowReader } from '../boxed-rows.ts';
import type { TableChange } from './database.ts';

const CHUNK_BYTES = 1 << 20;
const DELETE = 1;
/** What a row is thought to take while it waits, beside its values. */
const ROW_BYTES = 64;
const VALUE_BYTES = 16;

/** Folds by key; without key columns it keeps every row, in order. */
export class ChangeBuffer {
  readonly #types: readonly LogicalType[];
  readonly #key: readonly number[];
  readonly #reader: BoxedRowReader;
  readonly #byKey = new Map<string, TableChange>();
  readonly #rows: TableChange[] = [];
  #bytes = 0;

  /** `key`: columns of the batch. */
  constructor(columnTypes: readonly LogicalType[], key: readonly number[], reader: BoxedRowReader) {
    this.#types = columnTypes;
    this.#key = key;
    this.#reader = reader;
  }

  /** An estimate from above: a row that replaces another counts beside it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Later rows of a batch win, so it is read from its end and rows whose key has been seen are not boxed at all. */
  add(batch: Batch): void {
    if (this.#key.length === 0) {
      for (let row = 0; row < batch.rowCount; row++) this.#rows.push({ isDelete: false, row: this.#read(batch, row) });
      return;
    }
    const seen = new Set<string>();
    for (let row = batch.rowCount - 1; row >= 0; row--) {
      const key = this.#keyOf(batch, row);
      if (seen.has(key)) continue;
      seen.add(key);
      const isDelete = !batch.insertOnly && isRetraction(batch.kinds[row] as number);
      this.#byKey.set(key, { isDelete, row: this.#read(batch, row) });
    }
  }

  #read(batch: Batch, row: number): Value[] {
    const values = this.#reader.row(batch, row);
    this.#bytes += ROW_BYTES;
    for (const value of values)
      this.#bytes +=
        typeof value === 'string' || value instanceof Uint8Array ? VALUE_BYTES + value.length : VALUE_BYTES;
    return values;
  }

  /** The changes as chunks, or null when there are none; the buffer is empty afterwards. */
  seal(): Uint8Array[] | null {
    const changes = this.#key.length === 0 ? this.#rows : [...this.#byKey.values()];
    if (changes.length === 0) return null;
    const chunks = encodeChanges(this.#types, changes);
    this.#byKey.clear();
    this.#rows.length = 0;
    this.#bytes = 0;
    return chunks;
  }

  #keyOf(batch: Batch, row: number): string {
    let key = '';
    for (const column of this.#key) {
      const value = this.#reader.value(batch, column, row);
      const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
      key += `${value === null ? 'n' : 'v'}${text.length}:${text}`;
    }
    return key;
  }
}

function rowType(columnTypes: readonly LogicalType[]): LogicalType {
  return types.row(columnTypes.map((type, i) => ({ name: `f${i}`, type })));
}

/** Frames of length (u32, little-endian), operation byte, row. A frame never crosses a chunk. */
function encodeChanges(columnTypes: readonly LogicalType[], changes: readonly TableChange[]): Uint8Array[] {
  const type = rowType(columnTypes);
  const chunks: Uint8Array[] = [];
  let frames: Buffer[] = [];
  let bytes = 0;
  for (const change of changes) {
    const row = encodeValue(type, change.row);
    const head = Buffer.allocUnsafe(5);
    head.writeUInt32LE(row.length, 0);
    head[4] = change.isDelete ? DELETE : 0;
    frames.push(head, Buffer.from(row.buffer, row.byteOffset, row.length));
    bytes += 5 + row.length;
    if (bytes < CHUNK_BYTES) continue;
    chunks.push(Buffer.concat(frames));
    frames = [];
    bytes = 0;
  }
  if (frames.length > 0) chunks.push(Buffer.concat(frames));
  return chunks;
}

/** The changes of a chunk. */
export function decodeChanges(columnTypes: readonly LogicalType[], chunk: Uint8Array): TableChange[] {
  const type = rowType(columnTypes);
  const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  const changes: TableChange[] = [];
  for (let at = 0; at < view.length; ) {
    const end = at + 5 + view.readUInt32LE(at);
    const row = decodeValue(type, view.subarray(at + 5, end)) as readonly Value[];
    changes.push({ isDelete: view[at + 4] === DELETE, row });
    at = end;
  }
  return changes;
}
