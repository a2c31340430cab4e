/** Columns as a result shows them: time attributes are plain timestamps, intervals have one form each. */
import type { Field, LogicalType } from '../types/logical-type.ts';
import { canonicalFields } from '../types/type-name.ts';

export function resultFields(fields: readonly Field[]): Field[] {
  return fields.map((field) => ({ ...field, type: resultType(field.type) }));
}

function resultType(type: LogicalType): LogicalType {
  switch (type.kind) {
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const { timeAttribute: _, ...plain } = type;
      return plain;
    }
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return { ...type, fields: canonicalFields(type.fields) };
    case 'ARRAY':
    case 'MULTISET':
      return { ...type, element: resultType(type.element) };
    case 'MAP':
      return { ...type, key: resultType(type.key), value: resultType(type.value) };
    case 'ROW':
      return { ...type, fields: resultFields(type.fields) };
    default:
      return type;
  }
}
