/** Operators before a sink: constraints on its columns, and the order of rows under its key. */
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { type Field, MAX_LENGTH, withNullable } from '../types/logical-type.ts';
import type { LowerContext } from './nodes/node.ts';
import type { PhysicalOf, PhysicalPlan } from './physical-plan.ts';
import { parseSetting } from './setting-value.ts';

type SinkNode = PhysicalOf<'Sink'>;
type Constraints = Extract<OperatorSpec, { kind: 'ConstraintEnforcer' }>;

const OPTIONS_CLASS = 'org.apache.flink.table.api.config.ExecutionConfigOptions';
const LENGTH_MODES = { name: `${OPTIONS_CLASS}$TypeLengthEnforcer`, words: ['IGNORE', 'TRIM_PAD', 'ERROR'] } as const;
const NULL_MODES = { name: `${OPTIONS_CLASS}$NotNullEnforcer`, words: ['ERROR', 'DROP'] } as const;

/**
 * The rows for an end of the plan: a Calc right before it keeps nulls that its functions give against their type where the end takes them or
 * drops them; elsewhere it fails.
 */
export function withNullsKept(plan: PhysicalPlan, takesNull: (column: number) => boolean): PhysicalPlan {
  if (plan.kind !== 'Calc') return plan;
  const { projection } = plan;
  const fields = plan.fields.map((field, i) =>
    projection?.[i]?.kind === 'call' && !field.type.nullable && takesNull(i)
      ? { ...field, type: withNullable(field.type, true) }
      : field,
  );
  return { ...plan, fields };
}

/** A sink with what it gets of {@link withNullsKept}. */
export function sinkWithNullsKept(node: SinkNode, context: LowerContext): SinkNode {
  const columns = node.table.context.table.columns;
  const isDropping = dropsNulls(context);
  const [input] = node.inputs;
  if (input === undefined) return node;
  const kept = withNullsKept(
    input,
    (i) => isDropping || columns[node.targetColumns[i] as number]?.type.nullable === true,
  );
  return kept === input ? node : { ...node, inputs: [kept], fields: kept.fields };
}

export function dropsNulls(context: LowerContext): boolean {
  return notNullMode(context) === 'DROP';
}

function notNullMode({ config }: LowerContext): Constraints['notNullMode'] {
  return parseSetting(config, 'table.exec.sink.not-null-enforcer', 'ERROR', NULL_MODES);
}

/** Before a collected result: leaves out rows with nulls where `declared` has NOT NULL; null when there can be none. */
export function nullDropper(declared: readonly Field[], given: readonly Field[]): Constraints | null {
  const notNull = declared.flatMap(({ type }, i) => (!type.nullable && given[i]?.type.nullable ? [i] : []));
  if (notNull.length === 0) return null;
  const columnNames = declared.map((field) => field.name);
  return { kind: 'ConstraintEnforcer', notNull, notNullMode: 'DROP', columnNames, lengths: [], lengthMode: 'IGNORE' };
}

/** NOT NULL and length checks; null when nothing can be wrong. */
export function constraintsOf(node: SinkNode, context: LowerContext): Constraints | null {
  const { config } = context;
  const columns = node.table.context.table.columns;
  const targets = node.targetColumns.map((target) => columns[target]);
  const notNull = targets.flatMap((column, i) =>
    column?.type.nullable === false && node.fields[i]?.type.nullable !== false ? [i] : [],
  );
  const lengthMode = parseSetting(config, 'table.exec.sink.type-length-enforcer', 'IGNORE', LENGTH_MODES);
  const lengths =
    lengthMode === 'IGNORE'
      ? []
      : targets.flatMap((column, i) => {
          const type = column?.type;
          if (type === undefined || !('length' in type) || type.length === MAX_LENGTH) return [];
          return [{ column: i, length: type.length, pad: type.kind === 'CHAR' || type.kind === 'BINARY' }];
        });
  if (notNull.length === 0 && lengths.length === 0) return null;
  return {
    kind: 'ConstraintEnforcer',
    notNull,
    notNullMode: notNullMode(context),
    columnNames: targets.map((column) => column?.name ?? ''),
    lengths,
    lengthMode,
  };
}

export function materializerOf(
  node: SinkNode,
  { ttlMs }: LowerContext,
): Extract<OperatorSpec, { kind: 'SinkMaterializer' }> | null {
  if (node.materialize === null) return null;
  return { kind: 'SinkMaterializer', ...node.materialize, ttlMs };
}
