/** Names of columns made unique as Calcite does: `order_id`, `order_id0`, `order_id1`. */
import type { Field } from '../types/logical-type.ts';

export function uniqueNames(fields: readonly Field[]): Field[] {
  const used = new Set<string>();
  return fields.map((field) => {
    let { name } = field;
    for (let attempt = 0; used.has(name); attempt++) name = `${field.name}${attempt}`;
    used.add(name);
    return name === field.name ? field : { ...field, name };
  });
}
