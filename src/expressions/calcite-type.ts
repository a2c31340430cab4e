/** Types as Calcite writes them in plans. */
import { type LogicalType, typeToString, withNullable } from '../types/logical-type.ts';

/** `VARCHAR(10) CHARACTER SET "UTF-16LE" NOT NULL`; the execution plan leaves character sets and NOT NULL out. */
export function calciteType(type: LogicalType, isShort: boolean): string {
  const name = nameOf(type, isShort);
  return type.nullable || isShort ? name : `${name} NOT NULL`;
}

function nameOf(type: LogicalType, isShort: boolean): string {
  switch (type.kind) {
    case 'INT':
      return 'INTEGER';
    case 'CHAR':
    case 'VARCHAR':
      return `${type.kind}(${type.length})${isShort ? '' : ' CHARACTER SET "UTF-16LE"'}`;
    case 'TIMESTAMP':
      return `TIMESTAMP(${type.precision})${attribute(type.timeAttribute)}`;
    case 'TIMESTAMP_LTZ':
      return `TIMESTAMP_WITH_LOCAL_TIME_ZONE(${type.precision})${attribute(type.timeAttribute)}`;
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return `INTERVAL ${type.fields.replace(/\(\d+\)/g, '')}`;
    case 'ARRAY':
    case 'MULTISET':
      return `${calciteType(type.element, isShort)} ${type.kind}`;
    case 'MAP':
      return `(${calciteType(type.key, isShort)}, ${calciteType(type.value, isShort)}) MAP`;
    case 'ROW':
      return `RecordType:peek_no_expand(${type.fields.map((f) => `${calciteType(f.type, isShort)} ${f.name}`).join(', ')})`;
    default:
      return typeToString(withNullable(type, true));
  }
}

function attribute(name: 'rowtime' | 'proctime' | undefined): string {
  return name === undefined ? '' : ` *${name.toUpperCase()}*`;
}
