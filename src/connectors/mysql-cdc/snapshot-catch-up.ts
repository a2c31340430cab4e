/**
 * Which row images of the binlog a snapshot already holds. Its parts were read at different places: an image before a part's place is in
 * the rows that were read. Each image is judged by itself, so a row that moves from one part to another leaves the first and is not met
 * twice in the second.
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { BinlogItem, BinlogRow } from './binlog-stream.ts';
import { type ChunkKey, comparison, findChunkKey, keyValuesOf } from './chunk-key.ts';
import { type BinlogPlace, isBefore } from './mysql-server.ts';
import type { SnapshotMark, SnapshotProgress } from './snapshot-reader.ts';

export interface PlacedItem {
  readonly item: BinlogItem;
  /** False: the snapshot's rows hold it. */
  readonly isNew: boolean;
}

export class SnapshotCatchUp {
  readonly #connection: Connection;
  readonly #progress: SnapshotProgress;
  readonly #keys: ReadonlyMap<number, ChunkKey>;
  #file: string;
  /** Number of marks whose places lie before the items that come now. */
  #passed = 0;

  private constructor(
    connection: Connection,
    progress: SnapshotProgress,
    keys: ReadonlyMap<number, ChunkKey>,
    file: string,
  ) {
    this.#connection = connection;
    this.#progress = progress;
    this.#keys = keys;
    this.#file = file;
  }

  /** For a stream that begins at `start`. */
  static async open(
    connection: Connection,
    progress: SnapshotProgress,
    chunkColumn: string | undefined,
    start: BinlogPlace,
  ): Promise<SnapshotCatchUp> {
    const keys = new Map<number, ChunkKey>();
    for (const { table, key } of progress.marks) {
      const name = progress.tables[table];
      if (key && name && !keys.has(table)) keys.set(table, await findChunkKey(connection, name, chunkColumn));
    }
    return new SnapshotCatchUp(connection, progress, keys, start.file);
  }

  /** Columns whose change makes a row another row: no pair of images may lie on two sides of a mark. */
  get keyColumns(): string[] {
    return [...new Set([...this.#keys.values()].flatMap((key) => key.map(({ name }) => name)))];
  }

  /** Judges the next items of the stream. */
  async place(items: readonly BinlogItem[]): Promise<PlacedItem[]> {
    const placed: Array<{ item: BinlogItem; isNew: boolean }> = [];
    const asked: Array<{ entry: { isNew: boolean }; sql: string }> = [];
    for (const item of items) {
      const entry = { item, isNew: true };
      placed.push(entry);
      if ('place' in item) this.#file = item.place.file;
      else {
        const answer = this.#judge(item);
        if (typeof answer === 'boolean') entry.isNew = answer;
        else asked.push({ entry, sql: answer });
      }
    }
    if (asked.length > 0) {
      const [rows] = await this.#connection.query<RowDataPacket[][]>({
        sql: `SELECT ${asked.map(({ sql }) => sql).join(', ')}`,
        rowsAsArray: true,
      });
      for (const [i, { entry }] of asked.entries()) entry.isNew = Number(rows[0]?.[i]) === 0;
    }
    return placed;
  }

  /** Whether the image is new, or the SQL that says whether it is not. */
  #judge(row: BinlogRow): boolean | string {
    const { marks, tables } = this.#progress;
    const end = { file: this.#file, position: row.end };
    while (this.#passed < marks.length && isBefore((marks[this.#passed] as SnapshotMark).place, end)) this.#passed++;
    if (this.#passed === marks.length) return true;
    // Parts up to this mark were read before the change, all others after it.
    const mark = marks[this.#passed - 1];
    if (!mark) return false;
    const table = tables.findIndex((name) => name.database === row.name.database && name.table === row.name.table);
    if (table !== mark.table) return table < mark.table;
    const key = this.#keys.get(table);
    if (mark.key === null || !key) return true;
    return comparison(key, keyValuesOf(key, row.row), mark.key);
  }
}
