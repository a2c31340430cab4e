/** The columns of a table as its source produces them. */
import type { ProducedColumn } from '../dataflow/job-graph.ts';
import type { PlanOf } from './logical-plan.ts';

/** What a Scan reads, in the order of its fields. */
export function producedOf(scan: PlanOf<'Scan'>): readonly ProducedColumn[] {
  if (scan.produced !== undefined) return scan.produced;
  const produced: ProducedColumn[] = [];
  for (const column of scan.table.descriptor.columns) {
    if (column.kind === 'physical') produced.push({ kind: 'physical', path: [column.name] });
    else if (column.kind === 'metadata') produced.push({ kind: 'metadata', key: column.key ?? column.name });
  }
  return produced;
}
