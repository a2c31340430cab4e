/** The settings of queries and tables, under Flink's keys. */
import type { OptionSpec } from '../base/option.ts';

const MINI_BATCH = {
  'table.exec.mini-batch.enabled': 'true',
  'table.exec.mini-batch.allow-latency': '1 s',
  'table.exec.mini-batch.size': '5000',
} as const;
const SWITCH = { type: 'boolean', default: 'false' } as const;
const EMIT = 'table.exec.emit';
const EARLY = { [`${EMIT}.early-fire.enabled`]: 'true', [`${EMIT}.early-fire.delay`]: '5 s' };
const LATE = {
  [`${EMIT}.late-fire.enabled`]: 'true',
  [`${EMIT}.late-fire.delay`]: '0 s',
  [`${EMIT}.allow-lateness`]: '1 min',
};

export const tableSettings: readonly OptionSpec[] = [
  {
    key: 'table.local-time-zone',
    type: 'string',
    default: 'default',
    example: { 'table.local-time-zone': 'Europe/Berlin' },
    summary: "The session's time zone; `default` is the machine's.",
  },
  { ...SWITCH, key: 'table.dml-sync', summary: 'Whether INSERT waits for the end of its job.' },
  {
    key: 'table.sql-dialect',
    type: 'enum',
    values: ['default'],
    default: 'default',
    summary: "Flink's SQL is the only dialect.",
  },
  {
    key: 'table.dynamic-table-options.enabled',
    type: 'boolean',
    default: 'true',
    summary: 'Whether OPTIONS hints are taken.',
  },
  {
    key: 'table.builtin-catalog-name',
    type: 'string',
    default: 'default_catalog',
    summary: 'Name of the first catalog, when a session is opened.',
  },
  {
    key: 'table.builtin-database-name',
    type: 'string',
    default: 'default_database',
    summary: 'Name of its database.',
  },
  {
    key: 'table.exec.state.ttl',
    type: 'duration',
    default: '0 ms',
    summary: 'Time after which unused state of a key is forgotten; 0 for never.',
  },
  {
    key: 'table.exec.source.idle-timeout',
    type: 'duration',
    default: '0 ms',
    summary: 'Time after which a silent source no longer holds up watermarks.',
  },
  {
    ...SWITCH,
    key: 'table.exec.source.cdc-events-duplicate',
    summary: 'Whether sources may repeat changes, which are then recognised by the primary key.',
  },
  {
    key: 'table.exec.sink.not-null-enforcer',
    type: 'enum',
    values: ['ERROR', 'DROP'],
    default: 'ERROR',
    summary: 'What becomes of NULL for a NOT NULL column.',
  },
  {
    key: 'table.exec.sink.type-length-enforcer',
    type: 'enum',
    values: ['IGNORE', 'TRIM_PAD', 'ERROR'],
    default: 'IGNORE',
    summary: 'What becomes of texts and bytes of another length than their column.',
  },
  {
    key: 'table.exec.sink.upsert-materialize',
    type: 'enum',
    values: ['AUTO', 'NONE', 'FORCE'],
    default: 'AUTO',
    summary: 'Whether changes of one key that come from several are put in order before a sink.',
  },
  {
    ...SWITCH,
    key: 'table.exec.sink.require-on-conflict',
    summary: 'Whether such an INSERT must say ON CONFLICT. In Flink true.',
  },
  {
    key: 'table.exec.legacy-cast-behaviour',
    type: 'enum',
    values: ['DISABLED', 'ENABLED'],
    default: 'DISABLED',
    summary: 'Whether a cast that fails gives NULL.',
  },
  {
    ...SWITCH,
    key: 'table.exec.mini-batch.enabled',
    example: MINI_BATCH,
    summary: 'Whether rows are bundled, and each bundle gives one change a key.',
  },
  {
    key: 'table.exec.mini-batch.allow-latency',
    type: 'duration',
    default: '0 ms',
    example: MINI_BATCH,
    summary: 'How long rows may wait for their bundle.',
  },
  {
    key: 'table.exec.mini-batch.size',
    type: 'long',
    default: '-1',
    example: MINI_BATCH,
    summary: 'How many rows make a bundle.',
  },
  {
    ...SWITCH,
    key: `${EMIT}.early-fire.enabled`,
    example: EARLY,
    summary: 'Whether the older group windows give results before their end.',
  },
  {
    key: `${EMIT}.early-fire.delay`,
    type: 'duration',
    example: EARLY,
    summary: 'Time between two of them; 0 for one with each row.',
  },
  {
    ...SWITCH,
    key: `${EMIT}.late-fire.enabled`,
    example: LATE,
    summary: 'Whether late rows are still added to them, and corrected results given.',
  },
  {
    key: `${EMIT}.late-fire.delay`,
    type: 'duration',
    example: LATE,
    summary: 'Time between two of these; 0 for one with each row.',
  },
  {
    key: `${EMIT}.allow-lateness`,
    type: 'duration',
    example: LATE,
    summary: 'How late rows may be; without it as long as state is kept.',
  },
  {
    key: 'table.optimizer.agg-phase-strategy',
    type: 'enum',
    values: ['AUTO', 'ONE_PHASE', 'TWO_PHASE'],
    default: 'AUTO',
    summary: 'Whether an aggregation of bundles is planned in one step or two; the results are the same.',
  },
  {
    ...SWITCH,
    key: 'table.optimizer.distinct-agg.split.enabled',
    summary: 'Whether Flink splits DISTINCT aggregates by buckets: without effect in one thread.',
  },
  {
    key: 'table.plan.compile.catalog-objects',
    type: 'enum',
    values: ['ALL', 'SCHEMA', 'IDENTIFIER'],
    default: 'ALL',
    summary: 'How much of its tables COMPILE PLAN writes down.',
  },
  { ...SWITCH, key: 'table.plan.force-recompile', summary: 'Whether COMPILE PLAN may replace its file.' },
];
