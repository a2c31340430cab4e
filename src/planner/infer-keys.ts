/**
 * Keys of physical nodes. A unique key: no two rows agree on it. An upsert key: moreover, all changes of one key stay in order, so that
 * the newest change is the row. A sink key: moreover, the row of a key that goes says so by more than a -U. A planned key is a unique key that
 * Flink's logical rules know: they see none through a watermark, nor what a Top-N makes unique. null: the node says nothing; empty: there is none.
 */
import type { Expression } from '../expressions/expression.ts';
import type { PhysicalOf, PhysicalPlan } from './physical-plan.ts';

export type Keys = ReadonlyArray<readonly number[]> | null;
type KeyKind = 'unique' | 'upsert' | 'planned' | 'sink';

const cache = {
  unique: new WeakMap<PhysicalPlan, Keys>(),
  upsert: new WeakMap<PhysicalPlan, Keys>(),
  planned: new WeakMap<PhysicalPlan, Keys>(),
  sink: new WeakMap<PhysicalPlan, Keys>(),
};
/** More keys than these are not followed. */
const KEYS_MAX = 8;

export function upsertKeys(plan: PhysicalPlan): Keys {
  return keysOf(plan, 'upsert');
}

/** Keys by which a sink may fold what it gets without -U. */
export function sinkKeys(plan: PhysicalPlan): Keys {
  return keysOf(plan, 'sink');
}

export function uniqueKeys(plan: PhysicalPlan): Keys {
  return keysOf(plan, 'unique');
}

