/** Which options a generated column has: they depend on its type and on its kind of generator. */
import type { OptionSpec, Options } from '../../base/option.ts';
import type { Field, LogicalType } from '../../types/logical-type.ts';

const GENERAL: readonly OptionSpec[] = [
  { key: 'connector', type: 'string', required: true, summary: 'datagen' },
  { key: 'rows-per-second', type: 'long', default: '10000', summary: 'How many rows a second.' },
  { key: 'number-of-rows', type: 'long', summary: 'How many rows in all.' },
  { key: 'scan.parallelism', type: 'int', summary: 'Parallelism of the source.' },
];

/** All options of a table with these columns. */
export function datagenOptions(fields: readonly Field[], options: Options): OptionSpec[] {
  return [...GENERAL, ...fields.flatMap((field) => fieldOptions(field, options))];
}

function fieldOptions(field: Field, options: Options): OptionSpec[] {
  const key = (name: string) => `fields.${field.name}.${name}`;
  const spec = (name: string, type: OptionSpec['type'] = 'string'): OptionSpec => ({
    key: key(name),
    type,
    summary: name,
  });
  const kind = spec('kind');
  if (options[key('kind')] === 'sequence') return [kind, spec('start'), spec('end')];
  return [kind, spec('null-rate', 'double'), ...randomOptions(field.type, spec)];
}

function randomOptions(
  type: LogicalType,
  spec: (name: string, type?: OptionSpec['type']) => OptionSpec,
): readonly OptionSpec[] {
  switch (type.kind) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'DECIMAL':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return [spec('min'), spec('max')];
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
      return [spec('length', 'int'), spec('var-len', 'boolean')];
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return [spec('max-past', 'duration')];
    case 'ARRAY':
    case 'MAP':
    case 'MULTISET':
      return [spec('length', 'int'), spec('*')];
    case 'ROW':
      return [spec('*')];
    default:
      return [spec('var-len', 'boolean')];
  }
}
