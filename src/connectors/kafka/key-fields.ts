/** Which columns of a kafka table are in a message's key and which in its value. */
import { validationError } from '../../base/error.ts';
import type { Field } from '../../types/logical-type.ts';
import type { TableContext } from '../connector.ts';

export interface MessageFields {
  /** Fields of the key, prefix removed; none without a key format. */
  readonly key: readonly Field[];
  /** Indexes of the key's fields among the physical fields. */
  readonly keyIndexes: readonly number[];
  readonly value: readonly Field[];
  readonly valueIndexes: readonly number[];
  /** Names of the key's columns in the table. */
  readonly columnNames: readonly string[];
  /** A message without a value removes the row of its key; any other replaces it. */
  readonly isUpsert?: boolean;
}

/** Throws Flink's texts for key options that do not fit together. */
export function messageFields(table: TableContext): MessageFields {
  const names = (table.option('key.fields') ?? '').split(';').filter((name) => name !== '');
  const prefix = table.option('key.fields-prefix') ?? '';
  const hasKeyFormat = table.option('key.format') !== undefined;
  if (!hasKeyFormat && names.length > 0)
    throw validationError(
      "The option 'key.fields' can only be declared if a key format is defined using 'key.format'.",
    );
  if (hasKeyFormat && names.length === 0)
    throw validationError(
      "A key format 'key.format' requires the declaration of one or more of key fields using 'key.fields'.",
    );
  const fields = table.physicalFields;
  const keyIndexes = names.map((name) => indexOfKey(fields, name, prefix));
  return split(table, keyIndexes, prefix);
}

/** Key and value by the indexes of the key's fields, whose names begin with `prefix`. */
function split(table: TableContext, keyIndexes: readonly number[], prefix: string): MessageFields {
  const fields = table.physicalFields;
  const isExceptKey = table.option('value.fields-include') === 'EXCEPT_KEY';
  if (prefix !== '' && !isExceptKey)
    throw validationError(
      "A key prefix is not allowed when option 'value.fields-include' is set to 'ALL'. Set it to 'EXCEPT_KEY' instead to avoid field overlaps.",
    );
  const valueIndexes = fields.map((_field, i) => i).filter((i) => !isExceptKey || !keyIndexes.includes(i));
  const pick = (i: number): Field => fields[i] as Field;
  return {
    key: keyIndexes.map((i) => ({ ...pick(i), name: pick(i).name.slice(prefix.length) })),
    keyIndexes,
    value: valueIndexes.map(pick),
    valueIndexes,
    columnNames: keyIndexes.map((i) => pick(i).name),
  };
}

/** The fields of an upsert table: its primary key is the message's key. */
export function upsertFields(table: TableContext, primaryKey: readonly string[]): MessageFields {
  const prefix = table.option('key.fields-prefix') ?? '';
  const fields = table.physicalFields;
  const keyIndexes = fields.flatMap((field, i) => (primaryKey.includes(field.name) ? [i] : []));
  for (const i of keyIndexes) indexOfKey(fields, (fields[i] as Field).name, prefix);
  return { ...split(table, keyIndexes, prefix), isUpsert: true };
}

function indexOfKey(fields: readonly Field[], name: string, prefix: string): number {
  const index = fields.findIndex((field) => field.name === name);
  if (index < 0)
    throw validationError(
      `Could not find the field '${name}' in the table schema for usage in the key format. A key field must be a regular, physical column. The following columns can be selected in the 'key.fields' option:\n[${fields.map((field) => field.name).join(', ')}]`,
    );
  if (!name.startsWith(prefix))
    throw validationError(
      `All fields in 'key.fields' must be prefixed with '${prefix}' when option 'key.fields-prefix' is set but field '${name}' is not prefixed.`,
    );
  return index;
}
