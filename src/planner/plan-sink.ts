/** What a sink gets: -U or not, a materializer or not, and when Flink refuses the statement. */
import { tableError, validationError } from '../base/error.ts';
import { pathToSummary } from '../catalog/object-path.ts';
import type { TableSink } from '../dataflow/sink.ts';
import { type ChangelogMode, isInsertOnly } from '../types/changelog-mode.ts';
import type { ChangelogInference } from './infer-changelog.ts';
import { withoutNeedlessNormalize } from './infer-changelog.ts';
import { type Keys, sinkKeys, smallestKey } from './infer-keys.ts';
import type { ChangeKinds, UpdateRequest } from './nodes/node.ts';
import type { PhysicalOf, PhysicalPlan } from './physical-plan.ts';
import { parseSetting } from './setting-value.ts';
import { sinkOf } from './table-ends.ts';

export interface SinkContext {
  readonly mode: 'streaming' | 'batch';
  config(key: string): string | undefined;
  notice(text: string): void;
}

type SinkNode = PhysicalOf<'Sink'>;

/** The tree below a sink with its changelog modes. Throws Flink's refusals. */
export function planSink(node: SinkNode, inference: ChangelogInference, context: SinkContext): PhysicalPlan {
  const name = pathToSummary(node.table.path);
  const sink = sinkOf(node.table);
  const input = node.inputs[0] as PhysicalPlan;
  checkRowtimes(input, name);
  const given = inference.kindsOf(input);
  const taken = sink.changelogMode(fullMode(given));
  inference.refuseUnless({ update: taken.updateAfter, delete: taken.delete }, input, `Table sink '${name}'`);
  const primaryKey = primaryKeyOf(node);
  checkConflictClause(node, { name, sink, taken, primaryKey });
  const keys = sinkKeys(input);
  const materialize = materializes(node, { taken, given, primaryKey, keys }, context);
  if (materialize && !matchesKey(keys, primaryKey)) checkConflicts(node, name, primaryKey ?? [], keys, context);
  const planned = satisfied(input, requestsOf({ taken, given, primaryKey, keys }), inference);
  if (planned === undefined)
    throw tableError(
      "Can't generate a valid execution plan for the given query because of a changelog mismatch: the sink needs UPDATE_BEFORE, which the query does not give.",
    );
  const mode = planned.mode ?? fullMode(given);
  const conflict = materialize ? node.onConflict : null;
  if (conflict === 'error' || (conflict === 'nothing' && !isInsertOnly(mode)))
    throw tableError(`ON CONFLICT DO ${conflict.toUpperCase()} is not supported yet for this query: use DEDUPLICATE.`);
  const isForced = materializeMode(context) === 'FORCE';
  const isUseful = materialize && (isForced || !isInsertOnly(mode));
  const own: SinkNode = {
    ...node,
    inputs: [conflict === 'nothing' ? firstOfKey(planned, primaryKey ?? [], mode) : planned],
    materialize:
      primaryKey !== null && isUseful ? { keys: primaryKey, upsertKey: smallestKey(keys, primaryKey) } : null,
    mode,
  };
  return taken.deleteByKey === true ? withoutNeedlessNormalize(own) : own;
}

/** ON CONFLICT DO NOTHING: the first row of a key stays. */
function firstOfKey(input: PhysicalPlan, keys: readonly number[], mode: ChangelogMode): PhysicalPlan {
  const { fields } = input;
  const exchange: PhysicalPlan = { kind: 'Exchange', inputs: [input], fields, keys, mode };
  return { kind: 'Deduplicate', inputs: [exchange], fields, keys, keep: 'first', order: [], timeColumn: null, mode };
}

function fullMode(kinds: ChangeKinds): ChangelogMode {
  return { updateBefore: kinds.update, updateAfter: kinds.update, delete: kinds.delete };
}

/** Positions of the primary key among the input's columns; null when there is none or not all of it is written. */
function primaryKeyOf(node: SinkNode): readonly number[] | null {
  const names = node.table.descriptor.primaryKey?.columns;
  if (names === undefined) return null;
  const columns = node.table.context.table.columns;
  const places = names.map((name) => node.targetColumns.findIndex((target) => columns[target]?.name === name));
  return places.includes(-1) ? null : places;
}

/** A row has one event time. */
function checkRowtimes(input: PhysicalPlan, name: string): void {
  const rowtimes = input.fields.filter(({ type }) => 'timeAttribute' in type && type.timeAttribute === 'rowtime');
  if (rowtimes.length < 2) return;
  throw tableError(
    `The query contains more than one rowtime attribute column [${rowtimes.map((field) => field.name).join(', ')}] for writing into table '${name}'.\nPlease select the column that should be used as the event-time timestamp for the table sink by casting all other columns to regular TIMESTAMP or TIMESTAMP_LTZ.`,
  );
}

interface SinkFacts {
  /** What the sink takes of what the query gives. */
  readonly taken: ChangelogMode;
  readonly given: ChangeKinds;
  readonly primaryKey: readonly number[] | null;
  readonly keys: Keys;
}

