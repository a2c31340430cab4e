/** Which kinds of change may occur in a stream. */
export interface ChangelogMode {
  readonly updateBefore: boolean;
  readonly updateAfter: boolean;
  readonly delete: boolean;
  /** A -D carries the key only, the other columns are null (Flink's `deletesByKey`). */
  readonly deleteByKey?: boolean;
}

export const changelogModes = {
  insertOnly: { updateBefore: false, updateAfter: false, delete: false },
  upsert: { updateBefore: false, updateAfter: true, delete: true },
  all: { updateBefore: true, updateAfter: true, delete: true },
} as const satisfies Record<string, ChangelogMode>;

export function isInsertOnly(mode: ChangelogMode): boolean {
  return !mode.updateBefore && !mode.updateAfter && !mode.delete;
}

/** Flink's text in EXPLAIN: `[I,UB,UA,D]`. */
export function changelogModeToString(mode: ChangelogMode): string {
  const kinds = ['I'];
  if (mode.updateBefore) kinds.push('UB');
  if (mode.updateAfter) kinds.push('UA');
  if (mode.delete) kinds.push('D');
  return `[${kinds.join(',')}]`;
}