/** The shortest key, preferring those within `columns`; null when there is none. */
export function smallestKey(keys: Keys, columns: readonly number[] = []): readonly number[] | null {
  if (keys === null) return null;
  const rank = (key: readonly number[]) => (key.every((column) => columns.includes(column)) ? 0 : 1000) + key.length;
  return [...keys].sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

function keysOf(plan: PhysicalPlan, kind: KeyKind): Keys {
  const known = cache[kind].get(plan);
  if (known !== undefined) return known;
  const keys = compute(plan, kind);
  const normal = keys === null ? null : distinctKeys(keys).slice(0, KEYS_MAX);
  cache[kind].set(plan, normal);
  return normal;
}

function compute(plan: PhysicalPlan, kind: KeyKind): Keys {
  switch (plan.kind) {
    case 'TableSourceScan':
      return scanKeys(plan, kind);
    case 'Calc':
      return plan.projection === null ? inputKeys(plan, kind) : projectKeys(inputKeys(plan, kind), plan.projection);
    case 'ChangelogNormalize':
      return [plan.keys];
    case 'GroupAggregate':
      return [plan.keys.map((_, i) => i)];
    case 'WindowAggregate':
      return windowKeys(plan);
    case 'Deduplicate':
      return kind === 'planned' ? inputKeys(plan, kind) : [plan.keys];
    case 'Rank':
      return kind === 'planned' ? inputKeys(plan, kind) : rankKeys(plan, kind);
    case 'OverAggregate':
      return within(inputKeys(plan, kind), plan.partition, kind);
    case 'Exchange':
      return within(inputKeys(plan, kind), plan.keys, kind);
    case 'Join':
      return joinKeys(plan, kind);
    case 'LookupJoin':
      return lookupKeys(plan, kind);
    case 'TemporalJoin':
      return within(inputKeys(plan, kind), plan.leftKeys, kind);
    case 'Expand': {
      const keys = inputKeys(plan, kind);
      const id = plan.fields.length - 1;
      return keys === null
        ? null
        : keys.filter((key) => !key.some((c) => plan.keys.includes(c))).map((key) => [...key, id]);
    }
    case 'Limit':
    case 'Sort':
    case 'WatermarkAssigner':
    case 'DropUpdateBefore':
    case 'Sink':
    case 'Collect':
      return inputKeys(plan, kind);
    default:
      return null;
  }
}

function inputKeys(plan: PhysicalPlan, kind: KeyKind): Keys {
  return keysOf(plan.inputs[0] as PhysicalPlan, kind);
}

function distinctKeys(keys: ReadonlyArray<readonly number[]>): ReadonlyArray<readonly number[]> {
  const seen = new Map<string, readonly number[]>();
  for (const key of keys) {
    const sorted = [...new Set(key)].sort((a, b) => a - b);
    seen.set(sorted.join(','), sorted);
  }
  return [...seen.values()];
}

/** Upsert keys survive a shuffle only when it is by columns of theirs. */
function within(keys: Keys, distribution: readonly number[], kind: KeyKind): Keys {
  if (keys === null || kind === 'unique' || kind === 'planned') return keys;
  return keys.filter((key) => distribution.every((column) => key.includes(column)));
}

function scanKeys(plan: PhysicalOf<'TableSourceScan'>, kind: KeyKind): Keys {
  if (kind === 'planned' && plan.table.descriptor.watermark !== undefined) return [];
  const names = plan.table.descriptor.primaryKey?.columns;
  if (names === undefined) return null;
  const key = names.map((name) =>
    plan.produced.findIndex(
      (column) => column.kind === 'physical' && column.path.length === 1 && column.path[0] === name,
    ),
  );
  return key.includes(-1) ? null : [key];
}

function projectKeys(keys: Keys, projection: readonly Expression[]): Keys {
  if (keys === null) return [];
  const places = new Map<number, number[]>();
  projection.forEach((expression, i) => {
    const source = passedColumn(expression);
    if (source !== undefined) places.set(source, [...(places.get(source) ?? []), i]);
  });
  return keys.flatMap((key) => combinations(key.map((column) => places.get(column) ?? [])));
}

/** The column that an expression hands on, possibly under a wider type. */
function passedColumn(expression: Expression): number | undefined {
  if (expression.kind === 'input') return expression.index;
  if (expression.kind !== 'call' || expression.function !== 'CAST') return undefined;
  const [arg] = expression.args;
  if (arg?.kind !== 'input' || !isWidening(arg.type.kind, expression.type.kind)) return undefined;
  return arg.index;
}

const INTEGERS = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'];

function isWidening(from: string, to: string): boolean {
  const a = INTEGERS.indexOf(from);
  const b = INTEGERS.indexOf(to);
  return a >= 0 && b >= 0 && a <= b;
}

function combinations(choices: ReadonlyArray<readonly number[]>): ReadonlyArray<readonly number[]> {
  return choices.reduce<ReadonlyArray<readonly number[]>>(
    (keys, options) => keys.flatMap((key) => options.map((option) => [...key, option])).slice(0, KEYS_MAX),
    [[]],
  );
}

/** The windows of CUMULATE that have one start are several; everywhere else each end of a window tells which it is. */
function windowKeys(plan: PhysicalOf<'WindowAggregate'>): Keys {
  const group = plan.keys.map((_, i) => i);
  const first = group.length + plan.aggregates.length;
  return plan.properties.flatMap((property, i) => {
    const tells =
      property === 'end' || property === 'rowtime' || (property === 'start' && plan.window.type !== 'CUMULATE');
    return tells ? [[...group, first + i]] : [];
  });
}

function rankKeys(plan: PhysicalOf<'Rank'>, kind: KeyKind): Keys {
  const input = within(inputKeys(plan, kind), plan.partition, kind) ?? [];
  const own: Array<readonly number[]> = [];
  if (plan.rankStart === 1 && plan.rankEnd === 1 && !plan.isSortLimit) {
    // The only row of a partition changes into another one by -U and +U, whatever keys the rows have.
    if (kind === 'sink') return [plan.partition];
    own.push(plan.partition);
  }
  if (plan.outputRank) own.push([...plan.partition, plan.fields.length - 1]);
  // A row that another has pushed out of its number, and behind the last one, is taken back by -U alone.
  return kind === 'sink' && (plan.outputRank || plan.rankStart > 1) && plan.isWindowed !== true
    ? own
    : [...own, ...input];
}

function joinKeys(plan: PhysicalOf<'Join'>, kind: KeyKind): Keys {
  const [left, right] = plan.inputs as readonly [PhysicalPlan, PhysicalPlan];
  const leftKeys = within(keysOf(left, kind), plan.leftKeys, kind);
  if (plan.joinType === 'SEMI' || plan.joinType === 'ANTI') return leftKeys;
  const rightKeys = within(keysOf(right, kind), plan.rightKeys, kind);
  const shifted = rightKeys?.map((key) => key.map((column) => column + left.fields.length)) ?? null;
  const keys: Array<readonly number[]> = [];
  for (const a of leftKeys ?? []) for (const b of shifted ?? []) keys.push([...a, ...b]);
  const isCovered = (side: PhysicalPlan, columns: readonly number[]) =>
    (uniqueKeys(side) ?? []).some((key) => key.every((column) => columns.includes(column)));
  if (isCovered(right, plan.rightKeys) && leftKeys !== null && plan.joinType !== 'RIGHT' && plan.joinType !== 'FULL')
    keys.push(...leftKeys);
  if (isCovered(left, plan.leftKeys) && shifted !== null && plan.joinType !== 'LEFT' && plan.joinType !== 'FULL')
    keys.push(...shifted);
  return keys;
}

function lookupKeys(plan: PhysicalOf<'LookupJoin'>, kind: KeyKind): Keys {
  const primary = plan.table.descriptor.primaryKey?.columns;
  if (primary === undefined) return [];
  const columns = plan.table.context.table.columns;
  const looked = plan.keys.map((key) => columns[key.field]?.name);
  return primary.every((name) => looked.includes(name)) ? inputKeys(plan, kind) : [];
}

/** True when no two rows agree on these columns, as far as Flink's logical rules know. */
export function holdsPlannedKey(input: PhysicalPlan, columns: readonly number[]): boolean {
  return (keysOf(input, 'planned') ?? []).some((key) => key.every((column) => columns.includes(column)));
}
