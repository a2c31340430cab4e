/** Rows of a source with splits carry the split's name up to the WatermarkAssigner: watermarks are kept for each. */
import { inputReference } from '../expressions/expression.ts';
import type { Field } from '../types/logical-type.ts';
import { referencesTo } from './conditions.ts';
import type { PhysicalOf, PhysicalPlan } from './physical-plan.ts';
import { sourceOf } from './table-ends.ts';

/** The scan below a WatermarkAssigner: computed columns may stand between. */
export function scanBelow(plan: PhysicalPlan): PhysicalOf<'TableSourceScan'> | undefined {
  if (plan.kind === 'TableSourceScan') return plan;
  return plan.kind === 'Calc' || plan.kind === 'DropUpdateBefore'
    ? scanBelow(plan.inputs[0] as PhysicalPlan)
    : undefined;
}

/** The assigner over an input whose last columns name the split of each row. */
export function withSplits(assigner: PhysicalOf<'WatermarkAssigner'>): PhysicalOf<'WatermarkAssigner'> {
  const input = assigner.inputs[0] as PhysicalPlan;
  const scan = scanBelow(input);
  const fields = scan === undefined ? [] : splitFieldsOf(scan);
  if (fields.length === 0) return assigner;
  const splitColumns = fields.map((_, i) => input.fields.length + i);
  return { ...assigner, inputs: [widened(input, fields)], splitColumns };
}

function splitFieldsOf(scan: PhysicalOf<'TableSourceScan'>): Field[] {
  const { splitMetadata = [], metadata = [] } = sourceOf(scan.table);
  return splitMetadata.flatMap((key) => metadata.filter(({ name }) => name === key));
}

function widened(plan: PhysicalPlan, fields: readonly Field[]): PhysicalPlan {
  const added = fields.map(({ name, type }) => ({ name: `split$${name}`, type }));
  if (plan.kind === 'TableSourceScan') {
    const produced = fields.map(({ name }) => ({ kind: 'metadata', key: name }) as const);
    return { ...plan, fields: [...plan.fields, ...added], produced: [...plan.produced, ...produced] };
  }
  const input = plan.inputs[0] as PhysicalPlan;
  if (plan.kind === 'DropUpdateBefore')
    return { ...plan, inputs: [widened(input, fields)], fields: [...plan.fields, ...added] };
  if (plan.kind !== 'Calc') return plan;
  const width = input.fields.length;
  const own = plan.projection ?? referencesTo(input.fields);
  const names = added.map(({ type }, i) => inputReference(width + i, type));
  return {
    ...plan,
    inputs: [widened(input, fields)],
    fields: [...plan.fields, ...added],
    projection: [...own, ...names],
  };
}
