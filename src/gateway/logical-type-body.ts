/** A logical type as the gateway writes it: `{"type":"DECIMAL","nullable":true,"precision":10,"scale":2}`. */
import { EngineError } from '../base/error.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { LogicalTypeBody } from './api.ts';

/** Throws for types that Flink cannot write either. */
export function logicalTypeBody(type: LogicalType): LogicalTypeBody {
  const { nullable } = type;
  switch (type.kind) {
    case 'NULL':
      return { type: 'NULL' };
    case 'INT':
      return { type: 'INTEGER', nullable };
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'DATE':
    case 'VARIANT':
    case 'BITMAP':
      return { type: type.kind, nullable };
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
      return { type: type.kind, nullable, length: type.length };
    case 'DECIMAL':
      return { type: 'DECIMAL', nullable, precision: type.precision, scale: type.scale };
    case 'TIME':
      return { type: 'TIME_WITHOUT_TIME_ZONE', nullable, precision: type.precision };
    case 'TIMESTAMP':
      return { type: 'TIMESTAMP_WITHOUT_TIME_ZONE', nullable, precision: type.precision };
    case 'TIMESTAMP_LTZ':
      return { type: 'TIMESTAMP_WITH_LOCAL_TIME_ZONE', nullable, precision: type.precision };
    case 'INTERVAL_YEAR_MONTH':
      return { type: type.kind, nullable, precision: precisionOf(type.fields), resolution: resolutionOf(type.fields) };
    case 'INTERVAL_DAY_TIME': {
      const fractionalPrecision = Number(/SECOND\((\d+)\)/.exec(type.fields)?.[1] ?? 3);
      const precision = precisionOf(type.fields.replace(/SECOND\(\d+\)/, 'SECOND'));
      return { type: type.kind, nullable, precision, fractionalPrecision, resolution: resolutionOf(type.fields) };
    }
    case 'ARRAY':
    case 'MULTISET':
      return { type: type.kind, nullable, elementType: logicalTypeBody(type.element) };
    case 'MAP':
      return { type: 'MAP', nullable, keyType: logicalTypeBody(type.key), valueType: logicalTypeBody(type.value) };
    case 'ROW':
      return { type: 'ROW', nullable, fields: type.fields.map(fieldBody) };
    default:
      throw new EngineError(
        'GATEWAY_TYPE',
        `Unable to serialize logical type '${type.kind}'. Please check the documentation for supported types.`,
        { exceptionClass: 'java.lang.UnsupportedOperationException' },
      );
  }
}

function fieldBody(field: { name: string; type: LogicalType; comment?: string }): object {
  const body = { name: field.name, fieldType: logicalTypeBody(field.type) };
  return field.comment === undefined ? body : { ...body, description: field.comment };
}

function precisionOf(fields: string): number {
  return Number(/\((\d+)\)/.exec(fields)?.[1] ?? 2);
}

/** `DAY(2) TO SECOND(3)` is `DAY_TO_SECOND`. */
function resolutionOf(fields: string): string {
  return fields
    .replace(/\(\d+\)/g, '')
    .trim()
    .replace(/\s+/g, '_');
}
