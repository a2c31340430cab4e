/** The kind of one change, as a byte: the order is Flink's own. */
export const RowKind = { INSERT: 0, UPDATE_BEFORE: 1, UPDATE_AFTER: 2, DELETE: 3 } as const;
export type RowKind = (typeof RowKind)[keyof typeof RowKind];

/** Short names by kind: `+I -U +U -D`. */
export const rowKindSigns = ['+I', '-U', '+U', '-D'] as const;

/** Names by kind as REST shows them. */
export const rowKindNames = ['INSERT', 'UPDATE_BEFORE', 'UPDATE_AFTER', 'DELETE'] as const;

/** True for -U and -D: the row leaves. */
export function isRetraction(kind: number): boolean {
  return (kind & 1) === 1;
}
