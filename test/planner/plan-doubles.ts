/** Tables, contexts and short ways to write logical plans, for the optimizer's tests. */
import type { Connector } from '../../src/connectors/connector.ts';
import type { AggregateCall, SortKey } from '../../src/dataflow/operator-spec.ts';
import { call, type Expression, inputReference, literal } from '../../src/expressions/expression.ts';
import type { LogicalPlan, NamedAggregateCall } from '../../src/planner/logical-plan.ts';
import type { OptimizerContext } from '../../src/planner/optimizer.ts';
import type { ResolvedTable } from '../../src/planner/resolved-table.ts';
import type { ChangelogMode } from '../../src/types/changelog-mode.ts';
import { changelogModes } from '../../src/types/changelog-mode.ts';
import { type Field, type LogicalType, types } from '../../src/types/logical-type.ts';

interface TableSpec {
  readonly mode?: ChangelogMode;
  readonly key?: readonly string[];
  readonly sinkMode?: (requested: ChangelogMode) => ChangelogMode;
  readonly lookup?: boolean;
  readonly unbounded?: boolean;
  readonly watermark?: boolean;
}

/** A table of a connector that only says what it can do. */
export function table(name: string, fields: readonly Field[], spec: TableSpec = {}): ResolvedTable {
  const connector: Connector = {
    name: 'double',
    summary: 'A double.',
    example: '',
    options: [],
    formatKeys: [],
    source: () => ({
      changelogMode: spec.mode ?? changelogModes.insertOnly,
      bounded: spec.unbounded !== true,
      replayable: true,
      open: () => Promise.reject(new Error('not opened in tests')),
    }),
    sink: () => ({
      changelogMode: spec.sinkMode ?? ((requested) => requested),
      delivery: 'none',
      openWriter: () => {
        throw new Error('not opened in tests');
      },
    }),
    ...(spec.lookup ? { lookup: () => ({ open: () => Promise.reject(new Error('not opened')) }) } : {}),
  };
  const path = { catalog: 'c', database: 'd', name };
  return {
    path,
    descriptor: {
      kind: 'table',
      columns: fields.map((field) => ({ kind: 'physical', name: field.name, type: field.type })),
      ...(spec.key ? { primaryKey: { name: 'pk', columns: spec.key } } : {}),
      ...(spec.watermark ? { watermark: { column: 'ts', expression: 'ts' } } : {}),
      partitionKeys: [],
      options: {},
    },
    isTemporary: false,
    connector,
    context: {
      table: {
        path: `c.d.${name}`,
        connector: 'double',
        options: {},
        columns: fields.map((field) => ({ name: field.name, type: field.type })),
        primaryKey: spec.key ?? null,
        partitionKeys: [],
      },
      physicalFields: fields,
      home: '/tmp',
      mode: 'streaming',
      option: () => undefined,
      requiredOption: () => '',
      optionsWith: () => ({}),
      decodingFormat: () => undefined,
      encodingFormat: () => undefined,
    } as ResolvedTable['context'],
  };
}

export function field(name: string, type: LogicalType): Field {
  return { name, type };
}

export const abc: readonly Field[] = [field('id', types.int()), field('a', types.string()), field('b', types.int())];

export function scan(of: ResolvedTable): LogicalPlan {
  return { kind: 'Scan', fields: of.context.physicalFields, table: of };
}

export function column(plan: LogicalPlan, index: number): Expression {
  const found = plan.fields[index];
  if (found === undefined) throw new Error(`no column ${index}`);
  return inputReference(index, found.type);
}

export function project(
  input: LogicalPlan,
  ...items: ReadonlyArray<readonly [string, Expression] | number>
): LogicalPlan {
  const named = items.map((item) =>
    typeof item === 'number' ? ([input.fields[item]?.name ?? '', column(input, item)] as const) : item,
  );
  return {
    kind: 'Project',
    input,
    fields: named.map(([name, expression]) => field(name, expression.type)),
    expressions: named.map(([, expression]) => expression),
  };
}

export function filter(input: LogicalPlan, condition: Expression): LogicalPlan {
  return { kind: 'Filter', input, fields: input.fields, condition };
}

export function compare(operator: string, a: Expression, b: Expression | number): Expression {
  const right = typeof b === 'number' ? literal(b, types.int(false)) : b;
  return call(operator, [a, right], types.boolean());
}

export function and(...terms: readonly Expression[]): Expression {
  return call('AND', terms, types.boolean());
}

export function aggregateCall(
  fn: string,
  args: readonly number[],
  name: string,
  type = types.bigint(),
): NamedAggregateCall {
  const plain: AggregateCall = { function: fn, args, distinct: false, filter: null, type };
  return { ...plain, name };
}

export function group(
  input: LogicalPlan,
  keys: readonly number[],
  aggregates: readonly NamedAggregateCall[],
  groupingSets: ReadonlyArray<readonly number[]> | null = null,
): LogicalPlan {
  return {
    kind: 'Aggregate',
    input,
    keys,
    groupingSets,
    aggregates,
    fields: [
      ...keys.map((key) => input.fields[key] ?? field('', types.int())),
      ...aggregates.map(({ name, type }) => ({ name, type })),
    ],
  };
}

export function join(
  left: LogicalPlan,
  right: LogicalPlan,
  joinType: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'SEMI' | 'ANTI',
  condition: Expression,
): LogicalPlan {
  const fields = joinType === 'SEMI' || joinType === 'ANTI' ? left.fields : [...left.fields, ...right.fields];
  return { kind: 'Join', left, right, joinType, condition, hints: [], fields };
}

export function rowNumber(input: LogicalPlan, partition: readonly number[], order: readonly SortKey[]): LogicalPlan {
  const ranking = aggregateCall('ROW_NUMBER', [], 'rn', types.bigint(false));
  return {
    kind: 'Over',
    input,
    fields: [...input.fields, field('rn', types.bigint(false))],
    groups: [{ partition, order, frame: { unit: 'ROWS', preceding: null }, aggregates: [ranking] }],
  };
}

export function by(index: number, ascending = true): SortKey {
  return { column: index, ascending, nullsFirst: ascending };
}

export function sinkInto(
  of: ResolvedTable,
  input: LogicalPlan,
  onConflict: 'error' | 'nothing' | 'deduplicate' | null = null,
): LogicalPlan {
  const targetColumns = of.context.table.columns.map((_, i) => i);
  return { kind: 'Sink', input, fields: [], table: of, targetColumns, overwrite: false, onConflict };
}

export interface TestContext extends OptimizerContext {
  readonly notices: string[];
}

export function context(settings: Readonly<Record<string, string>> = {}, forExplain = true): TestContext {
  const notices: string[] = [];
  return {
    mode: settings['execution.runtime-mode'] === 'batch' ? 'batch' : 'streaming',
    config: (key) => settings[key],
    scalarFunction: () => undefined,
    notice: (text) => notices.push(text),
    forExplain,
    notices,
  };
}
