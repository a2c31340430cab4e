/** Two more texts of a type: the validator's (`INTEGER ARRAY`) and Flink's summary (`ARRAY<STRING>`). */
import { type LogicalType, MAX_LENGTH } from './logical-type.ts';

/** As Calcite's validator names a type in its messages; nullability is not shown. */
export function sqlTypeName(type: LogicalType): string {
  switch (type.kind) {
    case 'INT':
      return 'INTEGER';
    case 'TIMESTAMP_LTZ':
      return `TIMESTAMP_WITH_LOCAL_TIME_ZONE(${type.precision})${attribute(type.timeAttribute)}`;
    case 'TIMESTAMP':
      return `TIMESTAMP(${type.precision})${attribute(type.timeAttribute)}`;
    case 'ARRAY':
    case 'MULTISET':
      return `${sqlTypeName(type.element)} ${type.kind}`;
    case 'MAP':
      return `(${sqlTypeName(type.key)}, ${sqlTypeName(type.value)}) MAP`;
    case 'ROW':
      return `RecordType:peek_no_expand(${type.fields.map((f) => `${sqlTypeName(f.type)} ${f.name}`).join(', ')})`;
    case 'BITMAP':
      // A type of Flink's own, whose nullability shows.
      return type.nullable ? 'BITMAP' : 'BITMAP NOT NULL';
    default:
      return plainName(type);
  }
}

function attribute(kind: 'rowtime' | 'proctime' | undefined): string {
  return kind ? ` *${kind.toUpperCase()}*` : '';
}

function plainName(type: LogicalType): string {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
      return `${type.kind}(${type.length})`;
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'TIME':
      return `TIME(${type.precision})`;
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return `INTERVAL ${type.fields}`;
    default:
      return type.kind;
  }
}

/** Flink's `asSummaryString`: `STRING`, `BYTES`, `TIMESTAMP_LTZ(3)`, with NOT NULL. */
export function typeSummary(type: LogicalType): string {
  return summaryOf(type) + (type.nullable ? '' : ' NOT NULL');
}

function summaryOf(type: LogicalType): string {
  switch (type.kind) {
    case 'VARCHAR':
      return type.length === MAX_LENGTH ? 'STRING' : `VARCHAR(${type.length})`;
    case 'VARBINARY':
      return type.length === MAX_LENGTH ? 'BYTES' : `VARBINARY(${type.length})`;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return `${type.kind}(${type.precision})${attribute(type.timeAttribute)}`;
    case 'ARRAY':
    case 'MULTISET':
      return `${type.kind}<${typeSummary(type.element)}>`;
    case 'MAP':
      return `MAP<${typeSummary(type.key)}, ${typeSummary(type.value)}>`;
    case 'ROW':
      return `ROW<${type.fields.map((f) => `\`${f.name.replaceAll('`', '``')}\` ${typeSummary(f.type)}`).join(', ')}>`;
    case 'INTERVAL_YEAR_MONTH':
      return `INTERVAL ${canonicalFields(type.fields)}`;
    case 'INTERVAL_DAY_TIME':
      return `INTERVAL ${canonicalFields(type.fields)}`;
    default:
      return plainName(type);
  }
}

/** Once planned, every interval is one of months or of seconds with three digits. */
export function canonicalFields(fields: string): string {
  return /MONTH|YEAR|QUARTER/.test(fields) ? 'MONTH' : 'SECOND(3)';
}
