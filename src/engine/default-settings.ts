/** Settings that have a default, as statements and the planner see them when nobody has set them. Millrace's own defaults are marked. */

export const defaultSettings: Readonly<Record<string, string>> = {
  'execution.runtime-mode': 'STREAMING',
  'execution.checkpointing.interval': '1 s', // Flink: off
  'execution.checkpointing.num-retained': '3', // Flink: 1
  'parallelism.default': '1',
  'table.builtin-catalog-name': 'default_catalog',
  'table.builtin-database-name': 'default_database',
  'table.dml-sync': 'false',
  'table.dynamic-table-options.enabled': 'true',
  'table.exec.legacy-cast-behaviour': 'DISABLED',
  'table.exec.mini-batch.enabled': 'false',
  'table.exec.mini-batch.size': '-1',
  'table.exec.sink.not-null-enforcer': 'ERROR',
  'table.exec.sink.require-on-conflict': 'false', // Flink: true
  'table.exec.sink.type-length-enforcer': 'IGNORE',
  'table.exec.sink.upsert-materialize': 'AUTO',
  'table.exec.source.cdc-events-duplicate': 'false',
  'table.exec.source.idle-timeout': '0 ms',
  'table.exec.state.ttl': '0 ms',
  'table.local-time-zone': 'default',
  'table.optimizer.agg-phase-strategy': 'AUTO',
  'table.optimizer.distinct-agg.split.enabled': 'false',
  'table.plan.compile.catalog-objects': 'ALL',
  'table.plan.force-recompile': 'false',
  'table.sql-dialect': 'default',
};
