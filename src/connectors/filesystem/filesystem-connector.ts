/** `'connector' = 'filesystem'`: files of lines (or of what the format makes of them) under a path, partitions as folders. */

import { fileURLToPath } from 'node:url';
import { parseDuration } from '../../base/duration.ts';
import { EngineError, validationError } from '../../base/error.ts';
import { findFormat } from '../../formats/index.ts';
import { types } from '../../types/logical-type.ts';
import { defineConnector, type TableContext } from '../connector.ts';
import { FileReader } from './file-reader.ts';
import { fileSink } from './file-sink.ts';

export const filesystem = defineConnector({
  name: 'filesystem',
  picksColumns: true,
  summary: 'Reads and writes files of a folder; partition columns are folders `key=value`.',
  example:
    "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'filesystem', 'path' = 'folder', 'format' = 'json')",
  options: [
    {
      key: 'path',
      type: 'string',
      example: { path: 'folder' },
      required: true,
      summary: 'A file, or a folder that is read with everything below it.',
    },
    { key: 'format', type: 'string', example: { format: 'json' }, required: true, summary: 'How lines become rows.' },
    {
      key: 'partition.default-name',
      type: 'string',
      default: '__DEFAULT_PARTITION__',
      summary: 'The folder name that stands for NULL.',
    },
    {
      key: 'source.monitor-interval',
      type: 'duration',
      example: { 'source.monitor-interval': '1 s' },
      summary: 'Look for new files at this interval, for ever.',
    },
    {
      key: 'source.report-statistics',
      type: 'enum',
      values: ['NONE', 'ALL'],
      default: 'ALL',
      summary: 'Whether the planner may ask for statistics.',
    },
    {
      key: 'source.path.regex-pattern',
      type: 'string',
      example: { 'source.path.regex-pattern': '.*\\.json' },
      summary: 'Only files whose whole path matches are read.',
    },
    { key: 'sink.rolling-policy.file-size', type: 'memory', default: '128mb', summary: 'Largest size of a file.' },
    {
      key: 'sink.rolling-policy.rollover-interval',
      type: 'duration',
      default: '30 min',
      summary: 'Longest time that a file stays open.',
    },
    {
      key: 'sink.rolling-policy.inactivity-interval',
      type: 'duration',
      default: '30 min',
      summary: 'Longest time that an idle file stays open.',
    },
    {
      key: 'sink.rolling-policy.check-interval',
      type: 'duration',
      default: '1 min',
      summary: 'How often the two are looked at.',
    },
    {
      key: 'sink.shuffle-by-partition.enable',
      type: 'boolean',
      default: 'false',
      summary: 'Rows of a partition go to one writer.',
    },
    {
      key: 'partition.time-extractor.kind',
      type: 'string',
      default: 'default',
      summary: "How a partition's time is found.",
    },
    {
      key: 'partition.time-extractor.class',
      type: 'string',
      example: { 'partition.time-extractor.class': 'com.shop.Extractor' },
      summary: 'Class of a custom extractor.',
    },
    {
      key: 'partition.time-extractor.timestamp-pattern',
      type: 'string',
      example: { 'partition.time-extractor.timestamp-pattern': '$dt 00:00:00' },
      summary: "Pattern of a partition's time.",
    },
    {
      key: 'partition.time-extractor.timestamp-formatter',
      type: 'string',
      example: { 'partition.time-extractor.timestamp-formatter': 'yyyy-MM-dd HH:mm:ss' },
      summary: "Formatter of a partition's time.",
    },
    {
      key: 'sink.partition-commit.trigger',
      type: 'enum',
      values: ['process-time', 'partition-time'],
      default: 'process-time',
      summary: 'What makes a partition complete.',
    },
    { key: 'sink.partition-commit.delay', type: 'duration', default: '0 s', summary: 'How long after that.' },
    {
      key: 'sink.partition-commit.watermark-time-zone',
      type: 'string',
      default: 'UTC',
      summary: 'Zone of the watermark.',
    },
    {
      key: 'sink.partition-commit.policy.kind',
      type: 'string',
      example: { 'sink.partition-commit.policy.kind': 'success-file' },
      summary: 'What is done for a complete partition: `success-file`.',
    },
    {
      key: 'sink.partition-commit.policy.class',
      type: 'string',
      example: { 'sink.partition-commit.policy.class': 'com.shop.Policy' },
      summary: 'Class of a custom policy.',
    },
    {
      key: 'sink.partition-commit.policy.class.parameters',
      type: 'list',
      example: { 'sink.partition-commit.policy.class.parameters': 'a;b' },
      summary: 'Its parameters.',
    },
    {
      key: 'sink.partition-commit.success-file.name',
      type: 'string',
      default: '_SUCCESS',
      summary: 'Name of the success file.',
    },
    { key: 'auto-compaction', type: 'boolean', default: 'false', summary: 'Small files are merged.' },
    {
      key: 'compaction.file-size',
      type: 'memory',
      example: { 'compaction.file-size': '128 mb' },
      summary: 'Target size of merged files.',
    },
    { key: 'sink.parallelism', type: 'int', example: { 'sink.parallelism': '1' }, summary: 'Parallelism of the sink.' },
  ],
  formatKeys: ['format'],
  formatOptionsUnchecked: true,
  source(table) {
    checkFormat(table);
    const decoding = table.decodingFormat('format');
    if (!decoding) throw validationError("Could not find required scan format 'format'.");
    const interval = table.option('source.monitor-interval');
    const monitorMs = interval === undefined ? null : parseDuration(interval, 'source.monitor-interval');
    const path = localPath(table.requiredOption('path'));
    return {
      changelogMode: decoding.changelogMode,
      bounded: monitorMs === null,
      replayable: true,
      metadata: [
        { name: 'file.path', type: types.string(false) },
        { name: 'file.name', type: types.string(false) },
        { name: 'file.size', type: types.bigint(false) },
        { name: 'file.modification-time', type: types.timestampLtz(3, false) },
      ],
      open: async (context) => new FileReader({ table, decoding, path, monitorMs, context }),
    };
  },
  sink(table) {
    checkFormat(table);
    const encoding = table.encodingFormat('format');
    if (!encoding) throw validationError("Could not find required sink format 'format'.");
    return fileSink(table, encoding, localPath(table.requiredOption('path')));
  },
});

function checkFormat(table: TableContext): void {
  const name = table.requiredOption('format');
  if (!findFormat(name))
    throw validationError(`Could not find any format factory for identifier '${name}' in the classpath.`);
}

/** The path in the local file system. */
function localPath(path: string): string {
  if (path.startsWith('file://')) return fileURLToPath(path);
  if (path.startsWith('file:')) return path.slice('file:'.length);
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1];
  if (!scheme) return path;
  throw new EngineError(
    'CONNECTOR_FILE_SYSTEM',
    `Could not find a file system implementation for scheme '${scheme}'. Only local files (file: or a plain path) are supported.`,
    { exceptionClass: 'org.apache.flink.core.fs.UnsupportedFileSystemSchemeException' },
  );
}
