/** Operators before a sink: constraints on its columns, and the order of rows under its key. */
import { validationError } from '../base/error.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { MAX_LENGTH } from '../types/logical-type.ts';
import type { LowerContext } from './nodes/node.ts';
import type { PhysicalOf } from './physical-plan.ts';

type SinkNode = PhysicalOf<'Sink'>;
type Constraints = Extract<OperatorSpec, { kind: 'ConstraintEnforcer' }>;

/** NOT NULL and length checks; null when nothing can be wrong. */
export function constraintsOf(node: SinkNode, { config }: LowerContext): Constraints | null {
  const columns = node.table.context.table.columns;
  const targets = node.targetColumns.map((target) => columns[target]);
  const notNull = targets.flatMap((column, i) =>
    column?.type.nullable === false && node.fields[i]?.type.nullable !== false ? [i] : [],
  );
  const lengthMode = oneOf(config('table.exec.sink.type-length-enforcer') ?? 'IGNORE', LENGTH_MODES);
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
    notNullMode: oneOf(config('table.exec.sink.not-null-enforcer') ?? 'ERROR', NULL_MODES),
    columnNames: targets.map((column) => column?.name ?? ''),
    lengths,
    lengthMode,
  };
}

const LENGTH_MODES = ['IGNORE', 'TRIM_PAD', 'ERROR'] as const;
const NULL_MODES = ['ERROR', 'DROP'] as const;

function oneOf<T extends string>(text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text.trim().toUpperCase());
  if (found === undefined)
    throw validationError(`Could not parse value '${text}': expected one of ${values.join(', ')}.`);
  return found;
}

export function materializerOf(
  node: SinkNode,
  { ttlMs }: LowerContext,
): Extract<OperatorSpec, { kind: 'SinkMaterializer' }> | null {
  if (node.materialize === null) return null;
  return { kind: 'SinkMaterializer', ...node.materialize, ttlMs };
}
