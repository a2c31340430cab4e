/** Types back to text, with the names of their fields in back-ticks. */
import { type LogicalType, MAX_LENGTH, quoteIdentifier, typeToString } from '../types/logical-type.ts';

/** A type in Calcite's words: INTEGER, STRING. */
export function unparseType(type: LogicalType): string {
  const suffix = type.nullable ? '' : ' NOT NULL';
  switch (type.kind) {
    case 'INT':
      return `INTEGER${suffix}`;
    case 'VARCHAR':
      return (type.length === MAX_LENGTH ? 'STRING' : `VARCHAR(${type.length})`) + suffix;
    case 'VARBINARY':
      return (type.length === MAX_LENGTH ? 'BYTES' : `VARBINARY(${type.length})`) + suffix;
    case 'ARRAY':
    case 'MULTISET':
      return `${type.kind}<${unparseType(type.element)}>${suffix}`;
    case 'MAP':
      return `MAP<${unparseType(type.key)}, ${unparseType(type.value)}>${suffix}`;
    case 'ROW':
      return `ROW<${type.fields.map((field) => `${quoteIdentifier(field.name)} ${unparseType(field.type)}`).join(', ')}>${suffix}`;
    case 'TIMESTAMP_LTZ':
      return `TIMESTAMP_LTZ(${type.precision})${suffix}`;
    default:
      return typeToString(type);
  }
}
