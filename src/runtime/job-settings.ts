/** The settings of a job that the runtime obeys, read from its graph under Flink's keys, older names included. */
import { parseDuration } from '../base/duration.ts';
import { defaultJobMemoryBytes } from '../base/machine-memory.ts';
import { parseMemory, unparsable } from '../base/option-value.ts';

type Settings = Readonly<Record<string, string>>;

export interface CheckpointSettings {
  /** 0: switched off. */
  readonly intervalMs: number;
  readonly minPauseMs: number;
  readonly timeoutMs: number;
  readonly tolerableFailures: number;
  readonly retained: number;
  /** Folder of all jobs' checkpoints; null: the home's. */
  readonly dir: string | null;
  readonly savepointDir: string | null;
  readonly createSubdir: boolean;
  readonly retention: 'RETAIN_ON_CANCELLATION' | 'DELETE_ON_CANCELLATION' | 'NO_EXTERNALIZED_CHECKPOINTS';
}

const DEFAULT_INTERVAL = '1 s';

export function checkpointSettings(settings: Settings): CheckpointSettings {
  const read = (keys: readonly string[], fallback: string): string => first(settings, keys) ?? fallback;
  const prefix = 'execution.checkpointing';
  const retention = read([`${prefix}.externalized-checkpoint-retention`], 'RETAIN_ON_CANCELLATION').toUpperCase();
  return {
    intervalMs: duration(settings, `${prefix}.interval`, DEFAULT_INTERVAL),
    minPauseMs: duration(settings, `${prefix}.min-pause`, '0 ms'),
    timeoutMs: duration(settings, `${prefix}.timeout`, '10 min'),
    tolerableFailures: integer(settings, `${prefix}.tolerable-failed-checkpoints`, 0),
    retained: Math.max(1, Number(read([`${prefix}.num-retained`, 'state.checkpoints.num-retained'], '3')) || 1),
    dir: pathOf(first(settings, [`${prefix}.dir`, 'state.checkpoints.dir', 'state.backend.fs.checkpointdir'])),
    savepointDir: pathOf(
      first(settings, [`${prefix}.savepoint-dir`, 'state.savepoints.dir', 'savepoints.state.backend.fs.dir']),
    ),
    createSubdir: read([`${prefix}.create-subdir`, 'state.checkpoints.create-subdir'], 'true') !== 'false',
    retention: retention as CheckpointSettings['retention'],
  };
}

/** `execution.state-recovery.path` and its companions. */
export function recoverySettings(settings: Settings): { path: string | undefined; allowNonRestored: boolean } {
  return {
    path: first(settings, ['execution.state-recovery.path', 'execution.savepoint.path']),
    allowNonRestored:
      first(settings, [
        'execution.state-recovery.ignore-unclaimed-state',
        'execution.savepoint.ignore-unclaimed-state',
      ]) === 'true',
  };
}

/** The only setting that RESUME JOB takes from its session: what a job may need has nothing to do with what it computes. */
export const MEMORY_SIZE = 'taskmanager.memory.process.size';

/** Bytes that a job may hold. */
export function memoryLimitBytes(settings: Settings): number {
  const text = settings[MEMORY_SIZE];
  return text === undefined ? defaultJobMemoryBytes() : parseMemory(text, MEMORY_SIZE);
}

/** A folder as users write it: a path or a file URI. */
export function pathOf(text: string | undefined): string | null {
  if (text === undefined || text.trim() === '') return null;
  if (text.startsWith('file:')) return decodeURIComponent(text.replace(/^file:(\/\/(?=\/))?/, ''));
  return isForeignPath(text) ? null : text;
}

/** A path of another file system (`hdfs:`, `s3:`): the home's folder is used in its place, and SET says so. */
export function isForeignPath(text: string): boolean {
  return /^(?!file:)[a-z][a-z0-9+.-]+:/i.test(text);
}

function first(settings: Settings, keys: readonly string[]): string | undefined {
  for (const key of keys) if (settings[key] !== undefined) return settings[key];
  return undefined;
}

function duration(settings: Settings, key: string, fallback: string): number {
  return parseDuration(settings[key] ?? fallback, key);
}

function integer(settings: Settings, key: string, fallback: number): number {
  const text = settings[key];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value)) throw unparsable(text, key);
  return value;
}