/** A sink that folds by key takes +U alone when the query's upsert key is its primary key. */
function requestsOf({ taken, given, primaryKey, keys }: SinkFacts): readonly UpdateRequest[] {
  if (!given.update) return ['after'];
  if (taken.updateBefore) return ['before-and-after'];
  return primaryKey === null || matchesKey(keys, primaryKey) ? ['after', 'before-and-after'] : ['before-and-after'];
}

function matchesKey(keys: Keys, primaryKey: readonly number[] | null): boolean {
  if (primaryKey === null) return false;
  return (keys ?? []).some((key) => key.length === primaryKey.length && key.every((c) => primaryKey.includes(c)));
}

function satisfied(
  input: PhysicalPlan,
  requests: readonly UpdateRequest[],
  inference: ChangelogInference,
): PhysicalPlan | undefined {
  for (const request of requests) {
    const plan = inference.satisfy(input, request);
    if (plan !== undefined) return plan;
  }
  return undefined;
}

const MATERIALIZE_MODES = {
  name: 'org.apache.flink.table.api.config.ExecutionConfigOptions$UpsertMaterialize',
  words: ['NONE', 'AUTO', 'FORCE'],
} as const;

function materializeMode({ config }: SinkContext): 'NONE' | 'AUTO' | 'FORCE' {
  return parseSetting(config, 'table.exec.sink.upsert-materialize', 'AUTO', MATERIALIZE_MODES);
}

/** Whether rows of one primary key may come from several keys of the query, so that their order must be kept. */
function materializes(node: SinkNode, facts: SinkFacts, context: SinkContext): boolean {
  const { taken, given, primaryKey, keys } = facts;
  if (context.mode === 'batch') return false;
  const setting = materializeMode(context);
  if (primaryKey === null || setting === 'NONE') return false;
  if (setting === 'FORCE') return true;
  if (isInsertOnly(taken)) return false;
  const isAppend = !given.update && !given.delete;
  if (isAppend && node.onConflict === 'deduplicate') return false;
  return !(keys ?? []).some((key) => key.every((column) => primaryKey.includes(column)));
}

function checkConflicts(
  node: SinkNode,
  name: string,
  primaryKey: readonly number[],
  keys: Keys,
  context: SinkContext,
): void {
  if (node.onConflict !== null) return;
  const names = (columns: readonly number[]) => `[${columns.map((column) => node.fields[column]?.name).join(', ')}]`;
  const columns = node.table.context.table.columns;
  const primary = `[${primaryKey.map((at) => columns[node.targetColumns[at] as number]?.name).join(', ')}]`;
  const upsert = keys === null || keys.length === 0 ? 'none' : keys.map(names).join(', ');
  const fact = `The query has an upsert key that differs from the primary key of the sink table '${name}'. Primary key: ${primary}, upsert key: ${upsert}.`;
  if (!parseSetting(context.config, 'table.exec.sink.require-on-conflict', 'false', 'boolean')) {
    context.notice(
      `${fact} The newest row of a key wins, by order of arrival. Flink 2.3 refuses this statement unless it has an ON CONFLICT clause, or 'table.exec.sink.require-on-conflict' is 'false'.`,
    );
    return;
  }
  throw validationError(
    `${fact} This can lead to non-deterministic results when multiple records with different upsert keys map to the same primary key. Please specify an ON CONFLICT clause to define how conflicts should be handled: ON CONFLICT DO DEDUPLICATE (update to the latest record, state intensive, since we need to keep the entire history), or ON CONFLICT DO ERROR (fail on conflict), or ON CONFLICT DO NOTHING (keep first record).`,
  );
}

interface ClauseFacts {
  readonly name: string;
  readonly sink: TableSink;
  readonly taken: ChangelogMode;
  readonly primaryKey: readonly number[] | null;
}

function checkConflictClause(node: SinkNode, { name, sink, primaryKey }: ClauseFacts): void {
  if (node.onConflict === null) return;
  const mode = modeForUpdates(sink);
  const reason = !mode.updateAfter
    ? 'it only accepts INSERT (append-only) changes'
    : mode.updateBefore
      ? 'it requires UPDATE_BEFORE (retract mode)'
      : primaryKey === null
        ? 'it has no primary key defined'
        : undefined;
  if (reason !== undefined)
    throw validationError(
      `ON CONFLICT clause is only allowed for upsert sinks. The sink '${name}' is not an upsert sink because ${reason}.`,
    );
  if (node.onConflict === 'deduplicate') return;
  const without = sourcesWithoutWatermark(node);
  if (without.length === 0) return;
  throw validationError(
    `ON CONFLICT DO ${node.onConflict.toUpperCase()} requires all source tables to define watermarks, but the following source(s) do not: ${without.join(', ')}. Please add a WATERMARK declaration to these tables.`,
  );
}

/** A sink that refuses updates without a key is an upsert sink that lacks one. */
function modeForUpdates(sink: TableSink): ChangelogMode {
  try {
    return sink.changelogMode({ updateBefore: true, updateAfter: true, delete: true });
  } catch {
    return { updateBefore: false, updateAfter: true, delete: true };
  }
}

function sourcesWithoutWatermark(plan: PhysicalPlan): string[] {
  if (plan.kind === 'TableSourceScan')
    return plan.table.descriptor.watermark === undefined ? [pathToSummary(plan.table.path)] : [];
  return [...new Set(plan.inputs.flatMap((input) => sourcesWithoutWatermark(input)))];
}
