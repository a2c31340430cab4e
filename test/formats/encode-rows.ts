/** Runs a format's encoder over boxed rows and gives the texts. */
import { GrowingBytes } from '../../src/formats/bytes-out.ts';
import { findFormat } from '../../src/formats/index.ts';
import { Batch } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import { writeValue } from '../../src/types/lane-value.ts';
import type { Field } from '../../src/types/logical-type.ts';
import { rowKindSigns } from '../../src/types/row-kind.ts';
import type { Value } from '../../src/types/value.ts';

export function encodeRows(
  name: string,
  fields: readonly Field[],
  rows: ReadonlyArray<readonly Value[]>,
  options: Readonly<Record<string, string>> = {},
): string[] {
  const heap = new Heap();
  const format = findFormat(name);
  const encoding = format?.encoding?.({
    table: 't',
    option: (key) => options[key] ?? format.options.find((spec) => spec.key === key)?.default,
  });
  if (!encoding) throw new Error(`no format ${name}`);
  const encoder = encoding.createEncoder({ fields, columns: fields.map((_, i) => i), heap, timeZone: 'UTC' });
  const batch = new Batch(fields.map((field) => field.type));
  for (const [row, [kind, ...values]] of rows.entries()) {
    batch.kinds[row] = rowKindSigns.indexOf(kind as '+I');
    if (kind !== '+I') batch.insertOnly = false;
    for (const [i, field] of fields.entries())
      writeValue(field.type, batch.columns[i] as never, row, values[i] ?? null, heap);
  }
  batch.rowCount = rows.length;
  return rows.map((_, row) => {
    const out = new GrowingBytes(16);
    encoder.encode(batch, row, out);
    return Buffer.from(out.take()).toString('utf8');
  });
}
