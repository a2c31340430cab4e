/** Tables and views as a catalog keeps them: plain data for `encodeJson`. Expressions are kept as the text that was typed. */
import type { LogicalType } from '../types/logical-type.ts';

export type TableColumn =
  | { readonly kind: 'physical'; readonly name: string; readonly type: LogicalType; readonly comment?: string }
  | {
      readonly kind: 'computed';
      readonly name: string;
      /** Fully resolved SQL text, and its type as bound when the table was made. */
      readonly expression: string;
      readonly type: LogicalType;
      readonly comment?: string;
    }
  | {
      readonly kind: 'metadata';
      readonly name: string;
      readonly type: LogicalType;
      /** `FROM 'key'`; absent: the column's name is the key. */
      readonly key?: string;
      readonly virtual: boolean;
      readonly comment?: string;
    };

export interface WatermarkDescriptor {
  readonly column: string;
  /** SQL text. */
  readonly expression: string;
}

export interface TableDescriptor {
  readonly kind: 'table';
  readonly columns: readonly TableColumn[];
  readonly watermark?: WatermarkDescriptor;
  readonly primaryKey?: { readonly name: string; readonly columns: readonly string[] };
  readonly partitionKeys: readonly string[];
  /** Partitions that ALTER TABLE has declared: values by key. */
  readonly partitions?: ReadonlyArray<Readonly<Record<string, string>>>;
  readonly distribution?: { readonly kind: string; readonly columns: readonly string[]; readonly buckets?: number };
  readonly comment?: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface ViewDescriptor {
  readonly kind: 'view';
  /** Result columns with types, and the query: as typed, and with every name expanded to `catalog`.`database`.`table`. */
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: LogicalType; readonly comment?: string }>;
  readonly originalQuery: string;
  readonly expandedQuery: string;
  readonly comment?: string;
  readonly options: Readonly<Record<string, string>>;
}

export type CatalogObject = TableDescriptor | ViewDescriptor;
