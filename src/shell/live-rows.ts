/** The rows of a running query as a table, kept current by its changes, and its newest changes. */
import type { TableRow } from './tableau.ts';

export interface LiveRow {
  readonly kind: string;
  readonly fields: TableRow;
}

const CHANGES_MAX = 1000;

/** A change costs constant time, whatever the number of rows; above `rowsMax` the oldest rows go. */
export class LiveRows {
  readonly #rowsMax: number;
  /** Row text to the row and how often it stands, in order of arrival. */
  readonly #rows = new Map<string, { readonly fields: TableRow; times: number }>();
  readonly #changes: LiveRow[] = [];
  #count = 0;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  /** Changes seen so far. */
  get count(): number {
    return this.#count;
  }

  add(kind: string, fields: TableRow): void {
    this.#count++;
    this.#changes.push({ kind, fields });
    if (this.#changes.length > CHANGES_MAX * 2) this.#changes.splice(0, CHANGES_MAX);
    const key = JSON.stringify(fields);
    const row = this.#rows.get(key);
    if (kind === 'INSERT' || kind === 'UPDATE_AFTER') {
      if (row) row.times++;
      else this.#append(key, fields);
    } else if (row && --row.times === 0) this.#rows.delete(key);
  }

  current(): LiveRow[] {
    const rows: LiveRow[] = [];
    for (const { fields, times } of this.#rows.values())
      for (let i = 0; i < times; i++) rows.push({ kind: 'INSERT', fields });
    return rows;
  }

  changes(): readonly LiveRow[] {
    return this.#changes.slice(-CHANGES_MAX);
  }

  #append(key: string, fields: TableRow): void {
    this.#rows.set(key, { fields, times: 1 });
    if (this.#rowsMax > 0 && this.#rows.size > this.#rowsMax) {
      const oldest = this.#rows.keys().next().value;
      if (oldest !== undefined) this.#rows.delete(oldest);
    }
  }
}
