/** Flink's logical types as plain data, and their text. No values here. */
import { unreachable } from '../base/error.ts';

interface Nullable {
  readonly nullable: boolean;
}
/** `kind` is the name in Flink's serialisable text, but for the two intervals. */
export type LogicalType =
  | (Nullable & { readonly kind: 'CHAR' | 'VARCHAR' | 'BINARY' | 'VARBINARY'; readonly length: number })
  | (Nullable & { readonly kind: 'DECIMAL'; readonly precision: number; readonly scale: number })
  | (Nullable & {
      readonly kind:
        | 'BOOLEAN'
        | 'TINYINT'
        | 'SMALLINT'
        | 'INT'
        | 'BIGINT'
        | 'FLOAT'
        | 'DOUBLE'
        | 'DATE'
        | 'NULL'
        | 'VARIANT'
        | 'BITMAP'
        | 'DESCRIPTOR';
    })
  | (Nullable & { readonly kind: 'TIME'; readonly precision: number })
  | (Nullable & {
      readonly kind: 'TIMESTAMP' | 'TIMESTAMP_LTZ';
      readonly precision: number;
      /** A property of a column, not of the type: the stream is ordered by it, or it is the clock. */
      readonly timeAttribute?: 'rowtime' | 'proctime';
    })
  /** Months. `fields` such as `YEAR(2) TO MONTH`. */
  | (Nullable & { readonly kind: 'INTERVAL_YEAR_MONTH'; readonly fields: string })
  /** Milliseconds. `fields` such as `DAY(2) TO SECOND(3)`. */
  | (Nullable & { readonly kind: 'INTERVAL_DAY_TIME'; readonly fields: string })
  | (Nullable & { readonly kind: 'ARRAY' | 'MULTISET'; readonly element: LogicalType })
  | (Nullable & { readonly kind: 'MAP'; readonly key: LogicalType; readonly value: LogicalType })
  | (Nullable & { readonly kind: 'ROW'; readonly fields: readonly Field[] });

export interface Field {
  readonly name: string;
  readonly type: LogicalType;
  readonly comment?: string;
}
type TypeKind = LogicalType['kind'];
export type TypeOf<K extends TypeKind> = Extract<LogicalType, { kind: K }>;

export const MAX_LENGTH = 2147483647;

/** Parameterless types by name; the rest by the functions below. `nullable` is true by default, as in SQL. */
export const types = {
  boolean: (nullable = true): LogicalType => ({ kind: 'BOOLEAN', nullable }),
  tinyint: (nullable = true): LogicalType => ({ kind: 'TINYINT', nullable }),
  smallint: (nullable = true): LogicalType => ({ kind: 'SMALLINT', nullable }),
  int: (nullable = true): LogicalType => ({ kind: 'INT', nullable }),
  bigint: (nullable = true): LogicalType => ({ kind: 'BIGINT', nullable }),
  float: (nullable = true): LogicalType => ({ kind: 'FLOAT', nullable }),
  double: (nullable = true): LogicalType => ({ kind: 'DOUBLE', nullable }),
  date: (nullable = true): LogicalType => ({ kind: 'DATE', nullable }),
  null: (): LogicalType => ({ kind: 'NULL', nullable: true }),
  variant: (nullable = true): LogicalType => ({ kind: 'VARIANT', nullable }),
  bitmap: (nullable = true): LogicalType => ({ kind: 'BITMAP', nullable }),
  time: (precision = 0, nullable = true): LogicalType => ({ kind: 'TIME', precision, nullable }),
  timestamp: (precision = 6, nullable = true): LogicalType => ({ kind: 'TIMESTAMP', precision, nullable }),
  timestampLtz: (precision = 6, nullable = true): LogicalType => ({ kind: 'TIMESTAMP_LTZ', precision, nullable }),
  char: (length: number, nullable = true): LogicalType => ({ kind: 'CHAR', length, nullable }),
  varchar: (length: number, nullable = true): LogicalType => ({ kind: 'VARCHAR', length, nullable }),
  string: (nullable = true): LogicalType => ({ kind: 'VARCHAR', length: MAX_LENGTH, nullable }),
  binary: (length: number, nullable = true): LogicalType => ({ kind: 'BINARY', length, nullable }),
  varbinary: (length: number, nullable = true): LogicalType => ({ kind: 'VARBINARY', length, nullable }),
  bytes: (nullable = true): LogicalType => ({ kind: 'VARBINARY', length: MAX_LENGTH, nullable }),
  decimal: (precision: number, scale = 0, nullable = true): LogicalType => ({
    kind: 'DECIMAL',
    precision,
    scale,
    nullable,
  }),
  intervalMonth: (fields = 'MONTH', nullable = true): LogicalType => ({
    kind: 'INTERVAL_YEAR_MONTH',
    fields,
    nullable,
  }),
  intervalDay: (fields = 'SECOND(3)', nullable = true): LogicalType => ({
    kind: 'INTERVAL_DAY_TIME',
    fields,
    nullable,
  }),
  array: (element: LogicalType, nullable = true): LogicalType => ({ kind: 'ARRAY', element, nullable }),
  multiset: (element: LogicalType, nullable = true): LogicalType => ({ kind: 'MULTISET', element, nullable }),
  map: (key: LogicalType, value: LogicalType, nullable = true): LogicalType => ({ kind: 'MAP', key, value, nullable }),
  row: (fields: readonly Field[], nullable = true): LogicalType => ({ kind: 'ROW', fields, nullable }),
} as const;

export function withNullable(type: LogicalType, nullable: boolean): LogicalType {
  return type.nullable === nullable ? type : { ...type, nullable };
}

/** Flink's `asSerializableString`: `DECIMAL(10, 2) NOT NULL`, with the length always written. */
export function typeToString(type: LogicalType): string {
  return nameOf(type) + (type.nullable ? '' : ' NOT NULL');
}

function nameOf(type: LogicalType): string {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
      return `${type.kind}(${type.length})`;
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'TIME':
    case 'TIMESTAMP':
      return `${type.kind}(${type.precision})`;
    case 'TIMESTAMP_LTZ':
      return `TIMESTAMP(${type.precision}) WITH LOCAL TIME ZONE`;
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return `INTERVAL ${type.fields}`;
    case 'ARRAY':
    case 'MULTISET':
      return `${type.kind}<${typeToString(type.element)}>`;
    case 'MAP':
      return `MAP<${typeToString(type.key)}, ${typeToString(type.value)}>`;
    case 'ROW':
      return `ROW<${type.fields.map((f) => `${quoteIdentifier(f.name)} ${typeToString(f.type)}`).join(', ')}>`;
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'DATE':
    case 'NULL':
    case 'VARIANT':
    case 'BITMAP':
    case 'DESCRIPTOR':
      return type.kind;
    default:
      return unreachable(type);
  }
}

/** An identifier in back-ticks. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
