/** `JOIN … FOR SYSTEM_TIME AS OF proctime`: look-ups in an outside table. */
import { tableError, validationError } from '../base/error.ts';
import { pathToSummary } from '../catalog/object-path.ts';
import { type Expression, inputReference, inputsOf, mapInputs } from '../expressions/expression.ts';
import { type Field, withNullable } from '../types/logical-type.ts';
import { conjunction, conjuncts, referencesTo, shiftInputs, substitute } from './conditions.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { calc } from './physical-calc.ts';
import { type PhysicalPlan, uniqueFields } from './physical-plan.ts';
import { versionJoin } from './physical-versions.ts';
import { producedOf } from './scan-columns.ts';

/** The looked-up side: a scan, what is computed of its columns, and which rows count. */
interface Dimension {
  readonly scan: PlanOf<'Scan'>;
  /** Over the scan's columns. */
  readonly expressions: readonly Expression[];
  readonly conditions: readonly Expression[];
}

/** `right` plans the right side: of a versioned table only. */
export function temporalJoinToPhysical(
  plan: PlanOf<'TemporalJoin'>,
  left: PhysicalPlan,
  right: () => PhysicalPlan,
  mode: 'streaming' | 'batch',
): PhysicalPlan {
  const period = plan.left.fields[plan.period]?.type;
  const attribute = period !== undefined && 'timeAttribute' in period ? period.timeAttribute : undefined;
  if (attribute === undefined)
    throw validationError(
      "Temporal table join currently only supports 'FOR SYSTEM_TIME AS OF' left table's time attribute field",
    );
  if (attribute === 'rowtime' && mode === 'streaming') return versionJoin(plan, left, right);
  const dimension = attribute === 'rowtime' ? undefined : dimensionOf(plan.right);
  if (dimension?.scan.table.connector.lookup === undefined)
    throw tableError(
      mode === 'batch'
        ? 'unexpected correlate variable $cor0 in the plan'
        : 'Processing-time temporal join is not supported yet.',
    );
  return lookupJoin(plan, left, dimension);
}

function dimensionOf(plan: LogicalPlan): Dimension | undefined {
  if (plan.kind === 'Scan') return { scan: plan, expressions: referencesTo(plan.fields), conditions: [] };
  if (plan.kind === 'WatermarkAssigner') return dimensionOf(plan.input);
  if (plan.kind !== 'Project' && plan.kind !== 'Filter') return undefined;
  const inner = dimensionOf(plan.input);
  if (inner === undefined) return undefined;
  if (plan.kind === 'Project')
    return { ...inner, expressions: plan.expressions.map((expression) => substitute(expression, inner.expressions)) };
  const terms = conjuncts(plan.condition).map((term) => substitute(term, inner.expressions));
  return { ...inner, conditions: [...inner.conditions, ...terms] };
}

function lookupJoin(plan: PlanOf<'TemporalJoin'>, left: PhysicalPlan, dimension: Dimension): PhysicalPlan {
  const width = left.fields.length;
  const { scan, expressions } = dimension;
  const overScan = (term: Expression) =>
    mapInputs(term, (index, type) =>
      index < width ? inputReference(index, type) : shiftInputs(expressions[index - width] as Expression, width),
    );
  const terms = [
    ...conjuncts(plan.condition).map(overScan),
    ...dimension.conditions.map((term) => shiftInputs(term, width)),
  ];
  const keys: Array<{ field: number; value: Expression }> = [];
  const rest: Expression[] = [];
  const columns = tableColumns(scan);
  for (const term of terms) {
    const key = lookupKey(term, width, columns);
    if (key === undefined || keys.some((other) => other.field === key.field)) rest.push(term);
    else keys.push(key);
  }
  if (keys.length === 0)
    throw validationError(
      `Temporal table join requires an equality condition on fields of table [${pathToSummary(scan.table.path)}].`,
    );
  const rightFields = scan.fields.map((field) => (plan.joinType === 'LEFT' ? nullable(field) : field));
  const join: PhysicalPlan = {
    kind: 'LookupJoin',
    inputs: [left],
    fields: uniqueFields([...left.fields, ...rightFields]),
    joinType: plan.joinType,
    table: scan.table,
    tableFields: columns,
    keys,
    condition: conjunction(rest),
    hint: plan.hints.find((hint) => hint.name.toUpperCase() === 'LOOKUP')?.options ?? {},
  };
  const projection = [...referencesTo(left.fields), ...expressions.map((expression) => shiftInputs(expression, width))];
  return calc(join, null, projection, plan.fields);
}

function nullable(field: Field): Field {
  return { ...field, type: withNullable(field.type, true) };
}

/** Index in the connector's table of each column of the scan; nested fields cannot be looked up. */
function tableColumns(scan: PlanOf<'Scan'>): number[] {
  const all = scan.table.context.table.columns;
  return producedOf(scan).map((column) =>
    all.findIndex((other) =>
      column.kind === 'physical'
        ? other.metadata === undefined && other.name === column.path[0]
        : (other.metadata ?? other.name) === column.key,
    ),
  );
}

/** `table column = expression of the left side, or a constant`. */
function lookupKey(term: Expression, width: number, columns: readonly number[]) {
  if (term.kind !== 'call' || term.function !== '=') return undefined;
  const [a, b] = term.args;
  for (const [column, value] of [
    [a, b],
    [b, a],
  ] as const) {
    if (column?.kind !== 'input' || column.index < width || value === undefined) continue;
    if ([...inputsOf(value)].some((input) => input >= width)) continue;
    const field = columns[column.index - width] as number;
    if (field >= 0) return { field, value };
  }
  return undefined;
}
