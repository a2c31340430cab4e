/** One change of a row of the shop. */

/** A row as canal writes it: every value a string, or null. */
export type ShopRow = Readonly<Record<string, string | null>>;

export interface ShopChange {
  readonly table: string;
  readonly type: 'INSERT' | 'UPDATE' | 'DELETE';
  /** The row after the change; for DELETE the row that left. */
  readonly row: ShopRow;
  /** UPDATE: the old values of the columns that changed. */
  readonly old: ShopRow | null;
  /** ms since the epoch, never falling. */
  readonly atMs: number;
}

/** `yyyy-MM-dd HH:mm:ss` in UTC. */
export function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
